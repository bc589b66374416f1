"""What members hand over: recorded by the giver, answered by the receiver, corrected openly."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from partnerships.models import Commitment, Deliverable, Delivery, DeliveryEvidence
from registry.attached import as_stored_document
from registry.errors import DomainError
from registry.models import Currency, Event, User, require_reason


@transaction.atomic
def record_delivery(
    commitment: Commitment,
    *,
    by: User,
    deliverables: Iterable[Deliverable] = (),
    **fields: Any,
) -> Delivery:
    """Record what arrived; it counts once the receiver has confirmed it."""
    commitment.membership.require_manager(by)
    commitment.partnership.hold()
    commitment.partnership.refresh_from_db(fields=["status"])
    commitment.partnership.require_open()
    delivery = _store(commitment, deliverables, **fields)
    Event.log(delivery, "recorded", by=by)
    return delivery


@transaction.atomic
def correct_delivery(
    delivery: Delivery,
    *,
    by: User,
    reason: str,
    deliverables: Iterable[Deliverable] | None = None,
    **fields: Any,
) -> Delivery:
    """Record it anew, as it really was; what is not stated is taken over.

    One that nobody has confirmed gives way at once. A confirmed one counts until the receiver
    has confirmed its correction, so that what was reported meanwhile stays true.
    """
    delivery.givers_only(by)
    require_reason(reason)
    delivery.partnership.hold()
    delivery.refresh_from_db(fields=["status", "version"])
    if Delivery.Status.REPLACED not in Delivery.MOVES[delivery.status]:
        raise DomainError("delivery_ended", f"The delivery is {delivery.status}.")
    if delivery.corrections.exclude(status=Delivery.Status.WITHDRAWN).exists():
        raise DomainError("correction_waits", "Its correction waits for the receiver already.")
    names = ("delivered_on", "amount", "note")
    stated: dict[str, Any] = {name: getattr(delivery, name) for name in names}
    parts = delivery.deliverables.all() if deliverables is None else deliverables
    assert delivery.commitment
    stated |= {"membership": delivery.membership, "replaces": delivery}
    made = _store(delivery.commitment, parts, **{**stated, **fields})
    Event.log(made, "recorded", by=by, reason=reason)
    if delivery.status in Delivery.WAITING:
        delivery.give_way(by=by, reason=reason, at=timezone.now())
    return made


def _store(commitment: Commitment, deliverables: Iterable[Deliverable], **fields: Any) -> Delivery:
    fields.setdefault("currency", commitment.currency)
    _fit_commitment(commitment, **fields)
    parts = list(deliverables)
    if any(part.commitment_id != commitment.pk for part in parts):
        raise ValidationError({"deliverables": "Deliverables of this commitment only."})
    delivery = Delivery(
        partnership=commitment.partnership,
        commitment=commitment,
        **{"membership": commitment.membership, **fields},
    ).store()
    delivery.deliverables.set(parts)
    return delivery


def _fit_commitment(
    commitment: Commitment,
    *,
    currency: Currency | None,
    delivered_on: date | None = None,
    amount: Decimal | None = None,
    **others: Any,
) -> None:
    """A delivery is of its promise's time and money."""
    if delivered_on and delivered_on > timezone.localdate():
        raise ValidationError({"delivered_on": "This day has not come yet."})
    promised_in = date(commitment.committed_on.year, 1, 1)
    earliest = max(commitment.partnership.starts_on, promised_in)
    if delivered_on and delivered_on < earliest:
        text = f"A day from {earliest} on: not before the partnership or the promise's year."
        raise ValidationError({"delivered_on": text})
    if currency != commitment.currency:
        money = commitment.currency_id or "no currency"
        raise ValidationError({"currency": f"The commitment is in {money}."})
    if amount is None and (currency or commitment.unit):
        what = currency.code if currency else commitment.unit
        raise ValidationError({"amount": f"State the amount in {what}."})
    if amount is not None and amount < 0:
        raise ValidationError({"amount": "An amount of 0 or more."})


@transaction.atomic
def add_delivery_evidence(
    delivery: Delivery, *, by: User, file: "File[Any] | None" = None, **fields: Any
) -> DeliveryEvidence:
    """Attach a file or link until the receiver has confirmed the delivery."""
    delivery.givers_only(by)
    delivery.partnership.hold()
    delivery.refresh_from_db(fields=["status"])
    if delivery.status not in Delivery.WAITING:
        raise DomainError("delivery_settled", f"The delivery is {delivery.status}.")
    if bool(file) == bool(fields.get("url")):
        raise ValidationError({"url": "Either a link or a file."})
    if file:
        fields |= as_stored_document(file)
    evidence = DeliveryEvidence(delivery=delivery, added_by=by, **fields).store()
    Event.log(delivery, "evidence_added", by=by)
    return evidence
