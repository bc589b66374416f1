"""Reports of past periods, computed by the same engine as every other report."""

from datetime import datetime, timedelta

from monitoring.demo.measures import Agreed
from monitoring.demo.reading import TODAY, moment
from monitoring.models import Period, Report, ReportRun
from monitoring.reports.snapshot import digest, partnership_report
from registry.models import User

CUTOFF_DAYS = 20  # after the data was due
REPLY_DAYS = 14  # the partnership's right of reply, before a report is public


def publish(agreed: Agreed, admin: User) -> int:
    """Compute and store the reports of a framework's periods whose cut-off has passed."""
    if not agreed.framework.partnership.is_public():
        return 0
    due = [p for p in agreed.periods if _cutoff(p) <= moment(TODAY)]
    reports = [_report(agreed, period) for period in due]
    Report.objects.bulk_create(reports)
    ReportRun.objects.bulk_create(_run(report) for report in reports)
    for report in reports:
        _tell(agreed, report, admin)
    return len(reports)


def _cutoff(period: Period) -> datetime:
    return moment(period.due_on, days=CUTOFF_DAYS, hour=6)


def _report(agreed: Agreed, period: Period) -> Report:
    cutoff = _cutoff(period)
    content = partnership_report(period, reference_on=period.ends_on, cutoff_at=cutoff)
    public_at = cutoff + timedelta(days=REPLY_DAYS)
    is_public = public_at <= moment(TODAY)
    return Report(
        partnership=agreed.framework.partnership,
        period=period,
        status=Report.Status.PUBLISHED if is_public else Report.Status.DRAFT,
        reference_on=period.ends_on,
        cutoff_at=cutoff,
        content=content,
        sha256=digest(content),
        timeliness=content["lights"]["timeliness"]["colour"],
        achievement=content["lights"]["achievement"]["colour"],
        published_at=public_at if is_public else None,
        created_at=cutoff,
        updated_at=public_at if is_public else cutoff,
    )


def _run(report: Report) -> ReportRun:
    return ReportRun(
        partnership=report.partnership,
        period=report.period,
        reference_on=report.reference_on,
        cutoff_at=report.cutoff_at,
        report=report,
        status=ReportRun.Status.READY,
        queued_at=report.cutoff_at,
        started_at=report.cutoff_at,
        finished_at=report.cutoff_at + timedelta(seconds=1),
        attempts=1,
        fence=1,
    )


def _tell(agreed: Agreed, report: Report, admin: User) -> None:
    history = agreed.entered.history
    history.tell(report, "computed", report.created_at, became="draft")
    if report.published_at:
        history.moved(report, "draft", "published", report.published_at, by=admin)
