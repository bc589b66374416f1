"""Tables of ours and of operators: CSV files, read with everything that is wrong in them."""

import csv
import io
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from registry.errors import DomainError
from registry.models import check_day

LARGEST = 5 * 1024 * 1024
A_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
A_NUMBER = re.compile("[0-9]+([.][0-9]+)?")
SHOWN = 40  # characters of a cell in a message

Record = TypeVar("Record", bound=Model)


class Fault(NamedTuple):
    """What is wrong in one cell; row 1 is the header."""

    row: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        found = self.found if len(self.found) <= SHOWN else self.found[:SHOWN] + "…"
        return f"row {self.row}, column {self.column}: found {found!r}, expected {self.expected}"


class BadTable(DomainError):
    """A file is refused as a whole; `faults` names every cell that is wrong."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults):,} faults"
        lines = [f"{path}: {count}, nothing was loaded.", *map(str, self.faults)]
        super().__init__("bad_table", "\n".join(lines))


@dataclass(frozen=True)
class Row:
    """A row of a file, its cells by column; a column that the file leaves out is empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Table:
    """The rows of an operator's CSV file; what its cells turn out to be is collected, not raised.

    A file that is no table of these columns at all (too large, another encoding, a column missing,
    doubled or unknown) raises BadTable at once.
    """

    def __init__(
        self, path: Path, *, required: Sequence[str], optional: Sequence[str] = ()
    ) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self._known = (*required, *optional)
        reader = csv.reader(io.StringIO(_text_of(path), newline=""), strict=True)
        header = [name.strip() for name in self._next(reader, 1) or []]
        self._check_header(header, required)
        self.rows = list(self._read(reader, header))

    def finish(self) -> None:
        """Raise if anything was found wrong; the faults stand in the order of the rows."""
        if self.faults:
            raise BadTable(self.path, sorted(self.faults, key=lambda fault: fault.row))

    def refuse(self, row: Row, column: str, expected: str) -> None:
        self.faults.append(Fault(row.number, column, row[column], expected))

    def text(self, row: Row, column: str, *, longest: int, needed: bool = False) -> str:
        value = row[column]
        if needed and not value:
            self.refuse(row, column, "a text")
        elif len(value) > longest:
            self.refuse(row, column, f"at most {longest} characters")
        return value

    def choice(self, row: Row, column: str, choices: Container[str], default: str = "") -> str:
        value = row[column] or default
        if value not in choices:
            listed = ", ".join(sorted(choices)) if isinstance(choices, Iterable) else ""
            self.refuse(row, column, f"one of {listed}")
        return value

    def known(self, row: Row, column: str, known: Mapping[str, Any], expected: str) -> Any:
        """What stands under the cell's text; None, and a fault, if nothing does."""
        value = known.get(row[column])
        if value is None:
            self.refuse(row, column, expected)
        return value

    def yes_no(self, row: Row, column: str) -> bool:
        return self.choice(row, column, {"yes", "no"}, default="no") == "yes"

    def day(self, row: Row, column: str, *, needed: bool = True) -> date | None:
        if not row[column]:
            if needed:
                self.refuse(row, column, "a day as 2025-12-31")
            return None
        try:
            day = date.fromisoformat(row[column] if A_DAY.fullmatch(row[column]) else "")
            check_day(day)
        except ValidationError as error:
            self.refuse(row, column, " ".join(error.messages))
        except ValueError:
            self.refuse(row, column, "a day as 2025-12-31")
        else:
            return day
        return None

    def decimal(self, row: Row, column: str, *, digits: int, places: int) -> Decimal | None:
        """A number above 0 as the database can hold it exactly."""
        before, _, after = row[column].partition(".")
        fits = len(before) <= digits - places and len(after) <= places
        if fits and A_NUMBER.fullmatch(row[column]) and Decimal(row[column]):
            return Decimal(row[column])
        expected = f"a number above 0, at most {digits - places} digits and {places} decimals"
        self.refuse(row, column, expected)
        return None

    def doubled(self, row: Row, key: object, seen: dict[object, int], column: str) -> bool:
        """Whether an earlier row has the key; then it is a fault."""
        first = seen.setdefault(key, row.number)
        if first != row.number:
            self.refuse(row, column, f"what row {first} does not have already")
        return first != row.number

    def _check_header(self, header: list[str], required: Sequence[str]) -> None:
        expected = f"the columns {', '.join(self._known)}"
        for name in required:
            if name not in header:
                self.faults.append(Fault(1, name, "", f"this column; {expected}"))
        for name in dict.fromkeys(header):
            if header.count(name) > 1:
                self.faults.append(Fault(1, name, name, "this column once"))
            if name not in self._known:
                self.faults.append(Fault(1, name, name, expected))
        self.finish()

    def _read(self, reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
        number = 1
        while (values := self._next(reader, number := number + 1)) is not None:
            if not any(values):
                continue
            cells = zip(header, values, strict=False)
            row = Row(number, {name: value.strip() for name, value in cells})
            if len(values) != len(header):
                expected = f"{len(header)} cells as in the header"
                self.faults.append(Fault(number, header[-1], f"{len(values)} cells", expected))
            elif bad := [name for name, value in row.cells.items() if "\x00" in value]:
                self.faults += [Fault(number, name, row[name], "no NUL character") for name in bad]
            else:
                yield row

    def _next(self, reader: Iterator[list[str]], number: int) -> list[str] | None:
        try:
            return next(reader, None)
        except csv.Error as error:
            self.faults.append(Fault(number, "-", str(error), "a row of a CSV file"))
            return None


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise DomainError("unreadable_file", f"{path}: {error.strerror}.") from error
    if len(content) > LARGEST:
        text = f"{path}: larger than {LARGEST // 1024**2} MB."
        raise DomainError("file_too_large", text)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        found = _encoding_of(content, error.start)
        raise BadTable(path, [Fault(row, "-", found, "text in UTF-8")]) from error


def _encoding_of(content: bytes, at: int) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "text in UTF-16"
    return f"byte {content[at : at + 1].hex()}, as in Windows-1252 or Latin-1"


def shipped_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def synchronise(
    stored: QuerySet[Record],
    wanted: Iterable[Record],
    *,
    key: Callable[[Record], object],
    fields: Sequence[str],
) -> set[object]:
    """Create or change rows until `stored` holds every wanted one; return the keys touched."""
    known = {key(row): row for row in stored}
    new, changed = [], []
    for row in wanted:
        old = known.get(key(row))
        if old is None:
            new.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in fields):
            row.pk = old.pk
            changed.append(row)
    stored.model._default_manager.bulk_create(new)
    stored.model._default_manager.bulk_update(changed, fields)
    return {key(row) for row in new + changed}


def no_formula(cell: Any) -> Any:
    """A spreadsheet must not run what a stranger wrote as a name."""
    starts = isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{cell}" if starts else cell
