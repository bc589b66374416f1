"""Figures as a page shows them: words and texts; nothing is computed from them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self

from monitoring.aggregation import Figure, IndicatorFigures, Light, Progress
from monitoring.models import Indicator
from registry import display

Measure, Accumulation = Indicator.Measure, Indicator.Accumulation


@dataclass(frozen=True)
class Shown:
    """A text, or why there is none; with what has to be known about it."""

    text: str
    why_not: str = ""
    note: str = ""


@dataclass(frozen=True)
class Point:
    """A figure as of a period's end."""

    label: str
    on: date
    figure: Figure
    target: Decimal | None = None


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator in a table or chart, from live figures or from a report's snapshot."""

    pk: int
    code: str
    title: str
    level: str
    measure: str
    accumulation: str
    direction: str
    unit: str
    baseline: Decimal | None
    baseline_on: date | None
    to_date: Figure
    end_target: Decimal | None
    end_on: date | None
    toward_end: Progress
    expected: Decimal | None
    light: Light
    points: list[Point] = field(default_factory=list)
    in_period: Figure | None = None
    period_target: Decimal | None = None

    @classmethod
    def live(cls, item: IndicatorFigures) -> Self:
        indicator = item.indicator
        return cls(
            pk=indicator.pk,
            code=indicator.code,
            title=indicator.title,
            level=indicator.result.level,
            measure=indicator.measure,
            accumulation=indicator.accumulation,
            direction=indicator.direction,
            unit=indicator.currency_id or indicator.unit,
            baseline=item.baseline,
            baseline_on=item.baseline_on,
            to_date=item.to_date,
            end_target=item.end_target,
            end_on=item.end_on,
            toward_end=item.toward_end,
            expected=item.expected,
            light=item.light,
            points=_live_points(item),
        )

    @classmethod
    def stored(cls, item: dict[str, Any]) -> Self:
        """From a report's content: what was computed then, whatever holds now."""
        names = ("code", "title", "level", "measure", "accumulation", "direction", "unit")
        period = item["period"] or {}
        return cls(
            pk=item["id"],
            **{name: item[name] for name in names},
            baseline=_decimal(item["baseline"]),
            baseline_on=_day(item["baseline_on"]),
            to_date=_figure(item["to_date"]),
            end_target=_decimal(item["end_target"]),
            end_on=_day(item["end_on"]),
            toward_end=_progress(item["toward_end"]),
            expected=_decimal(item["expected"]),
            light=Light(**item["light"]),
            points=_stored_points(item["series"]),
            in_period=_figure(period["actual"]) if period else None,
            period_target=_decimal(period.get("target")),
        )

    @property
    def unit_label(self) -> str:
        """What the numbers count; a ratio is shown as a percentage of its unit."""
        if self.measure == Measure.RATIO and self.unit:
            return f"% of {self.unit}"
        return "" if self.measure == Measure.CURRENCY else self.unit

    @property
    def is_flow(self) -> bool:
        return self.accumulation == Accumulation.FLOW and self.measure != Measure.RATIO

    @property
    def is_as_published(self) -> bool:
        """Nobody said whether values add up: each period's stands for itself."""
        return self.accumulation == Accumulation.AS_PUBLISHED

    @property
    def published(self) -> list[tuple[str, Shown, str]]:
        """The single values of an imported indicator: all there is to say about it."""
        if not self.is_as_published:
            return []
        return [
            (p.label, self.figure(p.figure), "" if p.target is None else self.number(p.target))
            for p in self.points
            if p.figure.floor is not None or p.target is not None
        ]

    @property
    def latest(self) -> Point | None:
        """The last period with a value: all there is where nobody said how values add up."""
        return next((p for p in reversed(self.points) if p.figure.floor is not None), None)

    @property
    def actual(self) -> Shown:
        if self.is_as_published:
            if self.latest is None:
                return Shown("", "no_actual")
            return self.figure(self.latest.figure, f"as published for {self.latest.label}")
        return self.figure(self.to_date)

    @property
    def actual_in_period(self) -> Shown:
        return self.figure(self.in_period) if self.in_period else Shown("", "no_actual")

    @property
    def target_in_period(self) -> Shown:
        return self._number_or(self.period_target, "no_target")

    @property
    def target(self) -> Shown:
        until = "in all by" if self.is_flow else "by"
        by = f"{until} {day_text(self.end_on)}" if self.end_on else ""
        return self._number_or(self.end_target, "no_target", by)

    @property
    def start(self) -> Shown:
        on = day_text(self.baseline_on) if self.baseline_on else ""
        return self._number_or(self.baseline, "no_baseline", on)

    @property
    def progress(self) -> Shown:
        return progress_shown(self.toward_end)

    def _number_or(self, value: Decimal | None, why_not: str, note: str = "") -> Shown:
        return Shown("", why_not) if value is None else Shown(self.number(value), note=note)

    def figure(self, figure: Figure, note: str = "") -> Shown:
        return self.dress.figure(figure, note)

    def number(self, value: Decimal, *, bare: bool = False) -> str:
        return self.dress.number(value, bare=bare)

    @property
    def dress(self) -> "Dress":
        return Dress(self.measure, self.unit)


@dataclass(frozen=True)
class Dress:
    """How an indicator's values are written: 40 %, yes, USD 1,200, 3.5."""

    measure: str
    unit: str = ""

    @classmethod
    def of(cls, indicator: Indicator) -> Self:
        return cls(indicator.measure, indicator.currency_id or indicator.unit)

    def figure(self, figure: Figure, note: str = "") -> Shown:
        if figure.floor is None:
            return Shown("", figure.reason or "no_actual")
        text = self.number(figure.floor)
        if figure.is_range and figure.high is not None:
            text = f"{self.number(figure.floor, bare=True)}\u2013{self.number(figure.high)}"
        notes = [note, _carried(figure), "provisional" if figure.is_provisional else ""]
        return Shown(text, note=", ".join(n for n in notes if n))

    def number(self, value: Decimal, *, bare: bool = False) -> str:
        if self.measure == Measure.RATIO:
            return display.percent(value)
        if self.measure == Measure.PERCENT:
            return f"{display.number(value)}{display.NO_BREAK}%"
        if self.measure == Measure.YES_NO and value in (0, 1):
            return "yes" if value else "no"
        if self.measure == Measure.CURRENCY and not bare:
            return f"{self.unit}{display.NO_BREAK}{display.number(value)}"
        return display.number(value)


def progress_shown(progress: Progress) -> Shown:
    if progress.low is not None and progress.high is not None:
        return Shown(f"{display.percent(progress.low)}\u2013{display.percent(progress.high)}")
    if progress.value is None:
        return Shown("", progress.reason)
    return Shown(display.percent(progress.value))


def _carried(figure: Figure) -> str:
    day = figure.carried_from
    return f"carried over from {day_text(day)}" if day else ""


def day_text(day: date) -> str:
    """A day that is not broken over two lines: 5 Jan 2026."""
    return f"{day.day} {day:%b %Y}".replace(" ", display.NO_BREAK)


def _live_points(item: IndicatorFigures) -> list[Point]:
    """A flow's target belongs to a period only where it covers exactly that period."""
    spans = {(t.starts_on, t.ends_on) for t in item.indicator.targets.all()}
    flow = item.indicator.accumulation == Accumulation.FLOW
    return [
        Point(
            p.period.label,
            p.period.ends_on,
            p.figure,
            p.target if not flow or (p.period.starts_on, p.period.ends_on) in spans else None,
        )
        for p in item.periods
    ]


def _stored_points(series: list[dict[str, Any]]) -> list[Point]:
    return [
        Point(
            step["label"],
            date.fromisoformat(step["ends_on"]),
            _figure({k: v for k, v in step.items() if k not in ("label", "ends_on")}),
        )
        for step in series
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _figure(stored: dict[str, Any]) -> Figure:
    numbers = ("value", "low", "high", "numerator", "denominator")
    exact = {name: _decimal(stored[name]) for name in numbers}
    return Figure(**{**stored, **exact, "carried_from": _day(stored["carried_from"])})


def _progress(stored: dict[str, Any]) -> Progress:
    numbers = {name: _decimal(stored[name]) for name in ("value", "low", "high")}
    return Progress(**numbers, reason=stored["reason"])
