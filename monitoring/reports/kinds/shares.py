"""What the shares of shared results leave of the figures of reports: RULES 12.

Of a flow each period falls under the narrowest shared result that overlaps it, in its place; of a
running total or a state the year of the report does. A report has a flow's figure for its year and
to date, everywhere and by country, and no finer: so the year's periods are one part, and those of
before it another. A part counts where one share holds for all of its periods; else there is no
value (`share_of_part_of_the_time`), unless nothing happened in that part.

Only sums and ratios scale. Of a figure by place each country's part goes by the share of that
country, the rest by the one that is stated for everywhere.
"""

from monitoring.aggregation.fragments import NARROWEST
from monitoring.reports.kinds.cohort import Cohort

_HOLDS = "c.since_at <= %(cutoff)s AND (c.until_at IS NULL OR c.until_at > %(cutoff)s)"
_NARROWEST = NARROWEST.format(
    holds=_HOLDS,
    partnership="t.partnership_id",
    series="t.series",
    by_place="t.by_place",
    country="t.country_id",
    places="r.place = ''",
)
# By figure: of each country with a shared result of its own (`country_id`), and of the rest.
_SHARES = f"""
CREATE TEMPORARY TABLE report_share ON COMMIT DROP AS
WITH figure AS MATERIALIZED (
  SELECT DISTINCT h.partnership_id, h.report_id, h.reference_on, i.id AS indicator_id, i.series,
         i.by_place, i.accumulation = 'flow' AS is_flow, place.country_id,
         w.id AS framework_id, w.edition, w.starts_on AS begins_on,
         date_trunc('year', h.reference_on)::date AS year_on
  FROM report_cohort h
  JOIN monitoring_contribution c ON c.partnership_id = h.partnership_id AND {_HOLDS}
  JOIN monitoring_sharedresult r ON r.id = c.shared_result_id
  JOIN monitoring_indicator said ON said.id = c.indicator_id
  JOIN monitoring_indicator i ON i.series = said.series
  JOIN monitoring_reportfigure f
    ON f.report_id = h.report_id AND f.indicator_id = i.id AND f.country_id IS NULL
  JOIN monitoring_result o ON o.id = i.result_id
  JOIN monitoring_framework w ON w.id = o.framework_id
  CROSS JOIN LATERAL (
    SELECT NULL::bigint AS country_id
    UNION ALL SELECT r.country_id WHERE i.by_place AND r.country_id IS NOT NULL AND r.place = ''
  ) place
), t AS MATERIALIZED (
  SELECT figure.*, p.starts_on, p.ends_on, p.ends_on >= year_on AS in_year
  FROM figure
  JOIN monitoring_framework w
    ON w.partnership_id = figure.partnership_id AND w.edition <= figure.edition
  JOIN monitoring_period p ON p.framework_id = w.id AND p.ends_on <= reference_on
    AND (w.id = figure.framework_id OR p.ends_on < begins_on)
  WHERE is_flow
  UNION ALL
  SELECT figure.*, year_on, reference_on, true FROM figure WHERE NOT is_flow
)
SELECT t.report_id, t.indicator_id, t.country_id, t.is_flow, t.by_place,
       bool_or(c.share IS NOT NULL) AS is_shared,
       COALESCE(bool_and(c.share IS NOT NULL) FILTER (WHERE in_year), true) AS year_covered,
       COALESCE(bool_and(c.share IS NOT NULL) FILTER (WHERE NOT in_year), true) AS before_covered,
       COALESCE(min(COALESCE(c.share, 1)) FILTER (WHERE in_year), 1) AS year_share,
       count(DISTINCT COALESCE(c.share, 1)) FILTER (WHERE in_year) > 1 AS year_differs,
       COALESCE(min(COALESCE(c.share, 1)) FILTER (WHERE NOT in_year), 1) AS before_share,
       count(DISTINCT COALESCE(c.share, 1)) FILTER (WHERE NOT in_year) > 1 AS before_differs
FROM t LEFT JOIN LATERAL ({_NARROWEST}) c ON true
GROUP BY 1, 2, 3, 4, 5
"""
# Which figure each share is of: of reports everywhere, and of a report on one country.
_EVERYWHERE = """
SELECT s.*, f.id AS figure_id FROM report_share s JOIN monitoring_reportfigure f
  ON f.report_id = s.report_id AND f.indicator_id = s.indicator_id
  AND f.country_id IS NOT DISTINCT FROM s.country_id
"""
_IN_COUNTRY = """
SELECT DISTINCT ON (s.report_id, s.indicator_id) s.report_id, s.indicator_id,
       NULL::bigint AS country_id, s.is_flow, s.by_place, s.is_shared, s.year_covered,
       s.before_covered, s.year_share, s.year_differs, s.before_share, s.before_differs,
       f.id AS figure_id
FROM report_share s JOIN monitoring_reportfigure f
  ON f.report_id = s.report_id AND f.indicator_id = s.indicator_id
  AND f.country_id IS NOT DISTINCT FROM CASE WHEN s.by_place THEN %(country)s END
WHERE s.country_id IS NULL OR s.country_id = %(country)s
ORDER BY s.report_id, s.indicator_id, s.country_id NULLS LAST
"""
QUANTITIES = ("value", "numerator", "denominator")
# Of a ratio only its two parts count.
_OF_FIGURE = """
SELECT s.*,
       CASE WHEN f.numerator IS NULL THEN COALESCE(f.high, f.value) END AS value,
       f.numerator, f.denominator,
       CASE WHEN f.numerator IS NULL THEN COALESCE(f.year_high, f.year_value) END AS year_value,
       f.year_numerator, f.year_denominator
FROM ({of}) s JOIN monitoring_reportfigure f ON f.id = s.figure_id
"""


def _parts(name: str) -> str:
    """A quantity of the year and of before it. Where there is none, nothing happened."""
    year = f"CASE WHEN is_flow THEN COALESCE(year_{name}, 0) ELSE COALESCE({name}, 0) END"
    before = f"CASE WHEN is_flow THEN COALESCE({name}, 0) - COALESCE(year_{name}, 0) ELSE 0 END"
    return f"{year} AS year_{name}, {before} AS before_{name}"


def _rest(name: str) -> str:
    """Of the whole figure what is left beside the countries that have shares of their own."""
    of_countries = f"sum({name}) FILTER (WHERE country_id IS NOT NULL) OVER of_figure"
    left = f"{name} - COALESCE({of_countries}, 0)"
    return f"CASE WHEN country_id IS NULL THEN {left} ELSE {name} END AS {name}"


def _own(name: str) -> str:
    year = f"year_share * year_{name}"
    return f"sum({year}) AS year_{name}, sum({year} + before_share * before_{name}) AS {name}"


def _happened(part: str) -> str:
    return "(" + " OR ".join(f"{part}_{name} <> 0" for name in QUANTITIES) + ")"


_OWN = f"""
CREATE TEMPORARY TABLE report_own ON COMMIT DROP AS
WITH figure AS ({_OF_FIGURE}), part AS (
  SELECT report_id, indicator_id, country_id, is_shared, year_covered, before_covered, year_share,
         year_differs, before_share, before_differs,
         {", ".join(_parts(name) for name in QUANTITIES)}
  FROM figure
), placed AS (
  SELECT report_id, indicator_id, is_shared, year_covered, before_covered, year_share,
         year_differs, before_share, before_differs,
         {", ".join(_rest(f"{part}_{n}") for part in ("year", "before") for n in QUANTITIES)}
  FROM part WINDOW of_figure AS (PARTITION BY report_id, indicator_id)
)
SELECT report_id, indicator_id, bool_or(is_shared) AS is_shared,
       bool_and((year_covered OR NOT {_happened("year")})
                AND (before_covered OR NOT {_happened("before")})) AS is_covered,
       {", ".join(_own(name) for name in QUANTITIES)},
       bool_or(year_differs AND {_happened("year")}) AS year_differs,
       bool_or(year_differs AND {_happened("year")} OR before_differs AND {_happened("before")})
         AS differs
FROM placed GROUP BY 1, 2
"""


def make_own(cohort: Cohort, country: int | None = None) -> None:
    """`report_own`: of each figure under shared results what its shares leave of it."""
    cohort.make("report_share", _SHARES)
    which = _EVERYWHERE if country is None else _IN_COUNTRY
    cohort.make("report_own", _OWN.replace("{of}", which), country=country)
