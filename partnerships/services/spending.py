"""Money on its way: what is planned to be paid, and what was spent of the budget."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import BudgetLine, Commitment, Expenditure, PlannedDisbursement
from registry.errors import DomainError
from registry.models import Event, User

MOST_PLANNED = 200


@transaction.atomic
def plan_disbursement(commitment: Commitment, *, by: User, **fields: Any) -> PlannedDisbursement:
    """Say when a part of promised money will be paid; the member that owes it plans."""
    _hold_promise(commitment, by)
    commitment.require_kept()
    if commitment.planned_disbursements.count() >= MOST_PLANNED:
        raise DomainError("too_many", f"A commitment has at most {MOST_PLANNED} of them.")
    fields.setdefault("currency", commitment.currency)
    fields.setdefault("receiver", commitment.receiver)
    if fields["currency"] is None:
        raise ValidationError({"commitment": "This commitment is not of money."})
    planned = PlannedDisbursement(
        partnership=commitment.partnership, commitment=commitment, **fields
    ).store()
    Event.log(planned, "planned", by=by)
    return planned


@transaction.atomic
def edit_planned(planned: PlannedDisbursement, *, by: User, **fields: Any) -> PlannedDisbursement:
    """Plans change: how they read before is in the history."""
    _hold_promise(_promise_of(planned), by)
    planned.amend(**fields)
    Event.log(planned, "edited", by=by, reason=", ".join(sorted(fields)))
    return planned


@transaction.atomic
def remove_planned(planned: PlannedDisbursement, *, by: User) -> None:
    commitment = _promise_of(planned)
    _hold_promise(commitment, by)
    Event.log(commitment, "plan_removed", by=by, reason=str(planned))
    planned.delete()


@transaction.atomic
def report_expenditure(line: BudgetLine, *, by: User, **fields: Any) -> Expenditure:
    """Report what was spent of a line in a span that has ended; spans do not overlap."""
    _hold_line(line, by)
    spent = Expenditure(line=line, **fields)
    with _apart():
        spent.store()
    Event.log(spent, "reported", by=by)
    return spent


@transaction.atomic
def edit_expenditure(spent: Expenditure, *, by: User, **fields: Any) -> Expenditure:
    """Put a report right; how it read before is in the history."""
    _hold_line(spent.line, by)
    with _apart():
        spent.amend(**fields)
    Event.log(spent, "edited", by=by, reason=", ".join(sorted(fields)))
    return spent


@transaction.atomic
def remove_expenditure(spent: Expenditure, *, by: User) -> None:
    _hold_line(spent.line, by)
    Event.log(spent.line, "expenditure_removed", by=by, reason=str(spent))
    spent.delete()


@contextmanager
def _apart() -> Iterator[None]:
    """A span that overlaps another one is told at its field; the database decides."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "expenditure_spans_apart" not in str(error):
            raise
        text = "Another expenditure of this line covers a part of this span."
        raise ValidationError({"starts_on": text}, code="overlapping") from error


def _promise_of(planned: PlannedDisbursement) -> Commitment:
    if planned.commitment is None:
        raise DomainError("published_elsewhere", "This was published elsewhere, not planned here.")
    return planned.commitment


def _hold_promise(commitment: Commitment, by: User) -> None:
    commitment.membership.require_manager(by)
    commitment.partnership.hold()
    commitment.partnership.refresh_from_db(fields=["status"])
    commitment.partnership.require_open()


def _hold_line(line: BudgetLine, by: User) -> None:
    line.require_reporter(by)
    line.partnership.hold()
    line.partnership.refresh_from_db(fields=["status"])
    line.partnership.require_open()
