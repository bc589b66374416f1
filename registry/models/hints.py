"""Jobs of which there may be very many: workers are told of them in portions.

Workers know of at most `HINTS` queued jobs of a kind, besides those that people ask for out of
their turn; the others wait in their rows. A hint may be lost, so it is given again after a time:
where workers are slower than that, the queue holds a message twice, and the second does nothing.
"""

from datetime import timedelta
from typing import Self

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from registry.models.jobs import AnyJob, Job, JobQuerySet

HINTS = 200  # jobs of a kind that workers know of and have not begun
AGAIN = timedelta(seconds=30)  # after which what could not be done has its turn again


class HintedJobQuerySet(JobQuerySet[AnyJob]):
    def waiting(self, seconds: int) -> Self:
        """Without those that had no hint yet: these are given in portions, see `next_to_hint`."""
        return super().waiting(seconds).exclude(status=Job.Status.QUEUED, hinted_at=None)

    def hint_again(self, seconds: int, most: int = 500) -> list[int]:
        return [*super().hint_again(seconds, most), *self.next_to_hint()]

    @transaction.atomic
    def next_to_hint(self) -> list[int]:
        """Keys of queued jobs without a hint, the oldest first: as many as there is room for.

        Each is named to one caller. Whoever has worked off some asks for the next ones.
        """
        with connection.cursor() as cursor:  # or two at once would both fill the same room
            key = f"hints of {self.model._meta.db_table}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        queued = self.filter(status=Job.Status.QUEUED)
        room = HINTS - queued.filter(hinted_at__isnull=False)[:HINTS].count()
        if room <= 0:
            return []
        free = queued.filter(Q(error="") | Q(queued_at__lt=Now() - AGAIN), hinted_at=None)
        free = free.select_for_update(skip_locked=True)
        keys = list(free.order_by("queued_at", "pk").values_list("pk", flat=True)[:room])
        self.filter(pk__in=keys).update(hinted_at=Now(), queued_at=Now())
        return keys


class HintedJob(Job):
    """A job that waits in its row until there is room for its hint."""

    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    hinted_at = models.DateTimeField(
        null=True, editable=False, help_text="when workers were first told of it"
    )

    class Meta(Job.Meta):
        abstract = True

    def take_hint(self) -> bool:
        """True for the one caller who tells workers of a queued job out of its turn."""
        unknown = type(self).objects.filter(pk=self.pk, status=self.Status.QUEUED, hinted_at=None)
        return bool(unknown.update(hinted_at=Now(), queued_at=Now()))

    @transaction.atomic
    def fail(self, error: str, *, retry: bool) -> None:
        """As any job; its hint is used up, so where it is queued again it waits for its turn."""
        self._held().update(hinted_at=None)
        super().fail(error, retry=retry)

    def queue_again(self) -> bool:
        failed = type(self).objects.filter(pk=self.pk, status=self.Status.FAILED)
        failed.update(hinted_at=None)
        return super().queue_again()

    def put_back(self, why: str) -> None:
        """Queue what could not be done yet, with the attempt given back: it waits for its turn."""
        values = {"queued_at": Now(), "hinted_at": None, "error": why}
        self._held().update(status=self.Status.QUEUED, attempts=F("attempts") - 1, **values)
