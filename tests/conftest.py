"""What every test may use."""

import os
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from registry import outgoing
from tests.databases import use_template
from tests.monitoring.locked import set_locks


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Before pytest-django makes a process's database: from the migrated one."""
    with django_db_blocker.unblock():
        use_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """For factories, which write frameworks as they are after years."""
    with django_db_blocker.unblock():
        set_locks("DISABLE")


@pytest.fixture(scope="session")
def refdata() -> Path:
    """The reference data beside the checkout; in CI it has to be there."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared" / "refdata"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing")
        pytest.skip(f"{folder} is missing")
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Every name leads to one public address, and nothing is connected to."""

    def connect(door, deadline):
        raise ConnectionRefusedError

    monkeypatch.setattr(outgoing, "lookup", lambda host, port: ["93.184.216.34"])
    monkeypatch.setattr(outgoing, "connect", connect)


@pytest.fixture
def api() -> APIClient:
    """An anonymous API client; `api.force_authenticate(user)` signs in."""
    return APIClient()
