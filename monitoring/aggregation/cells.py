"""Actual figures from approved observations, set-based: RULES 6 to 9 and 11, totals only.

A cell counts at a cut-off when its submission had been approved by then and it was neither
superseded nor withdrawn. Earlier editions of a framework lend their periods up to the day
before the new edition begins, through the indicators' common series (RULES 10).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from monitoring.aggregation.figures import NO_ACTUAL, Figure, quotient
from monitoring.aggregation.fragments import (
    AT_CUTOFF,
    CELL_OF_PERIODS,
    COMBINED,
    LARGEST,
    OF_PERIODS,
    OF_RUNNING,
    RUNNING,
    SPAN_VALUE,
    UNIT_VALUE,
    VIEW_AT_CUTOFF,
)
from monitoring.models import Framework, Indicator

_TOTALS = CELL_OF_PERIODS.format(counts=AT_CUTOFF, wanted="o.category_id IS NULL", lines="true")
_SCOPE = VIEW_AT_CUTOFF.format(which="id = %(framework)s", until="p.ends_on <= %(reference)s")
_LAST = RUNNING.format(
    asked="kind.n = kind.last_n",
    parts="""(k.span, k.part_of) IN (
    ('to_date', 0), ('year', %(year)s), ('framework_year', %(framework_year)s))""",
)
# Of a span its number stands for the category, and the days reported for the period.
_FIGURES = f"""
WITH {_SCOPE}, {_TOTALS}, {UNIT_VALUE}, {_LAST}, span AS (
  SELECT * FROM unnest(%(keys)s::int[], %(indicators)s::bigint[], %(firsts)s::date[],
                       %(lasts)s::date[]) AS s (key, indicator_id, first, last)
), {SPAN_VALUE}
{OF_PERIODS} UNION ALL {OF_RUNNING} UNION ALL
SELECT min(indicator_id), key, min(days), 'target', {COMBINED}, {LARGEST}
FROM span_value JOIN reported_days USING (key) GROUP BY key
"""

Combine = Indicator.Combine
_SUM = Combine.SUM

Span = tuple[int, date, date]


def framework_year(starts_on: date, on: date) -> int:
    """How many whole years of a framework lie before a day; a period lies where it ends."""
    return on.year - starts_on.year - ((on.month, on.day) < (starts_on.month, starts_on.day))


class Combined(NamedTuple):
    """What COMBINED selects: the units' values, combined in each way at once.

    Of a flow's sums, `largest_sum` is Σ over units of each unit's largest period and `largest`
    the largest of all.
    """

    total: Decimal | None
    least: Decimal | None
    most: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    contributing: int
    reported: int
    is_provisional: bool
    carried_from: date | None
    largest_sum: Decimal | None
    largest: Decimal | None


class ActualFigures(NamedTuple):
    """Figures by (indicator, period); a flow's by (indicator, which) as of the last period that
    has ended: `to_date`, `year`, `framework_year`; and a flow's over the spans of its targets,
    each unit's sum over their periods first (RULES 9)."""

    as_of: dict[tuple[int, int], Figure]
    running: dict[tuple[int, str], Figure]
    over: dict[Span, Figure]


class Actuals:
    """A framework's actual figures as of its periods and over spans, at two dates."""

    def __init__(self, framework: Framework, *, reference_on: date, cutoff_at: datetime) -> None:
        self.params: dict[str, Any] = {
            "reference": reference_on,
            "cutoff": cutoff_at,
            "framework": framework.pk,
            "year": reference_on.year,
            "framework_year": framework_year(framework.starts_on, reference_on),
        }

    def figures(self, indicators: dict[int, Indicator], spans: Iterable[Span]) -> "ActualFigures":
        """What has no value of any unit is absent; spans of targets are all there. One query."""
        listed = list(dict.fromkeys(spans))
        found = ActualFigures({}, {}, dict.fromkeys(listed, NO_ACTUAL))
        for indicator, of, period, span, *parts in self._rows(listed):
            figure = combined(indicators[indicator], Combined(*parts))
            if span == "period":
                found.as_of[(indicator, period)] = figure
            elif span == "target":
                found.over[listed[of]] = replace(figure, days=period)
            else:
                found.running[(indicator, span)] = figure
        return found

    def _rows(self, spans: Sequence[Span]) -> list[tuple[Any, ...]]:
        params = {
            **self.params,
            "keys": list(range(len(spans))),
            "indicators": [span[0] for span in spans],
            "firsts": [span[1] for span in spans],
            "lasts": [span[2] for span in spans],
        }
        with connection.cursor() as cursor:
            cursor.execute(_FIGURES, params)
            return cursor.fetchall()


def combined(indicator: Indicator, units: Combined) -> Figure:
    """Units' values as one figure, by the indicator's combine rule (RULES 3, 7 and 8).

    Unique persons who may come again, or whom two units may count, are a range: RULES 3.
    """
    figure = _combined(indicator, units)
    if units.largest is None or not may_come_again(indicator):
        return figure
    low = units.largest if _may_overlap(indicator) else units.largest_sum
    if low == units.total:
        return figure
    return replace(figure, value=None, low=low, high=units.total, reason="people_overlap")


def may_come_again(indicator: Indicator) -> bool:
    """Whether sums over periods are ranges, from the largest period on (RULES 3)."""
    unique = indicator.counts_people == Indicator.CountsPeople.UNIQUE
    return unique and not indicator.counts_new_people and indicator.combine == _SUM


def _combined(indicator: Indicator, units: Combined) -> Figure:
    made: dict[str, Any] = {
        "units_contributing": units.contributing,
        "units_reported": units.reported,
        "is_provisional": units.is_provisional,
        "carried_from": units.carried_from,
    }
    if indicator.combine == Combine.RATIO:
        return _ratio(units.numerator, units.denominator, made)
    if units.total is None:
        return Figure(reason="no_actual", **made)
    if indicator.combine == Combine.NONE:
        if units.contributing > 1:
            return Figure(reason="no_denominator", **made)
        return Figure(value=units.total, **made)
    if indicator.combine == Combine.SUM and _may_overlap(indicator) and units.contributing > 1:
        return Figure(low=units.most, high=units.total, reason="people_overlap", **made)
    value = {
        Combine.SUM: units.total,
        Combine.MEAN: quotient(units.total, Decimal(units.contributing)),
        Combine.MIN: units.least,
        Combine.MAX: units.most,
    }[Combine(indicator.combine)]
    return Figure(value=value, **made)


def _ratio(numerator: Decimal | None, denominator: Decimal | None, made: dict[str, Any]) -> Figure:
    if numerator is None or denominator is None:
        return Figure(reason="no_actual", **made)
    if denominator == 0:
        return Figure(
            numerator=numerator, denominator=denominator, reason="zero_denominator", **made
        )
    value = quotient(numerator, denominator)
    return Figure(value=value, numerator=numerator, denominator=denominator, **made)


def _may_overlap(indicator: Indicator) -> bool:
    return indicator.counts_people == Indicator.CountsPeople.UNIQUE and indicator.units_overlap
