"""A report as a workbook: a first sheet that says what it is, and one sheet per table.

Cells are typed: numbers with a format, days as days, texts as texts that are never formulas.
"""

import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter

from monitoring.reports.documents import parts, values
from monitoring.reports.files.flat import Flat, flat, sort_of
from monitoring.reports.issue import PUBLISHER, Issue

LONGEST = 32_767  # characters that a cell holds
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
WIDEST = 60
FIRST = "Report"


def workbook_of(document: parts.Document, issue: Issue) -> bytes:
    """The whole file; rows are written as they come, so that memory does not grow with them."""
    made = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {
                "title": document.title[:250],
                "author": PUBLISHER,
                "keywords": issue.mark,
                "created": issue.cutoff_at.replace(tzinfo=None),
            }
        )
        writer = _Writer(book)
        tables = document.tables()
        names = _names(table.key for table in tables)
        writer.front(document, issue, list(zip(names, tables, strict=True)))
        for name, table in zip(names, tables, strict=True):
            writer.table(name, table)
    return made.getvalue()


def _names(keys: Iterable[str]) -> list[str]:
    """Names of sheets: at most 31 characters, none twice whatever the case."""
    taken = {FIRST.lower(), "history"}
    names = []
    for key in keys:
        clean = FORBIDDEN.sub(" ", key).strip()[:31] or "table"
        name, number = clean, 2
        while name.lower() in taken:
            ending = f" {number}"
            name, number = clean[: 31 - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


class _Writer:
    """Writes sheets of one workbook, its formats made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats: dict[tuple[str, bool], Any] = {}

    def front(
        self, document: parts.Document, issue: Issue, tables: list[tuple[str, parts.Table]]
    ) -> None:
        """Title, facts, notices, and which sheet has which table."""
        sheet = self.book.add_worksheet(FIRST)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 90)
        facts = [*document.facts, *issue.facts]
        sheet.write_string(0, 0, document.title[:LONGEST], self.title)
        sheet.write_string(1, 0, document.subtitle[:LONGEST])
        lines: list[tuple[str, str]] = [("", ""), *facts, ("", "")]
        lines += [("Notice", notice) for notice in document.notices]
        for row, (name, said) in enumerate(lines, start=2):
            sheet.write_string(row, 0, name[:LONGEST], self.bold)
            sheet.write_string(row, 1, said[:LONGEST], self.wrapped)
        first = len(lines) + 3
        sheet.write_string(first, 0, "Sheet", self.head)
        sheet.write_string(first, 1, "Table", self.head)
        for row, (name, table) in enumerate(tables, start=first + 1):
            sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
            sheet.write_string(row, 1, table.caption[:LONGEST])

    def table(self, name: str, table: parts.Table) -> None:
        """A header, the rows, the totals in bold."""
        sheet = self.book.add_worksheet(name)
        columns = flat(table)
        for n, width in enumerate(_widths(columns)):
            sheet.set_column(n, n, width)
        sheet.freeze_panes(1, 1)
        for n, label in enumerate(columns.labels):
            sheet.write_string(0, n, label[:LONGEST], self.head)
        for row, cells in enumerate(columns.rows, start=1):
            is_total = bool(table.totals) and row == len(columns.rows)
            for n, (cell, sort) in enumerate(zip(cells, columns.sorts, strict=True)):
                self.cell(sheet, row, n, cell, sort_of(cell, sort), bold=is_total)
        if not table.rows:
            sheet.write_string(len(columns.rows) + 1, 0, table.when_empty)

    def cell(
        self, sheet: Any, row: int, n: int, cell: parts.Value, sort: parts.Sort, *, bold: bool
    ) -> None:
        exact = values.exact(cell)
        if isinstance(exact, Decimal | int):
            shape = self._format(_shape(Decimal(exact), sort, _unit(cell)), bold)
            sheet.write_number(row, n, float(exact), shape)
        elif isinstance(exact, date):
            sheet.write_datetime(row, n, exact, self._format("yyyy-mm-dd", bold))
        elif exact:
            missing = isinstance(cell, parts.Missing)
            sheet.write_string(row, n, exact[:LONGEST], self._format("missing" * missing, bold))

    def _format(self, shape: str, bold: bool) -> Any:
        if (shape, bold) not in self._formats:
            said: dict[str, Any] = {"bold": bold}
            if shape == "missing":
                said |= {"italic": True, "font_color": "#4a5560", "align": "right"}
            elif shape:
                said["num_format"] = shape
            else:
                said |= {"text_wrap": True, "valign": "top"}
            self._formats[shape, bold] = self.book.add_format(said)
        return self._formats[shape, bold]


def _unit(cell: parts.Value) -> str:
    return cell.unit if isinstance(cell, parts.Measured) else ""


def _shape(number: Decimal, sort: parts.Sort, unit: str) -> str:
    if sort == "share":
        return "0.0%"
    if sort == "points":
        return "+0.0;-0.0;0"
    digits = "#,##0" if number == number.to_integral_value() else "#,##0.00##"
    if sort == "money" and re.fullmatch("[A-Z]{3}", unit):
        return f'"{unit}" {digits}'
    return digits


def _widths(columns: Flat) -> list[int]:
    """As wide as the longest of the first texts, within limits."""
    seen = columns.rows[:200]
    return [
        min(WIDEST, max(len(label) + 2, 10, *(len(values.shown(row[n])) + 2 for row in seen)))
        if seen
        else max(len(label) + 2, 10)
        for n, label in enumerate(columns.labels)
    ]
