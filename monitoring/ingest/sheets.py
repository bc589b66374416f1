"""Workbooks that people send, as sheets of rows of text; read in a process with limits."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitoring.errors import RowError, Unreadable
from monitoring.ingest import limited
from monitoring.ingest.tables import name_of

READER = Path(__file__).with_name("xlsx") / "reading.py"
LIMITS = limited.Limits(memory=384 * 1024 * 1024, seconds=40)
MOST_PROBLEMS = 2_000
NO_VALUE = (
    "Expected a value: this formula has none stored. Open the workbook in a spreadsheet program, "
    "save it and send it again, or type the value."
)
MERGED = "Expected a cell of its own: it is merged with {first}, and only that one's value is read."
TWICE = "Expected each column once: {first} has the same title."
UNTITLED = "Expected a title at the head of this column: without one its values are not read."
Row = tuple[int, dict[str, str | None]]


@dataclass
class Sheet:
    """A sheet with its first filled row as the header; rows are numbered as the program shows.

    A column is known by its title, in lower case with _ for blanks; `titles` has it as it is.
    """

    name: str
    is_hidden: bool = False
    header_row: int = 0
    titles: dict[str, str] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[RowError] = field(default_factory=list)

    def cell(self, row: int, column: str) -> str:
        """Where a value stands, as a spreadsheet names it: H12."""
        number = self.columns.get(column)
        return f"{letters(number)}{row}" if number else ""


def read(file: Any) -> list[Sheet]:
    """All sheets that have anything in them; raises Unreadable."""
    sheets: list[_Raw] = []
    for kind, *told in limited.messages(READER, file, limits=LIMITS):
        if kind == "sheet":
            sheets.append(_Raw(*told))
        else:
            sheets[-1].told[kind] += told
    found = [raw.sheet() for raw in sheets if raw.told["rows"] or raw.told["problems"]]
    if not found:
        raise Unreadable("empty_file", "The workbook has nothing in it.")
    return found


class _Raw:
    """A sheet as the reader tells it: cells by number of row and column."""

    def __init__(self, name: str, is_hidden: bool) -> None:
        self.told: dict[str, list[Any]] = {"rows": [], "problems": [], "merges": []}
        self.made = Sheet(name, is_hidden)
        self.keys: dict[int, str] = {}

    def sheet(self) -> Sheet:
        """With the problems of its cells, in the order of rows."""
        if self.told["rows"]:
            self._read_header(*self.told["rows"][0])
            self._read_rows(self.told["rows"][1:])
        for row, column, code, found in self.told["problems"]:
            self._report(row, column, code, NO_VALUE, found)
        self.numbers = [row for row, _ in self.told["rows"]]
        for merge in self.told["merges"]:
            self._report_merge(*merge)
        self.made.problems.sort(key=lambda error: error.row)
        return self.made

    def _read_header(self, row: int, titles: list[str | None]) -> None:
        self.made.header_row = row
        for number, title in enumerate(titles, start=1):
            if not title:
                continue
            key = name_of(title)
            self.made.titles.setdefault(key, title)
            first = self.made.columns.setdefault(key, number)
            self.keys[number] = key
            if first != number:
                reason = TWICE.format(first=f"{letters(first)}{row}")
                self._report(row, number, "column_twice", reason, title)

    def _read_rows(self, rows: list[tuple[int, list[str | None]]]) -> None:
        keys = self.keys
        for row, values in rows:
            made = {}
            for number, value in enumerate(values, start=1):
                if number in keys:
                    made[keys[number]] = value
                elif value is not None:
                    self._report(row, number, "untitled", UNTITLED, value)
            self.made.rows.append((row, made))

    def _report_merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Of merged cells only the first has a value: name the others that stand in the table."""
        reason = MERGED.format(first=f"{letters(left)}{top}")
        columns = [number for number in self.keys if left <= number <= right]
        rows = self.numbers[bisect_left(self.numbers, top) : bisect_right(self.numbers, bottom)]
        for row in rows if columns else ():
            if len(self.made.problems) >= MOST_PROBLEMS:
                return
            for number in columns:
                if (row, number) != (top, left):
                    self._report(row, number, "merged_cells", reason, "")

    def _report(self, row: int, column: int, code: str, reason: str, found: str) -> None:
        if len(self.made.problems) < MOST_PROBLEMS:
            key = self.keys.get(column, "")
            where = f"{self.made.titles.get(key, '')} ({letters(column)}{row})".strip()
            error = RowError(row, key or "column", code, reason, found[:200], where)
            self.made.problems.append(error)


def letters(number: int) -> str:
    """The column as a spreadsheet names it: 28 is AB."""
    name = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
