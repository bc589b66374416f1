"""The parts of a promise, each with its day."""

from datetime import date
from typing import Any

from django.db import transaction

from partnerships.models import Commitment, Deliverable
from registry.errors import DomainError
from registry.models import Event, User


@transaction.atomic
def add_deliverable(commitment: Commitment, *, by: User, title: str, due_on: date) -> Deliverable:
    """Say what a commitment will bring, and when; a member adds to its own promise only."""
    commitment.membership.require_manager(by)
    commitment.partnership.hold()
    commitment.partnership.refresh_from_db(fields=["status"])
    commitment.partnership.require_open()
    commitment.require_kept()
    deliverable = Deliverable(commitment=commitment, title=title, due_on=due_on)
    deliverable.check_values()
    deliverable.check_due(due_on)
    deliverable.store()
    Event.log(deliverable, "added", by=by)
    return deliverable


@transaction.atomic
def edit_deliverable(deliverable: Deliverable, *, by: User, **fields: Any) -> Deliverable:
    """Change it before registration; afterwards it can only be postponed."""
    _hold_draft(deliverable, by)
    if "due_on" in fields:
        deliverable.check_due(fields["due_on"])
    deliverable.amend(**fields)
    Event.log(deliverable, "edited", by=by, reason=", ".join(sorted(fields)))
    return deliverable


@transaction.atomic
def remove_deliverable(deliverable: Deliverable, *, by: User) -> None:
    """Take it out of a draft."""
    _hold_draft(deliverable, by)
    if deliverable.deliveries.exists():
        raise DomainError("delivered", "Something was delivered of it already.")
    Event.log(deliverable.commitment, "deliverable_removed", by=by, reason=deliverable.title)
    deliverable.delete()


def _hold_draft(deliverable: Deliverable, by: User) -> None:
    deliverable.commitment.membership.require_manager(by)
    partnership = deliverable.commitment.partnership
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    partnership.require_draft()
