"""Actual figures from approved observations, set-based: RULES 6 to 9 and 11, totals only.

A cell counts at a cut-off when its submission had been approved by then and it was neither
superseded nor withdrawn. Earlier editions of a framework lend their periods up to the day
before the new edition begins, through the indicators' common series (RULES 10).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from monitoring.aggregation.figures import NO_ACTUAL, Figure, quotient
from monitoring.models import Framework, Indicator

_CELLS = """
WITH ind AS (
  SELECT i.id, i.series, i.accumulation
  FROM monitoring_indicator i JOIN monitoring_result r ON r.id = i.result_id
  WHERE r.framework_id = %(framework)s
), per AS (
  SELECT p.id, p.starts_on, p.ends_on,
         row_number() OVER (ORDER BY p.ends_on, p.starts_on, p.id) AS n
  FROM monitoring_period p JOIN monitoring_framework f ON f.id = p.framework_id
  WHERE f.partnership_id = %(partnership)s AND p.ends_on <= %(reference)s
    AND (f.id = %(framework)s
         OR f.edition < %(edition)s AND f.status = 'superseded' AND p.ends_on < %(begins)s)
), one AS (
  -- A merge of partners made these units one with another: their values are one line.
  SELECT u.id AS unit_id, u.merged_into_id
  FROM monitoring_reportingunit u JOIN partnerships_membership m ON m.id = u.membership_id
  WHERE m.partnership_id = %(partnership)s AND u.merged_into_id IS NOT NULL
), cell AS MATERIALIZED (
  SELECT ind.id AS indicator_id, COALESCE(one.merged_into_id, o.unit_id) AS unit_id, per.n,
         per.id AS period_id, per.starts_on, per.ends_on, o.value, o.numerator, o.denominator,
         o.is_provisional
  FROM ind
  JOIN monitoring_indicator s ON s.series = ind.series
  JOIN monitoring_observation o ON o.indicator_id = s.id
  JOIN per ON per.id = o.period_id
  LEFT JOIN one ON one.unit_id = o.unit_id
  WHERE o.category_id IS NULL AND NOT o.withdraws
    AND (o.value IS NOT NULL OR o.numerator IS NOT NULL)
    AND o.counts_from <= %(cutoff)s AND (o.counts_until IS NULL OR o.counts_until > %(cutoff)s)
)
"""

_COMBINED = """
  sum(value), min(value), max(value), sum(numerator), sum(denominator), count(*),
  count(*) FILTER (WHERE reported), bool_or(is_provisional),
  min(value_on) FILTER (WHERE NOT reported)
"""

_AS_OF_PERIODS = (
    _CELLS
    + """
, grid AS (
  -- A row for each line × period without a join: the planner knows nothing of the CTEs' sizes.
  SELECT indicator_id, unit_id, n, max(value) AS value, max(numerator) AS numerator,
         max(denominator) AS denominator, bool_or(is_provisional) AS is_provisional,
         bool_or(reported) AS reported
  FROM (
    SELECT indicator_id, unit_id, n, value, numerator, denominator, is_provisional,
           true AS reported
    FROM cell
    UNION ALL
    SELECT line.indicator_id, line.unit_id, per.n, NULL, NULL, NULL, NULL, false
    FROM (SELECT DISTINCT indicator_id, unit_id FROM cell) line CROSS JOIN per
  ) both_ways
  GROUP BY indicator_id, unit_id, n
), dated AS (
  SELECT *, max(n) FILTER (WHERE reported)
            OVER (PARTITION BY indicator_id, unit_id ORDER BY n) AS last_n
  FROM grid
), carried AS (
  -- Within one last_n the first row is the reported one: its values are carried over the rest.
  SELECT indicator_id, unit_id, n, reported, last_n,
         first_value(value) OVER same AS value,
         first_value(numerator) OVER same AS numerator,
         first_value(denominator) OVER same AS denominator,
         first_value(is_provisional) OVER same AS is_provisional
  FROM dated WHERE last_n IS NOT NULL
  WINDOW same AS (PARTITION BY indicator_id, unit_id, last_n ORDER BY n)
), unit_value AS (
  SELECT g.indicator_id, g.n, per.id AS period_id, g.reported, since.ends_on AS value_on,
         g.value, g.numerator, g.denominator, g.is_provisional
  FROM carried g
  JOIN per ON per.n = g.n
  JOIN per since ON since.n = g.last_n
  JOIN ind ON ind.id = g.indicator_id
  JOIN monitoring_reportingunit u ON u.id = g.unit_id
  JOIN partnerships_membership m ON m.id = u.membership_id
  WHERE CASE ind.accumulation
    WHEN 'cumulative' THEN true
    WHEN 'point_in_time' THEN CASE
      WHEN m.ended_on IS NULL OR m.ended_on > %(reference)s OR per.ends_on <= m.ended_on
        THEN g.last_n >= g.n - 1
      ELSE u.successor_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM cell own WHERE own.indicator_id = g.indicator_id
          AND own.unit_id = u.successor_id AND own.n <= g.n)
        AND EXISTS (
          SELECT 1 FROM monitoring_reportingunit h
          JOIN partnerships_membership hm ON hm.id = h.membership_id
          WHERE h.id = u.successor_id AND (hm.ended_on IS NULL OR per.ends_on <= hm.ended_on))
      END
    ELSE g.reported END
)
SELECT indicator_id, period_id,"""
    + _COMBINED
    + "FROM unit_value GROUP BY indicator_id, period_id"
)

_FLOW_SPANS = (
    _CELLS
    + """
, span AS (
  SELECT * FROM unnest(%(keys)s::int[], %(indicators)s::bigint[], %(firsts)s::date[],
                       %(lasts)s::date[]) AS s (key, indicator_id, first, last)
), unit_value AS (
  SELECT span.key, c.indicator_id, c.unit_id, sum(c.value) AS value, max(c.value) AS most,
         sum(c.numerator) AS numerator, sum(c.denominator) AS denominator,
         bool_or(c.is_provisional) AS is_provisional, max(c.ends_on) AS value_on,
         true AS reported
  FROM span JOIN cell c ON c.indicator_id = span.indicator_id
    AND c.ends_on BETWEEN span.first AND span.last
  GROUP BY 1, 2, 3
), reported_days AS (
  SELECT key, sum(days)::int AS days
  FROM (
    SELECT DISTINCT span.key, c.n, c.ends_on - c.starts_on + 1 AS days
    FROM span JOIN cell c ON c.indicator_id = span.indicator_id
      AND c.ends_on BETWEEN span.first AND span.last
  ) periods GROUP BY key
)
SELECT key, min(days), sum(most), max(most),"""
    + _COMBINED
    + "FROM unit_value JOIN reported_days USING (key) GROUP BY key"
)

Span = tuple[int, date, date]


class Combined(NamedTuple):
    """What `_COMBINED` selects: the units' values, combined in each way at once."""

    total: Decimal | None
    least: Decimal | None
    most: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    contributing: int
    reported: int
    is_provisional: bool
    carried_from: date | None


class Actuals:
    """A framework's actual figures as of its periods and over spans, at two dates."""

    def __init__(self, framework: Framework, *, reference_on: date, cutoff_at: datetime) -> None:
        self.dates: dict[str, Any] = {"reference": reference_on, "cutoff": cutoff_at}
        self.scope: dict[str, Any] = {
            "framework": framework.pk,
            "partnership": framework.partnership_id,
            "edition": framework.edition,
            "begins": framework.starts_on,
        }

    def as_of_periods(self, indicators: dict[int, Indicator]) -> dict[tuple[int, int], Figure]:
        """Figure by (indicator, period); a pair without a value for any unit is absent."""
        rows = self._rows(_AS_OF_PERIODS, {})
        return {
            (indicator, period): combined(indicators[indicator], Combined(*parts))
            for indicator, period, *parts in rows
        }

    def over_spans(
        self, indicators: dict[int, Indicator], spans: Iterable[Span]
    ) -> dict[Span, Figure]:
        """Flow totals: each unit's sum over the span's periods, then combined (RULES 9)."""
        listed = list(dict.fromkeys(spans))
        if not listed:
            return {}
        keys, ids = list(range(len(listed))), [span[0] for span in listed]
        firsts, lasts = [span[1] for span in listed], [span[2] for span in listed]
        params = {"keys": keys, "indicators": ids, "firsts": firsts, "lasts": lasts}
        found = {
            listed[key]: replace(
                _flow(indicators[listed[key][0]], largest_sum, largest, Combined(*parts)),
                days=days,
            )
            for key, days, largest_sum, largest, *parts in self._rows(_FLOW_SPANS, params)
        }
        return {span: found.get(span, NO_ACTUAL) for span in listed}

    def _rows(self, sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.scope, **self.dates, **params})
            return cursor.fetchall()


def combined(indicator: Indicator, units: Combined) -> Figure:
    """Units' values as one figure, by the indicator's combine rule (RULES 3, 7 and 8)."""
    made: dict[str, Any] = {
        "units_contributing": units.contributing,
        "units_reported": units.reported,
        "is_provisional": units.is_provisional,
        "carried_from": units.carried_from,
    }
    Combine = Indicator.Combine
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


def _flow(
    indicator: Indicator, largest_sum: Decimal | None, largest: Decimal | None, units: Combined
) -> Figure:
    """A flow's total; unique persons who may come again are a range, level by level (RULES 3).

    `largest_sum` is Σ over units of each unit's largest period, `largest` the largest of all.
    """
    figure = combined(indicator, units)
    unique = indicator.counts_people == Indicator.CountsPeople.UNIQUE
    if not unique or indicator.counts_new_people or indicator.combine != Indicator.Combine.SUM:
        return figure
    low = largest if _may_overlap(indicator) else largest_sum
    if low is None or low == units.total:
        return figure
    return Figure(
        low=low,
        high=units.total,
        reason="people_overlap",
        units_contributing=figure.units_contributing,
        units_reported=figure.units_reported,
        is_provisional=figure.is_provisional,
    )
