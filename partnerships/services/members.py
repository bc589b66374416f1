"""Who is asked to join, who joins, and in which roles."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Membership, Partnership
from partnerships.models.member_invitations import refuse_lead
from partnerships.services.declarations import declare_all
from registry.errors import DomainError
from registry.models import Event, Partner, User


@transaction.atomic
def invite(
    partnership: Partnership, *, partner: Partner, roles: Iterable[str], by: User
) -> Membership:
    """Ask a verified partner to join; its own managers answer. One that declined is asked again."""
    require_inviting(partnership, by)
    return ask_to_join(partnership, partner=partner, roles=roles, by=by)


def require_inviting(partnership: Partnership, by: User) -> None:
    """The one door of every invitation, to a partner or to an address.

    What was registered stands as registered: its members change by an amendment.
    """
    partnership.require_editor(by)
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    require_unregistered(partnership)


def require_unregistered(partnership: Partnership) -> None:
    """Who joins a registered one has been named to the secretariat, and to the other members."""
    partnership.require_open()
    if partnership.is_public():
        text = "A registered partnership's members change by an amendment, which its lead starts."
        raise DomainError("needs_amendment", text)


@transaction.atomic
def ask_to_join(
    partnership: Partnership, *, partner: Partner, roles: Iterable[str], by: User
) -> Membership:
    """Invite whom the lead, or an approved amendment, has named; who may was asked before."""
    if partner.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "Only a verified partner can be invited.")
    return place_for(partnership, partner=partner, roles=roles, by=by)


def place_for(
    partnership: Partnership, *, partner: Partner, roles: Iterable[str], by: User
) -> Membership:
    """An open invitation, also of a partner that waits to be verified; new, or asked again."""
    wanted = list(roles)
    refuse_lead(wanted)
    partnership.suggested_members.filter(partner=partner).delete()
    declined = partnership.memberships.filter(partner=partner, status=Membership.Status.DECLINED)
    if membership := declined.first():
        membership.invite_again(wanted, by=by)
        return membership
    membership = Membership(partnership=partnership, partner=partner, roles=wanted).store()
    Event.log(membership, "invited", by=by, became=membership.status)
    return membership


@transaction.atomic
def accept(membership: Membership, *, by: User, **declared: Any) -> None:
    """Join, and declare in the same breath what one wants to declare: see `declare_all`."""
    membership.accept(by=by)
    declare_all(membership, by=by, **declared)


@transaction.atomic
def edit_membership(membership: Membership, *, by: User, roles: Iterable[str]) -> Membership:
    """Change a member's roles while the partnership is a draft; the lead is handed over instead."""
    partnership, wanted = membership.partnership, list(roles)
    partnership.require_editor(by)
    partnership.require_draft()
    if membership.status not in (Membership.Status.INVITED, Membership.Status.ACCEPTED):
        raise DomainError("not_a_member", f"The membership is {membership.status}.")
    lead = Membership.Role.LEAD
    if (lead in wanted) != (lead in membership.roles):
        text = "The role of the lead changes hands by a hand-over only."
        raise ValidationError({"roles": text})
    membership.change_roles(wanted, by=by, facts={})
    return membership
