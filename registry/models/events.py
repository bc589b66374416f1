"""What happened, and where imported rows came from."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone

from registry.errors import DomainError, StaleVersion
from registry.models.base import MovingRecord
from registry.models.jobs import Job, JobQuerySet

if TYPE_CHECKING:
    from registry.models.people import User


# Sent after a commit that wrote events, once for all of them; a hint, never the truth.
events_committed = Signal()


def _hint() -> None:
    events_committed.send(Event)


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, record: models.Model) -> Self:
        return self.filter(subject_type=record._meta.label_lower, subject_id=record.pk)

    def lately(self, kind: str, days: int) -> bool:
        """Whether it happened in the last so many days."""
        return self.filter(kind=kind, at__gt=timezone.now() - timedelta(days=days)).exists()


class Event(models.Model):
    """One thing that happened to a record: written in the transaction that caused it."""

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    was = models.CharField(max_length=20, blank=True)
    became = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events"
    )
    at = models.DateTimeField(default=timezone.now)
    facts = models.JSONField(default=dict, blank=True, help_text="what a later reader needs")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"

    @classmethod
    def log(cls, record: models.Model, verb: str, **values: Any) -> "Event":
        """Record that `verb` happened to the record, in the caller's transaction."""
        (event,) = cls.log_all([record], verb, **values)
        return event

    @classmethod
    def log_all(cls, records: Sequence[models.Model], verb: str, **values: Any) -> "list[Event]":
        """Record that the same happened to each of the records, in one statement."""
        events = cls.objects.bulk_create(
            cls(
                kind=f"{record._meta.model_name}.{verb}",
                subject_type=record._meta.label_lower,
                subject_id=record.pk,
                **values,
            )
            for record in records
        )
        connection = transaction.get_connection()
        if events and not any(hint is _hint for _, hint, _ in connection.run_on_commit):
            transaction.on_commit(_hint, robust=True)
        return events

    @classmethod
    @transaction.atomic
    def move(
        cls,
        record: MovingRecord,
        to: str,
        *,
        by: "User | None",
        reason: str = "",
        facts: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Move a record's status by its MOVES table and log it; a race has one winner.

        `values` are written to the record, `facts` kept with the event.
        """
        was = record.status
        if to not in record.MOVES[was]:
            raise DomainError("invalid_transition", f"Cannot go from {was} to {to}.")
        try:
            record.change(where={"status": was}, status=to, **values)
        except StaleVersion:
            record.refresh_from_db(fields=["status", "version"])
            if record.status == was:
                raise
            raise DomainError(
                "invalid_transition", f"Cannot go from {record.status} to {to}."
            ) from None
        cls.log(record, str(to), was=was, became=to, by=by, reason=reason, facts=facts or {})


class ImportBatchQuerySet(JobQuerySet["ImportBatch"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.is_staff else self.none()


class ImportBatch(Job):
    """One imported file: its progress, what came of it, and how to take it back."""

    source = models.CharField(max_length=10, default="iati", choices=[("iati", "IATI 2.03")])
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(default=b"", editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="import_batches"
    )
    is_dry_run = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undoing = models.BooleanField(default=False, editable=False)
    counts = models.JSONField(default=dict, blank=True)

    objects: ClassVar = ImportBatchQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"


class ImportFinding(models.Model):
    """An element of an imported file that was left out, or stored with a doubt, and why."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="findings")
    activity = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(null=True)
    element = models.CharField(max_length=80)
    code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    stored = models.BooleanField(default=False, help_text="stored all the same")

    class Meta:
        ordering = ["batch", "line", "pk"]

    def __str__(self) -> str:
        return f"line {self.line} {self.element}: {self.reason}"


class ImportedRow(models.Model):
    """A row that an import created or changed, with the values it had before."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True, help_text="null: the import created the row")
    version = models.PositiveIntegerField(null=True, help_text="the row's version afterwards")

    class Meta:
        ordering = ["batch", "pk"]
        indexes = [models.Index(fields=["model", "row_id"], name="imported_row_where")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"
