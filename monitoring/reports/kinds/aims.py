"""What is said of a goal or a target: the partnerships that set out for it, and what came of it.

A goal report is about the partnerships whose primary goal it is; those that only name it, or one
of its targets, are counted beside. A target report is about those that name the target.
Results are those of the global indicators under it, of whichever partnership reported them.
"""

from typing import Any

from monitoring.models import ReportRun
from monitoring.reports.kinds import distributions, money
from monitoring.reports.kinds.cohort import Cohort, Days, about, cohort
from monitoring.reports.kinds.portfolio import lights
from monitoring.reports.kinds.results import results
from monitoring.reports.kinds.then import members
from monitoring.reports.snapshot import plain
from registry.models import Goal, Target

FORMAT = "goal-report/1"
LISTED = 100

# Which partnerships a section is about, as a condition on `report_cohort c`.
OF_GOAL = "c.partnership_id IN (SELECT partnership_id FROM report_aims WHERE goal_id = %(goal)s)"
OF_TARGET = (
    "c.partnership_id IN (SELECT partnership_id FROM report_aims WHERE %(target)s = ANY(targets))"
)
_COUNTS = """
SELECT count(*) AS public, count(*) FILTER (WHERE c.is_running) AS running,
       count(*) FILTER (WHERE NOT c.is_running) AS closed,
       count(*) FILTER (WHERE c.is_running AND c.is_current) AS current,
       count(*) FILTER (WHERE c.is_running AND c.report_id IS NULL) AS never
FROM report_cohort c WHERE {which}
"""
_NAMING = """
SELECT count(*) AS naming FROM report_cohort c JOIN report_aims a USING (partnership_id)
WHERE c.is_running AND a.goal_id IS DISTINCT FROM %(goal)s
  AND (%(goal)s = ANY(a.goals) OR a.targets && ARRAY(
    SELECT id FROM registry_target WHERE goal_id = %(goal)s))
"""
_PARTNERSHIPS = """
SELECT c.partnership_id AS partnership, r.timeliness, r.achievement,
       h.score_low AS score, h.score_high, COALESCE(d.committed, 0) AS committed_usd
FROM report_cohort c LEFT JOIN monitoring_report r ON r.id = c.report_id AND c.is_current
LEFT JOIN monitoring_reportheadline h ON h.report_id = r.id
LEFT JOIN report_dollars d ON d.partnership_id = c.partnership_id
WHERE c.is_running AND {which}
ORDER BY committed_usd DESC, c.partnership_id LIMIT %(most)s
"""
# D4 of each report: promised and due by its days, and what had arrived of it, in US dollars. How
# far promises are kept is each one's own value: pooled, a giant would hide forty small ones.
_PROMISES = """
SELECT partnerships, due_usd, arrived_usd, round(mean, 20) AS mean,
       (a[(partnerships + 1) / 2] + a[partnerships / 2 + 1]) / 2 AS median
FROM (SELECT count(*)::int AS partnerships, COALESCE(sum(m.denominator), 0) AS due_usd,
       COALESCE(sum(m.numerator), 0) AS arrived_usd, avg(m.value) AS mean,
       array_agg(m.value ORDER BY m.value) AS a
FROM report_cohort c JOIN monitoring_reportmeasure m ON m.report_id = c.report_id
WHERE m.code = 'D4' AND m.state = 'measured' AND c.is_current AND c.is_running AND {which}) one
"""
_COUNTRIES = """
SELECT country, count(*) AS partnerships
FROM report_cohort c JOIN report_aims a USING (partnership_id), unnest(a.countries) country
WHERE c.is_running AND {which} GROUP BY 1 ORDER BY 2 DESC, 1
"""
_TARGETS = """
SELECT t.id AS target, count(c.partnership_id) AS partnerships
FROM registry_target t
LEFT JOIN (report_aims a JOIN report_cohort c ON c.partnership_id = a.partnership_id
           AND c.is_running) ON t.id = ANY(a.targets)
WHERE t.goal_id = %(goal)s AND t.retired_in = '' GROUP BY t.id ORDER BY t.id
"""
_KINDS = """
SELECT m.kind, count(DISTINCT m.partner_id) AS partners,
       count(DISTINCT m.partnership_id) AS partnerships
FROM report_cohort c JOIN report_member m USING (partnership_id)
WHERE {which}
GROUP BY m.kind ORDER BY 2 DESC, 1
"""


def build_goal(run: ReportRun) -> dict[str, Any]:
    """The content of a goal report, ready to be stored as JSON."""
    assert isinstance(run.goal, Goal)
    with cohort(Days.of(run)) as rows:
        of = {"goal": run.goal.number}
        content = {
            **about(run, FORMAT),
            **_of_aim(rows, OF_GOAL, **of),
            **rows.row(_NAMING, **of),
            **targets(rows, **of),
            "results": results(rows, "goal_id = %(goal)s", **of),
        }
    return plain({**content, "named": named(content)})


def build_target(run: ReportRun) -> dict[str, Any]:
    """The content of a target report."""
    assert isinstance(run.target, Target)
    with cohort(Days.of(run)) as rows:
        of = {"target": run.target.pk}
        content = {
            **about(run, FORMAT),
            **_of_aim(rows, OF_TARGET, **of),
            "results": results(rows, "target_id = %(target)s", **of),
        }
    return plain({**content, "named": named(content)})


def _of_aim(rows: Cohort, which: str, **of: Any) -> dict[str, Any]:
    """What both kinds say of the partnerships that set out for it."""
    rows.aims()
    members(rows)
    money.prepare(rows)
    measured = f"{distributions.WITH_REPORT} AND {which}"
    return {
        "partnerships": rows.row(_COUNTS.format(which=which), **of),
        "listed": rows.rows(_PARTNERSHIPS.format(which=which), most=LISTED, **of),
        "lights": lights(rows, f"AND {which}", **of),
        "promises": rows.row(_PROMISES.format(which=which), **of),
        "funding": money.funding(rows, f"{money.RUNNING} AND {which}", **of),
        "scores": distributions.scores(rows, measured, **of),
        "measures": distributions.measures(rows, measured, **of),
        "countries": rows.rows(_COUNTRIES.format(which=which), **of),
        "kinds": rows.rows(_KINDS.format(which=which), **of),
    }


def targets(rows: Cohort, **of: Any) -> dict[str, Any]:
    """How many running partnerships name each target of a goal, and how many targets none."""
    found = rows.rows(_TARGETS, **of)
    return {"targets": found, "unnamed_targets": sum(not row["partnerships"] for row in found)}


def headline(rows: Cohort, goal: int) -> dict[str, Any]:
    """The few figures that a summary over several goals has of each."""
    of, current = {"goal": goal}, f"{distributions.WITH_REPORT} AND {OF_GOAL}"
    return {
        "goal": goal,
        "partnerships": rows.row(_COUNTS.format(which=OF_GOAL), **of),
        **rows.row(_NAMING, **of),
        "lights": lights(rows, f"AND {OF_GOAL}", **of),
        "promises": rows.row(_PROMISES.format(which=OF_GOAL), **of),
        "scores": distributions.scores(rows, current, **of),
        "countries": len(rows.rows(_COUNTRIES.format(which=OF_GOAL), **of)),
        **targets(rows, **of),
        "results": results(rows, "goal_id = %(goal)s", **of),
    }


def named(content: dict[str, Any]) -> dict[str, list[int]]:
    """The rows that the document needs names for."""
    of = [*content["listed"], *content["funding"]["gaps"]]
    goal = content["subject"]["id"] if content["subject"]["type"] == "goal" else None
    aimed_at = [row["target"] for row in content.get("targets", [])]
    if content["subject"]["type"] == "target":
        aimed_at = [content["subject"]["id"]]
    return {
        "partnership": sorted({row["partnership"] for row in of}),
        "country": sorted(row["country"] for row in content["countries"]),
        "goal": [goal] if goal else [],
        "target": aimed_at,
        "registry.globalindicator": [one["global_indicator"] for one in content["results"]],
    }
