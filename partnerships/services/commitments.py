"""What members promise: freely while it is a draft, kept as registered afterwards."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from partnerships.models import Commitment, Correction, Membership, Partnership
from registry.errors import DomainError
from registry.models import Event, Target, User, require_reason


@transaction.atomic
def add_commitment(
    partnership: Partnership,
    *,
    membership: Membership,
    by: User,
    targets: Iterable[Target] = (),
    **fields: Any,
) -> Commitment:
    """Record a member's promise; only the member itself can promise."""
    membership.require_manager(by)
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    membership.refresh_from_db(fields=["status"])
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members make commitments.")
    partnership.require_open()
    _require_member(fields.get("receiver"))
    if fields.get("due_on"):
        partnership.require_within(fields["due_on"])
    fields.setdefault("committed_on", timezone.localdate())
    if fields.get("kind") == Commitment.Kind.FINANCE:
        fields["stage"] = fields.get("stage") or Commitment.Stage.COMMITMENT
    commitment = Commitment(partnership=partnership, membership=membership, **fields).store()
    commitment.targets.set(targets)
    Event.log(commitment, "promised", by=by, became=commitment.status)
    return commitment


@transaction.atomic
def edit_commitment(
    commitment: Commitment,
    *,
    by: User,
    targets: Iterable[Target] | None = None,
    **fields: Any,
) -> Commitment:
    """Change a promise before registration; what is registered stands under its dates."""
    _hold_draft(commitment, by)
    if fields.get("receiver") != commitment.receiver:
        _require_member(fields.get("receiver"))
    if fields.get("due_on"):
        commitment.partnership.require_within(fields["due_on"])
    _require_same_money(commitment, fields)
    commitment.amend(**fields)
    _require_parts_within(commitment)
    if targets is not None:
        commitment.targets.set(targets)
    Event.log(commitment, "edited", by=by, reason=", ".join(sorted(fields)))
    return commitment


def _require_member(receiver: Membership | None) -> None:
    """Who is only invited is not public, and a promise is."""
    if receiver and receiver.status != Membership.Status.ACCEPTED:
        raise ValidationError({"receiver": "An accepted member receives it."})


@transaction.atomic
def remove_commitment(commitment: Commitment, *, by: User) -> None:
    """Take a promise out of a draft; a registered one is withdrawn instead, and stays."""
    _hold_draft(commitment, by)
    if commitment.deliveries.exists():
        raise DomainError("delivered", "Something was delivered of it: withdraw it instead.")
    Event.log(commitment.partnership, "commitment_removed", by=by, reason=commitment.title)
    commitment.delete()


@transaction.atomic
def correct_commitment(
    commitment: Commitment,
    *,
    by: User,
    reason: str,
    targets: Iterable[Target] | None = None,
    **fields: Any,
) -> Commitment:
    """Put the wording of a registered promise right; how it read before stays beside it.

    Amount, kind and dates are what reports have read: they are postponed or withdrawn, never
    corrected.
    """
    commitment.membership.require_manager(by)
    require_reason(reason)
    commitment.partnership.hold()
    if not commitment.partnership.is_public():
        raise DomainError("not_registered", "Before registration, a commitment is simply edited.")
    commitment.require_kept()
    before = _wording_of(commitment, [*fields, *(["targets"] if targets is not None else [])])
    commitment.amend(**fields)
    if targets is not None:
        commitment.targets.set(targets)
    if _wording_of(commitment, before) == before:
        raise ValidationError("Nothing was sent that differs.", code="nothing_corrected")
    Correction.objects.create(commitment=commitment, before=before, reason=reason)
    Event.log(commitment, "corrected", by=by, reason=reason)
    return commitment


def _wording_of(commitment: Commitment, names: Iterable[str]) -> dict[str, Any]:
    if fixed := set(names) - set(Commitment.WORDING):
        text = "What was registered is not corrected: postpone it, or withdraw it."
        raise ValidationError(dict.fromkeys(sorted(fixed), text))
    return {
        name: sorted(commitment.targets.values_list("code", flat=True))
        if name == "targets"
        else getattr(commitment, name)
        for name in names
    }


def _hold_draft(commitment: Commitment, by: User) -> None:
    """Lock the partnership, so that it is not submitted meanwhile."""
    commitment.membership.require_manager(by)
    commitment.partnership.hold()
    commitment.partnership.refresh_from_db(fields=["status"])
    commitment.partnership.require_draft()


def _require_same_money(commitment: Commitment, fields: dict[str, Any]) -> None:
    """What was delivered or planned of it was counted in what it was promised in."""
    for name in ("currency", "unit"):
        if name in fields and (fields[name] or None) != (getattr(commitment, name) or None):
            counted = commitment.deliveries.exclude(amount=None).exists()
            if counted or commitment.planned_disbursements.exists():
                text = "Something was delivered or planned of it in this already."
                raise ValidationError({name: text}, code="counted_in_it")


def _require_parts_within(commitment: Commitment) -> None:
    last = commitment.due_now()
    ends: dict[str, Any] = commitment.deliverables.aggregate(
        first=models.Min("due_on"), last=models.Max("due_on")
    )
    if ends["last"] and last and ends["last"] > last:
        text = f"A deliverable falls due on {ends['last']}: not before that."
        raise ValidationError({"due_on": text}, code="before_deliverable")
    if ends["first"] and ends["first"] < commitment.committed_on:
        text = f"A deliverable falls due on {ends['first']}: not after that."
        raise ValidationError({"committed_on": text}, code="after_deliverable")
