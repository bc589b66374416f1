"""The tables of a report as CSV files, with its content as JSON, in one archive.

The files are UTF-8 with a byte order mark, numbers unrounded with a decimal point, days as
2026-01-31; what people wrote is kept from being run as a formula by an apostrophe before it.
"""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.models import ReportFile
from monitoring.reports.documents.parts import Document, Table
from monitoring.reports.documents.values import plain
from monitoring.reports.files.flat import Plain, flat, plain_cells
from monitoring.reports.snapshot import canonical
from registry.tables import no_formula

MOMENT = (1980, 1, 1, 0, 0, 0)  # the same in every archive, so that its bytes are too


def csv_of(table: Table) -> bytes:
    """One table: a header of keys, its rows, and its totals as the last row."""
    columns = flat(table)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns.keys)
    for row in columns.rows:
        writer.writerow([_written(cell) for cell in plain_cells(row)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def members_of(
    document: Document, content: dict[str, Any], replies: list[dict[str, Any]]
) -> dict[str, bytes]:
    """What is in the archive, by name. Replies are no part of the snapshot: a file of their own."""
    said = {"replies.json": canonical({"replies": replies})} if replies else {}
    tables = {f"tables/{table.key}.csv": csv_of(table) for table in document.tables()}
    return {"report.json": canonical(content), **said, **tables}


def archive_of(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def member_of(file: ReportFile, name: str) -> tuple[bytes, str] | None:
    """What a stored archive has under a name, with its hash; None where it has nothing."""
    digest = next((one["sha256"] for one in file.members if one["name"] == name), None)
    if digest is None:
        return None
    with file.file.open("rb") as opened, zipfile.ZipFile(opened) as archive:
        return archive.read(name), digest


def _written(cell: Plain) -> str:
    if isinstance(cell, Decimal | int):
        return plain(Decimal(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return str(no_formula(cell))
