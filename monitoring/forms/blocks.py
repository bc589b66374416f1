"""A block of cells copied from a spreadsheet, laid over a grid."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitoring.forms.cells import Cell
from monitoring.forms.grid import Field, Sheet
from monitoring.models import ReportingUnit


class Laid(NamedTuple):
    """The texts by input, and what found no place, in words."""

    texts: dict[str, str]
    left_out: list[str]


def lay(block: str, sheet: Sheet, *, unit: int | None = None, column: int = 0) -> Laid:
    """Where the block names units in its first column, or indicators and categories in its first
    row, cells go where the names say; otherwise they follow from the chosen unit and column."""
    rows = [line.split("\t") for line in block.splitlines() if line.strip()]
    if not rows:
        return Laid({}, [])
    heads = _heads(rows[0], sheet.columns)
    names = _units_named(rows, sheet)
    left_out: list[str] = []
    texts: dict[str, str] = {}
    body = rows[1:] if heads else rows
    placed = _placed(body, names, sheet, unit, left_out)
    for row, whose in placed:
        cells = row[1:] if names and not heads else row
        where = heads or {n: column + n for n in range(len(cells))}
        for n, text in enumerate(cells):
            if n in where and text.strip():
                _put(text.strip(), whose, where[n], sheet, texts, left_out)
    return Laid(texts, left_out)


def _heads(first: Sequence[str], columns: Sequence[Cell]) -> dict[int, int]:
    """By place in the block: the column of the grid, for every head that names one."""
    known: dict[str, int] = {}
    for number, cell in enumerate(columns):
        one, part = cell.indicator, cell.category
        says = [part.label, part.code] if part else [one.code, one.title, str(one)]
        known |= {said.casefold(): number for said in says if said}
    found = {n: known.get(_plain(text)) for n, text in enumerate(first)}
    return {n: column for n, column in found.items() if column is not None}


def _units_named(rows: Sequence[Sequence[str]], sheet: Sheet) -> dict[str, ReportingUnit]:
    """The units by name, if the block's first column names any of them."""
    known = {_plain(str(unit)): unit for unit in sheet.units}
    return known if any(_plain(row[0]) in known for row in rows) else {}


def _placed(
    body: Sequence[list[str]],
    names: dict[str, ReportingUnit],
    sheet: Sheet,
    unit: int | None,
    left_out: list[str],
) -> Iterator[tuple[list[str], ReportingUnit]]:
    units = list(sheet.units)
    first = next((n for n, one in enumerate(units) if one.pk == unit), 0)
    for number, row in enumerate(body):
        if names and (found := names.get(_plain(row[0]))):
            yield row, found
        elif names:
            left_out.append(f"“{row[0].strip()[:60]}” is not a unit on this page")
        elif first + number < len(units):
            yield row, units[first + number]
        else:
            left_out.append(f"row {number + 1} of the block is below the last unit")


def _put(
    text: str,
    unit: ReportingUnit,
    column: int,
    sheet: Sheet,
    texts: dict[str, str],
    left_out: list[str],
) -> None:
    if column >= len(sheet.columns):
        left_out.append(f"“{text[:30]}” of {unit} is beyond the last column")
        return
    cell = sheet.columns[column]
    fields = [field for field in sheet.fields_of(unit) if field.cell == cell]
    if unit.pk not in sheet.open_to or not fields:
        left_out.append(f"“{text[:30]}”: {cell.label} cannot be entered for {unit}")
    elif parts := _parts(text, fields):
        texts.update(parts)
    else:
        left_out.append(f"“{text[:30]}” of {unit}: expected numerator / denominator")


def _parts(text: str, fields: list[Field]) -> dict[str, str]:
    """A ratio's cell is written "12 / 40"; yes and no are words."""
    if len(fields) == 1:
        said = {"yes": "1", "no": "0"} if fields[0].cell.indicator.measure == "yes_no" else {}
        return {fields[0].name: said.get(text.casefold(), text)}
    parts = [part.strip() for part in text.split("/")]
    return {f.name: part for f, part in zip(fields, parts, strict=True)} if len(parts) == 2 else {}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
