"""Figures as of now, read from rollups: the numbers are those of `partnership_figures`.

"Now" is the cut-off; the reference is any day. Of a partnership that the queue of changes still
holds, figures are computed instead, by the same fragments: no reader sees an old one, and
reading writes nothing.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from monitoring.aggregation.cells import Combined, combined, framework_year
from monitoring.aggregation.figures import NO_ACTUAL, Figure
from monitoring.aggregation.fragments import (
    CELL,
    NOW,
    OF_PERIODS,
    OF_RUNNING,
    RUNNING,
    UNIT_VALUE,
    VIEW,
)
from monitoring.aggregation.refreshing import FIGURES, SETTLED
from monitoring.models import Framework, Indicator, Period

TOTAL = 0  # instead of a category
Accumulation = Indicator.Accumulation

_WAITING = (
    "SELECT DISTINCT partnership_id FROM monitoring_rollupchange WHERE partnership_id = ANY(%s)"
)
_PARTS = ", ".join(FIGURES.values)
_STORED = f"""
SELECT r.indicator_id, r.category_id, r.period_id, r.span, {_PARTS},
       p.framework_id, p.ends_on, p.starts_on
FROM monitoring_figurerollup r JOIN monitoring_period p ON p.id = r.period_id
WHERE r.partnership_id = ANY(%(partnerships)s)
  AND (%(indicators)s::bigint[] IS NULL OR r.indicator_id = ANY(%(indicators)s::bigint[]))
"""
_COMPUTED = f"""
WITH {VIEW.format(which=f"partnership_id = ANY(%(partnerships)s) AND {SETTLED}", until="true")},
{
    CELL.format(
        counts=NOW,
        wanted="(%(indicators)s::bigint[] IS NULL OR ind.id = ANY(%(indicators)s::bigint[]))",
    )
}, {UNIT_VALUE}, {RUNNING.format(asked="true", parts="true")},
figure (indicator_id, category_id, period_id, span, {_PARTS}) AS (
{OF_PERIODS} UNION ALL {OF_RUNNING}
)
SELECT figure.*, p.framework_id, p.ends_on, p.starts_on
FROM figure JOIN monitoring_period p ON p.id = figure.period_id
"""


class NowFigure(NamedTuple):
    """An indicator's units combined as of a period, or over a span that ends with it."""

    indicator_id: int
    category_id: int
    period_id: int
    span: str
    units: Combined
    framework_id: int
    ends_on: date
    starts_on: date

    @property
    def place(self) -> tuple[date, date, int]:
        """Where its period stands in the order of the series."""
        return self.ends_on, self.starts_on, self.period_id


class FiguresNow:
    """The figures of some indicators as of now; `on` is the day of reference.

    `units` of a row are the parts that a total over several partnerships is made of (RULES 7:
    over all their units, not over their figures).
    """

    def __init__(self, rows: list[NowFigure], indicators: dict[int, Indicator], on: date) -> None:
        self.indicators, self.on = indicators, on
        self.rows = [row for row in rows if row.ends_on <= on]

    @cached_property
    def _by_line(self) -> dict[tuple[int, int, str], list[NowFigure]]:
        lines: dict[tuple[int, int, str], list[NowFigure]] = {}
        for row in sorted(self.rows, key=lambda row: row.place):
            lines.setdefault((row.indicator_id, row.category_id, row.span), []).append(row)
        return lines

    @cached_property
    def _last_periods(self) -> dict[int, int]:
        """Of each framework its own last period that has ended; until one has, the last of those
        that earlier editions lend it."""
        frameworks = {i.result.framework_id: i.result.framework for i in self.indicators.values()}
        ended = Period.objects.filter(framework__in=frameworks).ended_by(self.on)
        last = ended.order_by("framework_id", "-ends_on", "-starts_on", "-pk")
        found = dict(last.distinct("framework_id").values_list("framework_id", "pk"))
        for key in frameworks.keys() - found.keys():
            if lent := Period.objects.lent_to(frameworks[key]).last_ended(self.on):
                found[key] = lent.pk
        return found

    def line(self, indicator: int, category: int = TOTAL, span: str = "period") -> list[NowFigure]:
        """An indicator's rows in the order of its periods, those of earlier editions too."""
        return self._by_line.get((indicator, category, span), [])

    def categories(self, indicator: int) -> set[int]:
        return {row.category_id for row in self.rows if row.indicator_id == indicator} - {TOTAL}

    def figure(self, row: NowFigure | None) -> Figure:
        if row is None:
            return NO_ACTUAL
        return combined(self.indicators[row.indicator_id], row.units)

    def as_of(self, indicator: int, period: int, category: int = TOTAL) -> Figure:
        """RULES 6 to 8: as of a period, or `no_actual`."""
        rows = (row for row in self.line(indicator, category) if row.period_id == period)
        return self.figure(next(rows, None))

    def to_date(self, indicator: int, category: int = TOTAL) -> Figure:
        """RULES 9: of a flow its sum, of others as of the last period that has ended."""
        if self._accumulation(indicator) == Accumulation.AS_PUBLISHED:
            return Figure(reason="accumulation_unknown")
        if self._accumulation(indicator) != Accumulation.FLOW:
            return self._latest(indicator, category)
        rows = self.line(indicator, category, "to_date")
        return self.figure(rows[-1] if rows else None)

    def year(self, indicator: int, category: int = TOTAL) -> Figure:
        """RULES 9: the calendar year of the day of reference."""
        if self._accumulation(indicator) != Accumulation.FLOW:
            return self.to_date(indicator, category)
        rows = self.line(indicator, category, "year")
        return self.figure(next((r for r in rows[::-1] if r.ends_on.year == self.on.year), None))

    def framework_year(self, indicator: int, category: int = TOTAL) -> Figure:
        """RULES 9: the year of the framework, counted from its first day."""
        if self._accumulation(indicator) != Accumulation.FLOW:
            return self.to_date(indicator, category)
        begins = self.indicators[indicator].framework.starts_on
        this = framework_year(begins, self.on)
        rows = self.line(indicator, category, "framework_year")[::-1]
        return self.figure(
            next((row for row in rows if framework_year(begins, row.ends_on) == this), None)
        )

    def _accumulation(self, indicator: int) -> str:
        return self.indicators[indicator].accumulation

    def _latest(self, indicator: int, category: int) -> Figure:
        framework = self.indicators[indicator].result.framework_id
        last = self._last_periods.get(framework)
        rows = [row for row in self.line(indicator, category) if row.framework_id == framework]
        latest = next((r for r in self.line(indicator, category) if r.period_id == last), None)
        if latest is None and rows:
            return Figure(reason="stale")
        return self.figure(latest)


def figures_now(
    partnerships: Iterable[int],
    *,
    indicators: Iterable[int] | None = None,
    on: date | None = None,
) -> FiguresNow:
    """Figures of partnerships' settled frameworks, of some indicators only if named.

    Three queries, a fourth for the sums of states, and one more where something was changed a
    moment ago. `on` is today unless named.
    """
    keys = sorted(set(partnerships))
    wanted = None if indicators is None else sorted(set(indicators))
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [keys])
        waiting = {key for (key,) in cursor.fetchall()}
        rows = _rows(cursor, _STORED, [key for key in keys if key not in waiting], wanted)
        rows += _rows(cursor, _COMPUTED, sorted(waiting), wanted)
    known = Indicator.objects.select_related("result__framework").filter(
        result__framework__partnership__in=keys, result__framework__status__in=Framework.SETTLED
    )
    if wanted is not None:
        known = known.filter(pk__in=wanted)
    return FiguresNow(rows, {one.pk: one for one in known}, on or timezone.localdate())


def _rows(
    cursor: Any, sql: str, partnerships: list[int], indicators: list[int] | None
) -> list[NowFigure]:
    if not partnerships:
        return []
    cursor.execute(sql, {"partnerships": partnerships, "indicators": indicators})
    return [
        NowFigure(indicator, category, period, span, Combined(*parts), framework, last, first)
        for indicator, category, period, span, *parts, framework, last, first in cursor.fetchall()
    ]
