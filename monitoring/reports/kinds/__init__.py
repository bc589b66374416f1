"""What each kind of report holds: one module per kind, listed here.

A builder takes the run and gives the content: plain JSON, the same for the same reference date
and cut-off, with at least `format`, `subject` (`type`, `id`), `period` (`label`, `starts_on`,
`ends_on`), `reference_on` and `cutoff_at`.
"""

from collections.abc import Callable
from typing import Any

from monitoring.models import ReportKind, ReportRun
from monitoring.reports.kinds import aims, annual, country, hlpf, partner, partnership, portfolio

BUILDERS: dict[str, Callable[[ReportRun], dict[str, Any]]] = {
    ReportKind.PARTNERSHIP: partnership.build,
    ReportKind.PARTNER: partner.build,
    ReportKind.GOAL: aims.build_goal,
    ReportKind.TARGET: aims.build_target,
    ReportKind.COUNTRY: country.build,
    ReportKind.PORTFOLIO: portfolio.build,
    ReportKind.HLPF: hlpf.build,
    ReportKind.ANNUAL: annual.build,
}


def build(run: ReportRun) -> dict[str, Any]:
    """The content of the report that a run computes."""
    return BUILDERS[run.kind](run)


__all__ = ["BUILDERS", "build"]
