"""Figures by country, of indicators that are reported by place: RULES 6 to 9 per country.

Each unit's own accumulation first, as in `cells`, then its country's units together. A unit whose
place names no country is in none of them; the sum over countries may be less than the whole.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from monitoring.aggregation.cells import Combined, combined, framework_year
from monitoring.aggregation.figures import NO_ACTUAL, Figure
from monitoring.aggregation.fragments import (
    AT_CUTOFF,
    CELL_OF_PERIODS,
    COMBINED,
    LARGEST,
    RUNNING,
    UNIT_VALUE,
    VIEW_AT_CUTOFF,
)
from monitoring.models import Framework, Indicator

_SCOPE = VIEW_AT_CUTOFF.format(which="id = %(framework)s", until="p.ends_on <= %(reference)s")
_TOTALS = CELL_OF_PERIODS.format(
    counts=AT_CUTOFF, wanted="o.category_id IS NULL", lines="ind.id = ANY (%(indicators)s)"
)
_LAST = RUNNING.format(
    asked="kind.n = kind.last_n",
    parts="(k.span, k.part_of) IN (('to_date', 0), ('year', %(year)s))",
)
_BY_COUNTRY = f"""
WITH {_SCOPE}, {_TOTALS}, {UNIT_VALUE}, {_LAST}, located AS (
  SELECT id AS unit_id, country_id FROM monitoring_reportingunit
  WHERE country_id IS NOT NULL AND id IN (SELECT line_id FROM unit)
), state AS (
  SELECT v.* FROM unit_value v
  JOIN per ON per.framework_id = v.framework_id AND per.id = v.period_id AND per.n = per.last_n
  JOIN ind ON ind.id = v.indicator_id AND ind.accumulation IN ('cumulative', 'point_in_time')
)
SELECT indicator_id, country_id, span, {COMBINED}, {LARGEST}
FROM running JOIN located USING (unit_id) GROUP BY 1, 2, 3
UNION ALL
SELECT indicator_id, country_id, 'state', {COMBINED}, NULL::numeric, NULL::numeric
FROM state JOIN located USING (unit_id) GROUP BY 1, 2
UNION ALL
SELECT indicator_id, country_id, 'reported', NULL, NULL, NULL, NULL, NULL, count(*)::int, 0, false,
       NULL, NULL, NULL
FROM cell JOIN located USING (unit_id) GROUP BY 1, 2
"""
Accumulation = Indicator.Accumulation


class CountryFigure(NamedTuple):
    """One indicator's figures in one country, as of the last period that has ended."""

    country: int
    indicator: Indicator
    year: Figure
    to_date: Figure


def by_country(
    framework: Framework,
    indicators: Iterable[Indicator],
    *,
    reference_on: date,
    cutoff_at: datetime,
) -> list[CountryFigure]:
    """By country and indicator; every pair for which a value was ever reported. One query.

    None at all where no indicator is reported by place.
    """
    placed = {i.pk: i for i in indicators if i.by_place}
    if not placed:
        return []
    params = {
        "framework": framework.pk,
        "reference": reference_on,
        "cutoff": cutoff_at,
        "year": reference_on.year,
        "framework_year": framework_year(framework.starts_on, reference_on),
        "indicators": list(placed),
    }
    found = _figures(placed, params)
    return [_of(country, placed[pk], spans) for (country, pk), spans in sorted(found.items())]


def _figures(
    placed: dict[int, Indicator], params: dict[str, Any]
) -> dict[tuple[int, int], dict[str, Figure]]:
    found: dict[tuple[int, int], dict[str, Figure]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_BY_COUNTRY, params)
        for indicator, country, span, *parts in cursor.fetchall():
            figure = combined(placed[indicator], Combined(*parts))
            found[country, indicator][span] = figure
    return found


def _of(country: int, indicator: Indicator, spans: dict[str, Figure]) -> CountryFigure:
    if indicator.accumulation == Accumulation.AS_PUBLISHED:
        none = Figure(reason="accumulation_unknown")
        return CountryFigure(country, indicator, none, none)
    if indicator.accumulation == Accumulation.FLOW:
        year, to_date = (spans.get(span, NO_ACTUAL) for span in ("year", "to_date"))
        return CountryFigure(country, indicator, year, to_date)
    state = spans.get("state", Figure(reason="stale"))
    return CountryFigure(country, indicator, state, state)
