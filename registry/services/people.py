"""Who acts for a partner: several rows, one transaction."""

from django.db import transaction

from registry.errors import DomainError, NotAllowed
from registry.models import Affiliation, Event, JoinRequest, Partner, User
from registry.services.partners import managers_only


@transaction.atomic
def affiliate(user: User, partner: Partner, role: str, *, by: User) -> Affiliation:
    """Give a user a role at a partner; only an admin, others accept who asks to join."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Ask people to send a join request, and accept it.")
    return Affiliation.give(user, partner, role, by=by)


@transaction.atomic
def ask_to_join(partner: Partner, *, by: User, role: str) -> JoinRequest:
    """Ask the partner's managers for a role; it gives no right until one of them accepts."""
    if by.has_role(partner.pk, role):
        raise DomainError("already_affiliated", f"You are {role} at this partner already.")
    request = JoinRequest(user=by, partner=partner, role=role).store()
    Event.log(request, "asked", by=by, became=request.status)
    return request


@transaction.atomic
def remove_affiliation(affiliation: Affiliation, *, by: User) -> None:
    """Take a role away; it holds from the next request on."""
    if affiliation.user_id != by.pk:
        managers_only(affiliation.partner, by)
    Event.log(affiliation.partner, "disaffiliated", by=by, was=affiliation.role)
    affiliation.delete()
