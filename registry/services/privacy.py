"""What is held on one person: to hand it out, and to erase it.

A person who is erased stays as a row with nothing but a key (`User.key`): what was sent, approved
or endorsed under it stands, the log can be verified, and nobody can say any more who it was.
"""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.dispatch import Signal

from registry.errors import DomainError, NotAllowed
from registry.models import (
    Contact,
    Event,
    IdempotentAnswer,
    Invitation,
    Notice,
    RoleReason,
    User,
    require_reason,
)
from registry.services.accounts import forget_sign_in
from registry.traces import SHORTEST, Trace, find_traces

# What opens a door, or proves a password: never handed out.
SECRETS = {"password", "digest", "token_hash", "secret", "secrets", "data", "body"}
# What is the person's own and has no meaning without the person.
OWN = (
    "account.emailaddress",
    "admin.logentry",
    "mfa.authenticator",
    "registry.affiliation",
    "registry.digest",
    "registry.idempotentanswer",
    "registry.joinrequest",
    "registry.notice",
    "registry.noticesetting",
    "registry.token",
    "registry.user_groups",
    "registry.user_user_permissions",
)

# What is said of a row that is not the person's own: what it is about, and when.
BARE = {"kind", "subject_type", "subject_id", "at", "created_at"}

# Sent with `user` and `words` (addresses and name) inside the transaction of an erasure: an app
# above deletes or blanks what it holds on the person besides references to the user.
person_erased = Signal()

# Sent with `addresses` when a person's data is handed out: a receiver of an app above answers with
# (name, rows) of what it holds on the addresses themselves.
person_exported = Signal()


def export_person(user: User, *, by: User) -> dict[str, Any]:
    """Everything held on one person, as plain values; for the person and for admins.

    What is the person's own is given whole. Of the rest, which belongs to partners and to the
    registry, only that the person did it: roles end, and what one may read ends with them.
    """
    user.require_person()
    if by.pk != user.pk and not by.is_staff:
        raise NotAllowed("own_data_only", "One's own data only.")
    addresses = _addresses(user)
    return {
        "user": _plain(user),
        "records": {label: rows for label, rows in _related(user) if rows},
        "contacts": [_plain(row) for row in Contact.objects.of_person(addresses)],
        "invitations": [_plain(row) for row in _invitations(addresses)],
        **_held_above(addresses),
    }


@transaction.atomic
def erase_person(user: User, *, by: User, reason: str) -> list[Trace]:
    """Erase a person for good; answers where a text written by hand still holds name or address.

    Roles end at once, also the last manager's of a partner: an admin appoints another one. What
    the person has open is handed over before, or stays with the partner's managers.
    """
    _may_erase(user, by, reason)
    words = [*_addresses(user), user.name]
    _delete_own(user, words)
    person_erased.send(sender=User, user=user, words=words)
    user.erase()
    event = Event.log(user, "erased", by=by)
    left = find_traces(words)
    if left:
        event = Event.log(user, "traces_left", by=by, facts={"traces": [str(t) for t in left]})
        Notice.tell(event, User.objects.filter(is_staff=True, is_active=True))
    return left


def _held_above(addresses: list[str]) -> dict[str, Any]:
    answers: list[Any] = [answer for _, answer in person_exported.send(User, addresses=addresses)]
    return {name: [_plain(row) for row in rows] for name, rows in answers}


def _may_erase(user: User, by: User, reason: str) -> None:
    require_reason(reason)
    if by.pk != user.pk and not by.is_staff:
        raise NotAllowed("admins_only", "Only the person, or a registry admin, may do this.")
    if user.is_service:
        raise DomainError("not_a_person", "A service account is removed by its partner.")
    if user.erased_at:
        raise DomainError("already_erased", "This person has been erased.")
    admins = User.objects.select_for_update().filter(is_staff=True, is_active=True)
    if user.is_staff and list(admins) == [user]:
        raise DomainError("last_admin", "The last admin names another one first.")


def _delete_own(user: User, words: list[str]) -> None:
    addresses = words[:-1]
    for invitation in _invitations(addresses).open():
        invitation.end(Invitation.Status.WITHDRAWN, by=None)
    Contact.objects.of_person(addresses).delete()
    RoleReason.objects.filter(user=user).update(reason="(erased)")
    for relation in _relations():
        if relation.related_model._meta.label_lower in OWN:
            _rows(relation, user).delete()
    named = [word for word in words if len(word.strip()) >= SHORTEST]
    IdempotentAnswer.objects.holding(*named).delete()
    _back_office_entries(user, named).delete()
    forget_sign_in(user)


def _back_office_entries(user: User, named: list[str]) -> Any:
    """What the back office wrote down about the account, under its name."""
    entries = LogEntry.objects.filter(content_type__model="user", object_id=str(user.pk))
    for word in named:
        mentions = models.Q(object_repr__icontains=word) | models.Q(change_message__icontains=word)
        entries |= LogEntry.objects.filter(mentions)
    return entries


def _addresses(user: User) -> list[str]:
    stated = getattr(user, "emailaddress_set", None)
    more = stated.values_list("email", flat=True) if stated is not None else ()
    return sorted({user.email.lower(), *(address.lower() for address in more)})


def _invitations(addresses: list[str]) -> Any:
    return Invitation.objects.to_addresses(addresses)


def _relations() -> list[Any]:
    """Every relation by which a row of any app points to a user."""
    relations = User._meta.get_fields(include_hidden=True)
    return [r for r in relations if r.auto_created and not r.concrete and not r.many_to_many]


def _rows(relation: Any, user: User) -> Any:
    return relation.related_model._base_manager.filter(**{relation.field.name: user})


def _related(user: User) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (f"{r.related_model._meta.label_lower}.{r.field.name}", list(map(_stated, _rows(r, user))))
        for r in _relations()
    ]


def _stated(row: models.Model) -> dict[str, Any]:
    if row._meta.label_lower in OWN:
        return _plain(row)
    fields = [field for field in row._meta.concrete_fields if field.name in BARE]
    return {"id": str(row.pk), **{field.name: field.value_to_string(row) for field in fields}}


def _plain(row: models.Model) -> dict[str, Any]:
    shown = [field for field in row._meta.concrete_fields if field.name not in SECRETS]
    return {field.attname: field.value_to_string(row) for field in shown}
