"""Files of values as rows for the pipeline, whatever their kind."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile

from monitoring.errors import RowError, Unreadable
from monitoring.ingest import csv_files, workbooks
from monitoring.ingest.outcome import Scope
from monitoring.ingest.pipeline import NumberedRow
from monitoring.ingest.template.keys import says_nothing

MOST_BYTES = 20 * 1024 * 1024
# Archives, and what old or encrypted workbooks are: their reader says so.
STARTS = {b"PK\x03\x04": "xlsx", b"PK\x05\x06": "xlsx", b"\xd0\xcf\x11\xe0": "xlsx"}


@dataclass
class Source:
    """Rows, what the reader found wrong by the time they were taken, and where errors stand."""

    rows: Iterable[NumberedRow]
    problems: list[RowError] = field(default_factory=list)
    located: Callable[[list[RowError]], list[RowError]] = list
    typed: bool = False
    total: int | None = None


def kind_of(file: Any) -> str:
    """Told by the content: what is no workbook is read as CSV, and refused if it is none."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return STARTS.get(start, "csv")


def read(kind: str, file: Any, scope: Scope) -> Source:
    """The rows of a file; raises Unreadable, at once or while they are taken."""
    if file.size > MOST_BYTES:
        raise Unreadable("too_large", f"A file has at most {MOST_BYTES // 1024 // 1024} MB.")
    if not file.size:
        raise Unreadable("empty_file", "The file is empty.")
    file.seek(0)
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[kind](file, scope)


def _csv(file: Any, scope: Scope) -> Source:
    table = csv_files.read(file)

    def located(errors: list[RowError]) -> list[RowError]:
        titles = table.titles
        return [e._replace(column=e.column or titles.get(e.field, "")) for e in errors]

    rows = (one for one in table.rows if not says_nothing(one[1]))
    return Source(rows, table.problems, located, total=_lines(file))


def _lines(file: Any) -> int:
    """About how many rows there are: lines after the header."""
    file.seek(0)
    return max(sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b"")) - 1, 1)


def _xlsx(file: Any, scope: Scope) -> Source:
    sent = workbooks.sent(file, scope)
    return Source(sent.rows, sent.problems, sent.located, total=len(sent.rows))


def _json(file: Any, scope: Scope) -> Source:
    return of_array(json.loads(file.read(), parse_float=str))


def of_array(rows: list[Any]) -> Source:
    return Source(enumerate(rows, start=1), typed=True, total=len(rows))


def as_file(rows: list[Any]) -> "ContentFile[Any]":
    """An array to be kept for a worker, its numbers exact."""
    return ContentFile(json.dumps(rows, default=str).encode(), "values.json")


def counted(rows: Iterable[NumberedRow], count: Callable[[], None]) -> Iterator[NumberedRow]:
    """The rows, with a call for each that was taken."""
    for row in rows:
        yield row
        count()
