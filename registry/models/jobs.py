"""Work that a Celery worker does: the row is the truth, the message only a hint.

A worker that takes a job gets a lease (20 s, prolonged by a heartbeat) and a fencing token.
A worker that lost its lease cannot write any more; a sweeper finds queued and orphaned jobs.
All moments are the database's own, so that clocks of workers need not agree.
"""

from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from registry.errors import DomainError

LEASE = "20 seconds"
MAX_ATTEMPTS = 5

AnyJob = TypeVar("AnyJob", bound="Job")


class LostLease(DomainError):
    """Another worker has taken the job over; this one must not write."""

    def __init__(self, job: "Job") -> None:
        super().__init__("lost_lease", f"{job} was taken over by another worker.")


class _LeaseEnd(models.Func):
    template = f"(statement_timestamp() + interval '{LEASE}')"
    output_field = models.DateTimeField()


class _Moment(models.Func):
    """The statement's moment, not the transaction's."""

    template = "statement_timestamp()"
    output_field = models.DateTimeField()


class JobQuerySet(models.QuerySet[AnyJob]):
    def orphaned(self) -> Self:
        """Running jobs whose worker has stopped prolonging its lease."""
        return self.filter(status=Job.Status.RUNNING, lease_until__lt=_Moment())

    def claimable(self) -> Self:
        return self.filter(status=Job.Status.QUEUED) | self.orphaned()

    def waiting(self, seconds: int) -> Self:
        """Jobs a worker should take now: fresh orphans, and those whose hint seems lost."""
        late = Q(queued_at__lt=Now() - timedelta(seconds=seconds))
        fresh = Q(queued_at__lt=F("lease_until"))
        return self.filter(late, status=Job.Status.QUEUED) | self.orphaned().filter(late | fresh)

    def hint_again(self, seconds: int, most: int = 500) -> list[int]:
        """Keys of waiting jobs, oldest first; each is named once in that time, to one caller."""
        with transaction.atomic():
            free = self.waiting(seconds).select_for_update(skip_locked=True)
            keys = list(free.order_by("queued_at", "pk").values_list("pk", flat=True)[:most])
            self.filter(pk__in=keys).update(queued_at=_Moment())
        return keys

    def give_up(self) -> int:
        """Fail the orphans that were tried often enough: a poison job never loops."""
        return (
            self.orphaned()
            .filter(attempts__gte=MAX_ATTEMPTS)
            .update(
                status=Job.Status.FAILED,
                error="The worker died each time this was tried.",
                finished_at=_Moment(),
            )
        )


class Job(models.Model):
    """A unit of work with its lease, its progress and its outcome."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"

    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0, help_text="rises each time a worker takes it")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def claim(self) -> bool:
        """Take the job: True for exactly one worker, which then holds lease and fence."""
        taken = type(self).objects.claimable().filter(pk=self.pk, attempts__lt=MAX_ATTEMPTS)
        won = taken.update(
            status=self.Status.RUNNING,
            started_at=_Moment(),
            lease_until=_LeaseEnd(),
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
        )
        self.refresh_from_db()
        return bool(won)

    def _held(self) -> models.QuerySet[Any]:
        return type(self).objects.filter(pk=self.pk, fence=self.fence, status=self.Status.RUNNING)

    def heartbeat(self, **progress: Any) -> bool:
        """Prolong the lease; False once another worker has taken over."""
        return bool(self._held().update(lease_until=_LeaseEnd(), **progress))

    def finish(self, **values: Any) -> None:
        """Mark the job done inside the transaction that stores its result, or LostLease."""
        values = {"status": self.Status.READY, "finished_at": _Moment(), "error": "", **values}
        if not self._held().update(**values):
            raise LostLease(self)

    def queue_again(self) -> bool:
        """Queue a job that has failed for good, with all its attempts; True for one caller."""
        failed = type(self).objects.filter(pk=self.pk, status=self.Status.FAILED)
        won = failed.update(
            status=self.Status.QUEUED, queued_at=_Moment(), finished_at=None, attempts=0
        )
        self.refresh_from_db()
        return bool(won)

    @transaction.atomic
    def fail(self, error: str, *, retry: bool) -> None:
        """Record why an attempt failed; queued again while attempts are left and it may help."""
        again = retry and self.attempts < MAX_ATTEMPTS
        self._held().update(
            status=self.Status.QUEUED if again else self.Status.FAILED,
            queued_at=_Moment(),
            finished_at=None if again else _Moment(),
            error=error[:2000],
        )
