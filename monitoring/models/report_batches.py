"""Many reports asked for at once: one run per subject, and how far they have come."""

from datetime import timedelta
from typing import Any, NamedTuple, Self

from django.db import connection, models, transaction
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from monitoring.models.report_scope import Sql, in_scope
from monitoring.models.report_subjects import (
    OF_KIND,
    SUBJECTS,
    Days,
    ReportKind,
    days_in_words,
    require_fit,
)
from registry.models import Event, Job, User

RECENT = timedelta(seconds=60)  # over which the rate is taken

# One statement for any number of subjects; runs that stand already join the batch.
INSERT = """
INSERT INTO monitoring_reportrun (kind, {columns}, starts_on, ends_on, reference_on, revision,
  cutoff_at, asked_at, queued_at, status, fence, attempts, error, progress_done, batch_id,
  requested_by_id)
SELECT %s, {selected}, s.first_day, s.last_day, s.last_day, %s,
  now(), now(), now(), 'queued', 0, 0, '', 0, %s, %s
FROM ({scope}) s ({own}first_day, last_day)
WHERE %s = 1 OR EXISTS (SELECT 1 FROM monitoring_reportrun r WHERE r.kind = %s
  AND r.revision = %s AND r.starts_on = s.first_day AND r.ends_on = s.last_day AND {same})
ON CONFLICT ON CONSTRAINT report_run_once DO {otherwise}
"""
JOIN = "UPDATE SET batch_id = excluded.batch_id WHERE monitoring_reportrun.batch_id IS NULL"


class Progress(NamedTuple):
    """How far a batch has come: numbers of runs; `rate` in runs per second over the last minute,
    `seconds_left` at that rate (None while nobody knows)."""

    total: int
    ready: int
    failed: int
    running: int
    rate: float
    seconds_left: float | None

    @property
    def done(self) -> int:
        return self.ready + self.failed

    @property
    def is_over(self) -> bool:
        return self.done == self.total

    @property
    def share(self) -> int:
        """In per cent, rounded down: 100 means that nothing is left."""
        return 100 * self.done // self.total if self.total else 100


class ReportBatchQuerySet(models.QuerySet["ReportBatch"]):
    @transaction.atomic
    def ask(
        self, kind: str, days: Days, *, by: User | None = None, revision: int = 1
    ) -> "ReportBatch":
        """The batch of a kind for these days: one, whoever asks and however often.

        Asked for again, it takes in the subjects that came since. With a later revision it takes
        those that have the one before.
        """
        require_fit(kind, days)
        starts_on, ends_on = days
        batch, made = self.get_or_create(
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            revision=revision,
            defaults={"asked_by": by},
        )
        self.select_for_update(no_key=True).get(pk=batch.pk)  # one fans out at a time
        if insert_runs(kind, in_scope(kind, days), by=by, revision=revision, batch=batch) or made:
            batch.total = batch.runs.count()
            batch.save(update_fields=["total"])
            Event.log(batch, "asked", by=by, facts={"runs": batch.total})
        return batch

    def with_progress(self) -> Self:
        """With the figures that `progress` reads, counted from the runs in one query."""
        lately = Q(runs__finished_at__gte=timezone.now() - RECENT)
        statuses = {f"runs_{s}": Count("runs", Q(runs__status=s)) for s in Job.Status.values}
        return self.annotate(
            **statuses,
            runs_lately=Count("runs", lately),
            began_at=Min("runs__started_at"),
            last_finished_at=Max("runs__finished_at"),
        )


def insert_runs(
    kind: str, scope: Sql, *, by: User | None, revision: int = 1, batch: "ReportBatch | None" = None
) -> int:
    """Make the runs that are missing for the subjects in scope; gives how many were made or
    joined the batch. Their hints are given in portions: ReportRun.objects.next_to_hint."""
    own = [f"{name}_id" for name in OF_KIND[kind]]
    columns = [f"{name}_id" for name in SUBJECTS]
    inner, parameters = scope
    sql = INSERT.format(
        columns=", ".join(columns),
        selected=", ".join(f"s.{name}" if name in own else "NULL" for name in columns),
        scope=inner,
        own="".join(f"{name}, " for name in own),
        same=" AND ".join(f"r.{name} = s.{name}" for name in own) or "true",
        otherwise=JOIN if batch else "NOTHING",
    )
    said: list[Any] = [kind, revision, batch and batch.pk, by and by.pk]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*said, *parameters, revision, kind, revision - 1])
        return int(cursor.rowcount)


class ReportBatch(models.Model):
    """Reports of one kind asked for at once for some days: a run for each subject."""

    kind = models.CharField(max_length=11, choices=ReportKind)
    starts_on = models.DateField()
    ends_on = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="report_batches"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)

    objects = ReportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "report batches"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "starts_on", "ends_on", "revision"], name="report_batch_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="report_batch_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        days = days_in_words(self.starts_on, self.ends_on)
        return f"{self.get_kind_display()}, {days}, revision {self.revision}"

    @property
    def progress(self) -> Progress:
        """From the rows, as of now; for many batches read them by `with_progress`."""
        counted: Any = self
        if not hasattr(self, "runs_ready"):
            counted = ReportBatch.objects.with_progress().get(pk=self.pk)
        done = counted.runs_ready + counted.runs_failed
        left = counted.runs_queued + counted.runs_running
        seconds = RECENT.total_seconds()
        if counted.began_at:
            seconds = min(seconds, (timezone.now() - counted.began_at).total_seconds())
        rate = counted.runs_lately / max(seconds, 1.0)
        return Progress(
            total=done + left,
            ready=counted.runs_ready,
            failed=counted.runs_failed,
            running=counted.runs_running,
            rate=rate,
            seconds_left=0.0 if not left else left / rate if rate else None,
        )
