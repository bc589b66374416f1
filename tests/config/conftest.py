import pytest

from tests.installation import installed_in


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with installed_in(tmp_path_factory.mktemp("installation") / "registry") as installed:
        yield installed
