"""Reports: immutable snapshots, and the runs that compute them."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.models.periods import Period
from partnerships.models import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, Job, JobQuerySet, MovingRecord, User, require_reason


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        """Published reports with their partnership; drafts for insiders."""
        seen = Partnership.objects.visible_to(user).values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(
            Q(status__in=Report.PUBLIC, partnership__in=seen) | Q(partnership__in=inside)
        )

    def latest_of(self, partnerships: Any) -> Self:
        """Each partnership's published report on its latest period, without the content."""
        published = self.filter(status=Report.Status.PUBLISHED, partnership__in=partnerships)
        newest = published.order_by("partnership_id", "-reference_on", "-revision", "-pk")
        return newest.distinct("partnership_id").select_related("period").defer("content")

    def for_list(self) -> Self:
        """With what a list names, without the content."""
        return self.select_related("partnership", "period").defer("content")


class Report(MovingRecord):
    """A snapshot of a partnership's figures for a period: its content never changes."""

    class Kind(models.TextChoices):
        PARTNERSHIP = "partnership"

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    PUBLIC = (Status.PUBLISHED, Status.SUPERSEDED)
    MOVES = {
        Status.DRAFT: [Status.PUBLISHED, Status.WITHDRAWN],
        Status.PUBLISHED: [Status.SUPERSEDED, Status.WITHDRAWN],
        Status.SUPERSEDED: [],
        Status.WITHDRAWN: [],
    }

    kind = models.CharField(max_length=11, choices=Kind, default=Kind.PARTNERSHIP)
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="reports")
    period = models.ForeignKey(Period, models.CASCADE, related_name="reports")
    revision = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    reference_on = models.DateField()
    cutoff_at = models.DateTimeField()
    content = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(max_length=64)
    timeliness = models.CharField(max_length=10)
    achievement = models.CharField(max_length=9)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = ReportQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "partnership", "period", "revision"], name="report_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.period} r{self.revision}"

    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """Make it public; an earlier revision for the same period is superseded.

        Revisions published at once go one after the other.
        """
        self._admins_only(by)
        Period.objects.select_for_update(no_key=True).get(pk=self.period_id)
        same = Report.objects.filter(
            kind=self.kind, partnership=self.partnership, period=self.period, status="published"
        ).exclude(pk=self.pk)
        if later := same.filter(revision__gt=self.revision).first():
            text = f"Revision {later.revision} is published already."
            raise DomainError("later_revision_published", text)
        for report in same:
            Event.move(report, self.Status.SUPERSEDED, by=by)
        Event.move(self, self.Status.PUBLISHED, by=by, published_at=timezone.now())

    def withdraw(self, *, by: User, reason: str) -> None:
        self._admins_only(by)
        require_reason(reason)
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason)

    def _admins_only(self, by: User) -> None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")


class ReportRunQuerySet(JobQuerySet["ReportRun"]):
    def visible_to(self, user: Any) -> Self:
        """The partnership's own people and admins see how its reports come along."""
        return self.filter(partnership__in=Partnership.objects.insider(user).values("pk"))

    @transaction.atomic
    def ask_for(
        self, period: Period, *, by: User | None = None, revision: int | None = None
    ) -> "ReportRun":
        """The run for an ended period and a revision: one, whoever asks and however often.

        Without `revision` the newest run is the answer, or the first one is made. The next
        revision is computed anew, with what was approved by now.
        """
        partnership = period.framework.partnership
        _refuse_unfit(partnership, period)
        Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
        runs = self.filter(partnership=partnership, period=period)
        last = runs.order_by("-revision").first()
        newest = last.revision if last else 0
        wanted = revision or max(newest, 1)
        if wanted <= newest:
            return runs.get(revision=wanted)
        if wanted != newest + 1:
            raise ValidationError({"revision": "Revisions count up without a gap."})
        return self.create(
            partnership=partnership,
            period=period,
            revision=wanted,
            reference_on=period.ends_on,
            cutoff_at=timezone.now(),
            requested_by=by,
        )


def _refuse_unfit(partnership: Partnership, period: Period) -> None:
    if not partnership.is_public():
        raise DomainError("not_registered", "Reports begin once the partnership is registered.")
    period.require_ended()


class ReportRun(Job):
    """The job that computes one report: one per subject, period and revision."""

    kind = models.CharField(max_length=11, choices=Report.Kind, default=Report.Kind.PARTNERSHIP)
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="report_runs")
    period = models.ForeignKey(Period, models.CASCADE, related_name="report_runs")
    revision = models.PositiveSmallIntegerField(default=1)
    reference_on = models.DateField()
    cutoff_at = models.DateTimeField()
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="report_runs"
    )
    report = models.OneToOneField(
        Report, models.PROTECT, null=True, editable=False, related_name="run"
    )

    objects: ClassVar = ReportRunQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "partnership", "period", "revision"], name="report_run_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(report__isnull=False), name="run_ready_has_report"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}: {self.partnership_id}, {self.period_id} r{self.revision}"
