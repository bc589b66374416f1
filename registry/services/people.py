"""Who acts for a partner: several rows, one transaction."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.errors import DomainError, NotAllowed
from registry.models import (
    Affiliation,
    Event,
    JoinRequest,
    Notice,
    Partner,
    RoleReason,
    Task,
    User,
    hand_over,
    require_reason,
    tasks_at,
)
from registry.services.partners import managers_only

WORKING = (Affiliation.Role.MANAGER, Affiliation.Role.EVALUATOR)


@transaction.atomic
def affiliate(user: User, partner: Partner, role: str, *, by: User) -> Affiliation:
    """Give a user a role at a partner; only an admin, others invite, or accept who asks."""
    by.require_person()
    if not by.is_staff:
        raise NotAllowed("admins_only", "Invite people by e-mail, or let them ask to join.")
    return Affiliation.give(user, partner, role, by=by)


@transaction.atomic
def ask_to_join(partner: Partner, *, by: User, role: str) -> JoinRequest:
    """Ask the partner's managers for a role; it gives no right until one of them accepts."""
    by.require_person()
    partner.require_open()
    if by.has_role(partner.pk, role):
        raise DomainError("already_affiliated", f"You are {role} at this partner already.")
    request = JoinRequest(user=by, partner=partner, role=role).store()
    event = Event.log(request, "asked", by=by, became=request.status)
    Notice.tell(event, User.objects.managers_of(partner.pk))
    return request


@transaction.atomic
def change_role(affiliation: Affiliation, role: str, *, by: User) -> Affiliation:
    """Give another role instead of this one; it holds from the next request on."""
    partner = _hold(affiliation, by=by, managers=True)
    if role not in Affiliation.Role.values:
        raise ValidationError({"role": "No such role."})
    if role == affiliation.role:
        return affiliation
    if affiliation.role == Affiliation.Role.MANAGER:
        _another_manager(affiliation)
    Event.log(partner, "disaffiliated", by=by, was=affiliation.role, facts=_about(affiliation.user))
    affiliation.delete()
    return Affiliation.give(affiliation.user, partner, role, by=by)


@transaction.atomic
def remove_affiliation(
    affiliation: Affiliation, *, by: User, to: User | None = None, reason: str = ""
) -> None:
    """Take a role away, or leave; what the person has open goes `to` another one of the partner.

    The last manager, and who has tasks open, go only by handing over, or with the reason why
    nobody takes over. It holds from the next request on. Of two managers that remove each other,
    or leave, at the same time, the first one's wish counts and the second is judged after it.
    """
    partner = _hold(affiliation, by=by)
    person = affiliation.user
    _check_successor(partner, person, to)
    lacking = [*_last_manager(affiliation, to), *_open_tasks(affiliation, to)]
    if lacking and not reason.strip():
        raise lacking[0]
    if lacking:
        RoleReason.state(partner, person, RoleReason.Kind.LEFT_OPEN, reason, by=by)
    if to:
        _take_over(affiliation, to, by=by)
    facts = {**_about(person), **({"to": str(to.key)} if to else {})}
    event = Event.log(partner, "disaffiliated", by=by, was=affiliation.role, facts=facts)
    affiliation.delete()
    Notice.tell(event, {user for user in (person, to) if user and user.pk != by.pk})


def tasks_of(affiliation: Affiliation, *, by: User) -> list[Task]:
    """What the person has open at the partner: for the person and the partner's managers."""
    if affiliation.user_id != by.pk:
        managers_only(affiliation.partner, by)
    return tasks_at(affiliation.partner, affiliation.user)


def colleagues(partner: Partner) -> Any:
    """The people of a partner with open accounts, by name."""
    held = Affiliation.objects.filter(partner=partner).values("user_id")
    people = User.objects.filter(pk__in=held, is_active=True, is_service=False)
    return people.order_by("name", "email", "pk")


def person_at(email: str) -> User:
    """The open account with this address; for admins, who may know who has one."""
    found = User.objects.filter(email__iexact=email.strip(), is_active=True, is_service=False)
    if user := found.first():
        return user
    raise ValidationError({"email": "No open account of a person has this address."})


def successor(partner: Partner, email: str, *, leaver: User) -> User:
    """The colleague with this address; whoever is no colleague is unknown here."""
    others = colleagues(partner).exclude(pk=leaver.pk)
    found: User | None = others.filter(email__iexact=email.strip()).first()
    if found is None:
        raise ValidationError({"hand_over_to": "Nobody else of this partner has this address."})
    return found


@transaction.atomic
def appoint_manager(partner: Partner, user: User, *, by: User, reason: str) -> Affiliation:
    """An admin's way back in, where nobody can manage the partner; its people are told."""
    by.require_person()
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
    require_reason(reason)
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk).require_open()
    if user.is_service or not user.is_active:
        raise ValidationError({"email": "A manager is a person with an open account."})
    if User.objects.managers_of(partner.pk).exists():
        raise DomainError("has_manager", "The partner has a manager; let that one invite.")
    affiliation = Affiliation.give(user, partner, Affiliation.Role.MANAGER, by=by)
    RoleReason.state(partner, user, RoleReason.Kind.APPOINTED, reason, by=by)
    event = Event.log(partner, "manager_appointed", by=by, facts=_about(user))
    Notice.tell(event, User.objects.filter(affiliations__partner=partner).distinct())
    return affiliation


def _hold(affiliation: Affiliation, *, by: User, managers: bool = False) -> Partner:
    """Lock the partner against other changes of its people; `by` may do this still."""
    by.require_person()
    partner = Partner.objects.select_for_update(no_key=True).get(pk=affiliation.partner_id)
    if managers or affiliation.user_id != by.pk:
        managers_only(partner, by)
    if not Affiliation.objects.filter(pk=affiliation.pk).exists():
        raise DomainError("already_removed", "The role has been taken away already.")
    return partner


def _check_successor(partner: Partner, person: User, to: User | None) -> None:
    if to is None:
        return
    able = to.is_active and not to.is_service and to.pk != person.pk
    if not (able and to.has_role(partner.pk)):
        raise ValidationError({"hand_over_to": "Another person of the same partner."})


def _another_manager(affiliation: Affiliation) -> None:
    if _last_manager(affiliation, None):
        raise _LAST_MANAGER


def _last_manager(affiliation: Affiliation, to: User | None) -> list[DomainError]:
    """Why the role cannot simply go: nobody could manage the partner any more."""
    if to or affiliation.role != Affiliation.Role.MANAGER:
        return []
    managing = Affiliation.objects.managing().filter(partner=affiliation.partner_id)
    is_last = set(managing.values_list("user_id", flat=True)) == {affiliation.user_id}
    return [_LAST_MANAGER] if is_last else []


def is_last_manager(affiliation: Affiliation) -> bool:
    """Whether whoever takes over becomes a manager."""
    return bool(_last_manager(affiliation, None))


_LAST_MANAGER = DomainError(
    "last_manager",
    "The partner's last manager: hand over to somebody else, or give the reason why not.",
)


def _open_tasks(affiliation: Affiliation, to: User | None) -> list[DomainError]:
    """Why the role cannot simply go: nobody would be in charge of what the person has begun."""
    if to or _keeps_working(affiliation):
        return []
    own = [task for task in tasks_at(affiliation.partner, affiliation.user) if task.is_own]
    if not own:
        return []
    text = f"{len(own)} open: hand over to somebody else, or give the reason why not."
    return [DomainError("open_tasks", text)]


def _keeps_working(affiliation: Affiliation) -> bool:
    others = _roles_at(affiliation).exclude(pk=affiliation.pk)
    return others.filter(role__in=WORKING).exists()


def _take_over(affiliation: Affiliation, to: User, *, by: User) -> None:
    """The last manager's successor becomes one; tasks go along unless the person keeps them."""
    partner = affiliation.partner
    others = User.objects.managers_of(partner.pk).exclude(pk=affiliation.user_id)
    if affiliation.role == Affiliation.Role.MANAGER and not others.exists():
        Affiliation.give(to, partner, Affiliation.Role.MANAGER, by=by)
        _tell_of_role(to, partner)
    if not _keeps_working(affiliation):
        hand_over.send(sender=Partner, person=affiliation.user, partner=partner, to=to, by=by)


def _tell_of_role(user: User, partner: Partner) -> None:
    """The last role that was given there, unless one gave it to oneself."""
    given = Event.objects.about(partner).filter(kind="partner.affiliated", reason=str(user.key))
    event = given.order_by("-pk").first()
    if event and event.by_id != user.pk:
        Notice.tell(event, [user])


def _roles_at(affiliation: Affiliation) -> Any:
    return Affiliation.objects.filter(
        user_id=affiliation.user_id, partner_id=affiliation.partner_id
    )


def _about(user: User) -> dict[str, str]:
    """A person is named by the key that is no name."""
    return {"user": str(user.key)}
