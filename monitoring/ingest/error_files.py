"""The file that was sent, with a column that says what is wrong with each row."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from monitoring.errors import RowError
from monitoring.ingest import csv_files, limited, workbooks
from monitoring.ingest.columns import COLUMNS
from monitoring.ingest.tables import harmless, name_of
from monitoring.ingest.uploads import scope_of
from monitoring.models import Upload

ERRORS = "errors"


class ErrorFile(NamedTuple):
    content: bytes
    extension: str
    content_type: str


def error_file(upload: Upload) -> ErrorFile:
    """Sent again, mended, it is read as it is: the column of errors is passed over."""
    if upload.kind == Upload.Kind.XLSX:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return ErrorFile(_workbook(upload), "xlsx", kind)
    lines = _of_json(upload) if upload.kind == Upload.Kind.JSON else _of_csv(upload)
    return ErrorFile(lines, "csv", "text/csv; charset=utf-8")


def _workbook(upload: Upload) -> bytes:
    sent = workbooks.sent(upload.file.open("rb"), scope_of(upload))
    by_sheet: dict[int, list[RowError]] = {}
    for error in upload.errors:
        stated = {name: error[name] for name in RowError._fields}
        by_sheet.setdefault(error.get("sheet", 0), []).append(RowError(**stated))
    pages = enumerate(sent.sheets)
    return workbooks.error_file((sheet, by_sheet.get(number, [])) for number, sheet in pages)


def _of_csv(upload: Upload) -> bytes:
    told = limited.messages(csv_files.READER, upload.file.open("rb"))
    start = next(told)
    header, number = start["header"], start["row"]
    own = [place for place, title in enumerate(header) if name_of(title) == ERRORS]
    said = _said(upload)
    out, writer = _writer(start["delimiter"])
    writer.writerow([*map(harmless, _without(header, own)), ERRORS])
    if number in said:
        writer.writerow([*[""] * len(_without(header, own)), said[number]])
    for row, *cells in (line for chunk in told for line in chunk):
        kept = _without(cells, own)
        kept += [""] * (len(header) - len(own) - len(kept))
        writer.writerow([*map(harmless, kept), said.get(row, "")])
    return out.getvalue().encode("utf-8-sig")


def _of_json(upload: Upload) -> bytes:
    rows = json.loads(upload.file.open("rb").read(), parse_float=str)
    said = _said(upload)
    out, writer = _writer(",")
    writer.writerow([*COLUMNS, ERRORS])
    for number, row in enumerate(rows, start=1):
        cells = row if isinstance(row, dict) else {}
        stated = ["" if cells.get(name) is None else cells[name] for name in COLUMNS]
        writer.writerow([*map(harmless, stated), said.get(number, "")])
    return out.getvalue().encode("utf-8-sig")


def _said(upload: Upload) -> dict[int, str]:
    """Everything that is wrong with each row, in words."""
    said: dict[int, list[str]] = {}
    for error in upload.errors:
        found = f" Found: {error['found']}." if error["found"] else ""
        words = f"{error['column'] or error['field']}: {error['reason']}{found}"
        said.setdefault(error["row"], []).append(words)
    return {row: harmless(" | ".join(words)) for row, words in said.items()}


def _without(cells: list[str], places: Iterable[int]) -> list[str]:
    return [cell for place, cell in enumerate(cells) if place not in places]


def _writer(delimiter: str) -> tuple[io.StringIO, Any]:
    out = io.StringIO()
    return out, csv.writer(out, delimiter=delimiter)
