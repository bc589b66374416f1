"""What a partnership sets out to reach: written while it is a draft, later by amendments."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Objective, Partnership
from registry.errors import DomainError
from registry.models import Event, User
from registry.models.base import in_words

MOST = 50  # objectives of one partnership: more are no objectives any more


@transaction.atomic
def add_objective(partnership: Partnership, *, by: User, **fields: Any) -> Objective:
    hold_draft(partnership, by=by)
    if partnership.objectives.count() >= MOST:
        raise DomainError("too_many_objectives", f"A partnership has at most {MOST} objectives.")
    _require_in_time(partnership, fields.get("reach_by"))
    objective = Objective(partnership=partnership, **fields).store()
    Event.log(partnership, "objective_added", by=by, facts={"objective": objective.pk})
    return objective


@transaction.atomic
def edit_objective(objective: Objective, *, by: User, **fields: Any) -> Objective:
    hold_draft(objective.partnership, by=by)
    _require_in_time(objective.partnership, fields.get("reach_by"))
    objective.amend(**fields)
    facts = {"objective": objective.pk, "fields": sorted(fields)}
    Event.log(objective.partnership, "objective_edited", by=by, facts=facts)
    return objective


@transaction.atomic
def remove_objective(objective: Objective, *, by: User) -> None:
    hold_draft(objective.partnership, by=by)
    facts = {"objective": objective.pk}
    Event.log(objective.partnership, "objective_removed", by=by, facts=facts)
    objective.delete()


def hold_draft(partnership: Partnership, *, by: User) -> None:
    """Lock a draft that `by` edits, so that it is not submitted while it is being changed."""
    partnership.require_editor(by)
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    partnership.require_draft()


def _require_in_time(partnership: Partnership, reach_by: date | None) -> None:
    if reach_by is None:
        return
    starts_on, ends_on = partnership.starts_on, partnership.ends_on
    if reach_by < starts_on or (ends_on and reach_by > ends_on):
        until = f"to its end, {in_words(ends_on)}" if ends_on else "on"
        text = f"A day from the partnership's start, {in_words(starts_on)}, {until}."
        raise ValidationError({"reach_by": text})
