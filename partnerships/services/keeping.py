"""What all that is recorded day by day begins with."""

from django.db import IntegrityError, transaction

from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import Record, User


def hold_open(partnership: Partnership, by: User) -> None:
    """For the editor of a partnership that is not closed; locked, before what is dated is made."""
    partnership.require_editor(by)
    partnership.require_open()
    partnership.hold()


def store_once(record: Record, code: str, text: str) -> None:
    """Store what may stand once only; a race has one winner, and the others are told why."""
    try:
        with transaction.atomic():
            record.store()
    except IntegrityError:
        raise DomainError(code, text) from None
