"""What every test may use."""

import os
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from registry import outgoing


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
