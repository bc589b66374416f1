"""The template of a framework and a period, and the sheet in the long format, as workbooks."""

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from monitoring.ingest.columns import COLUMNS as LONG
from monitoring.ingest.template.book import Book, runs
from monitoring.ingest.template.columns import COLUMNS, DATA, Column
from monitoring.ingest.template.instructions import of_long_format, of_template
from monitoring.ingest.template.lines import NUMBERS, Line, lines_of
from monitoring.models import Framework, Indicator, Period, ReportingUnit

Measure = Indicator.Measure
MOST = 10**20
PARTS = {"numerator", "denominator"}
YES_NO = {"validate": "list", "source": ["yes", "no"]}
NUMBER = {"validate": "decimal", "criteria": "between", "minimum": -MOST, "maximum": MOST}
POSITIVE = NUMBER | {"minimum": 0}
COUNT = {"validate": "integer", "criteria": ">=", "value": 1}
PROTECTED = {
    "format_columns": True,
    "format_rows": True,
    "sort": True,
    "autofilter": True,
    "select_locked_cells": True,
}
Rule = dict[str, Any]


def template(framework: Framework, period: Period, units: Sequence[ReportingUnit]) -> bytes:
    """A workbook with a row for each value that is asked of the units, and what is known of it."""
    lines = lines_of(period, units)
    book = Book(f"{framework.title}: {period}")
    of_template(book, framework, period, units)
    sheet = book.sheet(DATA)
    _layout(book, sheet)
    for row, line in enumerate(lines, start=1):
        labels = _labels(line)
        for number, column in enumerate(COLUMNS):
            _write(book, sheet, row, number, column, line, labels)
        book.height(sheet, row, _texts(line, labels))
    _add_rules(sheet, lines)
    sheet.autofilter(0, 0, max(len(lines), 1), len(COLUMNS) - 1)
    sheet.protect("", PROTECTED)
    sheet.activate()
    return book.done()


def long_format(framework: Framework, period: Period, units: Sequence[ReportingUnit]) -> bytes:
    """An empty sheet in the long format, and what may stand in its columns."""
    book = Book(f"{framework.title}: {period}")
    of_long_format(book, framework, period, units)
    sheet = book.sheet(DATA)
    for number, name in enumerate(LONG):
        book.text(sheet, 0, number, name, "head")
    sheet.set_column(0, len(LONG) - 1, 16)
    sheet.freeze_panes(1, 0)
    sheet.activate()
    return book.done()


def _layout(book: Book, sheet: Worksheet) -> None:
    for number, column in enumerate(COLUMNS):
        book.text(sheet, 0, number, column.title, "head")
        hidden = {"hidden": True} if column.name == "key" else {}
        sheet.set_column(number, number, column.width, None, hidden)
    sheet.freeze_panes(1, 4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(
    book: Book,
    sheet: Worksheet,
    row: int,
    number: int,
    column: Column,
    line: Line,
    labels: dict[str, str],
) -> None:
    name = column.name
    if not column.is_input:
        book.text(sheet, row, number, labels[name], "label")
    elif not takes(line.indicator, name):
        book.text(sheet, row, number, "", "off")
    elif name in NUMBERS:
        book.number(sheet, row, number, line.inputs.get(name, ""), "input")
    else:
        book.text(sheet, row, number, line.inputs.get(name, ""), "words")


def _labels(line: Line) -> dict[str, str]:
    return {
        "unit": str(line.unit),
        "code": line.indicator.code,
        "title": line.indicator.title,
        "breakdown": line.breakdown,
        "measured_in": line.measured_in,
        "last": line.last,
        "target": line.target,
        "key": line.key,
    }


def _texts(line: Line, labels: dict[str, str]) -> Iterator[tuple[str, int]]:
    for column in COLUMNS[:-1]:
        if text := labels.get(column.name) or line.inputs.get(column.name):
            yield text, column.width


def takes(indicator: Indicator, name: str) -> bool:
    """Whether a value of this indicator has such a part."""
    if name in PARTS:
        return indicator.measure == Measure.RATIO
    if name == "value":
        return indicator.measure not in (Measure.RATIO, Measure.NARRATIVE)
    return name != "text" or indicator.measure == Measure.NARRATIVE


def rule_of(indicator: Indicator, name: str) -> Rule | None:
    """What a spreadsheet lets people type there; what arrives is checked again in any case."""
    if name in ("is_provisional", "withdraws"):
        return YES_NO
    if name == "sample_size":
        return COUNT
    if name not in NUMBERS or not takes(indicator, name):
        return None
    if name == "value" and indicator.measure == Measure.YES_NO:
        return YES_NO
    if name == "value" and indicator.measure == Measure.RATING:
        return _scale(indicator)
    of_people = indicator.counts_people != Indicator.CountsPeople.NO
    return POSITIVE if name == "denominator" or of_people else NUMBER


def _scale(indicator: Indicator) -> Rule:
    low = 1 if indicator.rating_min is None else indicator.rating_min
    high = 5 if indicator.rating_max is None else indicator.rating_max
    if low == int(low) and high == int(high) and high - low <= 10:
        return {"validate": "list", "source": [str(n) for n in range(int(low), int(high) + 1)]}
    return NUMBER | {"minimum": float(low), "maximum": float(high)}


def _add_rules(sheet: Worksheet, lines: Sequence[Line]) -> None:
    """One rule for all rows of a column that share it."""
    for number, column in enumerate(COLUMNS):
        if not column.is_input:
            continue
        rows: dict[str, tuple[Rule, list[int]]] = {}
        for row, line in enumerate(lines, start=1):
            if rule := rule_of(line.indicator, column.name):
                rows.setdefault(str(rule), (rule, []))[1].append(row)
        for rule, of_rule in rows.values():
            ranges = [[first, number, last, number] for first, last in runs(of_rule)]
            told = {"error_title": column.title, "error_message": _expected(rule)}
            rule = rule | told | {"other_cells": ranges}
            sheet.data_validation(*ranges[0], rule)


def _expected(rule: Rule) -> str:
    if rule["validate"] == "list":
        return f"Expected one of: {', '.join(rule['source'])}."
    if rule["validate"] == "integer":
        return "Expected a whole number of at least 1."
    low, high = rule["minimum"], rule["maximum"]
    if abs(high) < MOST:
        return f"Expected a number from {low:g} to {high:g}."
    return "Expected a number of 0 or more." if low == 0 else "Expected a number."
