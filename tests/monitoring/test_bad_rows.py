"""Rows that must not be taken, in CSV files and workbooks: each is named, nothing is saved."""

import csv
import io

import pytest

from tests.monitoring.bad_files.door import Door
from tests.monitoring.bad_files.raw import workbook
from tests.monitoring.bad_files.rows import BAD_ROWS

pytestmark = pytest.mark.django_db
GOOD = {"indicator": "USD", "value": "1"}
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


def test_names_each_bad_row_of_a_file_alone_in_both_kinds(door):
    """One file for each row: nothing else in it could be what is refused."""
    wrong = []
    for bad in BAD_ROWS:
        rows = [GOOD | {"indicator": "PCT"}, bad.says]
        for kind, content in (("csv", as_csv(rows)), ("xlsx", as_xlsx(rows))):
            found = door.send(content, kind)
            if found != [(3, bad.field, bad.code)]:
                wrong.append((kind, bad.name, found, (bad.field, bad.code)))

    assert wrong == []
    assert door.stored == 0
    assert len(BAD_ROWS) >= 95
