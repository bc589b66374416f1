"""A table as programs read it: a plain value per cell, notes and units in columns of their own."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from monitoring.reports.documents import parts, values

Plain = Decimal | int | str | date


class Flat(NamedTuple):
    """Keys and labels of the columns, how each is written, and the rows, the totals last."""

    keys: list[str]
    labels: list[str]
    sorts: list[parts.Sort]
    rows: list[list[parts.Value]]


def flat(table: parts.Table) -> Flat:
    """With `<key>_unit` and `<key>_note` after a column whose values have units or notes."""
    rows = [*table.rows, *([table.totals] if table.totals else [])]
    keys: list[str] = []
    labels: list[str] = []
    sorts: list[parts.Sort] = []
    columns: list[list[parts.Value]] = []
    for n, column in enumerate(table.columns):
        cells = [row[n] for row in rows]
        unit = f" ({column.unit})" if column.unit else ""
        keys.append(column.key)
        labels.append(f"{column.label}{unit}")
        sorts.append(column.sort)
        columns.append(cells)
        for name in ("unit", "note"):
            said: list[parts.Value] = [_said(cell, name) for cell in cells]
            if any(said):
                keys.append(f"{column.key}_{name}")
                labels.append(f"{column.label}: {name}")
                sorts.append("text")
                columns.append(said)
    return Flat(keys, labels, sorts, [list(row) for row in zip(*columns, strict=True)])


def _said(cell: parts.Value, name: str) -> str:
    if not isinstance(cell, parts.Measured):
        return ""
    if name == "unit" and cell.sort == "share":
        return ""
    return str(getattr(cell, name))


def sort_of(cell: parts.Value, column: parts.Sort) -> parts.Sort:
    """How a cell is written: by itself where it says so, else as its column."""
    return cell.sort if isinstance(cell, parts.Measured) else column


def plain_cells(row: Sequence[parts.Value]) -> list[Plain]:
    return [values.exact(cell) for cell in row]
