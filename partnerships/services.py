"""What partners do together: several rows, one transaction."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    Agreement,
    Commitment,
    Delivery,
    Membership,
    Partnership,
    PartnershipCountry,
)
from registry.errors import DomainError, NotAllowed
from registry.models import Country, Event, Goal, Partner, Target, User


@transaction.atomic
def create_partnership(
    *,
    lead: Partner,
    by: User,
    goals: Iterable[Goal] = (),
    targets: Iterable[Target] = (),
    countries: Iterable[Country] = (),
    **fields: Any,
) -> Partnership:
    """Begin a draft; the lead, which `by` manages, is its first accepted member."""
    if not (by.is_staff or by.has_role(lead.pk, "manager")):
        raise NotAllowed("own_partner_only", "Only a manager of the lead partner may do this.")
    if lead.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "The lead partner is not verified yet.")
    partnership = Partnership(**fields).store()
    partnership.goals.set(goals)
    partnership.targets.set(targets)
    _set_countries(partnership, countries)
    Membership(
        partnership=partnership,
        partner=lead,
        roles=[Membership.Role.LEAD],
        status=Membership.Status.ACCEPTED,
        accepted_on=timezone.localdate(),
    ).store()
    Event.log(partnership, "drafted", by=by, became=partnership.status)
    return partnership


@transaction.atomic
def edit_partnership(
    partnership: Partnership,
    *,
    by: User,
    goals: Iterable[Goal] | None = None,
    targets: Iterable[Target] | None = None,
    countries: Iterable[Country] | None = None,
    **fields: Any,
) -> Partnership:
    """Change a draft or returned partnership; a registered one stands as registered."""
    lead_only(partnership, by)
    if partnership.status not in (Partnership.Status.DRAFT, Partnership.Status.RETURNED):
        raise DomainError("not_a_draft", f"The partnership is {partnership.status}.")
    partnership.amend(**fields)
    if goals is not None:
        partnership.goals.set(goals)
    if targets is not None:
        partnership.targets.set(targets)
    if countries is not None:
        _set_countries(partnership, countries)
    Event.log(partnership, "edited", by=by, reason=", ".join(sorted(fields)))
    return partnership


@transaction.atomic
def invite(
    partnership: Partnership, *, partner: Partner, roles: Iterable[str], by: User
) -> Membership:
    """Ask a verified partner to join; its own managers answer. One that declined is asked again."""
    lead_only(partnership, by)
    if partner.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "Only a verified partner can be invited.")
    partnership.require_open()
    declined = partnership.memberships.filter(partner=partner, status=Membership.Status.DECLINED)
    if membership := declined.first():
        membership.invite_again(list(roles), by=by)
        return membership
    membership = Membership(partnership=partnership, partner=partner, roles=list(roles)).store()
    Event.log(membership, "invited", by=by, became=membership.status)
    return membership


@transaction.atomic
def edit_membership(membership: Membership, *, by: User, interests: str) -> Membership:
    """Declare a member's interests; only its own managers know them."""
    if not (by.is_staff or by.has_role(membership.partner_id, "manager")):
        raise NotAllowed("members_only", "Only the member's own managers may do this.")
    membership.amend(interests=interests)
    Event.log(membership, "edited", by=by, reason="interests")
    return membership


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
    if not (by.is_staff or by.has_role(membership.partner_id, "manager")):
        raise NotAllowed("members_only", "Only the member's own managers promise for it.")
    if membership.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members make commitments.")
    partnership.require_open()
    _inside_partnership(partnership, fields.get("due_on"))
    fields.setdefault("committed_on", timezone.localdate())
    commitment = Commitment(partnership=partnership, membership=membership, **fields).store()
    commitment.targets.set(targets)
    Event.log(commitment, "promised", by=by, became=commitment.status)
    return commitment


@transaction.atomic
def record_delivery(commitment: Commitment, *, by: User, **fields: Any) -> Delivery:
    """Record what arrived; it counts once the receiver has confirmed it."""
    if not (by.is_staff or by.has_role(commitment.membership.partner_id, "manager")):
        raise NotAllowed("members_only", "Only the member's own managers may do this.")
    if fields.get("delivered_on") and fields["delivered_on"] > timezone.localdate():
        raise ValidationError({"delivered_on": "This day has not come yet."})
    if (fields.get("amount") or 0) < 0:
        raise ValidationError({"amount": "An amount of 0 or more."})
    fields.setdefault("currency", commitment.currency)
    if fields["currency"] != commitment.currency:
        raise ValidationError({"currency": f"The commitment is in {commitment.currency_id}."})
    delivery = Delivery(
        partnership=commitment.partnership,
        membership=commitment.membership,
        commitment=commitment,
        **fields,
    ).store()
    Event.log(delivery, "recorded", by=by)
    return delivery


@transaction.atomic
def draft_agreement(
    partnership: Partnership, *, by: User, kind: str, title: str, text: str
) -> Agreement:
    """Write the next edition of a document; earlier ones stay visible."""
    lead_only(partnership, by)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    last = partnership.agreements.filter(kind=kind).order_by("-edition").first()
    return Agreement(
        partnership=partnership,
        kind=kind,
        title=title,
        text=text,
        edition=last.edition + 1 if last else 1,
    ).store()


@transaction.atomic
def edit_agreement(agreement: Agreement, *, by: User, **fields: Any) -> Agreement:
    """Change a draft; what was proposed stands as it was read."""
    lead_only(agreement.partnership, by)
    if agreement.status != Agreement.Status.DRAFT:
        raise DomainError("not_a_draft", f"The agreement is {agreement.status}.")
    return agreement.amend(**fields)


def lead_only(partnership: Partnership, by: User) -> None:
    if not partnership.is_editable_by(by):
        raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")


def _set_countries(partnership: Partnership, countries: Iterable[Country]) -> None:
    partnership.places.all().delete()
    PartnershipCountry.objects.bulk_create(
        PartnershipCountry(partnership=partnership, country=country) for country in countries
    )


def _inside_partnership(partnership: Partnership, due_on: date | None) -> None:
    if due_on is None:
        return
    ends_on = partnership.ends_on or date.max
    if not partnership.starts_on <= due_on <= ends_on:
        raise ValidationError({"due_on": "The due date is outside the partnership's dates."})
