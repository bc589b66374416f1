import pytest


@pytest.fixture
def table(tmp_path):
    """A CSV file with these lines."""

    def write(*lines, name="table.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write
