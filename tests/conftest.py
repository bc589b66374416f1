import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def refdata():
    """The folder with published reference data; a CI without it fails instead of skipping."""
    path = Path(__file__).resolve().parent.parent.parent / "shared" / "refdata"
    if not path.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is missing")
    return path
