"""How measures and scores are spread over partnerships: each one's own value, never pooled rows.

A partnership's score is the low end of its range, in which missing data counts as nothing: so
nobody stands higher for recording less. The high end stands beside it.

Quartiles by linear interpolation between the two nearest values (n values in order, the k-th
quartile at place (n − 1)·k/4 from the first), exact.
"""

from decimal import Decimal
from typing import Any

from monitoring.aggregation.figures import quotient
from monitoring.reports.accountability import MEASURES
from monitoring.reports.kinds.cohort import Cohort


def _quartile(k: int) -> str:
    """Of `a`, the n values in order."""
    place, rest = f"((n - 1) * {k} / 4 + 1)::int", f"mod((n - 1) * {k}, 4)"
    return f"a[{place}] + (a[LEAST({place} + 1, n::int)] - a[{place}]) * {rest} * 0.25"


# Columns of a query over `ordered (key, n, total, a)`.
SPREAD = (
    f"n AS measured, total, a[1] AS least, {_quartile(1)} AS first_quartile,"
    f" {_quartile(2)} AS median, {_quartile(3)} AS third_quartile, a[n] AS most"
)
ORDERED = "count(value) AS n, sum(value) AS total, array_agg(value ORDER BY value) AS a"
_CURRENT = "FROM report_cohort c JOIN {rows} m ON m.report_id = c.report_id WHERE {which}"
_STATES = """
SELECT m.code, count(*) FILTER (WHERE m.state = 'no_data') AS no_data,
       count(*) FILTER (WHERE m.state = 'not_applicable') AS not_applicable
{of} GROUP BY m.code ORDER BY m.code
"""
_MEASURES = f"""
WITH one AS (SELECT m.code, m.value {{of}} AND m.value IS NOT NULL),
ordered AS (SELECT code, {ORDERED} FROM one GROUP BY code)
SELECT code, {SPREAD} FROM ordered
"""
_SCORES = f"""
WITH one AS (SELECT m.score_{{end}} AS value {{of}} AND m.score_low IS NOT NULL),
ordered AS (SELECT {ORDERED} FROM one)
SELECT {SPREAD} FROM ordered WHERE n > 0
"""
_SCORED = """
SELECT count(*) FILTER (WHERE m.score_low IS NULL) AS without,
       count(*) FILTER (WHERE m.score_low IS NOT NULL AND m.score IS NULL) AS too_little_data {of}
"""
WITH_REPORT = "c.is_running AND c.is_current"


def spread(row: dict[str, Any] | None) -> dict[str, Any]:
    """Mean and quartiles of a row of SPREAD; without a value there are none."""
    names = ("least", "first_quartile", "median", "third_quartile", "most")
    if row is None or not row["measured"]:
        return {"measured": 0, "mean": None, **dict.fromkeys(names)}
    mean = quotient(row["total"], Decimal(row["measured"]))
    return {"measured": row["measured"], "mean": mean, **{name: row[name] for name in names}}


def measures(cohort: Cohort, which: str = WITH_REPORT, **more: Any) -> list[dict[str, Any]]:
    """Each measure over the current reports: its spread, and how many have no data or are not
    concerned. A measure that none of them names is left out."""
    of = _CURRENT.format(rows="monitoring_reportmeasure", which=which)
    spreads = {row["code"]: row for row in cohort.rows(_MEASURES.format(of=of), **more)}
    known = {measure.code: measure for measure in MEASURES}
    return [
        {
            "code": row["code"],
            "title": known[row["code"]].title if row["code"] in known else row["code"],
            **spread(spreads.get(row["code"])),
            "no_data": row["no_data"],
            "not_applicable": row["not_applicable"],
        }
        for row in cohort.rows(_STATES.format(of=of), **more)
    ]


def scores(cohort: Cohort, which: str = WITH_REPORT, **more: Any) -> dict[str, Any]:
    """The low ends of the current reports' scores with the high ones beside them; how many there
    are without a score, and how many with too little data for a total."""
    of = _CURRENT.format(rows="monitoring_reportheadline", which=which)
    low, high = (
        next(iter(cohort.rows(_SCORES.format(of=of, end=end), **more)), None)
        for end in ("low", "high")
    )
    counted = cohort.row(_SCORED.format(of=of), **more)
    return {**spread(low), "high": spread(high), **counted}
