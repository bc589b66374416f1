"""Handing a reporting unit over: both members agree, or the lead decides."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from monitoring.models import ReportingUnit, UnitHandover
from partnerships.models import Membership, Partnership
from partnerships.services.handovers import decline_handover, withdraw_handover
from registry.errors import DomainError
from registry.models import Event, User

__all__ = ["accept_unit", "decline_handover", "hand_over_unit", "withdraw_handover"]


@transaction.atomic
def hand_over_unit(
    unit: ReportingUnit, *, to: ReportingUnit, since_on: date, by: User, reason: str = ""
) -> UnitHandover:
    """Let another unit take over from a day on: done at once where the lead decides, else asked
    of the other member. Figures of before that day, and of earlier cut-offs, stay (RULES 11, 20).
    """
    partnership = unit.membership.partnership
    decides = partnership.is_editable_by(by)
    if not decides:
        unit.membership.own_managers_only(by)
    partnership.require_open()
    _hold(partnership, unit, to)
    offer = UnitHandover(
        giver=unit.membership,
        taker=to.membership,
        unit=unit,
        successor=to,
        since_on=since_on,
        reason=reason,
    )
    offer.check_values()
    offer.require_possible()
    _require_member(to.membership)
    _require_no_data(offer)
    if decides:
        _take_back_other_offers(unit, by)
    offer.save(force_insert=True)
    Event.log(offer, "proposed", by=by, became=offer.status)
    if decides:
        _hand_over(offer, by=by)
    return offer


@transaction.atomic
def accept_unit(offer: UnitHandover, *, by: User) -> None:
    """Take a unit over; the member that was asked says yes."""
    offer.taker.require_manager(by)
    offer.partnership.require_open()
    _hold(offer.partnership, offer.unit, offer.successor)
    offer.refresh_from_db(fields=["status", "version"])
    offer.taker.refresh_from_db(fields=["status", "ended_on"])
    if offer.status == offer.Status.PROPOSED:
        offer.require_possible()
        _require_member(offer.taker)
        _require_no_data(offer)
    _hand_over(offer, by=by)


def _hold(partnership: Partnership, *units: ReportingUnit) -> None:
    partnership.hold()
    keys = [unit.pk for unit in units]
    list(ReportingUnit.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _hand_over(offer: UnitHandover, *, by: User) -> None:
    now = timezone.now()
    Event.move(offer, UnitHandover.Status.ACCEPTED, by=by, answered_at=now)
    values: dict[str, Any] = {
        "successor": offer.successor,
        "successor_since": offer.since_on,
        "handed_over_at": now,
    }
    ReportingUnit.objects.filter(pk=offer.unit_id).update(**values)
    for name, value in values.items():
        setattr(offer.unit, name, value)
    facts = {"to": offer.successor_id, "since_on": offer.since_on.isoformat()}
    Event.log(offer.unit, "handed_over", by=by, facts=facts)


def _take_back_other_offers(unit: ReportingUnit, by: User) -> None:
    for offer in unit.handovers.filter(status=UnitHandover.Status.PROPOSED):
        text = "The lead decided."
        Event.move(offer, offer.Status.WITHDRAWN, by=by, reason=text, answered_at=timezone.now())


def _require_member(membership: Membership) -> None:
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only an accepted member can take over.")


def _require_no_data(offer: UnitHandover) -> None:
    """What the unit has begun for a later period would be reported twice."""
    begun = offer.unit.submissions.filter(period__ends_on__gte=offer.since_on)
    first = begun.exclude(status="withdrawn").select_related("period").order_by("pk").first()
    if first:
        text = f"It has data for {first.period}, which ends after that day: withdraw it first."
        raise DomainError("has_data_from_then_on", text, submission=first.pk)
