"""Reads a CSV file of organisations to be registered: every fault of every row, at once."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from registry.errors import DomainError
from registry.models import Country, Language, Partner, PartnerIdentifier, StakeholderGroup

REQUIRED = ("name", "kind")
TEXTS = ("name", "acronym", "summary", "kind", "size", "city", "level", "website")
# Several codes in one cell are divided by |; identifiers are REGISTER:NUMBER.
LISTS: Mapping[str, tuple[Any, str]] = {
    "countries": (Country, "alpha2"),
    "groups": (StakeholderGroup, "code"),
    "languages": (Language, "code"),
}
COLUMNS = (*TEXTS, "country", *LISTS, "identifiers")
MOST_ROWS = 10_000


class Fault(NamedTuple):
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


class Listed(NamedTuple):
    """One organisation of the file, as register_partner takes it."""

    row: int
    facts: dict[str, Any]
    identifiers: list[tuple[str, str]]
    written_out: list[str]


class BadRows(DomainError):
    """The file has faults: nothing of it is saved."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        text = "; ".join(map(str, faults[:20]))
        more = f"; and {len(faults) - 20} more" if len(faults) > 20 else ""
        super().__init__("invalid_rows", f"{text}{more}")
        self.faults = list(faults)


def read_partners(content: bytes) -> tuple[list[Listed], list[Fault]]:
    """The rows that are right, and what is wrong with the others; the header is row 1."""
    known = {
        name: {getattr(row, slug): row for row in model.objects.all()}
        for name, (model, slug) in {**LISTS, "country": (Country, "alpha2")}.items()
    }
    listed: list[Listed] = []
    faults: list[Fault] = []
    for number, cells in _rows(content):
        row = _Row(number, cells, known)
        if read := row.read():
            listed.append(read)
        faults += row.faults
    return listed, faults


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(reader, [])
        if faults := list(_header_faults(header)):
            raise BadRows(faults)
        for number, values in enumerate(reader, start=2):
            if number > MOST_ROWS + 1:
                raise BadRows([Fault(number, header[0], f"at most {MOST_ROWS:,} rows")])
            if any(values):
                cells = dict(zip(header, values, strict=False))
                cells[""] = "" if len(values) == len(header) else str(len(values))
                yield number, cells
    except UnicodeDecodeError:
        raise BadRows([Fault(1, "name", "not UTF-8 text")]) from None
    except csv.Error as error:
        raise BadRows([Fault(1, "name", f"not a CSV file ({error})")]) from None


def _header_faults(header: Sequence[str]) -> Iterator[Fault]:
    for column in REQUIRED:
        if column not in header:
            yield Fault(1, column, "the column is missing")
    for column in dict.fromkeys(header):
        if column not in COLUMNS:
            yield Fault(1, column, f"no such column; there are {', '.join(COLUMNS)}")
        if header.count(column) > 1:
            yield Fault(1, column, "the column stands there twice")


class _Row:
    """One row while it is being read."""

    def __init__(self, number: int, cells: dict[str, str], known: Mapping[str, Any]) -> None:
        self.number, self.cells, self.known = number, cells, known
        self.faults: list[Fault] = []

    def read(self) -> Listed | None:
        if width := self.cells.pop("", ""):
            self._fault("name", f"the row has {width} cells, not as many as the header")
            return None
        for column, value in self.cells.items():
            if "\0" in value:
                self._fault(column, "contains a NUL character")
        if self.faults:
            return None
        facts: dict[str, Any] = {name: self._text(name) for name in TEXTS if self._text(name)}
        related = {name: self._coded(name) for name in LISTS if self._text(name)}
        if country := self._text("country"):
            facts["country"] = self._one("country", country)
        self._checked(lambda: Partner(**facts).check_values(), "name")
        stated, written_out = self._identifiers()
        if self.faults:
            return None
        return Listed(self.number, {**facts, **related}, stated, written_out)

    def _text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def _parts(self, column: str) -> list[str]:
        return [part.strip() for part in self._text(column).split("|") if part.strip()]

    def _one(self, column: str, code: str) -> Any:
        if code not in self.known[column]:
            self._fault(column, f"unknown: {code[:20]}")
        return self.known[column].get(code)

    def _coded(self, column: str) -> list[Any]:
        return [self._one(column, code) for code in self._parts(column)]

    def _identifiers(self) -> tuple[list[tuple[str, str]], list[str]]:
        stated, written_out = [], []
        for part in self._parts("identifiers"):
            scheme, _, value = (text.strip() for text in part.partition(":"))
            identifier = PartnerIdentifier(scheme=scheme, value=value)
            self._checked(lambda row=identifier: _check(row), "identifiers")  # type: ignore[misc]
            stated.append((identifier.scheme, identifier.value))
            written_out.append(identifier.written_out)
        return stated, written_out

    def _checked(self, check: Callable[[], None], column: str) -> None:
        try:
            check()
        except ValidationError as error:
            for name, texts in error.message_dict.items():
                where = name if name in self.cells else column
                self.faults += [Fault(self.number, where, text) for text in texts]

    def _fault(self, column: str, reason: str) -> None:
        self.faults.append(Fault(self.number, column, reason))


def _check(identifier: PartnerIdentifier) -> None:
    identifier.clean_fields(exclude=["partner"])
    identifier.clean()
