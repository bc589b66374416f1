"""Which events still have to be told to people and systems."""

from datetime import timedelta
from typing import Any, ClassVar, NamedTuple, Self

from django.db import models
from django.db.models import Min
from django.db.models.functions import Now
from django.utils import timezone

from registry.models.events import Event


class Lag(NamedTuple):
    """How far telling is behind."""

    waiting: int
    oldest_at: Any
    seconds: float


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    def due(self) -> Self:
        return self.filter(due_at__lte=Now())

    def take(self, most: int) -> list["OutboxEntry"]:
        """Due entries, oldest first, held for this transaction; another worker gets others."""
        held = self.due().select_for_update(skip_locked=True, of=("self",))
        return list(held.select_related("event").order_by("event_id")[:most])

    def lag(self) -> Lag:
        found = self.aggregate(oldest=Min("queued_at"), waiting=models.Count("pk"))
        behind = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0.0
        return Lag(found["waiting"], found["oldest"], max(behind, 0.0))


class OutboxEntry(models.Model):
    """An event that has not been told yet. A database trigger writes it with the event, in the
    same transaction: no order of commits can hide one, and nobody who writes events need know."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="outbox")
    queued_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(db_default=0)

    objects: ClassVar = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_at"], name="outbox_due")]
        verbose_name_plural = "outbox entries"

    def __str__(self) -> str:
        return f"{self.event_id}"

    def put_off(self) -> None:
        """Try again later, at most an hour later: one bad event holds up none of the others."""
        wait = timedelta(seconds=min(10 * 2**self.attempts, 3600))
        self.attempts = min(self.attempts + 1, 20)
        rows = type(self).objects.filter(pk=self.pk)
        rows.update(attempts=self.attempts, due_at=Now() + wait)
