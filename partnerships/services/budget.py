"""The budget: written freely while it is a draft, by an approved amendment afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from partnerships.models import BudgetLine, Partnership
from registry.errors import DomainError
from registry.models import Event, User

MOST_LINES = 200
FIELDS = ("membership", "title", "amount", "currency", "starts_on", "ends_on")


@transaction.atomic
def edit_budget(
    partnership: Partnership, lines: Iterable[Mapping[str, Any]], *, by: User
) -> list[BudgetLine]:
    """Write the whole budget of a draft."""
    _hold_draft(partnership, by)
    written = write_budget(partnership, lines)
    Event.log(partnership, "budget_edited", by=by)
    return written


@transaction.atomic
def write_budget(partnership: Partnership, lines: Iterable[Mapping[str, Any]]) -> list[BudgetLine]:
    """Make the budget consist of these lines; who may and when, the caller has decided.

    A line with an `id` keeps its row, and with it what was spent of it; one that is not named
    any more goes, unless something was spent of it. A wrong value is told by its line's number.
    """
    partnership.hold()
    stored = {line.pk: line for line in partnership.budget_lines.all()}
    wanted = list(lines)
    if len(wanted) > MOST_LINES:
        raise ValidationError({"lines": f"At most {MOST_LINES} lines."}, code="too_many")
    kept = {line.get("id") for line in wanted}
    if unknown := kept - stored.keys() - {None}:
        numbers = ", ".join(sorted(map(str, unknown)))
        raise ValidationError({"lines": f"Not lines of this budget: {numbers}."})
    for pk in stored.keys() - kept:
        _remove(stored[pk])
    return [
        _write(partnership, stored.get(line.get("id") or 0), line, number)
        for number, line in enumerate(wanted, start=1)
    ]


@transaction.atomic
def add_budget_line(partnership: Partnership, *, by: User, **fields: Any) -> BudgetLine:
    _hold_draft(partnership, by)
    if partnership.budget_lines.count() >= MOST_LINES:
        raise DomainError("too_many_lines", f"A budget has at most {MOST_LINES} lines.")
    line = BudgetLine(partnership=partnership, **fields).store()
    Event.log(line, "added", by=by)
    return line


@transaction.atomic
def edit_budget_line(line: BudgetLine, *, by: User, **fields: Any) -> BudgetLine:
    _hold_draft(line.partnership, by)
    line.amend(**fields)
    Event.log(line, "edited", by=by, reason=", ".join(sorted(fields)))
    return line


@transaction.atomic
def remove_budget_line(line: BudgetLine, *, by: User) -> None:
    _hold_draft(line.partnership, by)
    Event.log(line.partnership, "budget_line_removed", by=by, reason=line.title)
    _remove(line)


def _write(
    partnership: Partnership, line: BudgetLine | None, stated: Mapping[str, Any], number: int
) -> BudgetLine:
    values = {name: stated[name] for name in FIELDS if name in stated}
    try:
        if line is None:
            return BudgetLine(partnership=partnership, **values).store()
        changed = {name: value for name, value in values.items() if getattr(line, name) != value}
        return line.amend(**changed) if changed else line
    except ValidationError as error:
        raise ValidationError({"lines": f"Line {number}: {_told(error)}"}) from error


def _told(error: ValidationError) -> str:
    """All of it in one line: the lines of a budget are fields of no form."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())


def _remove(line: BudgetLine) -> None:
    try:
        line.delete()
    except ProtectedError:
        text = f"Something was spent of {line.title}: the line stays."
        raise DomainError("line_in_use", text) from None


def _hold_draft(partnership: Partnership, by: User) -> None:
    partnership.require_editor(by)
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    partnership.require_draft()
