"""Results by global indicator over many partnerships, from the figures of their reports.

RULES 7, 8 and 12: only what measures the same is added (identical link to the library; one
measure, accumulation, combine rule, unit, currency, scale); a mean is over all units; a ratio is
Σ numerators / Σ denominators; unique persons of several partnerships are a range. By the shares
that were stated at the cut-off a shared result is counted once (shares.py); what cannot be said to
date, because a share holds for a part of it only, is named and in no sum. What two
partnerships report in one country, or anywhere, outside of shared results "may count twice".

The year is that of the reference date, of reports on days in it; "to date" is each partnership's
latest report, of those closed by then too.
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from monitoring.aggregation.figures import quotient
from monitoring.reports.kinds.cohort import Cohort
from monitoring.reports.kinds.shares import make_own

# `place`: which figures; `left_out`: more reasons to leave one out; `countries`: where it counts.
FIGURES = """
CREATE TEMPORARY TABLE report_result ON COMMIT DROP AS
SELECT figure.*,
       CASE WHEN is_own THEN value_year ELSE COALESCE(year_high, year_value) END AS year_own,
       CASE WHEN is_own THEN value_all ELSE COALESCE(high, value) END AS own,
       CASE WHEN is_own THEN n_year ELSE year_numerator END AS year_own_numerator,
       CASE WHEN is_own THEN n_all ELSE numerator END AS own_numerator,
       CASE WHEN is_own THEN d_year ELSE year_denominator END AS year_own_denominator,
       CASE WHEN is_own THEN d_all ELSE denominator END AS own_denominator
FROM (
  SELECT c.partnership_id, i.global_indicator_id AS library, t.goal_id, t.id AS target_id,
         i.measure, i.accumulation, i.combine, btrim(i.unit) AS unit,
         i.currency_id AS currency, i.rating_min, i.rating_max, i.counts_people,
         CASE WHEN i.library_link <> 'identical' THEN 'not_identical'
              WHEN i.accumulation = 'as_published' THEN 'accumulation_unknown'
              {left_out} ELSE ''
         END AS left_out,
         c.reference_on >= %(year)s AS in_year,
         i.accumulation = 'flow' AND i.combine NOT IN ('sum', 'ratio') AS year_unknown,
         f.year_value, f.year_low, f.year_high, f.year_numerator, f.year_denominator,
         f.value, f.low, f.high, f.numerator, f.denominator, COALESCE(f.units, 0) AS units,
         f.is_provisional, {countries} AS countries, COALESCE(o.is_shared, false) AS is_shared,
         COALESCE(o.is_covered, false) AS is_covered,
         COALESCE(i.combine IN ('sum', 'ratio') AND o.is_shared, false) AS is_own,
         COALESCE(i.combine IN ('sum', 'ratio') AND o.differs, false) AS differs,
         COALESCE(i.combine IN ('sum', 'ratio') AND o.year_differs, false) AS year_differs,
         o.year_value AS value_year, o.value AS value_all, o.year_numerator AS n_year,
         o.numerator AS n_all, o.year_denominator AS d_year, o.denominator AS d_all
  FROM report_cohort c
  JOIN monitoring_reportfigure f ON f.report_id = c.report_id
  JOIN monitoring_indicator i ON i.id = f.indicator_id
  {place}
  JOIN registry_globalindicator g ON g.id = i.global_indicator_id
  JOIN registry_target t ON t.id = g.target_id
  LEFT JOIN report_own o ON o.report_id = f.report_id AND o.indicator_id = f.indicator_id
) figure
"""
_EVERYWHERE = FIGURES.format(
    left_out="",
    countries="a.countries",
    place="JOIN report_aims a ON a.partnership_id = c.partnership_id AND f.country_id IS NULL",
)
ALIKE = (
    "library",
    "measure",
    "accumulation",
    "combine",
    "unit",
    "currency",
    "rating_min",
    "rating_max",
    "counts_people",
)


def _span(name: str, prefix: str, which: str) -> str:
    """Everything that a figure over partnerships is made of, for one span."""
    value = f"COALESCE({prefix}high, {prefix}value)"
    given = f"{value} IS NOT NULL"
    # The low end of a range of people is scaled as the high one is.
    low = f"COALESCE({prefix}low, {prefix}value)"
    scaled = f"CASE WHEN is_own AND {value} <> 0 THEN {low} * {prefix}own / {value} ELSE {low} END"
    parts = {
        "n": f"count({value})",
        "sum": f"sum({prefix}own) FILTER (WHERE {given})",
        "floor": f"max({scaled})",
        "ranges": f"count({prefix}low)",
        "least": f"min({value})",
        "most": f"max({value})",
        "weighted": f"sum({value} * units)",
        "units": f"sum(units) FILTER (WHERE {given})",
        "numerator": f"sum({prefix}own_numerator) FILTER (WHERE {prefix}numerator IS NOT NULL)",
        "denominator": f"sum({prefix}own_denominator)"
        f" FILTER (WHERE {prefix}denominator IS NOT NULL)",
    }
    filtered = {
        key: sql.replace(") FILTER (WHERE ", f") FILTER (WHERE {which} AND ")
        if "FILTER" in sql
        else f"{sql} FILTER (WHERE {which})"
        for key, sql in parts.items()
    }
    return ", ".join(f"{sql} AS {name}_{key}" for key, sql in filtered.items())


_ALIKE = ", ".join(ALIKE)
_LINES = (
    f"SELECT {_ALIKE}, count(DISTINCT partnership_id) AS partnerships,"
    " count(*) FILTER (WHERE is_shared) AS shared,"
    " count(DISTINCT partnership_id) FILTER (WHERE NOT is_covered) AS unshared,"
    " bool_or(countries = '{{}}') FILTER (WHERE NOT is_covered) AS anywhere,"
    " bool_or(is_provisional) AS is_provisional,"
    f" {_span('year', 'year_', 'in_year AND NOT year_unknown AND NOT year_differs')},"
    f" {_span('to_date', '', 'NOT differs')},"
    " bool_or(year_unknown) AS year_unknown, bool_or(differs) AS to_date_differs,"
    " COALESCE(bool_or(year_differs) FILTER (WHERE in_year), false) AS year_differs"
    " FROM report_result WHERE left_out = '' AND (COALESCE(value, high) IS NOT NULL"
    f" OR numerator IS NOT NULL) AND {{which}} GROUP BY {_ALIKE} ORDER BY {_ALIKE}"
)
# Countries in which two partnerships of a line report outside of shared results.
_TWICE = (
    f"SELECT DISTINCT {_ALIKE} FROM (SELECT {_ALIKE}, country FROM report_result,"
    " unnest(countries) country WHERE left_out = '' AND NOT is_covered AND {which}"
    f" AND COALESCE(value, high) IS NOT NULL GROUP BY {_ALIKE}, country"
    " HAVING count(DISTINCT partnership_id) > 1) twice"
)
_LEFT_OUT = """
SELECT library, CASE
         WHEN left_out <> '' THEN left_out
         WHEN COALESCE(value, high) IS NULL AND numerator IS NULL THEN 'no_actual'
         ELSE 'share_of_part_of_the_time' END AS reason, count(*) AS n
FROM report_result
WHERE (left_out <> '' OR differs OR COALESCE(value, high) IS NULL AND numerator IS NULL)
  AND {which}
GROUP BY 1, 2 ORDER BY 1, 2
"""


def results(cohort: Cohort, which: str = "true", **more: Any) -> list[dict[str, Any]]:
    """Each global indicator that reports name, its lines and what was left out of them."""
    cohort.aims()
    make_own(cohort)
    cohort.make("report_result", _EVERYWHERE)
    twice = {_key(row) for row in cohort.rows(_TWICE.format(which=which), **more)}
    found: defaultdict[int, dict[str, Any]] = defaultdict(lambda: {"lines": [], "left_out": {}})
    for row in cohort.rows(_LINES.format(which=which), **more):
        found[row["library"]]["lines"].append(_line(row, twice))
    for row in cohort.rows(_LEFT_OUT.format(which=which), **more):
        found[row["library"]]["left_out"][row["reason"]] = row["n"]
    return [{"global_indicator": key, **found[key]} for key in sorted(found)]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ALIKE)


def _line(row: dict[str, Any], twice: set[tuple[Any, ...]]) -> dict[str, Any]:
    overlapping = bool(row["anywhere"]) or _key(row) in twice
    how = {name: row[name] for name in ("measure", "accumulation", "combine", "counts_people")}
    unknown = {"value": None, "reason": "units_unknown"}
    return {
        **how,
        "unit": row["currency"] or row["unit"],
        "partnerships": row["partnerships"],
        "shared": row["shared"],
        "may_count_twice": row["unshared"] > 1 and overlapping,
        "is_provisional": row["is_provisional"],
        "year": unknown if row["year_unknown"] else {**_figure(row, "year"), "of": row["year_n"]},
        "to_date": {**_figure(row, "to_date"), "of": row["to_date_n"]},
    }


def _figure(row: dict[str, Any], span: str) -> dict[str, Any]:
    of = {name: row[f"{span}_{name}"] for name in SPAN}
    combine = row["combine"]
    none = "share_of_part_of_the_time" if row[f"{span}_differs"] else "no_actual"
    if combine == "ratio":
        return _ratio(of, none)
    if not of["n"]:
        return {"value": None, "reason": none}
    if combine == "sum":
        return _sum(of, row["counts_people"] == "unique")
    if combine == "mean":
        units = of["units"]
        mean = quotient(of["weighted"], Decimal(units)) if units else None
        return {"value": mean, "reason": "" if units else "units_unknown"}
    if combine in ("min", "max"):
        return {"value": of["least" if combine == "min" else "most"], "reason": ""}
    alone = of["n"] == 1  # a bare percentage has no denominator
    return {"value": of["most"] if alone else None, "reason": "" if alone else "no_denominator"}


SPAN = (
    "n",
    "sum",
    "floor",
    "ranges",
    "least",
    "most",
    "weighted",
    "units",
    "numerator",
    "denominator",
)


def _ratio(of: dict[str, Any], none: str) -> dict[str, Any]:
    parts = {"numerator": of["numerator"], "denominator": of["denominator"]}
    if of["denominator"] is None:
        return {"value": None, "reason": none}
    if not of["denominator"]:
        return {"value": None, "reason": "zero_denominator", **parts}
    return {"value": quotient(of["numerator"], of["denominator"]), "reason": "", **parts}


def _sum(of: dict[str, Any], unique: bool) -> dict[str, Any]:
    """Of unique persons a range: one partnership's own, or from the largest to the sum."""
    if unique and (of["n"] > 1 or of["ranges"]):
        reason = "people_overlap"
        return {"value": None, "low": of["floor"], "high": of["sum"], "reason": reason}
    return {"value": of["sum"], "reason": ""}
