"""The runs that compute reports: one per kind, subject, days and revision."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.models.report_askers import countries_of, own_of
from monitoring.models.report_changes import corrected_for
from monitoring.models.report_subjects import (
    OF_KIND,
    SUBJECTS,
    Days,
    OfSubject,
    hold_line,
)
from monitoring.models.reports import Report
from partnerships.models import Partnership
from registry.models import HintedJob, HintedJobQuerySet, User


class ReportRunQuerySet(HintedJobQuerySet["ReportRun"]):
    def visible_to(self, user: Any) -> Self:
        """The subject's own people and admins see how its reports come along."""
        if getattr(user, "is_staff", False):
            return self.all()
        inside = Q(partnership__in=Partnership.objects.insider(user).values("pk"))
        return self.filter(inside | own_of(user) | Q(country__in=countries_of(user)))

    @transaction.atomic
    def ask(
        self,
        kind: str,
        about: Mapping[str, models.Model],
        days: Days,
        *,
        by: User | None = None,
        revision: int | None = None,
        is_hinted: bool = True,
    ) -> "ReportRun":
        """The run of a kind for its subject and days: one, whoever asks and however often.

        `about` names the subject by its field (see OF_KIND). Without `revision` the newest run is
        the answer, or the first one is made. The next revision is computed anew, with what was
        approved by now. The caller tells workers of it, unless it is left to its turn.
        """
        line = line_of(kind, about, days)
        hold_line(line)
        runs = self.filter(**line)
        last = runs.order_by("-revision").first()
        newest = last.revision if last else 0
        wanted = revision or max(newest, 1)
        if wanted <= newest:
            return runs.get(revision=wanted)
        if wanted != newest + 1:
            raise ValidationError({"revision": "Revisions count up without a gap."})
        moment = timezone.now()
        made = self.model(
            **line,
            revision=wanted,
            reference_on=days[1],
            cutoff_at=moment,
            hinted_at=moment if is_hinted else None,
            requested_by=by,
        )
        # A batch may make the same run at this moment: then that one is the answer.
        self.bulk_create([made], ignore_conflicts=True)
        return runs.get(revision=wanted)

    def ask_after_corrections(self, report: Report) -> "ReportRun":
        """The run that takes in what outdated a report: the newest one, if its cut-off comes after
        every correction, or else the next one. Workers are told of it in its turn."""
        about = {name: getattr(report, name) for name in OF_KIND[report.kind]}
        last = self.filter(**report.line).order_by("-revision").first()
        revision = last.revision if last else report.revision
        said = (report.partnership, report.ends_on, last.cutoff_at if last else report.cutoff_at)
        if revision <= report.revision or corrected_for(*said).exists():
            revision += 1
        days = (report.starts_on, report.ends_on)
        return self.ask(report.kind, about, days, revision=revision, is_hinted=False)


def line_of(kind: str, about: Mapping[str, models.Model], days: Days) -> dict[str, Any]:
    """As OfSubject.line, for a report that need not exist yet."""
    said = {f"{name}_id": about[name].pk if name in about else None for name in SUBJECTS}
    return {"kind": kind, **said, "starts_on": days[0], "ends_on": days[1]}


class ReportRun(OfSubject, HintedJob):
    """The job that computes one report: one per kind, subject, days and revision."""

    batch = models.ForeignKey(
        "monitoring.ReportBatch", models.PROTECT, null=True, editable=False, related_name="runs"
    )
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="report_runs"
    )
    report = models.OneToOneField(
        Report, models.PROTECT, null=True, editable=False, related_name="run"
    )

    objects: ClassVar = ReportRunQuerySet.as_manager()

    WORDS: ClassVar = {
        HintedJob.Status.QUEUED: "The report is asked for, and waits to be computed.",
        HintedJob.Status.RUNNING: "The report is being computed.",
        HintedJob.Status.READY: "The report was computed already.",
        HintedJob.Status.FAILED: "The report could not be computed. The registry’s admins see"
        " that, and can have it tried again.",
    }

    class Meta(HintedJob.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["queued_at"],
                condition=Q(status__in=["queued", "running"]),
                name="report_run_open",
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False),
                name="report_run_finished",
            ),
        ]
        constraints = [
            *OfSubject.constraints_of("report_run"),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(report__isnull=False), name="run_ready_has_report"
            ),
        ]

    def __str__(self) -> str:
        about = self.subject or self.get_kind_display()
        return f"run {self.pk}: {about}, {self.starts_on} to {self.ends_on} r{self.revision}"

    @property
    def has_failed(self) -> bool:
        return self.status == self.Status.FAILED

    def in_words(self) -> str:
        """How far it is, for those who asked for it."""
        return self.WORDS[self.Status(self.status)]
