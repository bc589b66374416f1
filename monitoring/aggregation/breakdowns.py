"""Figures by category, and whether the parts come to the total: RULES 14 to 17.

A category's figure follows the rules of totals from the values that count for it; nothing is
added up across categories. What is missing to a total is shown, never repaired.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Context, Decimal
from functools import reduce
from typing import NamedTuple

from monitoring.aggregation import progress
from monitoring.aggregation.cells import Combined, combined
from monitoring.aggregation.figures import NO_ACTUAL, Figure, Progress, quotient
from monitoring.aggregation.progress import TargetSpan
from monitoring.aggregation.readings import TOTAL, Readings, Step, UnitValue
from monitoring.models import (
    Category,
    CategoryBaseline,
    Dimension,
    Indicator,
    ReportingUnit,
    UnsafeBreakdown,
)

ZERO = Decimal(0)
# Sums keep every digit that the database keeps (RULES 13).
WIDE = Context(prec=100)
COMPLETE, INCOMPLETE = "complete", "incomplete"
NOT_BROKEN_DOWN, NOT_SAFE, NO_TOTAL = "not_broken_down", "not_safe_to_collect", "no_total"
Measure, Accumulation = Indicator.Measure, Indicator.Accumulation


class Parts(NamedTuple):
    """A number, or a ratio's two parts; what is not there is None."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def less(self, other: "Parts") -> "Parts":
        return Parts(*(_minus(a, b) for a, b in zip(self, other, strict=True)))

    @property
    def is_zero(self) -> bool:
        return not any(self)


class UnitState(NamedTuple):
    """One unit's cell, or in a span one of its periods': what its parts lack of its total."""

    unit_id: int
    n: int
    state: str
    difference: Parts | None = None
    reason: str = ""


@dataclass(frozen=True)
class CategoryFigure:
    """A category with its figure, its target and how far it has come."""

    category: Category
    figure: Figure
    target: Decimal | None = None
    baseline: Decimal | None = None
    progress: Progress = field(default_factory=lambda: Progress(reason="no_target"))


@dataclass(frozen=True)
class Breakdown:
    """An indicator along one dimension (or a crossed one), as of a period or over several.

    `state` is empty where parts need not come to a total (RULES 15: means, ratings and the like).
    """

    dimension: Dimension
    total: Figure
    categories: list[CategoryFigure]
    state: str
    difference: Parts | None
    units: list[UnitState]

    @property
    def not_safe(self) -> list[UnitState]:
        return [unit for unit in self.units if unit.state == NOT_SAFE]

    @property
    def without_total(self) -> list[UnitState]:
        return [unit for unit in self.units if unit.state == NO_TOTAL]

    @property
    def is_empty(self) -> bool:
        return self.state in ("", NOT_BROKEN_DOWN) and all(
            item.figure.floor is None and not item.figure.reason.startswith("zero")
            for item in self.categories
        )


Units = AbstractSet[int] | None
Unsafe = Mapping[tuple[int, int, int, int], str]
_NONE: Unsafe = {}


def unsafe_cells(readings: Readings) -> dict[tuple[int, int, int, int], str]:
    """(indicator, dimension, unit, period) that were stated not safe to break down. 2 queries."""
    series = {indicator.series: pk for pk, indicator in readings.indicators.items()}
    stated = UnsafeBreakdown.objects.counting(readings.cutoff_at).filter(
        indicator__series__in=series, submission__period__in=[s.period_id for s in readings.steps]
    )
    rows = stated.values_list(
        "indicator__series",
        "dimension_id",
        "submission__unit_id",
        "submission__unit__merged_into_id",
        "submission__period_id",
        "reason",
    )
    by_period = {step.period_id: step.n for step in readings.steps}
    line = readings.line_of
    return {
        (series[one], dimension, line.get(unit, merged or unit), by_period[period]): reason
        for one, dimension, unit, merged, period, reason in rows
    }


def as_of(
    readings: Readings, indicator: Indicator, category: int, n: int, units: Units = None
) -> Figure:
    """The figure of a category (0: the total) as of a period, by the rules of totals; of all the
    units, or of some."""
    read = [v for v in readings.of(indicator, category, n) if units is None or v.unit_id in units]
    if not read:
        return NO_ACTUAL
    dates = {step.n: step.ends_on for step in readings.steps}
    return combined(indicator, _combine(read, dates))


def over(
    readings: Readings,
    indicator: Indicator,
    category: int,
    steps: Sequence[Step],
    units: Units = None,
) -> Figure:
    """A flow's figure over some periods: each unit's sum, then combined (RULES 9)."""
    every = readings.over(indicator, category, steps)
    by_unit = {unit: values for unit, values in every.items() if units is None or unit in units}
    if not by_unit:
        return NO_ACTUAL
    summed = [_summed(values) for values in by_unit.values()]
    largest = [
        max(known)
        for values in by_unit.values()
        if (known := [v.value for v in values if v.value is not None])
    ]
    sums = _combine(summed, {})
    sums = sums._replace(largest_sum=_sum(largest), largest=max(largest, default=None))
    figure = combined(indicator, sums)
    reported = {v.n for values in by_unit.values() for v in values}
    return replace(figure, days=sum(step.days for step in steps if step.n in reported))


def _summed(values: Sequence[UnitValue]) -> UnitValue:
    last = values[-1]
    return last._replace(
        reported_n=last.n,
        value=_sum(v.value for v in values),
        numerator=_sum(v.numerator for v in values),
        denominator=_sum(v.denominator for v in values),
        is_provisional=any(v.is_provisional for v in values),
    )


def _combine(read: Sequence[UnitValue], dates: Mapping[int, date]) -> Combined:
    """What the SQL of totals selects, from the units' values."""
    values = [v.value for v in read if v.value is not None]
    carried = [dates[v.reported_n] for v in read if v.reported_n != v.n]
    return Combined(
        total=_sum(values),
        least=min(values, default=None),
        most=max(values, default=None),
        numerator=_sum(v.numerator for v in read),
        denominator=_sum(v.denominator for v in read),
        contributing=len(read),
        reported=len(read) - len(carried),
        is_provisional=any(v.is_provisional for v in read),
        carried_from=min(carried, default=None),
        largest_sum=None,
        largest=None,
    )


def breakdown(
    readings: Readings,
    indicator: Indicator,
    dimension: Dimension,
    steps: Sequence[Step],
    *,
    unsafe: Unsafe = _NONE,
    baselines: Mapping[int, Decimal] | None = None,
) -> Breakdown:
    """An indicator along a dimension: as of the last of the steps, or a flow's sum over them all.

    `dimension` comes with its categories, `indicator` with its targets.
    """
    categories = list(dimension.categories.all())
    figures = {c.pk: figure_at(readings, indicator, c.pk, steps) for c in categories}
    units = _unit_states(readings, indicator, dimension, steps, unsafe)
    state, difference = _aggregate(units) if adds_up(indicator) else ("", None)
    return Breakdown(
        dimension=dimension,
        total=figure_at(readings, indicator, TOTAL, steps),
        categories=[
            _with_progress(readings, indicator, c, figures[c.pk], steps, baselines or {})
            for c in categories
        ],
        state=state,
        difference=difference,
        units=units,
    )


def adds_up(indicator: Indicator) -> bool:
    """Whether parts come to the total: sums of numbers and money, and both parts of a ratio."""
    if indicator.measure == Measure.RATIO:
        return True
    is_sum = indicator.combine == Indicator.Combine.SUM
    return is_sum and indicator.measure in (Measure.NUMBER, Measure.CURRENCY)


def figure_at(
    readings: Readings,
    indicator: Indicator,
    category: int,
    steps: Sequence[Step],
    units: Units = None,
) -> Figure:
    """A flow's sum over the steps; of anything else the value as of the last of them."""
    if not steps:
        return NO_ACTUAL
    if indicator.accumulation == Accumulation.FLOW and len(steps) > 1:
        return over(readings, indicator, category, steps, units)
    return as_of(readings, indicator, category, steps[-1].n, units)


def _unit_states(
    readings: Readings,
    indicator: Indicator,
    dimension: Dimension,
    steps: Sequence[Step],
    unsafe: Unsafe,
) -> list[UnitState]:
    """RULES 15 for each unit and, over a span, each of its periods."""
    flow = indicator.accumulation in (Accumulation.FLOW, Accumulation.AS_PUBLISHED)
    cells = []
    for step in steps if flow else steps[-1:]:
        totals = {v.unit_id: v for v in readings.of(indicator, TOTAL, step.n)}
        parts: dict[int, list[UnitValue]] = {}
        for category in dimension.categories.all():
            for v in readings.of(indicator, category.pk, step.n):
                parts.setdefault(v.unit_id, []).append(v)
        for unit in sorted(totals.keys() | parts.keys()):
            of_unit = parts.get(unit, [])
            total = totals.get(unit)
            n = total.reported_n if total else step.n
            reason = unsafe.get((indicator.pk, dimension.pk, unit, n))
            cells.append(_unit_state(unit, step.n, total, of_unit, reason))
    return cells


def _unit_state(
    unit: int, n: int, total: UnitValue | None, parts: Sequence[UnitValue], reason: str | None
) -> UnitState:
    if reason is not None and not parts:
        return UnitState(unit, n, NOT_SAFE, reason=reason)
    if total is None or (parts and parts[0].reported_n != total.reported_n):
        return UnitState(unit, n, NO_TOTAL)
    whole = _parts([total])
    difference = whole.less(_parts(parts)) if parts else whole
    if not parts:
        return UnitState(unit, n, NOT_BROKEN_DOWN, difference)
    return UnitState(unit, n, COMPLETE if difference.is_zero else INCOMPLETE, difference)


def _aggregate(units: Sequence[UnitState]) -> tuple[str, Parts | None]:
    """Incomplete if any cell is, even if differences cancel; unsafe units are set apart."""
    rest = [unit for unit in units if unit.state != NOT_SAFE]
    states = {unit.state for unit in rest}
    if not rest:
        return (NOT_SAFE if units else NOT_BROKEN_DOWN), None
    differences = [unit.difference for unit in rest if unit.difference is not None]
    whole = Parts(*(_sum(part) for part in zip(*differences, strict=True))) if differences else None
    if states == {NOT_BROKEN_DOWN}:
        return NOT_BROKEN_DOWN, whole
    if any(unit.difference and not unit.difference.is_zero for unit in rest):
        return INCOMPLETE, None if NO_TOTAL in states else whole
    return (NO_TOTAL, None) if NO_TOTAL in states else (COMPLETE, whole)


def _with_progress(
    readings: Readings,
    indicator: Indicator,
    category: Category,
    figure: Figure,
    steps: Sequence[Step],
    baselines: Mapping[int, Decimal],
) -> CategoryFigure:
    baseline = baselines.get(category.pk)
    target, way = way_to_target(readings, indicator, category.pk, figure, steps, baseline)
    return CategoryFigure(category, figure, target, baseline, way)


def way_to_target(
    readings: Readings,
    indicator: Indicator,
    category: int,
    figure: Figure,
    steps: Sequence[Step],
    baseline: Decimal | None,
) -> tuple[Decimal | None, Progress]:
    """The target of the last of the steps, and RULES 16 and 17 with the category's own targets
    and baseline (0: those of the total)."""
    spans = target_spans(readings, indicator, category)
    on = steps[-1].ends_on if steps else readings.reference_on
    own = [span for span in spans if span.ends_on == on]
    if indicator.accumulation == Accumulation.AS_PUBLISHED and steps:
        own = [span for span in own if span.starts_on == steps[-1].starts_on]
    target = own[-1].value if own else None
    if indicator.direction.startswith("maintain"):
        return target, Progress(reason="maintain")
    if indicator.accumulation != Accumulation.FLOW:
        return target, progress.between(figure, baseline, target)
    if indicator.measure == Measure.RATIO:
        reached = (own[-1].actual or NO_ACTUAL) if own else figure
        return target, progress.between(reached, baseline, target)
    return target, progress.flow_progress(spans, baseline, on)


def target_spans(readings: Readings, indicator: Indicator, category: int) -> list[TargetSpan]:
    """The targets of a category (0: of the total), each with what a flow reached within it."""
    flow = indicator.accumulation == Accumulation.FLOW
    own = [t for t in indicator.targets.all() if (t.category_id or TOTAL) == category]
    return [
        TargetSpan(
            t.starts_on,
            t.ends_on,
            t.value,
            over(readings, indicator, category, readings.between(t.starts_on, t.ends_on))
            if flow
            else None,
        )
        for t in sorted(own, key=lambda t: (t.ends_on, t.starts_on, t.pk))
    ]


def category_baselines(indicators: Iterable[Indicator]) -> dict[int, dict[int, Decimal]]:
    """By indicator and category, on the scale of targets: a ratio's as n / d. One query."""
    found: dict[int, dict[int, Decimal]] = {}
    for one in CategoryBaseline.objects.filter(indicator__in=[i.pk for i in indicators]):
        if one.value is not None:
            value = one.value
        else:
            value = quotient(one.numerator or ZERO, one.denominator or Decimal(1))
        found.setdefault(one.indicator_id, {})[one.category_id] = value
    return found


def units_named(states: Iterable[UnitState]) -> dict[int, ReportingUnit]:
    """The units by their number, with what their names need. One query."""
    wanted = {state.unit_id for state in states}
    names = ReportingUnit.objects.filter(pk__in=wanted)
    return {unit.pk: unit for unit in names.select_related("membership__partner", "country")}


def _parts(values: Sequence[UnitValue]) -> Parts:
    return Parts(
        _sum(v.value for v in values),
        _sum(v.numerator for v in values),
        _sum(v.denominator for v in values),
    )


def _minus(a: Decimal | None, b: Decimal | None) -> Decimal | None:
    if a is None and b is None:
        return None
    return WIDE.subtract(a or ZERO, b or ZERO)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return reduce(WIDE.add, known) if known else None
