"""The indicators of a snapshot: their figures in one table, and each over time."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse

from monitoring.aggregation import Figure
from monitoring.models import Indicator
from monitoring.presentation import IndicatorRow, Point, day_text
from monitoring.reports.documents import parts
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Bar,
    Bars,
    Block,
    Column,
    Details,
    Line,
    Measured,
    Missing,
    Paragraph,
    Section,
    Sort,
    Status,
    Table,
    Value,
)
from monitoring.reports.documents.words import counted
from registry import display

OPEN = 6  # charts that the page shows without being asked
Measure = Indicator.Measure
SORTS: dict[str, Sort] = {Measure.RATIO: "share", Measure.CURRENCY: "money"}


def section(content: dict[str, Any], names: Names) -> Section:
    """Figures, progress and course of every indicator."""
    items = content.get("indicators", [])
    rows = [IndicatorRow.stored(item) for item in items]
    if not rows:
        return Section("indicators", "Indicators", [Paragraph("No indicator.")])
    table = _table(content, items, rows)
    over_time = [chart for row in rows for chart in _charts(row)]
    inner = [Section("over-time", "Over time", [*_folded(over_time), _series(rows)])]
    if content.get("places"):
        inner.append(_by_country(content["places"], items, rows, names))
    return Section("indicators", "Indicators", [*_progress(rows), table], inner)


def _table(content: dict[str, Any], items: list[dict[str, Any]], rows: list[IndicatorRow]) -> Table:
    period, cutoff = content.get("period", {}), content.get("cutoff_at", "")
    label = period.get("label") or "Period"
    explain = f"?period={period.get('id')}&as_of={cutoff}" if period else ""
    columns = [
        Column("indicator", "Indicator"),
        Column("state", "State"),
        Column("progress", "Progress", "share"),
        Column("period", label, "number"),
        Column("period_target", f"Target for {label}", "number"),
        Column("year", "Year", "number"),
        Column("to_date", "To date", "number"),
        Column("target", "Target", "number"),
        Column("baseline", "Baseline", "number"),
    ]
    lines = [_row(item, row, explain) for item, row in zip(items, rows, strict=True)]
    if "id" not in period:  # a year, which is no period of the framework's
        kept = [n for n, column in enumerate(columns) if not column.key.startswith("period")]
        columns = [columns[n] for n in kept]
        lines = [[line[n] for n in kept] for line in lines]
    return Table(
        key="indicators",
        caption="Indicators: figures, targets and states",
        columns=columns,
        rows=lines,
        anchors=[f"indicator-{row.pk}" for row in rows],
    )


def _row(item: dict[str, Any], row: IndicatorRow, explain: str) -> list[Value]:
    page = reverse("indicator-explain", args=[row.pk]) if explain else ""
    year = IndicatorRow.stored({**item, "to_date": item.get("year") or item["to_date"]})
    until = "in all by" if row.is_flow else "by"
    by = f"{until} {day_text(row.end_on)}" if row.end_on else ""
    since = day_text(row.baseline_on) if row.baseline_on else ""
    return [
        Measured(_name(row), "text", note=_kind(row)),
        Status(row.light.colour),
        _progress_of(row),
        _figure(row, row.in_period, f"{page}{explain}" if page else ""),
        _number(row, row.period_target, "no_target"),
        _figure(year, year.to_date) if item.get("year") else Missing("no data"),
        _to_date(row, f"{page}{explain}&span=to_date" if page else ""),
        _number(row, row.end_target, "no_target", by),
        _number(row, row.baseline, "no_baseline", since),
    ]


def _name(row: IndicatorRow) -> str:
    unit = f" ({row.unit_label})" if row.unit_label else ""
    return f"{row.code} {row.title}{unit}".strip()


def _kind(row: IndicatorRow) -> str:
    direction = {"decrease": ", less is better"}
    kept = ", to be maintained" if row.direction.startswith("maintain") else ""
    return f"{row.level.capitalize()}{direction.get(row.direction, kept)}"


def _progress_of(row: IndicatorRow) -> Value:
    progress = row.toward_end
    expected = f"{display.percent(row.expected)} expected" if row.expected is not None else ""
    if progress.low is not None and progress.high is not None:
        return Measured(progress.low, "share", note=expected, high=progress.high)
    if progress.value is not None:
        return Measured(progress.value, "share", note=expected)
    if row.direction.startswith("maintain"):
        return Missing("not applicable")
    return Measured(Missing("no data"), note=display.reason(progress.reason))


def _to_date(row: IndicatorRow, address: str) -> Value:
    if row.is_as_published and row.latest:
        return _figure(row, row.latest.figure, address, f"as published for {row.latest.label}")
    return _figure(row, row.to_date, address)


def _figure(row: IndicatorRow, figure: Figure | None, address: str = "", note: str = "") -> Value:
    if figure is None or figure.floor is None:
        why = display.reason(figure.reason if figure and figure.reason else "no_actual")
        return Measured(Missing("no data"), note=why, address=address)
    carried = figure.carried_from
    notes = [
        note,
        f"carried over from {day_text(carried)}" if carried else "",
        "provisional" if figure.is_provisional else "",
    ]
    said = ", ".join(one for one in notes if one)
    high = figure.high if figure.is_range else None
    return _dressed(row, figure.floor, note=said, address=address, high=high)


def _number(row: IndicatorRow, value: Decimal | None, why_not: str, note: str = "") -> Value:
    if value is None:
        return Measured(Missing("no data"), note=display.reason(why_not))
    return _dressed(row, value, note=note)


def _dressed(row: IndicatorRow, value: Decimal, **more: Any) -> Measured:
    """Yes and no are words; everything else stays a number."""
    if row.measure == Measure.YES_NO and value in (0, 1):
        return Measured("yes" if value else "no", "text", **more)
    unit = "%" if row.measure == Measure.PERCENT else row.unit
    return Measured(value, SORTS.get(row.measure, "number"), unit, **more)


def _progress(rows: list[IndicatorRow]) -> Iterator[Bars]:
    """How far each indicator has come toward its last target."""
    reached = [row for row in rows if row.toward_end.floor is not None]
    if not reached:
        return
    bars = [
        Bar(
            row.title,
            row.toward_end.floor,
            row.progress.text,
            display.look(row.light.colour).tone,
            expected=row.expected,
        )
        for row in reached
    ]
    yield Bars(
        title="Progress from the baseline to the last target",
        description="; ".join(f"{bar.label}: {bar.text}" for bar in bars[:10]),
        bars=bars,
        table="indicators",
        highest=Decimal(1),
    )


def _folded(charts: list[Block]) -> list[Block]:
    """The first charts open, the others on demand."""
    more = charts[OPEN:]
    if not more:
        return charts
    summary = counted(len(more), "more chart", "more charts")
    return [*charts[:OPEN], Details(summary, more)]


def _charts(row: IndicatorRow) -> Iterator[Block]:
    """A course over time, where at least two periods have a value."""
    drawn = [point for point in row.points if point.figure.floor is not None]
    if len(drawn) < 2 or row.measure == Measure.YES_NO or row.is_as_published:
        return
    title = row.title if not row.unit else f"{row.title} ({row.unit_label or row.unit})"
    first, last = (f"{p.label}: {row.figure(p.figure).text}" for p in (drawn[0], drawn[-1]))
    said = f"{first}; {last}."
    if row.is_flow:
        bars = [Bar(p.label, p.figure.floor, row.figure(p.figure).text) for p in row.points]
        yield Bars(title, said, bars, "series")
    else:
        yield Line(title, said, _points(row), "series", unit=_axis_unit(row))


def _axis_unit(row: IndicatorRow) -> str:
    return "share" if row.measure == Measure.RATIO else row.unit


def _points(row: IndicatorRow) -> list[parts.Point]:
    """From the baseline through the periods to the last target."""
    points = [parts.Point(p.on, p.label, p.figure.floor, p.target) for p in row.points]
    if row.baseline is not None and row.baseline_on:
        points = [parts.Point(row.baseline_on, "Baseline", None, row.baseline), *points]
    if row.end_target is not None and row.end_on:
        points.append(parts.Point(row.end_on, "Target", None, row.end_target))
    return points


def _series(rows: list[IndicatorRow]) -> Details:
    columns = [
        Column("indicator", "Indicator"),
        Column("period", "Period"),
        Column("ends_on", "Period's end", "day"),
        Column("value", "Value", "number"),
    ]
    lines = [_step(row, point) for row in rows for point in row.points]
    return Details("Values by period", [Table("series", "Values by period", columns, lines)])


def _by_country(
    places: list[dict[str, Any]],
    items: list[dict[str, Any]],
    rows: list[IndicatorRow],
    names: Names,
) -> Section:
    """What is reported by place, for each country of the reporting units."""
    names.load("country", [place["country"] for place in places])
    known = {item["id"]: (item, row) for item, row in zip(items, rows, strict=True)}
    columns = [
        Column("country", "Country"),
        Column("indicator", "Indicator"),
        Column("year", "Year", "number"),
        Column("to_date", "To date", "number"),
    ]
    lines = [
        [
            names.of("country", place["country"]),
            _name(known[said["id"]][1]),
            *(_of_place(*known[said["id"]], said[span]) for span in ("year", "to_date")),
        ]
        for place in places
        for said in place["indicators"]
    ]
    caption = "Figures by country"
    return Section("by-country", "By country", [Table("by_country", caption, columns, lines)])


def _of_place(item: dict[str, Any], row: IndicatorRow, figure: dict[str, Any]) -> Value:
    return _figure(row, IndicatorRow.stored({**item, "to_date": figure}).to_date)


def _step(row: IndicatorRow, point: Point) -> list[Value]:
    return [_name(row), point.label, point.on, _figure(row, point.figure)]
