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
    """Ask a verified partner to join; its own managers answer. One that declined is asked again."""
    partnership.require_editor(by)
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
