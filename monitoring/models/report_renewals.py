"""When those whom a report is about may ask for its next revision.

Each new revision takes the place of one that waits: asked for without a reason it would put the
publication off. Admins, the clock and batches ask without one.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from monitoring.models.annual_endorsements import is_overtaken
from monitoring.models.annual_narratives import writers_in
from monitoring.models.contribution_statements import ContributionStatement
from monitoring.models.report_changes import CORRECTABLE, came_late_for
from monitoring.models.report_runs import ReportRun, line_of
from monitoring.models.report_subjects import OF_KIND, Days, ReportKind
from monitoring.models.reports import Report
from registry.errors import DomainError, NotAllowed
from registry.models import NationalPriority, User


def newest_run(line: Mapping[str, Any]) -> ReportRun | None:
    found = ReportRun.objects.filter(**line).select_related("report").defer("report__content")
    run: ReportRun | None = found.order_by("-revision").first()
    return run


def pending_run(kind: str, subject: Model, days: Days) -> ReportRun | None:
    """The newest run of a report asked for by its days, while it has no report: also a failed one,
    which asking does not queue again."""
    run = newest_run(line_of(kind, {OF_KIND[kind][0]: subject}, days))
    return run if run and run.report_id is None else None


def may_renew(report: Report, user: Any) -> bool:
    """Whether somebody may ask for the next revision on the report's page; whether there is
    anything new to say is another matter, see `require_renewable`."""
    if getattr(user, "is_staff", False):
        return True
    if report.kind != ReportKind.PARTNERSHIP or report.partnership is None:
        return False
    return bool(writers_in(report.partnership, user))


def require_renewable(line: Mapping[str, Any], revision: int, *, by: User) -> None:
    """Refuse a new revision (not one that was asked for already) to who only observes, and where
    there is nothing new to say."""
    newest = newest_run(line)
    if newest is None or revision <= newest.revision:
        return
    if newest.partnership and not writers_in(newest.partnership, by):
        text = "Only managers and evaluators of accepted members ask for a revision."
        raise NotAllowed("members_only", text)
    if newest.report is None:
        text = f"Revision {newest.revision} is not computed yet."
        raise DomainError("not_computed_yet", text)
    if not has_news(newest.report):
        text = "Nothing has changed that this report says; a registry admin may ask all the same."
        raise DomainError("nothing_changed", text)


def has_news(report: Report) -> bool:
    """It was withdrawn, or overtaken by a correction, by data that came late, by its text or by the
    Government's word."""
    if report.status == Report.Status.WITHDRAWN:
        return True
    if report.kind == ReportKind.COUNTRY:
        return _government_spoke(report)
    if report.kind == ReportKind.ANNUAL and is_overtaken(report):
        return True
    if report.kind in CORRECTABLE and came_late_for(report).exists():
        return True
    return Report.objects.filter(pk=report.pk).outdated().exists()


def _government_spoke(report: Report) -> bool:
    """Of an entry of its year, or of the country's priorities, since the cut-off."""
    since, country = report.cutoff_at, report.country_id
    said = ContributionStatement.objects.filter(
        country=country, year=report.reference_on.year, said_at__gt=since
    )
    listed = NationalPriority.objects.filter(country=country)
    return (
        said.exists()
        or listed.filter(created_at__gt=since).exists()
        or listed.filter(ended_at__gt=since).exists()
    )
