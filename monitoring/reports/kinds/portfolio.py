"""The portfolio accountability report, for the secretariat: all public partnerships by a day.

Read from the rows of their published reports and from dated tables, never from observations. A
partnership counts with its latest report that was public at the cut-off, if its days ended within
the last twelve months; who has none is counted apart, and so is what is closed.
"""

from typing import Any

from monitoring.models import ReportRun
from monitoring.reports.kinds import distributions, money, movements, outliers
from monitoring.reports.kinds.cohort import Cohort, Days, about, cohort
from monitoring.reports.snapshot import plain

FORMAT = "portfolio-report/1"
LISTED = 50  # rows of a list; how many there are stands beside it
LATE = ("late", "overdue", "inactive")

PARTNERSHIPS = """
SELECT count(*) AS public, count(*) FILTER (WHERE is_running) AS running,
       count(*) FILTER (WHERE NOT is_running) AS closed,
       count(*) FILTER (WHERE is_running AND is_current) AS current,
       count(*) FILTER (WHERE is_running AND NOT is_current AND report_id IS NOT NULL) AS outdated,
       count(*) FILTER (WHERE is_running AND report_id IS NULL) AS never
FROM report_cohort
"""
_LIGHTS = """
SELECT r.timeliness, r.achievement, count(*) AS partnerships
FROM report_cohort c JOIN monitoring_report r ON r.id = c.report_id
WHERE c.is_running AND c.is_current {which} GROUP BY 1, 2 ORDER BY 1, 2
"""
_COMPLETENESS = """
SELECT COALESCE(sum(h.due), 0) AS due, COALESCE(sum(h.reported), 0) AS reported
FROM report_cohort c JOIN monitoring_reportheadline h ON h.report_id = c.report_id
WHERE c.is_running AND c.is_current
"""
_OVERDUE = """
SELECT c.partnership_id AS partnership, r.timeliness, h.oldest_missing_due_on,
       %(reference)s::date - h.oldest_missing_due_on AS days,
       h.due - h.reported AS missing, h.due, COALESCE(d.committed, 0) AS committed_usd,
       count(*) OVER () AS n
FROM report_cohort c JOIN monitoring_report r ON r.id = c.report_id
JOIN monitoring_reportheadline h ON h.report_id = c.report_id
LEFT JOIN report_dollars d ON d.partnership_id = c.partnership_id
WHERE c.is_running AND c.is_current AND r.timeliness = ANY(%(late)s)
ORDER BY h.oldest_missing_due_on NULLS LAST, committed_usd DESC, c.partnership_id
LIMIT %(most)s
"""
_WITHOUT = """
SELECT c.partnership_id AS partnership, c.registered_on, c.reference_on AS last_report_on,
       COALESCE(d.committed, 0) AS committed_usd, count(*) OVER () AS n
FROM report_cohort c LEFT JOIN report_dollars d ON d.partnership_id = c.partnership_id
WHERE c.is_running AND NOT c.is_current
ORDER BY c.reference_on NULLS FIRST, c.registered_on, committed_usd DESC, c.partnership_id
LIMIT %(most)s
"""


def build(run: ReportRun) -> dict[str, Any]:
    """The content that a run asks for, ready to be stored as JSON."""
    with cohort(Days.of(run)) as rows:
        money.prepare(rows)
        content = {
            **about(run, FORMAT),
            "partnerships": rows.row(PARTNERSHIPS),
            "lights": lights(rows),
            "completeness": rows.row(_COMPLETENESS),
            "scores": distributions.scores(rows),
            "measures": distributions.measures(rows),
            "overdue": _listed(rows, _OVERDUE, late=list(LATE)),
            "without_report": _listed(rows, _WITHOUT),
            "funding": money.funding(rows),
            "outliers": outliers.of_kinds(rows),
            "flags": outliers.flags(rows),
            "changes": movements.changes(rows),
        }
    return plain({**content, "named": {"partnership": _named(content)}})


def lights(rows: Cohort, which: str = "", **more: Any) -> dict[str, Any]:
    """How many current reports show which light, and both together."""
    both = rows.rows(_LIGHTS.format(which=which), **more)
    found: dict[str, Any] = {"both": both, "timeliness": {}, "achievement": {}}
    for row in both:
        for light in ("timeliness", "achievement"):
            counts = found[light]
            counts[row[light]] = counts.get(row[light], 0) + row["partnerships"]
    return found


def _listed(rows: Cohort, sql: str, **more: Any) -> dict[str, Any]:
    """The first rows of a list, and how many there are."""
    found = rows.rows(sql, most=LISTED, **more)
    count = found[0]["n"] if found else 0
    return {"count": count, "rows": [{k: v for k, v in row.items() if k != "n"} for row in found]}


def _named(content: Any) -> list[int]:
    """Every partnership that stands in a list."""
    if isinstance(content, dict):
        own = content.get("partnership")
        found = {own} if isinstance(own, int) else set()
        return sorted(found.union(*(_named(item) for item in content.values())))
    if isinstance(content, list):
        return sorted(set().union(*(_named(item) for item in content)))
    return []
