"""What changed on a record, by whom: read from the audit log, for those who may see it.

Admins read all of it, of what is confidential only the rows that they see. A partner's managers
read what concerns their partner, and insiders what concerns their partnership, as far as they see
the record itself (`visible_to`), and only the columns that the API shows of it. A model says by
`history_of` whose it is: the path to the partner or the partnership, empty for these two
themselves.
"""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from registry.models import Affiliation, AuditEntry, User
from registry.subjects import is_confidential

APPS = ("registry", "partnerships", "monitoring")
SECRET = ("registry.auditentry", "registry.auditseal", "registry.idempotentanswer")

# Filled in by the API: the fields that it shows of a model.
_fields_shown: dict[type[models.Model], Callable[[], Collection[str]]] = {}


def shows(model: type[models.Model], fields: Callable[[], Collection[str]]) -> None:
    """Say which fields the API shows of a model; asked for when they are first needed."""
    _fields_shown.setdefault(model, fields)


def subjects() -> list[tuple[str, str]]:
    """Every kind of record that has a history: its label, and its name for people."""
    found = (model for app in APPS for model in apps.get_app_config(app).get_models(True))
    labels = ((model._meta.label_lower, str(model._meta.verbose_name)) for model in found)
    return sorted(pair for pair in labels if pair[0] not in SECRET)


class Subject(NamedTuple):
    """A record whose history somebody may read; `columns` are those they see, None is all."""

    model: type[models.Model]
    pk: str
    columns: frozenset[str] | None

    def entries(self) -> models.QuerySet[AuditEntry]:
        found = AuditEntry.objects.about(self.model, self.pk).order_by("-id")
        if self.columns is None:
            return found
        names = sorted(self.columns)
        seen = Q(operation__in=["insert", "delete"]) | Q(withheld__overlap=names)
        return found.filter(seen | Q(after__has_any_keys=names) | Q(before__has_any_keys=names))


def find(label: str, pk: str, user: Any) -> Subject | None:
    """The record, if it is one whose history the user may read; admins read of deleted ones too."""
    if user.is_anonymous or label not in dict(subjects()):
        return None
    model = apps.get_model(label)
    if user.is_staff and not is_confidential(model):
        return Subject(model, pk, None)
    try:
        found = readable(model, user).filter(pk=pk).exists()
    except (ValueError, ValidationError):
        return None
    if not found:
        return None
    return Subject(model, pk, None if user.is_staff else _columns(model))


def is_open_to(user: Any, record: models.Model) -> bool:
    return find(record._meta.label_lower, str(record.pk), user) is not None


def readable(model: type[models.Model], user: Any) -> models.QuerySet[Any]:
    """The rows whose history the user may read: no admin, or of what is confidential."""
    rows: Any = model._default_manager.all()
    if user.is_staff and is_confidential(model):
        return rows.visible_to(user)
    path = getattr(model, "history_of", None)
    if path is None or user.is_anonymous:
        return rows.none()
    whose = model
    for name in filter(None, path.split("__")):
        whose = whose._meta.get_field(name).related_model  # type: ignore[assignment]
    insiders = whose._default_manager.history_open_to(user)  # type: ignore[attr-defined]
    return rows.visible_to(user).filter(**{f"{path or 'pk'}__in": insiders.values("pk")})


def _columns(model: type[models.Model]) -> frozenset[str]:
    shown = _fields_shown[model]() if model in _fields_shown else ()
    fields = model._meta.concrete_fields
    return frozenset(str(f.column) for f in fields if f.name in shown or f.attname in shown)


@dataclass(frozen=True)
class Change:
    """An entry as one reader may see it."""

    id: int
    at: datetime
    by: str
    actor: str | None
    request: str | None
    operation: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    withheld: list[str]


def changes(entries: Iterable[AuditEntry], subject: Subject, user: Any) -> list[Change]:
    """The entries as the user may see them, with names that are looked up now: two queries."""
    entries = list(entries)
    names = actor_names({entry.actor for entry in entries if entry.actor}, user)
    return [
        Change(
            id=entry.pk,
            at=entry.at,
            by=names[entry.actor] if entry.actor else "not recorded",
            actor=entry.actor if user.is_staff else None,
            request=entry.request if user.is_staff else None,
            operation=entry.operation,
            before=_kept(entry.before, subject),
            after=_kept(entry.after, subject),
            withheld=[name for name in entry.withheld if _is_seen(str(name), subject)],
        )
        for entry in entries
    ]


def _is_seen(column: str, subject: Subject) -> bool:
    return subject.columns is None or column in subject.columns


def _kept(values: dict[str, Any] | None, subject: Subject) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: value for name, value in values.items() if _is_seen(name, subject)}


def actor_names(actors: Collection[str], viewer: User) -> dict[str, str]:
    """How the viewer may know them: by name, else only as what they are.

    Names come from the users as they are today: once a person is erased there is none.
    """
    names = {actor: f"the registry ({actor})" for actor in actors}  # a task or a command
    keys = {actor for actor in actors if _is_key(actor)}
    found = {str(user.key): user for user in User.objects.filter(key__in=keys)}
    known = _known_to(viewer, [user.pk for user in found.values()])
    for key in keys:
        user = found.get(key)
        names[key] = _called(user, user.pk in known) if user else "a former user"
    return names


def _called(user: User, by_name: bool) -> str:
    if by_name and user.name:
        return user.name
    if user.is_staff:
        return "a registry admin"
    return "a service account" if user.is_service else "a user"


def _known_to(viewer: User, users: list[int]) -> set[int]:
    if viewer.is_staff:
        return set(users)
    seen = Affiliation.objects.visible_to(viewer).filter(user__in=users)
    return {viewer.pk, *seen.values_list("user_id", flat=True)}


def _is_key(actor: str) -> bool:
    try:
        uuid.UUID(actor)
    except ValueError:
        return False
    return True
