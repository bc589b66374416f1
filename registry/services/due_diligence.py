"""Admins review partners, edit the list of what is asked, and everybody concerned is reminded."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import (
    CriterionAnswer,
    DueDiligence,
    Event,
    ExclusionCriterion,
    Partner,
    User,
)


class Answered(NamedTuple):
    """What a reviewer answered to one criterion."""

    criterion: ExclusionCriterion
    answer: str
    note: str = ""


@transaction.atomic
def begin_review(
    partner: Partner, *, by: User, answers: Iterable[Answered] = (), **fields: Any
) -> DueDiligence:
    """Begin a review; it says nothing until it is decided."""
    if partner.status == Partner.Status.MERGED:
        text = f"{partner} was merged: review the partner that it is now."
        raise DomainError("partner_merged", text, into=partner.merged_into_id)
    review = DueDiligence(partner=partner, reviewer=by, **fields)
    review.require_reviewer(by)
    review.store()
    _answer(review, answers)
    Event.log(review, "begun", by=by, became=review.status)
    return review


@transaction.atomic
def edit_review(
    review: DueDiligence, *, by: User, answers: Iterable[Answered] = (), **fields: Any
) -> DueDiligence:
    """Change a draft; answers that are not named stay."""
    review.require_reviewer(by)
    review.require_draft()
    review.amend(**fields)
    _answer(review, answers)
    Event.log(review, "edited", by=by, reason=", ".join(sorted(fields)))
    return review


def _answer(review: DueDiligence, answers: Iterable[Answered]) -> None:
    """Keep each answer with the wording of today; answered again, the last one holds."""
    asked = set(ExclusionCriterion.objects.active(timezone.localdate()))
    for given in answers:
        if given.criterion not in asked:
            raise ValidationError({"answers": f"Not asked today: {given.criterion.pk}."})
        row = CriterionAnswer(
            review=review,
            criterion=given.criterion,
            wording=given.criterion.text,
            answer=given.answer,
            note=given.note,
        )
        row.clean_fields()
        CriterionAnswer.objects.update_or_create(
            review=review,
            criterion=given.criterion,
            defaults={"wording": row.wording, "answer": row.answer, "note": row.note},
        )


@transaction.atomic
def add_criterion(*, by: User, **fields: Any) -> ExclusionCriterion:
    """Ask one thing more in reviews from a day on."""
    _admins_only(by)
    criterion = ExclusionCriterion(**fields).store()
    Event.log(criterion, "added", by=by)
    return criterion


@transaction.atomic
def edit_criterion(criterion: ExclusionCriterion, *, by: User, **fields: Any) -> ExclusionCriterion:
    """Word a criterion anew or end it; what was answered keeps the words it was asked in."""
    _admins_only(by)
    criterion.amend(**fields)
    Event.log(criterion, "edited", by=by, reason=", ".join(sorted(fields)))
    return criterion


def _admins_only(by: User) -> None:
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
