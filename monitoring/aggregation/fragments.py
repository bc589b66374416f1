"""The SQL in which figures are computed: RULES 6 to 9 and 11. One set of fragments for all readers.

A query is put together from common table expressions, each of which reads only what stands
before it; with the same names they may come from another source (a rollup's table):

    view          frameworks whose figures are asked for
    per           their periods in order (`n`), with earlier editions' (RULES 10)
    ind           their indicators
    unit          reporting units: whose line they belong to, and to whom it was handed over
    same          earlier editions' own categories, as this edition has them by their codes
    cell          values that count: indicator × category (0: in total) × line of a unit × period
    unit_value    a line's value as of each period (RULES 6)
    running       a flow's sums as of each period: to date, in the year, in the framework's year
    span_value    a flow's sums over spans that the reader names

What they give is combined over units by COMBINED (RULES 7) and finished in `cells.combined`.
"""

VIEW = """
view AS (
  SELECT id, partnership_id, edition, starts_on FROM monitoring_framework WHERE {which}
), per AS MATERIALIZED (
  SELECT p.framework_id, p.id, p.starts_on, p.ends_on,
         row_number() OVER in_order AS n, count(*) OVER (PARTITION BY p.framework_id) AS last_n,
         EXTRACT(year FROM p.ends_on)::int AS year,
         EXTRACT(year FROM p.ends_on)::int - EXTRACT(year FROM p.begins_on)::int
           - (to_char(p.ends_on, 'MMDD') < to_char(p.begins_on, 'MMDD'))::int
           AS framework_year
  FROM (
    -- Apart from each other, so that the planner knows how many there are.
    SELECT view.id AS framework_id, view.starts_on AS begins_on, own.id, own.starts_on, own.ends_on
    FROM view JOIN monitoring_period own ON own.framework_id = view.id
    UNION ALL
    SELECT view.id, view.starts_on, former.id, former.starts_on, former.ends_on
    FROM view
    JOIN monitoring_framework f ON f.partnership_id = view.partnership_id
      AND f.edition < view.edition AND f.status = 'superseded'
    JOIN monitoring_period former ON former.framework_id = f.id
      AND former.ends_on < view.starts_on
  ) p
  WHERE {until}
  WINDOW in_order AS (PARTITION BY p.framework_id ORDER BY p.ends_on, p.starts_on, p.id)
), unit AS MATERIALIZED (
  -- A merge of partners made some units one with another of the same partnership: their values
  -- are one line.
  SELECT u.id, head.id AS line_id, m.ended_on,
         heir_head.id AS heir_id,
         CASE WHEN heir.id IS NOT NULL THEN head.successor_since END AS heir_since,
         heir_member.ended_on AS heir_ended_on
  FROM partnerships_membership own
  JOIN monitoring_reportingunit u ON u.membership_id = own.id
  JOIN monitoring_reportingunit head ON head.id = COALESCE(u.merged_into_id, u.id)
  JOIN partnerships_membership m ON m.id = head.membership_id
  LEFT JOIN monitoring_reportingunit heir ON heir.id = head.successor_id
    AND head.handed_over_at <= 'infinity'
  LEFT JOIN monitoring_reportingunit heir_head
    ON heir_head.id = COALESCE(heir.merged_into_id, heir.id)
  LEFT JOIN partnerships_membership heir_member ON heir_member.id = heir_head.membership_id
  WHERE own.partnership_id IN (SELECT partnership_id FROM view)
), same AS MATERIALIZED (
  SELECT view.id AS framework_id, was.id AS category_id, now.id AS now_id
  FROM view
  JOIN monitoring_dimension d ON d.framework_id = view.id
  JOIN monitoring_category now ON now.dimension_id = d.id
  JOIN monitoring_framework f ON f.partnership_id = view.partnership_id AND f.id <> view.id
  JOIN monitoring_dimension former ON former.framework_id = f.id AND former.code = d.code
  JOIN monitoring_category was ON was.dimension_id = former.id AND was.code = now.code
), ind AS MATERIALIZED (
  SELECT i.id, i.series, i.accumulation, view.id AS framework_id, view.partnership_id
  FROM view
  JOIN monitoring_result r ON r.framework_id = view.id
  JOIN monitoring_indicator i ON i.result_id = r.id
)"""


def then(column: str, kind: str, row: str, log: str) -> str:
    """A column's value at a moment, of a row that is joined with what a log `held` (JSON)."""
    held = f"({log}.held ->> '{column}')::{kind}"
    return f"CASE WHEN {log}.held ? '{column}' THEN {held} ELSE {row}.{column} END"


# RULES 20: what a merge of partners, or its end, wrote after the cut-off was not so then. The first
# such write says what stood before (as MovedField.objects.restore reads it).
MOVED = """
moved AS MATERIALIZED (
  SELECT f.model, f.row_id, jsonb_object_agg(f.field, f.before ORDER BY f.id DESC) AS held
  FROM registry_partnermerge g JOIN registry_movedfield f ON f.merge_id = g.id
  WHERE (g.merged_at > %(cutoff)s OR g.undone_at > %(cutoff)s)
    AND CASE f.together WHEN 'undone' THEN g.undone_at ELSE g.merged_at END > %(cutoff)s
    AND f.model IN ('monitoring.reportingunit', 'monitoring.indicator')
  GROUP BY f.model, f.row_id
)"""
# Of indicators `i`: whom each was asked of alone.
RESPONSIBLE = f"""
LEFT JOIN moved ON moved.model = 'monitoring.indicator' AND moved.row_id = i.id
CROSS JOIN LATERAL (
  SELECT {then("responsible_id", "bigint", "i", "moved")} AS responsible_id
) of"""
UNITS_AT_CUTOFF = f"""{MOVED}, unit_then AS MATERIALIZED (
  SELECT u.id, u.country_id, u.place, u.successor_id, u.successor_since, u.handed_over_at,
         {then("membership_id", "bigint", "u", "moved")} AS membership_id,
         {then("merged_into_id", "bigint", "u", "moved")} AS merged_into_id,
         {then("since_on", "date", "u", "moved")} AS since_on
  FROM partnerships_membership m JOIN monitoring_reportingunit u ON u.membership_id = m.id
  LEFT JOIN moved ON moved.model = 'monitoring.reportingunit' AND moved.row_id = u.id
  WHERE m.partnership_id IN (SELECT partnership_id FROM view)
)"""
_OWN = """partnerships_membership own
  JOIN monitoring_reportingunit u ON u.membership_id = own.id"""
_OF_VIEW = "  WHERE own.partnership_id IN (SELECT partnership_id FROM view)\n"
# Nor was handed over what was handed over later. `unit_then` is of the view's partnerships already:
# asked for twice, the planner takes the units for one and joins values in nested loops.
VIEW_AT_CUTOFF = (
    VIEW.replace("'infinity'", "%(cutoff)s")
    .replace(_OWN, "unit_then u")
    .replace(_OF_VIEW, "")
    .replace("monitoring_reportingunit", "unit_then")
    .replace("unit AS MATERIALIZED", f"{UNITS_AT_CUTOFF}, unit AS MATERIALIZED")
)

# `counts`: which observations count; `wanted`: of which categories or units
_OF_CELL = """ind.partnership_id, ind.framework_id, ind.id AS indicator_id, ind.accumulation,
         COALESCE(same.now_id, o.category_id, 0) AS category_id,
         unit.line_id AS unit_id, per.n, per.last_n, per.id AS period_id,
         per.starts_on, per.ends_on, per.year, per.framework_year, unit.ended_on, unit.heir_id,
         unit.heir_since, unit.heir_ended_on, o.id AS observation_id, o.value, o.numerator,
         o.denominator, o.is_provisional"""
CELL = f"""
cell AS MATERIALIZED (
  SELECT {_OF_CELL}
  FROM ind
  JOIN monitoring_indicator s ON s.series = ind.series
  JOIN monitoring_observation o ON o.indicator_id = s.id
  JOIN per ON per.framework_id = ind.framework_id AND per.id = o.period_id
  JOIN unit ON unit.id = o.unit_id
  LEFT JOIN same ON same.framework_id = ind.framework_id AND same.category_id = o.category_id
  WHERE NOT o.withdraws AND (o.value IS NOT NULL OR o.numerator IS NOT NULL)
    AND {{counts}} AND {{wanted}}
)"""
# The same, of the indicators that `lines` names, where the rows that may count are found by what
# `each` lists and `found` asks for. The planner, who cannot know how many those are, would else
# read each period's values once per indicator, or those of all frameworks: OFFSET 0 keeps it to one
# of them, and to one indicator's series, at a time.
_CELL_OF_EACH = f"""
line AS MATERIALIZED (
  SELECT ind.*, s.id AS of_id
  FROM ind CROSS JOIN LATERAL (
    SELECT id FROM monitoring_indicator WHERE series = ind.series OFFSET 0
  ) s
  WHERE {{lines}}
), sent AS MATERIALIZED (
  SELECT o.*
  FROM (<each>) each CROSS JOIN LATERAL (
    SELECT * FROM monitoring_observation o
    WHERE <found> AND NOT o.withdraws
      AND (o.value IS NOT NULL OR o.numerator IS NOT NULL) AND {{counts}} AND {{wanted}}
    OFFSET 0
  ) o
), cell AS MATERIALIZED (
  SELECT {_OF_CELL}
  FROM sent o
  JOIN line ind ON ind.of_id = o.indicator_id
  JOIN per ON per.framework_id = ind.framework_id AND per.id = o.period_id
  JOIN unit ON unit.id = o.unit_id
  LEFT JOIN same ON same.framework_id = ind.framework_id AND same.category_id = o.category_id
)"""
# All periods' values of one framework.
CELL_OF_PERIODS = _CELL_OF_EACH.replace("<each>", "SELECT DISTINCT id FROM per").replace(
    "<found>", "o.period_id = each.id"
)
# What lines of units reported, of the series that `asked (series, line_id)` names with them.
CELL_OF_UNITS = _CELL_OF_EACH.replace(
    "<each>",
    """
    SELECT DISTINCT line.of_id, unit.id
    FROM asked JOIN line USING (series) JOIN unit USING (line_id)""",
).replace("<found>", "o.indicator_id = each.of_id AND o.unit_id = each.id")

AT_CUTOFF = """o.counts_from <= %(cutoff)s
    AND (o.counts_until IS NULL OR o.counts_until > %(cutoff)s)"""
NOW = "o.counts_from IS NOT NULL AND o.counts_until IS NULL"

_COLUMNS = """partnership_id, framework_id, indicator_id, accumulation, category_id, unit_id,
    n, last_n, period_id, ends_on, ended_on, heir_id, heir_since, heir_ended_on, value, numerator,
    denominator, is_provisional"""
# RULES 11, of a state: until the day on which the member left; handed over, from then on under the
# successor, as long as that one is there and has not reported itself.
_STANDS = """
CASE WHEN c.accumulation <> 'point_in_time' THEN true
     WHEN {on}.ends_on >= c.heir_since
       THEN (c.heir_ended_on IS NULL OR {on}.ends_on <= c.heir_ended_on)
       AND NOT EXISTS (
         SELECT 1 FROM cell own WHERE own.indicator_id = c.indicator_id
           AND own.category_id = 0 AND own.unit_id = c.heir_id AND own.n <= {on}.n)
     ELSE (c.ended_on IS NULL OR {on}.ends_on <= c.ended_on) AND {on}.n <= c.n + 1
     END"""
UNIT_VALUE = f"""
held AS (
  -- Each value with the last period for which it stands. Of a flow that is its own.
  SELECT {_COLUMNS}, n AS until_n
  FROM cell WHERE accumulation NOT IN ('cumulative', 'point_in_time')
  UNION ALL
  -- Of a running total the one before the next value, of a category the one before the unit's
  -- next report (RULES 14); of a state one more, unless it was handed over.
  SELECT {_COLUMNS}, LEAST(
    last_n, CASE WHEN category_id = 0 THEN next_total ELSE next_report END - 1,
    CASE WHEN accumulation = 'point_in_time' AND heir_id IS NULL THEN n + 1 END)
  FROM (
    SELECT *, first_value(n) OVER of_total AS next_total,
           first_value(n) OVER of_any AS next_report
    FROM cell WHERE accumulation IN ('cumulative', 'point_in_time')
    WINDOW of_total AS (PARTITION BY indicator_id, unit_id, category_id = 0 ORDER BY n
                        RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
           of_any AS (PARTITION BY indicator_id, unit_id ORDER BY n
                      RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
  ) states
), unit_value AS (
  SELECT partnership_id, framework_id, indicator_id, category_id, unit_id, period_id, n,
         value, numerator, denominator, is_provisional, true AS reported, ends_on AS value_on
  FROM held c
  WHERE {_STANDS.format(on="c")}
  UNION ALL
  SELECT c.partnership_id, c.framework_id, c.indicator_id, c.category_id, c.unit_id, per.id,
         per.n, c.value, c.numerator, c.denominator, c.is_provisional, false, c.ends_on
  FROM held c
  JOIN per ON per.framework_id = c.framework_id AND per.n > c.n AND per.n <= c.until_n
  WHERE c.until_n > c.n AND {_STANDS.format(on="per")}
)"""

# RULES 9: each unit's sums as of each period, also of those in which it reported nothing. `parts`:
# of which spans and years; `asked`: as of which periods.
RUNNING = """
kind AS (
  SELECT per.*, k.span, k.part_of
  FROM per CROSS JOIN LATERAL (
    VALUES ('to_date', 0), ('year', per.year), ('framework_year', per.framework_year)
  ) k (span, part_of)
  WHERE {parts}
), summed AS (
  SELECT c.*, kind.span, kind.part_of,
         sum(value) OVER so_far AS sum_value, max(value) OVER so_far AS most,
         sum(numerator) OVER so_far AS sum_numerator,
         sum(denominator) OVER so_far AS sum_denominator,
         bool_or(is_provisional) OVER so_far AS any_provisional,
         lead(c.n) OVER so_far AS next_n
  FROM cell c
  JOIN kind ON kind.framework_id = c.framework_id AND kind.id = c.period_id
  WHERE c.accumulation = 'flow'
  WINDOW so_far AS (
    PARTITION BY c.indicator_id, c.category_id, c.unit_id, kind.span, kind.part_of
    ORDER BY c.n, c.observation_id ROWS UNBOUNDED PRECEDING)
), running AS (
  SELECT c.partnership_id, c.framework_id, c.indicator_id, c.category_id, c.unit_id, c.span,
         kind.id AS period_id, kind.n, kind.last_n, c.sum_value AS value, c.most,
         c.sum_numerator AS numerator, c.sum_denominator AS denominator,
         c.any_provisional AS is_provisional, c.ends_on AS value_on, true AS reported
  FROM summed c
  JOIN kind ON kind.framework_id = c.framework_id AND kind.span = c.span
    AND kind.part_of = c.part_of AND kind.n >= c.n AND (c.next_n IS NULL OR kind.n < c.next_n)
  WHERE {asked}
)"""

# The reader's own spans: `span (key, indicator_id, first, last)`.
SPAN_VALUE = """
spanned AS MATERIALIZED (
  SELECT span.key, c.*
  FROM span JOIN cell c ON c.indicator_id = span.indicator_id
    AND c.ends_on BETWEEN span.first AND span.last
  WHERE c.accumulation = 'flow'
), span_value AS (
  SELECT key, indicator_id, category_id, unit_id, sum(value) AS value, max(value) AS most,
         sum(numerator) AS numerator, sum(denominator) AS denominator,
         bool_or(is_provisional) AS is_provisional, max(ends_on) AS value_on, true AS reported
  FROM spanned GROUP BY 1, 2, 3, 4
), reported_days AS (
  SELECT key, sum(days)::int AS days
  FROM (SELECT DISTINCT key, n, ends_on - starts_on + 1 AS days FROM spanned) periods
  GROUP BY key
)"""

# RULES 12: the share of a figure `t`, of a flow each period's, in a country: that of the narrowest
# shared result (by place, then by span) under which it falls. `holds`: which contributions hold.
NARROWEST = """
SELECT c.share, c.shared_result_id
FROM monitoring_contribution c
JOIN monitoring_indicator said ON said.id = c.indicator_id AND said.series = {series}
JOIN monitoring_sharedresult r ON r.id = c.shared_result_id
WHERE {holds} AND c.partnership_id = {partnership}
  AND r.starts_on <= t.ends_on AND r.ends_on >= t.starts_on
  AND (NOT {by_place} OR r.country_id IS NULL OR r.country_id = {country} AND ({places}))
ORDER BY (r.place <> '') DESC, (r.country_id IS NOT NULL) DESC, r.ends_on - r.starts_on, r.id
LIMIT 1"""

COMBINED = """
sum(value), min(value), max(value), sum(numerator), sum(denominator), count(*)::int,
(count(*) FILTER (WHERE reported))::int, bool_or(is_provisional),
min(value_on) FILTER (WHERE NOT reported)"""
LARGEST = "sum(most), max(most)"

# The keys, and what `Combined` takes.
OF_PERIODS = f"""
SELECT indicator_id, category_id, period_id, 'period' AS span, {COMBINED},
       NULL::numeric, NULL::numeric
FROM unit_value GROUP BY indicator_id, category_id, period_id"""
OF_RUNNING = f"""
SELECT indicator_id, category_id, period_id, span, {COMBINED}, {LARGEST}
FROM running GROUP BY indicator_id, category_id, period_id, span"""
