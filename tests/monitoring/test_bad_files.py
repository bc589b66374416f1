"""Files that must not be taken: each is refused for its reason, at its row and column."""

import csv
import io

import pytest

from monitoring.errors import Unreadable
from monitoring.ingest import sheets
from tests.monitoring.bad_files import archives, cells, measuring, tables
from tests.monitoring.bad_files.door import Door
from tests.monitoring.bad_files.raw import workbook
from tests.monitoring.bad_files.rows import BAD_ROWS

pytestmark = pytest.mark.django_db
FIRST = {"indicator": "PCT", "value": "1"}
COLUMNS = list(dict.fromkeys(name for row in BAD_ROWS for name in row.says))


@pytest.fixture
def door():
    return Door()


def as_csv(rows):
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def as_xlsx(rows):
    return workbook([COLUMNS, *([row.get(name) for name in COLUMNS] for row in rows)])


def one_bad_row(write):
    return [(bad.name, write([FIRST, bad.says]), [(3, bad.field, bad.code)]) for bad in BAD_ROWS]


def refused(door, kind, files):
    """Send each file by itself; what was not refused as it should have been."""
    wrong = []
    for name, content, expected in files:
        found = door.send(content() if callable(content) else content, kind)
        if found != expected:
            wrong.append((name, found, expected))
    return wrong


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        pytest.param("csv", one_bad_row(as_csv), id="rows of CSV"),
        pytest.param("xlsx", one_bad_row(as_xlsx), id="rows of workbooks"),
        pytest.param("xlsx", cells.WRONG, id="cells of workbooks"),
        pytest.param("xlsx", archives.REFUSED, id="workbooks"),
        pytest.param("csv", tables.REFUSED, id="CSV"),
    ],
)
def test_each_is_refused_for_its_reason_and_nothing_is_saved(door, kind, files):
    wrong = refused(door, kind, files)
    assert wrong == [], wrong
    assert door.stored == 0


@pytest.mark.parametrize(("name", "content", "code"), archives.STRANGERS)
def test_what_is_no_workbook_at_all_is_named_by_the_reader(name, content, code):
    with pytest.raises(Unreadable) as refusal:
        sheets.read(io.BytesIO(content()))

    assert refusal.value.code == code
    assert "Expected an Excel workbook" in refusal.value.detail


def test_there_are_enough_of_them():
    files = [*BAD_ROWS, *BAD_ROWS, *cells.WRONG, *archives.REFUSED, *archives.STRANGERS]
    files += tables.REFUSED

    assert len(files) >= 300


def test_a_good_file_beside_them_is_taken(door):
    assert door.send(as_xlsx([FIRST]), "xlsx") == []
    assert door.stored == 1


def test_what_the_largest_of_them_cost():
    """Peak memory and time of the reader, and by how much the caller grows; see with -s."""
    costs = []
    for name, content, _ in archives.REFUSED:
        if len(made := content()) < 20_000:
            continue
        took, most, _ = measuring.of_reader(sheets.READER, made, sheets.LIMITS)
        costs.append((name, len(made) / 1024, took, most))
    for name, size, took, most in costs:
        print(f"{name}: {size:,.0f} KB, {took:.2f} s, {most:.0f} MB")  # noqa: T201 - for -s

    assert len(costs) > 5
    assert max(took for *_, took, _ in costs) < 20
    assert max(most for *_, most in costs) < 400
