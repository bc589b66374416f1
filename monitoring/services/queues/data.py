"""Queues about data: submissions to review, values that look odd, partnerships that owe data."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from monitoring.aggregation.overdue import overdue
from monitoring.models import Submission, SubmissionQuality
from monitoring.models.blemishes import RULE, blemishes_of, with_blemishes
from monitoring.services.queues.queue import Act, Done, Queue, Shown, Waiting, each, waiting_of
from monitoring.services.reviewing import approve_several, comment_on
from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import Event, User

ODD_FOR = timedelta(days=365)  # an odd value is followed up for a year
REMINDED_EVERY = 7  # days: whoever was reminded is left alone for so long


def _to_review(user: User) -> list[Waiting]:
    rows = Submission.objects.reviewable_by(user).annotate(values=Count("observations"))
    return waiting_of(rows, "submitted_at", "values")


def _submissions(keys: Collection[int]) -> dict[int, Shown]:
    rows = with_blemishes(Submission.objects.filter(pk__in=keys).with_names())
    return {
        one.pk: Shown(
            f"{one.unit}, {one.period}",
            reverse("submission-review", args=[one.pk]),
            [str(one.period.framework.partnership), ", ".join(blemishes_of(one)) or "nothing"],
        )
        for one in rows
    }


def _approve(keys: Collection[int], by: User, words: str) -> Done:
    decided = approve_several(Submission.objects.filter(pk__in=keys).with_names(), by=by)
    refused = [(f"{one.unit}, {one.period}", why) for one, why in decided.refused]
    return Done([f"{one.unit}, {one.period}" for one in decided.approved], refused)


def _odd(user: User) -> list[Waiting]:
    rows = SubmissionQuality.objects.filter(
        warnings__gt=0,
        checked_at__gte=timezone.now() - ODD_FOR,
        submission__status__in=[Submission.Status.SUBMITTED, Submission.Status.APPROVED],
    )
    # asked once, it waits for the partnership and no longer for the secretariat
    asked = Event.objects.filter(kind="submission.asked_about").values("subject_id")
    rows = rows.exclude(submission__in=asked)
    return [
        Waiting(pk, at.date(), warnings)
        for pk, at, warnings in rows.values_list("submission_id", "checked_at", "warnings")
    ]


def _odd_ones(keys: Collection[int]) -> dict[int, Shown]:
    rows = Submission.objects.filter(pk__in=keys).with_names().select_related("quality")
    return {
        one.pk: Shown(
            f"{one.unit}, {one.period}",
            reverse("submission-checks", args=[one.pk]),
            [
                str(one.period.framework.partnership),
                one.get_status_display(),
                f"{one.quality.score:.2f}",
            ],
        )
        for one in rows
    }


def _ask(keys: Collection[int], by: User, words: str) -> Done:
    def ask(submission: Submission) -> None:
        comment_on(submission, words, by=by)
        Event.log(submission, "asked_about", by=by)

    return each(Submission.objects.filter(pk__in=keys).with_names(), ask)


def _owing(user: User) -> list[Waiting]:
    found = overdue(timezone.localdate())
    return [Waiting(one.partnership_id, one.oldest_due_on, one.missing) for one in found]


def _owing_ones(keys: Collection[int]) -> dict[int, Shown]:
    of_units = {one.partnership_id: len(one.units) for one in overdue(timezone.localdate(), keys)}
    reminded = _last_reminded(keys)
    shown = {}
    for one in Partnership.objects.filter(pk__in=keys):
        last = reminded.get(one.pk)
        shown[one.pk] = Shown(
            str(one),
            reverse("partnership-completeness", args=[one.reference or one.pk]),
            [str(of_units.get(one.pk, 0)), f"{last:%-d %b %Y}" if last else "never"],
        )
    return shown


def _last_reminded(keys: Collection[int]) -> dict[int, object]:
    events = Event.objects.filter(kind="partnership.reminded", subject_id__in=keys)
    return dict(events.order_by("at").values_list("subject_id", "at"))


def _remind(keys: Collection[int], by: User, words: str) -> Done:
    return each(
        Partnership.objects.filter(pk__in=keys).order_by("pk"), lambda one: remind(one, by=by)
    )


@transaction.atomic
def remind(partnership: Partnership, *, by: User) -> Event:
    """Ask those who owe data for it, and the lead; once a week at most, whoever asks."""
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    if Event.objects.about(partnership).lately("partnership.reminded", REMINDED_EVERY):
        text = f"It was reminded in the last {REMINDED_EVERY} days."
        raise DomainError("reminded_lately", text)
    owed = overdue(timezone.localdate(), [partnership.pk])
    if not owed:
        raise DomainError("nothing_overdue", "Nothing is overdue.")
    facts = {"units": owed[0].units, "missing": owed[0].missing}
    return Event.log(partnership, "reminded", by=by, facts=facts)


QUEUES = [
    Queue(
        key="submissions",
        title="Submissions to review",
        lede="Data that partners handed in and nobody has decided on.",
        weighs="values",
        waiting=_to_review,
        show=_submissions,
        columns=("Partnership", "To look at"),
        act=Act(
            "Approve",
            f"{RULE} The rest stays.",
            _approve,
            "approved",
        ),
        page="review-queue",
    ),
    Queue(
        key="overdue",
        title="Overdue partnerships",
        lede="Partnerships whose data is past its due date.",
        weighs="sets of data missing",
        waiting=_owing,
        show=_owing_ones,
        columns=("Reporting units", "Last reminded"),
        act=Act(
            "Send a reminder",
            "Whoever reports for the units that owe data, and the lead's managers, are told.",
            _remind,
            "reminded",
        ),
    ),
    Queue(
        key="outliers",
        title="Values that look odd",
        lede="Submissions of the last year in which the checks found something to explain.",
        weighs="warnings",
        waiting=_odd,
        show=_odd_ones,
        columns=("Partnership", "Status", "Quality, of 1"),
        act=Act(
            "Ask about them",
            "Your words are put to each as a comment; then it waits for the partnership.",
            _ask,
            "asked about",
            needs_words=True,
        ),
    ),
]
