"""Leaving a partnership, and who takes over what one owes or leads."""

from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from partnerships.models import (
    Commitment,
    CommitmentHandover,
    LeadHandover,
    Membership,
    Partnership,
)
from partnerships.models.handovers import Handover
from registry.errors import DomainError
from registry.models import Event, Partner, User


class Becomes(models.TextChoices):
    """What becomes of an open commitment when its member leaves."""

    HANDED_OVER = "handed_over", "handed over, once the other member agrees"
    STAYS = "stays", "stays owed by the member that leaves"
    WITHDRAWN = "withdrawn", "withdrawn"


class Fate(NamedTuple):
    commitment: Commitment
    becomes: str
    to: Membership | None = None
    reason: str = ""


@transaction.atomic
def offer_commitment(
    commitment: Commitment, *, to: Membership, by: User, reason: str = ""
) -> CommitmentHandover:
    """Ask another member to take a promise over; until it agrees, it stays owed as it was."""
    giver = commitment.membership
    giver.own_managers_only(by)
    commitment.partnership.require_open()
    commitment.partnership.hold()
    _require_owed(commitment, giver)
    _require_member(to)
    if commitment.receiver_id == to.pk:
        text = "This member would owe the commitment to itself."
        raise ValidationError({"taker": text})
    offer = CommitmentHandover(giver=giver, taker=to, commitment=commitment, reason=reason).store()
    Event.log(offer, "proposed", by=by, became=offer.status)
    return offer


@transaction.atomic
def accept_commitment(offer: CommitmentHandover, *, by: User) -> None:
    """Take a promise over, from this moment on; what was delivered stays the giver's."""
    _hold_to_accept(offer, by)
    commitment = Commitment.objects.get(pk=offer.commitment_id)
    _require_owed(commitment, offer.giver)
    Event.move(offer, Handover.Status.ACCEPTED, by=by, answered_at=timezone.now())
    commitment.amend(membership=offer.taker)
    facts = {"from": offer.giver_id, "to": offer.taker_id}
    Event.log(commitment, "handed_over", by=by, facts=facts)


@transaction.atomic
def offer_lead(
    partnership: Partnership, *, to: Membership, by: User, reason: str = ""
) -> LeadHandover:
    """Ask another member to lead; until it agrees, nothing changes."""
    partnership.require_editor(by)
    partnership.require_open()
    partnership.hold()
    _require_member(to)
    lead = partnership.memberships.filter(roles__contains=[Membership.Role.LEAD], ended_on=None)
    giver = lead.first()
    if giver is None:
        raise DomainError("no_lead", "Nobody leads the partnership now.")
    offer = LeadHandover(giver=giver, taker=to, reason=reason).store()
    Event.log(offer, "proposed", by=by, became=offer.status)
    return offer


@transaction.atomic
def accept_lead(offer: LeadHandover, *, by: User) -> None:
    """Lead from now on; the former lead stays a member, in its other roles or implementing."""
    _hold_to_accept(offer, by)
    giver = Membership.objects.get(pk=offer.giver_id)
    taker = Membership.objects.get(pk=offer.taker_id)
    lead = Membership.Role.LEAD
    if lead not in giver.roles or giver.ended_on:
        raise DomainError("not_the_lead", f"{giver.partner} does not lead any more.")
    if taker.partner.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "Only a verified partner can lead.")
    Event.move(offer, Handover.Status.ACCEPTED, by=by, answered_at=timezone.now())
    facts = {"handover": offer.pk}
    kept = [role for role in giver.roles if role != lead] or [Membership.Role.IMPLEMENTING]
    giver.change_roles([str(role) for role in kept], by=by, facts=facts)
    taker.change_roles([str(lead), *taker.roles], by=by, facts=facts)
    sides = {"from": giver.pk, "to": taker.pk}
    Event.log(offer.partnership, "lead_changed", by=by, facts=sides)


def decline_handover(offer: Handover, *, by: User, reason: str = "") -> None:
    """The member that was asked says no."""
    offer.taker.own_managers_only(by)
    _answer(offer, Handover.Status.DECLINED, by=by, reason=reason)


def withdraw_handover(offer: Handover, *, by: User) -> None:
    """The member that offered takes the offer back, or whoever edits for its lead."""
    offer.giver.own_managers_only(by)
    _answer(offer, Handover.Status.WITHDRAWN, by=by)


@transaction.atomic
def leave(
    membership: Membership, *, by: User, reason: str = "", commitments: Iterable[Fate] = ()
) -> None:
    """Leave, saying what becomes of each open commitment: see Becomes. All of it, or nothing."""
    membership.own_managers_only(by)
    membership.partnership.hold()
    staying = set(_offers(membership).values_list("commitment_id", flat=True))
    for fate in commitments:
        if fate.commitment.membership_id != membership.pk:
            text = f"“{fate.commitment}” is not this member's commitment."
            raise ValidationError({"commitments": text})
        if fate.becomes == Becomes.WITHDRAWN:
            fate.commitment.withdraw(by=by, reason=fate.reason)
            continue
        staying.add(fate.commitment.pk)
        if fate.becomes == Becomes.HANDED_OVER:
            _offer_when_leaving(fate, by)
    membership.leave(by=by, reason=reason, staying=staying)
    _decline_what_was_offered_to(membership, by)


def _offers(giver: Membership) -> models.QuerySet[CommitmentHandover]:
    rows: models.QuerySet[CommitmentHandover] = CommitmentHandover.objects.open()
    return rows.filter(giver=giver)


def _offer_when_leaving(fate: Fate, by: User) -> None:
    if fate.to is None:
        text = f"Name the member to which “{fate.commitment}” is handed over."
        raise ValidationError({"commitments": text})
    offer_commitment(fate.commitment, to=fate.to, by=by, reason=fate.reason)


def _decline_what_was_offered_to(membership: Membership, by: User) -> None:
    for kind in (CommitmentHandover, LeadHandover):
        for offer in kind.objects.open().filter(taker=membership):
            _answer(offer, Handover.Status.DECLINED, by=by, reason="The member has left.")


def _answer(offer: Handover, status: str, *, by: User, reason: str = "") -> None:
    Event.move(offer, status, by=by, reason=reason, answered_at=timezone.now())


def _hold_to_accept(offer: Handover, by: User) -> None:
    """Only who is asked says yes, while it is a member; one answer at a time."""
    offer.taker.require_manager(by)
    offer.partnership.require_open()
    offer.partnership.hold()
    offer.refresh_from_db(fields=["status", "version"])
    offer.taker.refresh_from_db(fields=["status", "ended_on"])
    if offer.status != Handover.Status.PROPOSED:
        text = f"Cannot go from {offer.status} to {Handover.Status.ACCEPTED}."
        raise DomainError("invalid_transition", text)
    _require_member(offer.taker)


def _require_member(membership: Membership) -> None:
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only an accepted member can take over.")


def _require_owed(commitment: Commitment, giver: Membership) -> None:
    commitment.refresh_from_db(fields=["status", "membership", "version"])
    if commitment.status != Commitment.Status.OPEN:
        raise DomainError("commitment_not_open", f"The commitment is {commitment.status}.")
    if commitment.membership_id != giver.pk:
        raise DomainError("not_owed", "The commitment is not owed by this member any more.")
