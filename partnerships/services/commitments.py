"""What members promise, and what they hand over."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    Commitment,
    Delivery,
    Membership,
    Partnership,
)
from registry.errors import DomainError
from registry.models import (
    Currency,
    Event,
    Target,
    User,
)


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
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members make commitments.")
    partnership.require_open()
    if fields.get("due_on"):
        partnership.require_within(fields["due_on"])
    fields.setdefault("committed_on", timezone.localdate())
    commitment = Commitment(partnership=partnership, membership=membership, **fields).store()
    commitment.targets.set(targets)
    Event.log(commitment, "promised", by=by, became=commitment.status)
    return commitment


@transaction.atomic
def record_delivery(commitment: Commitment, *, by: User, **fields: Any) -> Delivery:
    """Record what arrived; it counts once the receiver has confirmed it."""
    commitment.membership.require_manager(by)
    fields.setdefault("currency", commitment.currency)
    _fit_commitment(commitment, **fields)
    delivery = Delivery(
        partnership=commitment.partnership,
        membership=commitment.membership,
        commitment=commitment,
        **fields,
    ).store()
    Event.log(delivery, "recorded", by=by)
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
    if currency and amount is None:
        raise ValidationError({"amount": f"State the amount in {currency.code}."})
    if amount is not None and amount < 0:
        raise ValidationError({"amount": "An amount of 0 or more."})
