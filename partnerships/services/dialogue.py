"""Whom a partnership affects, what was talked about with them, and what its technology does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    AffectedGroup,
    Consultation,
    Partnership,
    TechnologyAssessment,
    TechnologyMitigation,
    Turnout,
)
from partnerships.services.keeping import hold_open, store_once
from registry.errors import DomainError, StaleVersion
from registry.models import Event, User
from registry.models.base import in_words

Heads = Mapping[str, Any]  # a group, and of its people how many came


@transaction.atomic
def map_group(partnership: Partnership, *, by: User, **fields: Any) -> AffectedGroup:
    """Put a group of people on the stakeholder map, from today on."""
    hold_open(partnership, by)
    group = AffectedGroup(partnership=partnership, mapped_on=timezone.localdate(), **fields)
    text = "This group is on the map at this level already."
    store_once(group, "group_mapped", text)
    Event.log(group, "mapped", by=by)
    return group


@transaction.atomic
def edit_group(group: AffectedGroup, *, by: User, **fields: Any) -> AffectedGroup:
    group.partnership.require_editor(by)
    group.partnership.require_open()
    group.require_standing()
    group.amend(**fields)
    Event.log(group, "edited", by=by, reason=", ".join(sorted(fields)))
    return group


@transaction.atomic
def record_consultation(
    partnership: Partnership, *, by: User, turnouts: Sequence[Heads], **fields: Any
) -> Consultation:
    """Record a dialogue that was held, with who came."""
    hold_open(partnership, by)
    consultation = _store(Consultation(partnership=partnership, **fields), turnouts)
    Event.log(consultation, "recorded", by=by)
    return consultation


@transaction.atomic
def correct_consultation(
    consultation: Consultation, *, by: User, reason: str, turnouts: Sequence[Heads], **fields: Any
) -> Consultation:
    """Put a corrected record in the place of one that was wrong; past reports keep the former."""
    partnership = consultation.partnership
    hold_open(partnership, by)
    consultation.withdraw(by=by, reason=reason)
    corrected = Consultation(partnership=partnership, corrects=consultation, **fields)
    _store(corrected, turnouts, known=consultation.groups.values_list("pk", flat=True))
    Event.log(corrected, "corrected", by=by, reason=reason, facts={"corrects": consultation.pk})
    return corrected


def _store(
    consultation: Consultation, turnouts: Sequence[Heads], *, known: Iterable[int] = ()
) -> Consultation:
    if consultation.told_on:
        consultation.told_at = timezone.now()
    _check_turnouts(consultation, turnouts, set(known))
    consultation.store()
    rows = [Turnout(consultation=consultation, **heads) for heads in turnouts]
    for row in rows:
        _check_heads(row)
    Turnout.objects.bulk_create(rows)
    return consultation


def _check_turnouts(consultation: Consultation, turnouts: Sequence[Heads], known: set[int]) -> None:
    """Groups of this partnership's map, each once, and not more people than came in all."""
    groups = [heads["group"] for heads in turnouts]
    if not groups:
        raise ValidationError({"turnouts": "Name at least one group of the stakeholder map."})
    if len({group.pk for group in groups}) < len(groups):
        raise ValidationError({"turnouts": "Name each group once."})
    for group in groups:
        if group.partnership_id != consultation.partnership_id:
            text = f"{group.pk} is not on this partnership's stakeholder map."
            raise ValidationError({"turnouts": ValidationError(text, code="other_partnership")})
        if group.withdrawn_at and group.pk not in known:
            raise ValidationError({"turnouts": f"{group} is not on the map any more."})
    counted = sum(heads.get("people") or 0 for heads in turnouts)
    if consultation.people is not None and consultation.people < counted:
        text = f"Fewer than the {counted} people of the groups together."
        raise ValidationError({"people": ValidationError(text, code="less_than_parts")})


def _check_heads(row: Turnout) -> None:
    try:
        row.clean_fields(exclude=["consultation"])
        for constraint in row._meta.constraints:
            if constraint.name != "turnout_once":
                constraint.validate(Turnout, row)
    except ValidationError as refused:
        texts = [f"{row.group}: {text}" for text in refused.messages]
        raise ValidationError({"turnouts": texts}) from None


@transaction.atomic
def tell_back(
    consultation: Consultation, *, by: User, changed: str, told_how: str, told_on: date
) -> Consultation:
    """Record that those who came were told what came of it; once, and corrected like the rest."""
    hold_open(consultation.partnership, by)
    consultation.require_standing()
    if consultation.told_on:
        raise _told_already(consultation)
    values = {"changed": changed, "told_how": told_how, "told_on": told_on}
    for name, value in {**values, "told_at": timezone.now()}.items():
        setattr(consultation, name, value)
    consultation.check_values()
    try:
        consultation.change(
            where={"told_on": None, "withdrawn_at": None}, told_at=consultation.told_at, **values
        )
    except StaleVersion:
        consultation.refresh_from_db()
        consultation.require_standing()
        raise (_told_already(consultation) if consultation.told_on else StaleVersion()) from None
    Event.log(consultation, "told", by=by)
    return consultation


def _told_already(consultation: Consultation) -> DomainError:
    text = (
        f"They were told on {in_words(consultation.told_on)}: correct the record if that is wrong."
    )
    return DomainError("told_already", text)


@transaction.atomic
def assess_technology(
    partnership: Partnership,
    *,
    by: User,
    groups: Iterable[AffectedGroup] = (),
    mitigations: Iterable[Mapping[str, Any]] = (),
    **fields: Any,
) -> TechnologyAssessment:
    """Record who looked at a technology, and what they found; earlier assessments stay."""
    hold_open(partnership, by)
    fields.setdefault("assessed_on", timezone.localdate())
    affected = list(groups)
    if strange := [group for group in affected if group.partnership_id != partnership.pk]:
        text = f"{strange[0].pk} is not on this partnership's stakeholder map."
        raise ValidationError({"groups": ValidationError(text, code="other_partnership")})
    assessment = TechnologyAssessment(partnership=partnership, **fields).store()
    assessment.groups.set(affected)
    for stated in mitigations:
        _plan(assessment, **stated)
    Event.log(assessment, "recorded", by=by)
    return assessment


@transaction.atomic
def plan_mitigation(
    assessment: TechnologyAssessment, *, by: User, text: str, due_on: date
) -> TechnologyMitigation:
    """Add something to be done about what the assessment found."""
    hold_open(assessment.partnership, by)
    assessment.require_standing()
    mitigation = _plan(assessment, text=text, due_on=due_on)
    Event.log(mitigation, "planned", by=by)
    return mitigation


def _plan(assessment: TechnologyAssessment, *, text: str, due_on: date) -> TechnologyMitigation:
    if due_on < assessment.assessed_on:
        raise ValidationError(
            {"due_on": f"Not before the assessment, {in_words(assessment.assessed_on)}."}
        )
    return TechnologyMitigation(assessment=assessment, text=text, due_on=due_on).store()
