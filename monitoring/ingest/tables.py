"""A table that somebody sent: its columns by the long format's names, its rows, what is odd."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitoring.errors import RowError
from monitoring.ingest.columns import COLUMNS
from registry.tables import no_formula

NO_FORMULA = re.compile(r"[+-][0-9.,\s\u00a0\u202f%]*")
IGNORED = {"errors"}  # of an answer that is sent again, corrected


@dataclass
class Table:
    """Rows as they are read; `problems` is complete once the last row was taken."""

    rows: Iterator[tuple[int, dict[str, Any]]] = field(default_factory=lambda: iter(()))
    problems: list[RowError] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        return self.rows


def harmless(cell: Any) -> Any:
    """A cell as CSV: what a spreadsheet would run as a formula gets a quotation mark, which is
    taken away where the file is read. Numbers below 0 stay as they are."""
    is_number = isinstance(cell, str) and NO_FORMULA.fullmatch(cell)
    return cell if is_number else no_formula(cell)


def as_meant(cell: str) -> str:
    """A cell without the mark that `harmless` gave it."""
    is_marked = cell[:1] == "'" and harmless(cell[1:]) == cell
    return cell[1:] if is_marked else cell


def name_of(title: str) -> str:
    """A column's name by its title: "Is provisional " is is_provisional."""
    return "_".join(title.replace("-", " ").replace("_", " ").casefold().split())


def table(
    header: Sequence[str], row: int, lines: Iterable[Sequence[Any]], *, comma: bool = False
) -> Table:
    """The table of a header and lines of number and cells."""
    made = Table()
    names: list[str] = []
    for title in header:
        name = name_of(title)
        names.append(name)
        made.titles.setdefault(name, title)
        if problem := _problem(name, names):
            made.problems.append(RowError(row, name or "column", *problem, found=title))
    made.rows = _rows(made, names, lines, comma)
    return made


def _problem(name: str, names: list[str]) -> tuple[str, str] | None:
    if name in COLUMNS and names.count(name) > 1:
        return "column_twice", "Expected each column once."
    if name and name not in COLUMNS and name not in IGNORED:
        return "unknown_column", f"Known columns: {', '.join(COLUMNS)}."
    return None


def _rows(
    made: Table, names: list[str], lines: Iterable[Sequence[Any]], comma: bool
) -> Iterator[tuple[int, dict[str, Any]]]:
    known = [(place, name) for place, name in enumerate(names, 1) if name in COLUMNS]
    untitled = [place for place, name in enumerate(names, 1) if not name]
    wide = len(names) + 1
    for line in lines:
        number, size = line[0], len(line)
        if size > wide and any(map(_said, line[wide:])):
            _too_wide(made, number, line, wide, comma)
        for place in untitled:
            if place < size and _said(line[place]):
                reason = "Expected a title in the first row for a column with values."
                made.problems.append(RowError(number, "column", "untitled", reason, line[place]))
        cells = ((name, line[place]) for place, name in known if place < size)
        yield number, {name: as_meant(cell) if cell[:1] == "'" else cell for name, cell in cells}


def _too_wide(made: Table, number: int, line: Sequence[Any], wide: int, comma: bool) -> None:
    hint = "; put a text or number that has a comma in it into quotation marks" if comma else ""
    reason = f"Expected {wide - 1} cells, as in the first row, found {len(line) - 1}{hint}."
    made.problems.append(RowError(number, "row", "too_many_cells", reason, str(line[-1])[:80]))


def _said(cell: Any) -> bool:
    return bool(cell and str(cell).strip())
