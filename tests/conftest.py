"""What every test may use."""

import os
from pathlib import Path

import pytest
from rest_framework.test import APIClient


@pytest.fixture(scope="session")
def refdata() -> Path:
    """The reference data beside the checkout; in CI it has to be there."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared" / "refdata"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing")
        pytest.skip(f"{folder} is missing")
    return folder


@pytest.fixture
def api() -> APIClient:
    """An anonymous API client; `api.force_authenticate(user)` signs in."""
    return APIClient()
