"""What an event is about: whether somebody may see it, what it is called, where it is."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, reverse

from registry.models import Event, User

Subject = tuple[str, int]


def is_confidential(model: type[models.Model]) -> bool:
    """Whether being an admin is not enough to learn that a row of it is there: `visible_to`
    decides, in what is kept about rows of all kinds (history, events, merges) as well."""
    return bool(getattr(model, "confidential", False))


def confidential_labels() -> list[str]:
    return [model._meta.label_lower for model in apps.get_models() if is_confidential(model)]


def visible_subject(event: Event, user: Any) -> models.Model | None:
    """The record, if the user may see it now; what has no rule of its own, nobody sees."""
    return visible_subjects([event], user).get((event.subject_type, event.subject_id))


def visible_subjects(events: Iterable[Event], user: Any) -> dict[Subject, models.Model]:
    """The same for many events: one query for each type of record."""
    wanted = defaultdict(set)
    for event in events:
        wanted[event.subject_type].add(event.subject_id)
    found: dict[Subject, models.Model] = {}
    for label, keys in wanted.items():
        rows = _visible_rows(label, user)
        if rows is not None:
            # What a record is called may stand in those it belongs to.
            found |= {(label, row.pk): row for row in rows.filter(pk__in=keys).select_related()}
    return found


def _visible_rows(label: str, user: Any) -> Any:
    """Rows of a model that the user sees. One's own account is seen by its user."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    if model is User:
        return User.objects.filter(pk=user.pk)
    rows: Any = model._default_manager.all()
    return rows.visible_to(user) if hasattr(rows, "visible_to") else None


def api_url(event: Event) -> str | None:
    """The record's address in the API, where it has one."""
    try:
        model = apps.get_model(event.subject_type)
        plural = str(model._meta.verbose_name_plural).replace(" ", "-")
        path = reverse(f"api-{plural}-detail", args=[event.subject_id])
    except (LookupError, ValueError, NoReverseMatch):
        return None
    return f"{settings.SITE_URL}{path}"


# The page of one invitation opens by a secret: its partner's people page shows it.
_PAGES_OF_PARTNER = {"invitation": "people"}


def page_url(subject: models.Model) -> str:
    """The record's page, or that of the record it belongs to; empty where there is none."""
    if page := _PAGES_OF_PARTNER.get(str(subject._meta.model_name)):
        return reverse(page, args=[subject.partner_id])  # type: ignore[attr-defined]
    for name, pk in (
        (subject._meta.model_name, subject.pk),
        ("partnership", getattr(subject, "partnership_id", None)),
        ("partner", getattr(subject, "partner_id", None)),
    ):
        try:
            return reverse(str(name), args=[pk]) if pk else ""
        except NoReverseMatch:
            continue
    return ""
