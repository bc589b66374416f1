"""Queues about reports: those in review, and runs that failed."""

from collections.abc import Collection

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from monitoring.models import Report, ReportFile, ReportRun
from monitoring.models.reports import SHOWN
from monitoring.models.waiting_reports import to_publish
from monitoring.services.queues.queue import Act, Done, Queue, Shown, Waiting, each, waiting_of
from monitoring.services.report_files import try_file_again
from monitoring.services.report_runs import try_again
from partnerships.models import Membership
from registry.models import User

READERS = Count(
    "partnership__memberships",
    filter=Q(
        partnership__memberships__status=Membership.Status.ACCEPTED,
        partnership__memberships__ended_on=None,
    ),
)


def _to_publish(user: User) -> list[Waiting]:
    """Those in review; what was decided already only waits for its embargo."""
    return waiting_of(to_publish().annotate(readers=READERS), "review_since", "readers")


def _reports(keys: Collection[int]) -> dict[int, Shown]:
    replies = Count("replies")
    rows = Report.objects.filter(pk__in=keys).for_list().annotate(replied=replies)
    return {
        one.pk: Shown(
            str(one),
            reverse("report", args=[one.pk]),
            [
                one.get_kind_display(),
                str(one.replied),
                f"{one.embargo_until:%-d %b %Y}" if one.embargo_until else "none",
            ],
        )
        for one in rows
    }


def _publish(keys: Collection[int], by: User, words: str) -> Done:
    rows = Report.objects.filter(pk__in=keys).for_list().order_by("revision", "pk")
    return each(rows, lambda report: report.publish(by=by))


def _drafts(user: User) -> list[Waiting]:
    """Where nobody has a right of reply, nobody but an admin moves a draft on."""
    rows = Report.objects.filter(status=Report.Status.DRAFT)
    return waiting_of(rows.annotate(covered=Value(1)), "created_at", "covered")


def _take_up(keys: Collection[int], by: User, words: str) -> Done:
    rows = Report.objects.filter(pk__in=keys).for_list().order_by("pk")
    return each(rows, lambda report: report.to_review(by=by))


def _failed(user: User) -> list[Waiting]:
    rows = ReportRun.objects.filter(status=ReportRun.Status.FAILED)
    rows = rows.annotate(readers=READERS, since=Coalesce("finished_at", "queued_at"))
    return waiting_of(rows, "since", "readers")


def _runs(keys: Collection[int]) -> dict[int, Shown]:
    rows = ReportRun.objects.filter(pk__in=keys).select_related("period", *SHOWN)
    return {
        one.pk: Shown(
            str(one),
            reverse("admin:monitoring_reportrun_change", args=[one.pk]),
            [one.get_kind_display(), str(one.attempts), one.error[:200] or "none kept"],
        )
        for one in rows
    }


def _try_again(keys: Collection[int], by: User, words: str) -> Done:
    rows = ReportRun.objects.filter(pk__in=keys).select_related("period", *SHOWN)
    return each(rows.order_by("pk"), lambda run: try_again(run, by=by))


def _failed_files(user: User) -> list[Waiting]:
    rows = ReportFile.objects.failed().annotate(
        since=Coalesce("finished_at", "queued_at"), one=Value(1)
    )
    return waiting_of(rows, "since", "one")


def _files(keys: Collection[int]) -> dict[int, Shown]:
    named = [f"report__{name}" for name in ("period", *SHOWN)]
    rows = ReportFile.objects.filter(pk__in=keys).select_related("report", *named)
    return {
        one.pk: Shown(
            f"{one.get_form_display()}: {one.report}",
            reverse("report", args=[one.report_id]),
            [str(one.attempts), one.error[:200] or "none kept"],
        )
        for one in rows.defer("report__content")
    }


def _make_again(keys: Collection[int], by: User, words: str) -> Done:
    rows = ReportFile.objects.filter(pk__in=keys).select_related("report").order_by("pk")
    return each(rows, lambda file: try_file_again(file, by=by))


QUEUES = [
    Queue(
        key="reports",
        title="Reports to publish",
        lede="Reports whose right of reply is over and that nobody has decided on.",
        weighs="members of its partnership",
        waiting=_to_publish,
        show=_reports,
        columns=("Kind", "Replies", "Embargo until"),
        act=Act(
            "Publish",
            "They are public from now on, with the replies; under an embargo when it ends.",
            _publish,
            "published",
        ),
        page="reports-to-publish",
    ),
    Queue(
        key="drafts",
        title="Drafts to take up",
        lede="Reports about goals, countries and the whole registry: nobody replies to them.",
        weighs="reports",
        waiting=_drafts,
        show=_reports,
        columns=("Kind", "Replies", "Embargo until"),
        act=Act(
            "Take to review",
            "They are in review from now on, and may then be published.",
            _take_up,
            "taken to review",
        ),
    ),
    Queue(
        key="runs",
        title="Failed runs",
        lede="Reports that could not be computed, and why.",
        weighs="members of its partnership",
        waiting=_failed,
        show=_runs,
        columns=("Kind", "Attempts", "What went wrong"),
        act=Act(
            "Try again",
            "Each is computed with the same dates as before.",
            _try_again,
            "queued",
        ),
    ),
    Queue(
        key="files",
        title="Files that could not be made",
        lede="PDFs, workbooks and archives of reports that failed for good, and why.",
        weighs="files",
        waiting=_failed_files,
        show=_files,
        columns=("Attempts", "What went wrong"),
        act=Act("Try again", "Each is queued once more.", _make_again, "queued"),
    ),
]
