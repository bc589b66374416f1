"""The program that reads a workbook in a process with limits, and tells what is in it."""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from monitoring.errors import Unreadable
from monitoring.ingest.xlsx.archive import Archive
from monitoring.ingest.xlsx.cells import Sheet
from monitoring.ingest.xlsx.parts import Workbook

BATCH = 500
MOST_PROBLEMS = 2000
STANDARD_FILES = 3
# What else garbage can lead a reader to.
GARBAGE = (ArithmeticError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError)
Told = list[Any]


def messages(file: BinaryIO) -> Iterator[Told]:
    """["sheet", name, hidden], then its ["rows", …], ["problems", …] and ["merges", …]."""
    workbook = Workbook(Archive(file))
    for part in workbook.sheets:
        sheet = Sheet(workbook, part)
        yield ["sheet", part.name, part.is_hidden]
        for start in range(0, len(sheet.rows), BATCH):
            yield ["rows", *sheet.rows[start : start + BATCH]]
        yield ["problems", *sheet.problems[:MOST_PROBLEMS]]
        yield ["merges", *sheet.merges]


def main() -> None:
    """From here on no file and no connection can be opened, but those that stand open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (STANDARD_FILES, STANDARD_FILES))
    last: dict[str, Any] = {"end": True}
    try:
        for message in messages(sys.stdin.buffer):
            tell(message)
    except Unreadable as refusal:
        last = {"refused": [refusal.code, refusal.detail]}
    except MemoryError:
        last = {"refused": ["too_much", "Reading the workbook takes too much memory."]}
    except GARBAGE as error:
        text = f"The workbook cannot be read: it is damaged ({type(error).__name__})."
        last = {"refused": ["damaged", text]}
    tell(last)


def tell(message: Any) -> None:
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
