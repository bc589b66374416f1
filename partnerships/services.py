"""What partners do together: several rows, one transaction."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    Agreement,
    Assignment,
    Commitment,
    Delivery,
    Membership,
    Partnership,
    PartnershipCountry,
)
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Affiliation,
    Country,
    Currency,
    Event,
    Goal,
    Notice,
    Partner,
    Target,
    User,
)
from registry.services.partners import managers_only


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
    leads = Membership(
        partnership=partnership,
        partner=lead,
        roles=[Membership.Role.LEAD],
        status=Membership.Status.ACCEPTED,
        accepted_on=timezone.localdate(),
    )
    leads.require_due_diligence()
    leads.store()
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
    kept_kind = partnership.kind
    partnership.amend(**fields)
    if partnership.kind != kept_kind:
        for member in partnership.memberships.accepted().select_related("partner"):
            member.require_due_diligence(partnership.kind)
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


def draft_agreement(
    partnership: Partnership, *, by: User, kind: str, title: str, text: str
) -> Agreement:
    """Write the next edition of a document; that of an M&E framework comes from the framework."""
    if kind == Agreement.Kind.FRAMEWORK:
        text = "The document of an M&E framework is made by proposing the framework."
        raise ValidationError({"kind": text})
    return write_edition(partnership, by=by, kind=kind, title=title, text=text)


@transaction.atomic
def write_edition(
    partnership: Partnership, *, by: User, kind: str, title: str, text: str
) -> Agreement:
    """Write the next edition of a document of any kind; earlier ones stay visible."""
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


@transaction.atomic
def assign(affiliation: Affiliation, partnership: Partnership, *, by: User) -> Assignment:
    """Limit an evaluator to a partnership, or let the limit reach one more."""
    _hold_role(affiliation, by)
    row = Assignment(affiliation=affiliation, partnership=partnership)
    row.clean()
    row.save(force_insert=True)
    _log_assignment(affiliation, "assigned", partnership.pk, by)
    return row


@transaction.atomic
def unassign(assignment: Assignment, *, by: User) -> None:
    """Take one partnership away; never the last one, which would let the role hold everywhere."""
    affiliation = assignment.affiliation
    _hold_role(affiliation, by)
    if not affiliation.assignments.exclude(pk=assignment.pk).exists():
        text = "Without it, the evaluator works in all partnerships: lift the limit, if so meant."
        raise DomainError("last_assignment", text)
    assignment.delete()
    _log_assignment(affiliation, "unassigned", assignment.partnership_id, by)


@transaction.atomic
def assign_to(affiliation: Affiliation, partnerships: Iterable[Partnership], *, by: User) -> None:
    """Limit an evaluator to exactly these partnerships; to none: all of the partner's."""
    _hold_role(affiliation, by)
    wanted = {partnership.pk: partnership for partnership in partnerships}
    held = set(affiliation.assignments.values_list("partnership_id", flat=True))
    for pk in wanted.keys() - held:
        row = Assignment(affiliation=affiliation, partnership=wanted[pk])
        row.clean()
        row.save(force_insert=True)
        _log_assignment(affiliation, "assigned", pk, by)
    for pk in held - wanted.keys():
        affiliation.assignments.filter(partnership=pk).delete()
        _log_assignment(affiliation, "unassigned", pk, by)


def _hold_role(affiliation: Affiliation, by: User) -> None:
    """Lock the role against other assignments of it, for the partner's managers."""
    by.require_person()
    managers_only(affiliation.partner, by)
    if not Affiliation.objects.select_for_update().filter(pk=affiliation.pk).exists():
        raise DomainError("already_removed", "The role has been taken away already.")


def _log_assignment(affiliation: Affiliation, verb: str, partnership: int, by: User) -> None:
    facts = {"user": str(affiliation.user.key), "partnership": partnership}
    event = Event.log(affiliation.partner, verb, by=by, facts=facts)
    Notice.tell(event, [affiliation.user])


def lead_only(partnership: Partnership, by: User) -> None:
    if not partnership.is_editable_by(by):
        raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")


def _set_countries(partnership: Partnership, countries: Iterable[Country]) -> None:
    partnership.places.all().delete()
    PartnershipCountry.objects.bulk_create(
        PartnershipCountry(partnership=partnership, country=country) for country in countries
    )
