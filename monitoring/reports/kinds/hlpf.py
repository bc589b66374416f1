"""The summary for the High-level Political Forum: one year, the goals under review.

Which goals those are admins set per year (HlpfReview), as set at the cut-off; without it all.
"""

from typing import Any

from monitoring.models import HlpfReview, ReportRun
from monitoring.reports.kinds import aims, money
from monitoring.reports.kinds.cohort import Days, about, cohort
from monitoring.reports.kinds.portfolio import PARTNERSHIPS, lights
from monitoring.reports.snapshot import plain

FORMAT = "hlpf-summary/1"


def build(run: ReportRun) -> dict[str, Any]:
    """The content that a run asks for, ready to be stored as JSON."""
    year = run.reference_on.year
    with cohort(Days.of(run)) as rows:
        rows.aims()
        money.prepare(rows)
        goals = HlpfReview.objects.goals_of(year, run.cutoff_at)
        content = {
            **about(run, FORMAT),
            "year": year,
            "partnerships": rows.row(PARTNERSHIPS),
            "lights": lights(rows),
            "funding": money.funding(rows, most=0),
            "goals": [aims.headline(rows, goal) for goal in goals],
        }
    return plain({**content, "named": _named(content["goals"])})


def _named(goals: list[dict[str, Any]]) -> dict[str, list[int]]:
    results = {one["global_indicator"] for goal in goals for one in goal["results"]}
    return {
        "goal": [goal["goal"] for goal in goals],
        "target": [row["target"] for goal in goals for row in goal["targets"]],
        "registry.globalindicator": sorted(results),
    }
