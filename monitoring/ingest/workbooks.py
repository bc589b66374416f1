"""The door for workbooks: what was sent as rows for the pipeline, and the workbooks we make."""

from dataclasses import dataclass, field
from typing import Any

from monitoring.errors import RowError, Unreadable
from monitoring.ingest.columns import COLUMNS
from monitoring.ingest.outcome import Scope
from monitoring.ingest.sheets import Row, Sheet, read
from monitoring.ingest.template.columns import ERRORS, INSTRUCTIONS, KEY, NAMES
from monitoring.ingest.template.error_file import error_file
from monitoring.ingest.template.keys import says_nothing
from monitoring.ingest.template.reading import Template, is_template, require_keys
from monitoring.ingest.template.writing import long_format, template

__all__ = ["Sent", "error_file", "long_format", "read", "sent", "template"]

BEHIND = 2_000_000  # more rows than a sheet has: those of the second sheet begin after it
NO_HEADER = "Expected column titles in the first row, “indicator” among them; found {found}."
NO_ROWS = "The workbook has column titles and no rows."
NOT_DATA = (
    "The sheet “{name}” is neither a template nor in the long format: its first row has no "
    "column “indicator”. Remove the sheet, or name its columns."
)
KNOWN = {*COLUMNS, ERRORS.casefold()}
UNKNOWN = "Not a column of the long format. Those are: {known}."


@dataclass
class Sent:
    """A workbook's values as rows for the pipeline, with what was wrong with its cells.

    Rows of further sheets are numbered behind those of the first; `located` puts errors back.
    """

    sheets: list[Sheet]
    rows: list[Row] = field(default_factory=list)
    problems: list[RowError] = field(default_factory=list)

    def located(self, errors: list[RowError]) -> list[RowError]:
        """Errors with the cell they are about in `column`: "Value (H12)", with several sheets
        "Data: Value (H12)"."""
        return [self._located(error) for error in errors]

    def sheet_of(self, error: RowError) -> Sheet:
        return self.sheets[error.row // BEHIND]

    def _located(self, error: RowError) -> RowError:
        sheet, row = self.sheet_of(error), error.row % BEHIND
        key = key_of(sheet, error.field)
        where = error.column
        if not where:
            title, cell = sheet.titles.get(key, error.field), sheet.cell(row, key)
            where = f"{title} ({cell})" if cell else title
        return error._replace(
            row=row, column=f"{sheet.name}: {where}" if len(self.sheets) > 1 else where
        )


def key_of(sheet: Sheet, name: str) -> str:
    """The column of a sheet that holds a field of the long format."""
    if name in sheet.columns:
        return name
    named = {NAMES.get(key): key for key in sheet.columns} | {"category": "breakdown"}
    return named.get(name, KEY) if is_template(sheet) else name


def sent(file: Any, scope: Scope) -> Sent:
    """Read a template or sheets in the long format; raises Unreadable.

    What leads to `problems` cannot be loaded: check the rows (`dry_run`), and name both.
    """
    sheets = [sheet for sheet in read(file) if _has_values(sheet)]
    if not sheets:
        raise Unreadable("empty_file", "The workbook has no sheet with values.")
    made = Sent(sheets)
    for number, sheet in enumerate(sheets):
        require_keys(sheet)
        if not (is_template(sheet) or "indicator" in sheet.columns):
            raise _no_table(sheet, is_only=len(sheets) == 1)
        rows, problems = _of_template(sheet, scope) if is_template(sheet) else _long(sheet)
        made.rows += [(row + number * BEHIND, values) for row, values in rows]
        made.problems += [p._replace(row=p.row + number * BEHIND) for p in problems]
    if not any(sheet.rows or sheet.problems for sheet in sheets):
        raise Unreadable("no_rows", NO_ROWS)
    return made


def _no_table(sheet: Sheet, *, is_only: bool) -> Unreadable:
    if is_only:
        found = ", ".join(sheet.titles.values())[:200]
        return Unreadable("no_header", NO_HEADER.format(found=found or "none"))
    return Unreadable("unknown_sheet", NOT_DATA.format(name=sheet.name))


def _has_values(sheet: Sheet) -> bool:
    """Instructions are none, nor what is hidden, unless it is laid out as values are."""
    is_table = is_template(sheet) or "indicator" in sheet.columns
    return is_table or not (sheet.is_hidden or sheet.name == INSTRUCTIONS)


def _of_template(sheet: Sheet, scope: Scope) -> tuple[list[Row], list[RowError]]:
    of_template = Template(sheet, scope)
    return list(of_template.rows()), of_template.problems


def _long(sheet: Sheet) -> tuple[list[Row], list[RowError]]:
    reason = UNKNOWN.format(known=", ".join(COLUMNS))
    unknown = [
        RowError(sheet.header_row, key, "unknown_column", reason, sheet.titles[key])
        for key in sheet.columns
        if key not in KNOWN
    ]
    dropped = {key for key in sheet.columns if key not in COLUMNS}
    rows = [
        (number, {key: value for key, value in row.items() if key not in dropped})
        for number, row in sheet.rows
        if not says_nothing(row)
    ]
    return rows, sheet.problems + unknown
