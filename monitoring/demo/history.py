"""Events of the past, collected while rows are built and stored at the end."""

from datetime import datetime
from typing import Any

from django.db import models

from registry.models import Event, User


class History:
    """What happened to whom and when; written together, in the order of the moments."""

    def __init__(self) -> None:
        self._told: list[tuple[models.Model, Event]] = []

    def tell(
        self,
        record: models.Model,
        verb: str,
        at: datetime,
        *,
        by: User | None = None,
        was: str = "",
        became: str = "",
        reason: str = "",
        facts: dict[str, Any] | None = None,
    ) -> None:
        """Note it now; the record may get its key later."""
        event = Event(
            kind=f"{record._meta.model_name}.{verb}",
            subject_type=record._meta.label_lower,
            was=was,
            became=became,
            reason=reason,
            by=by,
            at=at,
            facts=facts or {},
        )
        self._told.append((record, event))

    def moved(
        self,
        record: models.Model,
        was: str,
        became: str,
        at: datetime,
        *,
        by: User | None = None,
        reason: str = "",
        facts: dict[str, Any] | None = None,
    ) -> None:
        """A change of status, named as `Event.move` names it."""
        self.tell(record, became, at, by=by, was=was, became=became, reason=reason, facts=facts)

    def store(self) -> None:
        """Write what was told since the last time."""
        for record, event in self._told:
            event.subject_id = record.pk
        events = sorted((event for _, event in self._told), key=lambda event: event.at)
        Event.objects.bulk_create(events, batch_size=2000)
        self._told.clear()
