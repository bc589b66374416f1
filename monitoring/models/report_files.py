"""The files that a report is given out as: each made once, and kept."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from monitoring.models.reports import Report
from registry.models import HintedJob, HintedJobQuerySet


class ReportFileQuerySet(HintedJobQuerySet["ReportFile"]):
    def visible_to(self, user: Any) -> Self:
        """The files of the reports that somebody sees."""
        return self.filter(report__in=Report.objects.visible_to(user).values("pk"))

    def ask(self, report: Report, form: str) -> "ReportFile":
        """The one file of a report in a form: made already, or now to be made.

        A draft's file says that it is one; what is published gets a file of its own.
        """
        draft = report.published_at is None
        return self.get_or_create(report=report, form=form, is_draft=draft)[0]

    def ready(self) -> Self:
        return self.filter(status=ReportFile.Status.READY)

    def failed(self) -> Self:
        return self.filter(status=ReportFile.Status.FAILED)

    def issued_as(self, digest: str) -> Self:
        """Those that have, or had before they were lost, this hash or have it inside."""
        inside = Q(members__contains=[{"sha256": digest}])
        return self.filter(Q(sha256=digest) | inside | Q(former__contains=[digest]))


class ReportFile(HintedJob):
    """A report in one form, and the job that makes it: ready means that the whole file is there."""

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV files in a ZIP archive"

    report = models.ForeignKey(Report, models.CASCADE, related_name="files")
    form = models.CharField(max_length=4, choices=Form)
    is_draft = models.BooleanField(help_text="made before the report was published")
    file = models.FileField(upload_to="reports/", max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    members = models.JSONField(
        default=list, blank=True, help_text="what is in an archive: name, size, sha256"
    )
    former = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="hashes of what was given out, then lost, and made again with other bytes",
    )

    objects: ClassVar = ReportFileQuerySet.as_manager()

    class Meta(HintedJob.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["report", "form", "is_draft"], name="report_file_once"),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(size__gt=0) & ~Q(file="") & ~Q(sha256=""),
                name="report_file_ready_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="report_file_sha256"),
            models.Index(
                fields=["queued_at"],
                condition=Q(status__in=["queued", "running"]),
                name="report_file_unfinished",
            ),
            GinIndex(fields=["members"], name="report_file_members", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["former"], name="report_file_former", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.form} of report {self.report_id}"

    def ask_again(self) -> bool:
        """Queue what failed for good, with all its attempts; anything else stays as it is."""
        return self._queue_anew(status=self.Status.FAILED)

    def queue_lost(self) -> bool:
        """Queue what was ready and is gone from the store; its hash stays known meanwhile."""
        return self._queue_anew(status=self.Status.READY, file=self.file.name)

    def _queue_anew(self, **now: Any) -> bool:
        """True for one caller; workers are told of it in its turn, or by who takes its hint."""
        found = ReportFile.objects.filter(pk=self.pk, **now)
        won = found.update(
            status=self.Status.QUEUED,
            attempts=0,
            finished_at=None,
            asked_at=Now(),
            queued_at=Now(),
            hinted_at=None,
        )
        self.refresh_from_db()
        return bool(won)

    def issued_before(self, digests: set[str]) -> list[str]:
        """Every hash of it that was ever given out and is none of these."""
        known = {*self.former, self.sha256, *(one["sha256"] for one in self.members)}
        return sorted(known - digests - {""})
