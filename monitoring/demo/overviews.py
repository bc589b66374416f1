"""Reports over many partnerships, computed by the same engine once those of each are public."""

from datetime import timedelta

from monitoring.demo.history import History
from monitoring.demo.people import People
from monitoring.demo.reading import Spec, moment, topic
from monitoring.models import HlpfReview, Report, ReportKind, ReportRun
from monitoring.reports.kinds import build
from monitoring.reports.snapshot import digest
from registry.models import Goal, Partner

REVIEW_DAYS = 6  # the secretariat's, before a report is public
REPLY_DAYS = 14  # a partner's right of reply


def publish_overviews(people: People, history: History) -> int:
    """Compute, store and publish what data/overviews.toml asks for; gives how many."""
    asked = topic("overviews")
    HlpfReview.objects.bulk_create(_set(one, people) for one in asked["hlpf"])
    runs = [_run(one, people) for one in asked["report"]]
    reports = [_report(run) for run in runs]
    Report.objects.bulk_create(reports)
    for run, report in zip(runs, reports, strict=True):
        run.report = report
        _tell(report, history, people)
    ReportRun.objects.bulk_create(runs)
    return len(reports)


def _set(one: Spec, people: People) -> HlpfReview:
    return HlpfReview(
        year=one["year"], goals=one["goals"], set_by=people.admin, set_at=moment(one["set_on"])
    )


def _run(one: Spec, people: People) -> ReportRun:
    cutoff = moment(one["cutoff"], hour=6)
    return ReportRun(
        kind=one["kind"],
        **_subject(one, people),
        starts_on=one["starts_on"],
        ends_on=one["ends_on"],
        reference_on=one["ends_on"],
        cutoff_at=cutoff,
        requested_by=people.admin,
        status=ReportRun.Status.READY,
        queued_at=cutoff,
        started_at=cutoff,
        finished_at=cutoff + timedelta(seconds=2),
        attempts=1,
        fence=1,
    )


def _subject(one: Spec, people: People) -> dict[str, Goal | Partner]:
    if one["kind"] == ReportKind.GOAL:
        return {"goal": Goal.objects.get(pk=one["subject"])}
    if one["kind"] == ReportKind.PARTNER:
        return {"partner": people.partners[one["subject"]]}
    return {}


def _report(run: ReportRun) -> Report:
    content = build(run)
    replies = run.kind == ReportKind.PARTNER
    reply_until = run.cutoff_at + timedelta(days=REPLY_DAYS) if replies else None
    review_since = reply_until or run.cutoff_at
    public_at = review_since + timedelta(days=REVIEW_DAYS)
    return Report(
        **run.line,
        reference_on=run.reference_on,
        cutoff_at=run.cutoff_at,
        content=content,
        sha256=digest(content),
        status=Report.Status.PUBLISHED,
        reply_until=reply_until,
        review_since=review_since,
        published_at=public_at,
        created_at=run.cutoff_at,
        updated_at=public_at,
    )


def _tell(report: Report, history: History, people: People) -> None:
    """Computed, sent for comment where somebody may reply, reviewed, published."""
    history.tell(report, "computed", report.created_at, by=people.admin, became="draft")
    was = "draft"
    if report.reply_until:
        history.moved(report, "draft", "in_reply", report.created_at)
        was = "in_reply"
    assert report.review_since
    assert report.published_at
    history.moved(report, was, "in_review", report.review_since)
    history.moved(report, "in_review", "published", report.published_at, by=people.admin)
