"""What a correction does to reports of the past.

A report stays as it was computed. Where a value that counted at a report's cut-off was superseded
or withdrawn afterwards, the report is outdated, and the nightly task asks for its next revision.
Data that comes in later for the first time outdates none; its people may ask for a revision.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from monitoring.models.report_subjects import ReportKind
from monitoring.models.submissions import Observation

CORRECTABLE = (ReportKind.PARTNERSHIP, ReportKind.ANNUAL)
# A correction is dated when it is decided and seen once it is committed.
OPEN_FOR = timedelta(hours=1)


def corrected_for(partnership: Any, ends_on: Any, cutoff_at: Any) -> QuerySet[Observation]:
    """Values of periods up to a day that counted at the cut-off and count no more.

    The arguments are a report's own, or references to them in an outer query.
    """
    return Observation.objects.filter(
        period__framework__partnership=partnership,
        period__ends_on__lte=ends_on,
        counts_from__lte=cutoff_at,
        counts_until__gt=cutoff_at,
    )


def came_late_for(report: Any) -> QuerySet[Observation]:
    """Values of a report's days, or of days before, that count since after its cut-off."""
    return Observation.objects.filter(
        period__framework__partnership=report.partnership_id,
        period__ends_on__lte=report.ends_on,
        counts_from__gt=report.cutoff_at,
    )


def outdated(reports: Any, since: datetime | None = None) -> Any:
    """The newest revisions that a correction has overtaken: see Report.objects.outdated.

    A revision that people withdrew is none of them. What it had seen at its cut-off was theirs to
    decide; a correction after it overtakes the revision before.
    """
    own = ("partnership", "ends_on", "cutoff_at")
    of_line = reports.model._default_manager.filter(
        kind=OuterRef("kind"),
        partnership=OuterRef("partnership"),
        starts_on=OuterRef("starts_on"),
        ends_on=OuterRef("ends_on"),
    ).filter(Q(period=None) | Q(period=OuterRef("period")))
    later = of_line.filter(revision__gt=OuterRef("revision")).exclude(status="withdrawn")
    newest = of_line.order_by("-revision").values("cutoff_at")[:1]
    found = reports.filter(kind__in=CORRECTABLE).exclude(status="withdrawn")
    if since is not None:
        lately = Observation.objects.filter(counts_until__gte=since)
        lately_corrected = Q(partnership__in=lately.values("period__framework__partnership"))
        # A run may finish after the look at a correction that its cut-off was before.
        found = found.filter(lately_corrected | Q(created_at__gte=since))
    found = found.annotate(seen_until=Subquery(newest))
    corrected = corrected_for(*(OuterRef(name) for name in own))
    corrected = corrected.filter(counts_until__gt=OuterRef("seen_until"))
    return found.filter(Exists(corrected), ~Exists(later)).order_by("pk")


class ChangesSeen(models.Model):
    """Up to which moment a task has looked for changes; it goes on from there."""

    name = models.CharField(max_length=40, unique=True)
    through_at = models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC))

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "changes seen"

    def __str__(self) -> str:
        return f"{self.name} through {self.through_at}"

    @classmethod
    @contextmanager
    def looking(cls, name: str) -> Iterator["ChangesSeen | None"]:
        """The row for the one beat that looks now, None for the others; no transaction is held."""
        taken = _lock("pg_try_advisory_lock", name)
        try:
            yield cls.objects.get_or_create(name=name)[0] if taken else None
        finally:
            if taken:
                _lock("pg_advisory_unlock", name)

    @property
    def since(self) -> datetime:
        """From where to look: with some time for transactions that were open then."""
        return self.through_at - OPEN_FOR

    def seen_through(self, moment: datetime) -> None:
        self.through_at = moment
        self.save(update_fields=["through_at"])


def _lock(function: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"changes seen: {name}"])
        return bool(cursor.fetchone()[0])
