"""What reviewers asked, what was said, how far values were verified, and what checks found."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from monitoring.demo.measures import Agreed
from monitoring.demo.people import People
from monitoring.demo.reading import TODAY, moment, topic
from monitoring.demo.reporting import Sent
from monitoring.models import (
    DataQualityAssessment,
    Indicator,
    Observation,
    ReturnReason,
    Reviewer,
    SpotCheck,
    Submission,
    SubmissionComment,
    Verification,
)
from monitoring.models.verifications import Level
from partnerships.models import Membership
from registry.models import Event

TEXTS = topic("data_review")
EVERY_VALIDATED, EVERY_VERIFIED = 3, 12  # of so many approved submissions one
ANSWER = ReturnReason.Answer
NAMED_ON, CHECKED_ON, ASSESSED_ON = (TODAY - timedelta(days=ago) for ago in (40, 12, 9))


def review_data(agreed: Sequence[Agreed], sent: Sequence[Sent], people: People) -> None:
    """Once what was sent when is stored: its events say what was returned."""
    _returns(sent)
    approved = [item for item in sent if item.submission.approved_at]
    _verify(approved, people)
    _check(approved, people)
    _name_reviewer(agreed)


def _returns(sent: Iterable[Sent]) -> None:
    """Each return has its reason at a value; the sender and the reviewer talked about it."""
    by_key = {item.submission.pk: item for item in sent}
    label = Submission._meta.label_lower
    returned = Event.objects.filter(subject_type=label, subject_id__in=by_key, became="returned")
    reasons: list[ReturnReason] = []
    comments: list[SubmissionComment] = []
    for event in returned.select_related("by").order_by("at", "pk"):
        item = by_key[event.subject_id]
        reasons += _reasons(event, item)
        comments += _talk(event, item)
    ReturnReason.objects.bulk_create(reasons)
    SubmissionComment.objects.bulk_create(comments)


def _reasons(event: Event, item: Sent) -> list[ReturnReason]:
    submission, value = item.submission, item.observations[0]
    answered = None if item.status == Submission.Status.RETURNED else submission.submitted_at
    said = {
        "submission": submission,
        "by": event.by,
        "at": event.at,
        "answered_at": answered,
        "answered_by": submission.submitted_by if answered else None,
    }
    whole = ReturnReason(**said, reason=event.reason, answer=ANSWER.RESUBMITTED if answered else "")
    at_value = ReturnReason(
        **said,
        indicator=value.indicator,
        category=value.category,
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        reason=event.reason,
        answer=ANSWER.UNCHANGED if answered else "",
    )
    return [whole, at_value]


def _talk(event: Event, item: Sent) -> list[SubmissionComment]:
    submission, value = item.submission, item.observations[0]
    about = {"submission": submission, "indicator": value.indicator, "category": value.category}
    asked = SubmissionComment(
        **about,
        text=TEXTS["asked"],
        by=event.by,
        at=event.at + timedelta(hours=1),
        is_of_sender=False,
    )
    answered = SubmissionComment(
        **about,
        text=TEXTS["answered"],
        by=submission.submitted_by,
        at=event.at + timedelta(days=1, hours=3),
        is_of_sender=True,
    )
    return [asked, answered]


def _verify(approved: Sequence[Sent], people: People) -> None:
    """Some were validated by who approved them; a few were verified from outside."""
    made = []
    for number, item in enumerate(approved):
        at = item.submission.approved_at
        assert at
        if number % EVERY_VALIDATED == 0:
            by = item.submission.approved_by
            shared = {"by": by, "at": at + timedelta(days=1), "note": TEXTS["validated"]}
            made += _levels(item, Level.INTERNALLY_VALIDATED, **shared)
        later = at + timedelta(days=30)
        if number % EVERY_VERIFIED == 0 and later < moment(TODAY):
            outside = {"verifier": TEXTS["verifier"], "url": TEXTS["document"]}
            shared = {"by": people.admin, "at": later, **outside}
            made += _levels(item, Level.INDEPENDENTLY_VERIFIED, **shared)
    Verification.objects.bulk_create(made, batch_size=2000)


def _levels(item: Sent, level: str, **shared: object) -> list[Verification]:
    return [
        Verification(observation=value, level=level, **shared)
        for value in item.observations
        if not value.withdraws
    ]


def _check(approved: Sequence[Sent], people: People) -> None:
    """Two values were counted again, one of them wrong; one indicator's data was assessed."""
    counted = [item for item in approved if _first_number(item)]
    for item, spec in zip(counted[-2:], TEXTS["spot_checks"], strict=False):
        value = _first_number(item)
        assert value
        assert value.value is not None
        _spot_check(item, value, value.value, spec, people)
    wrong = _first_number(counted[-1])
    assert wrong
    submission = counted[-1].submission
    partnership = submission.period.framework.partnership
    spec = dict(TEXTS["assessment"])
    DataQualityAssessment.objects.create(
        partnership=partnership,
        indicator=wrong.indicator,
        assessed_on=ASSESSED_ON,
        **_stored_at(ASSESSED_ON),
        by=people.admin,
        owner=submission.unit.membership,
        due_on=TODAY + timedelta(days=spec.pop("due_in")),
        **spec,
    )


def _stored_at(day: date) -> dict[str, datetime]:
    return {"created_at": moment(day), "updated_at": moment(day)}


def _first_number(item: Sent) -> Observation | None:
    numbers = (Indicator.Measure.NUMBER, Indicator.Measure.CURRENCY)
    return next((o for o in item.observations if o.value and o.indicator.measure in numbers), None)


def _spot_check(
    item: Sent, value: Observation, reported: Decimal, spec: dict[str, str], people: People
) -> None:
    found = (reported * Decimal(spec["factor"])).quantize(Decimal(1), ROUND_HALF_UP)
    to_do = {}
    if action := spec.get("action"):
        due_on = TODAY + timedelta(days=21)
        to_do = {"action": action, "owner": item.submission.unit.membership, "due_on": due_on}
    SpotCheck.objects.create(
        submission=item.submission,
        indicator=value.indicator,
        category=value.category,
        checked_on=CHECKED_ON,
        checked_by=spec["checked_by"],
        reported_value=reported,
        found_value=found,
        finding=spec["finding"],
        by=people.admin,
        **_stored_at(CHECKED_ON),
        **to_do,
    )


def _name_reviewer(agreed: Sequence[Agreed]) -> None:
    """In one partnership a member that is not the lead decides on the data."""
    entered = agreed[1].entered
    members = Membership.objects.accepted().filter(partnership=entered.partnership)
    member = members.exclude(roles__contains=["lead"]).order_by("pk").first()
    if member:
        Reviewer.objects.create(
            partnership=entered.partnership,
            membership=member,
            named_by=entered.manager,
            named_at=moment(NAMED_ON),
            **_stored_at(NAMED_ON),
        )
