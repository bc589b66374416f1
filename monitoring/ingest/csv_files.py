"""CSV in the long format, as a table of rows; read in a process with limits."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from monitoring.errors import Unreadable
from monitoring.ingest import limited
from monitoring.ingest.tables import Table, name_of, table

READER = Path(__file__).with_name("csv") / "reading.py"


def read(file: Any) -> Table:
    """The file's rows, read as they are taken; raises Unreadable, then or at once."""
    told = limited.messages(READER, file)
    start = next(told)
    header = start["header"]
    if "indicator" not in map(name_of, header):
        found = ", ".join(header[:8])[:200]
        reason = f"Expected column titles in the first row, `indicator` among them; found {found}."
        raise Unreadable("no_header", reason)
    lines = chain.from_iterable(told)
    first = next(lines, None)
    if first is None:
        raise Unreadable("no_rows", "The file has column titles and no rows.")
    return table(header, start["row"], _from(first, lines), comma=start["delimiter"] == ",")


def _from(first: Any, lines: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from lines
