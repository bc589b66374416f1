"""Changing one section of a draft as it was read: of two who save it, the second is told."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction

from partnerships.models import Partnership
from partnerships.services.objectives import hold_draft
from partnerships.services.partnerships import edit_partnership
from registry.errors import StaleVersion
from registry.models import User

ABOUT = ("title", "summary", "kind", "level", "starts_on", "ends_on", "website", "track")


class StaleSection(StaleVersion):
    """Somebody else saved the section since it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.detail = (
            "Somebody else saved this section meanwhile. What is stored now stands below beside"
            " what you typed. Nothing of yours is lost: change it if need be, and save again."
        )


def stamp_of(values: Mapping[str, Any]) -> str:
    """A sign of what is stored: another one as soon as any of it is another."""
    return sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


def about_of(partnership: Partnership) -> dict[str, Any]:
    return {name: getattr(partnership, name) for name in ABOUT}


def targets_of(partnership: Partnership) -> dict[str, Any]:
    return {
        "primary_goal": partnership.primary_goal_id,
        "goals": sorted(partnership.goals.values_list("number", flat=True)),
        "targets": sorted(partnership.targets.values_list("code", flat=True)),
    }


@transaction.atomic
def edit_about(partnership: Partnership, *, by: User, stamp: str, **fields: Any) -> None:
    """Store what differs; nothing where nothing does."""
    stored = _hold(partnership, by=by)
    values = about_of(stored)
    require_read(values, stamp)
    changed = {name: value for name, value in fields.items() if value != values[name]}
    if changed:
        edit_partnership(stored, by=by, **changed)


@transaction.atomic
def edit_targets(partnership: Partnership, *, by: User, stamp: str, **fields: Any) -> None:
    stored = _hold(partnership, by=by)
    require_read(targets_of(stored), stamp)
    edit_partnership(stored, by=by, **fields)


def _hold(partnership: Partnership, *, by: User) -> Partnership:
    """The draft as it is stored, locked: it changes under nobody's hands."""
    hold_draft(partnership, by=by)
    return Partnership.objects.get(pk=partnership.pk)


def require_read(values: Mapping[str, Any], stamp: str) -> None:
    if stamp_of(values) != stamp:
        raise StaleSection
