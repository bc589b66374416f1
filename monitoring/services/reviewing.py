"""Decisions on submissions: whole, value by value, and several at once; and what is said."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import Observation, Submission, SubmissionComment
from monitoring.models.blemishes import blemishes_of, with_blemishes
from monitoring.models.of_cells import cell_of, stated
from monitoring.models.reviewers import ROLES
from monitoring.models.verifications import Level, level_at
from monitoring.services.verifying import verify_values
from partnerships.models import Membership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, User

MOST_AT_ONCE = 100


@transaction.atomic
def decide(
    submission: Submission,
    *,
    by: User,
    returned: Mapping[int, str] | None = None,
    reason: str = "",
    is_validated: bool = False,
) -> Submission:
    """Approve it if every value is accepted, else return it with the reasons of those that are
    not; `is_validated` marks what is approved as internally validated."""
    rows = returned or {}
    if rows or reason.strip():
        reason = reason if reason.strip() else _whole_reason(len(rows))
        if is_validated:
            text = "What is returned is not validated."
            raise ValidationError({"is_validated": ValidationError(text, code="returned")})
        submission.send_back(by=by, reason=reason, rows=rows)
        return submission
    submission.approve(by=by)
    if is_validated and (values := _self_reported(submission)):
        verify_values(values, Level.INTERNALLY_VALIDATED, by=by)
    return submission


def _self_reported(submission: Submission) -> list[Observation]:
    """What counts and nobody has verified: a level that a value has already is never lowered."""
    counting = submission.observations.counting().annotate(level=level_at())
    return list(counting.filter(level=Level.SELF_REPORTED).order_by("pk"))


def _whole_reason(number: int) -> str:
    """Where only values have reasons."""
    return "See the reason at one value." if number == 1 else f"See the reasons at {number} values."


class Decided(NamedTuple):
    """What became of several: those approved, and of the others why not."""

    approved: list[Submission]
    refused: list[tuple[Submission, str]]


def approve_several(submissions: Iterable[Submission], *, by: User) -> Decided:
    """Approve each that has no blemish: each on its own, so that one keeps none of the others."""
    chosen = list(submissions)
    if len(chosen) > MOST_AT_ONCE:
        text = f"At most {MOST_AT_ONCE} at once."
        raise ValidationError({"submissions": ValidationError(text, code="too_many")})
    marked = with_blemishes(Submission.objects.filter(pk__in=[one.pk for one in chosen]))
    found = {one.pk: blemishes_of(one) for one in marked}
    outcome = Decided([], [])
    for submission in chosen:
        if against := found[submission.pk]:
            outcome.refused.append((submission, "; ".join(against)))
            continue
        try:
            submission.approve(by=by)
        except DomainError as refused:
            outcome.refused.append((submission, refused.detail))
        else:
            outcome.approved.append(submission)
    return outcome


@transaction.atomic
def comment_on(
    submission: Submission, text: str, *, by: User, observation: Observation | None = None
) -> SubmissionComment:
    """Say something to the other side: members' managers and evaluators, and admins."""
    partnership = submission.period.framework.partnership_id
    reached = Membership.objects.acted_for_by(by, *ROLES).accepted()
    sends = Submission.objects.editable_by(by).filter(pk=submission.pk).exists()
    if not (by.is_staff or sends or reached.filter(partnership=partnership).exists()):
        raise NotAllowed("members_only", "Only members' managers and evaluators comment.")
    if not text.strip():
        raise ValidationError({"text": ValidationError("Say something.", code="blank")})
    comment = SubmissionComment(
        submission=submission,
        text=stated(text, "text", 5000),
        by=by,
        is_of_sender=by.pk in (submission.submitted_by_id, submission.created_by_id)
        or submission.is_data_of(by),
        **cell_of(submission, observation),
    )
    comment.full_clean(validate_unique=False)
    comment.save(force_insert=True)
    facts = {"comment": comment.pk, "is_of_sender": comment.is_of_sender}
    Event.log(submission, "commented", by=by, facts=facts)
    return comment
