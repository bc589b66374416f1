"""Reports of past periods, computed by the same engine as every other report."""

from datetime import datetime, timedelta

from monitoring.demo.measures import Agreed
from monitoring.demo.reading import TODAY, moment
from monitoring.models import Period, Report, ReportRun
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import digest
from registry.models import User

CUTOFF_DAYS = 20  # after the data was due
REPLY_DAYS = 14  # the partnership's right of reply
REVIEW_DAYS = 4  # the secretariat's review, before a report is public


def publish(agreed: Agreed, admin: User) -> int:
    """Compute and store the reports of a framework's periods whose cut-off has passed."""
    if not agreed.framework.partnership.is_public():
        return 0
    due = [p for p in agreed.periods if _cutoff(p) <= moment(TODAY)]
    # One after the other: each says what changed since the one before, and when that was public.
    for period in due:
        report = _report(agreed, period)
        report.save()
        _run(report).save()
        _tell(agreed, report, admin)
        agreed.entered.history.store()
    return len(due)


def _cutoff(period: Period) -> datetime:
    return moment(period.due_on, days=CUTOFF_DAYS, hour=6)


def _report(agreed: Agreed, period: Period) -> Report:
    cutoff = _cutoff(period)
    content = partnership_report(period, reference_on=period.ends_on, cutoff_at=cutoff)
    reply_until = cutoff + timedelta(days=REPLY_DAYS)
    public_at = reply_until + timedelta(days=REVIEW_DAYS)
    is_over = reply_until <= moment(TODAY)
    is_public = public_at <= moment(TODAY)
    return Report(
        partnership=agreed.framework.partnership,
        period=period,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        status=_status(is_over, is_public),
        reply_until=reply_until,
        review_since=reply_until if is_over else None,
        reference_on=period.ends_on,
        cutoff_at=cutoff,
        content=content,
        sha256=digest(content),
        timeliness=content["lights"]["timeliness"]["colour"],
        achievement=content["lights"]["achievement"]["colour"],
        published_at=public_at if is_public else None,
        created_at=cutoff,
        updated_at=public_at if is_public else reply_until if is_over else cutoff,
    )


def _status(is_over: bool, is_public: bool) -> str:
    if is_public:
        return Report.Status.PUBLISHED
    return Report.Status.IN_REVIEW if is_over else Report.Status.IN_REPLY


def _run(report: Report) -> ReportRun:
    return ReportRun(
        partnership=report.partnership,
        period=report.period,
        starts_on=report.starts_on,
        ends_on=report.ends_on,
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
    """Computed, sent for comment by itself, taken to review when the reply was over, published."""
    history = agreed.entered.history
    history.tell(report, "computed", report.created_at, became="draft")
    history.moved(report, "draft", "in_reply", report.created_at)
    if report.review_since:
        history.moved(report, "in_reply", "in_review", report.review_since)
    if report.published_at:
        history.moved(report, "in_review", "published", report.published_at, by=admin)
