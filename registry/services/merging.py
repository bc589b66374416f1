"""Two records of one organisation become one, and can become two again."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, models, transaction
from django.db.models import Max, Q

from registry.errors import DomainError, NotAllowed
from registry.models import (
    DueDiligence,
    Event,
    FormerName,
    MovedField,
    Notice,
    Partner,
    PartnerMerge,
    User,
    require_reason,
)
from registry.services.moving import Moving, hold_partners, partners_busy, pointing_at
from registry.subjects import confidential_labels

DEADLOCK = "40P01"
MARK_DEPTH = 3
LONGEST_REASON = 2000


@transaction.atomic
def merge_partners(duplicate: Partner, *, into: Partner, by: User, reason: str) -> PartnerMerge:
    """Make `duplicate` one with `into`: every relation moves, or nothing does.

    Refused (`merge_refused`, with what to settle first) where two rows cannot both stay.
    """
    _check_request(duplicate, into, by, reason)
    moving = _move_everything(duplicate, into, by)
    if moving.conflicts:
        text = f"{len(moving.conflicts)} thing(s) must be settled before these two are one."
        raise DomainError("merge_refused", text, settle=moving.conflicts)
    merge = _finish(moving, reason)
    duplicate.refresh_from_db()
    into.refresh_from_db()
    return merge


def preview_merge(duplicate: Partner, *, into: Partner, by: User, reason: str) -> Moving:
    """What a merge would do and what stands in its way: it is done, and undone at once."""
    _check_request(duplicate, into, by, reason)
    with transaction.atomic():
        moving = _move_everything(duplicate, into, by)
        transaction.set_rollback(True)
    return moving


def counts_of(written: list[MovedField]) -> dict[str, int]:
    """How many rows of each kind were written; what is confidential is not told of."""
    hidden = confidential_labels()
    rows = {(field.model, field.row_id) for field in written if field.model not in hidden}
    return dict(sorted(Counter(model for model, _ in rows).items()))


def _check_request(duplicate: Partner, into: Partner, by: User, reason: str) -> None:
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin merges partners.")
    check_reason(reason)
    if duplicate.pk == into.pk:
        raise ValidationError({"into": "A partner is not merged into itself."})


def check_reason(reason: str) -> None:
    require_reason(reason)
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": f"At most {LONGEST_REASON:,} characters."})


def _move_everything(duplicate: Partner, into: Partner, by: User) -> Moving:
    moving = Moving(duplicate, into, by)
    with busy_when_deadlocked():
        hold_partners(moving)
        _require_mergeable(moving.duplicate, moving.into)
        _settle_due_diligence(moving)
        _keep_name(moving)
        _take_parent(moving)
        moving.work_registered()
        moving.repoint(moving.duplicate, moving.into)
    return moving


@contextmanager
def busy_when_deadlocked() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == DEADLOCK:
            raise partners_busy() from error
        raise


def _require_mergeable(duplicate: Partner, into: Partner) -> None:
    Status = Partner.Status
    if duplicate.status == Status.MERGED:
        text = f"{duplicate} was merged already."
        raise DomainError("already_merged", text, into=duplicate.merged_into_id)
    if into.status == Status.MERGED:
        text = f"{into} was merged itself: name the partner that it is now."
        raise DomainError("survivor_merged", text, into=into.merged_into_id)
    if into.status == Status.SUSPENDED:
        raise DomainError("survivor_suspended", f"{into} is suspended: nobody would act for both.")
    if into.status == Status.PENDING and duplicate.status != Status.PENDING:
        text = f"{into} is not verified: verify it, or merge it into {duplicate}."
        raise DomainError("survivor_not_verified", text)


def _keep_name(moving: Moving) -> None:
    """Who searches for the old name finds the survivor."""
    name, into = moving.duplicate.name, moving.into
    known = into.former_names.filter(name__iexact=name).exists()
    if name.lower() != into.name.lower() and not known:
        moving.create(FormerName(partner=into, name=name))


def _take_parent(moving: Moving) -> None:
    """A survivor that was a part of the duplicate is now a part of what that was a part of."""
    if moving.into.parent_id == moving.duplicate.pk:
        above = moving.duplicate.parent_id
        moving.write(moving.into, parent_id=None if above == moving.into.pk else above)


def _settle_due_diligence(moving: Moving) -> None:
    """The later decision is the last word, unless one lets in whom the other keeps out."""
    both = [moving.duplicate.pk, moving.into.pk]
    current = list(DueDiligence.objects.current().filter(partner__in=both))
    if len(current) < 2:
        return
    older, newer = sorted(
        current, key=lambda r: (r.decided_on, r.partner_id == moving.into.pk, r.pk)
    )
    if len({review.outcome == DueDiligence.Outcome.NOT_CLEARED for review in current}) > 1:
        text = "Their due diligence says opposite things: review one of them anew."
        moving.settle("due_diligence_differs", text, reviews=[older.pk, newer.pk])
    moving.write(
        older,
        status=DueDiligence.Status.SUPERSEDED,
        superseded_at=newer.updated_at,
        together="due diligence",
    )
    if newer.partner_id == moving.duplicate.pk:
        moving.write(newer, partner_id=moving.into.pk, together="due diligence")


def _finish(moving: Moving, reason: str) -> PartnerMerge:
    duplicate, into, by = moving.duplicate, moving.into, moving.by
    merge = PartnerMerge(
        duplicate=duplicate,
        into=into,
        was=duplicate.status,
        reason=reason,
        by=by,
        stayed=moving.stayed,
        marks=_marks(),
    )
    merge.save()
    for field in moving.written:
        field.merge = merge
    MovedField.objects.bulk_create(moving.written, batch_size=1000)
    facts = {"into": into.pk, "merge": merge.pk}
    Event.move(
        duplicate, Partner.Status.MERGED, by=by, reason=reason, facts=facts, merged_into_id=into.pk
    )
    into.change()
    event = Event.log(
        into, "took_over", by=by, reason=reason, facts={"from": duplicate.pk, "merge": merge.pk}
    )
    Notice.tell(event, managers_of(into))
    return merge


def managers_of(*partners: Partner) -> models.QuerySet[User]:
    keys = [partner.pk for partner in partners]
    held = Q(affiliations__partner__in=keys, affiliations__role="manager")
    return User.objects.filter(held).distinct()


def _marks() -> dict[str, int]:
    """The last row of every table below a partner: what is beyond it came after the merge."""
    found: dict[str, int] = {}
    layer: set[Any] = {Partner}
    for _ in range(MARK_DEPTH):
        layer = {model for parent in layer for model, _ in pointing_at(parent)}
        for model in layer:
            last = model._base_manager.aggregate(last=Max("pk"))["last"]
            found[model._meta.label_lower] = last if isinstance(last, int) else 0
    return found
