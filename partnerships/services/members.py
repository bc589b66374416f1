"""Who is asked to join, and what members declare."""

from collections.abc import Iterable

from django.db import transaction

from partnerships.models import (
    Membership,
    Partnership,
)
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Event,
    Partner,
    User,
)


@transaction.atomic
def invite(
    partnership: Partnership, *, partner: Partner, roles: Iterable[str], by: User
) -> Membership:
    """Ask a verified partner to join; its own managers answer. One that declined is asked again.

    What was registered stands as registered: its members change by an amendment.
    """
    partnership.require_editor(by)
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    partnership.require_open()
    if partnership.is_public():
        text = "A registered partnership's members change by an amendment: start one."
        raise DomainError("needs_amendment", text)
    return ask_to_join(partnership, partner=partner, roles=roles, by=by)


@transaction.atomic
def ask_to_join(
    partnership: Partnership, *, partner: Partner, roles: Iterable[str], by: User
) -> Membership:
    """Invite whom the lead, or an approved amendment, has named; who may was asked before."""
    if partner.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "Only a verified partner can be invited.")
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
