"""Files of values that people and programs send, and what became of them."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from monitoring.models.frameworks import Framework
from monitoring.models.periods import Period
from monitoring.models.submissions import Submission
from partnerships.models import Membership
from registry.models import Job, JobQuerySet, User


class UploadQuerySet(JobQuerySet["Upload"]):
    def visible_to(self, user: Any) -> Self:
        """Files that somebody sent are for that person, and for admins."""
        if user.is_anonymous:
            return self.none()
        return self if user.is_staff else self.filter(by=user)

    def expired(self) -> Self:
        """Those whose file was kept long enough."""
        until = timezone.now() - timedelta(days=settings.UPLOADS_KEPT_DAYS)
        done = self.filter(status__in=[Upload.Status.READY, Upload.Status.FAILED])
        return done.filter(queued_at__lt=until).exclude(file="")

    def delete_expired(self) -> int:
        """Take the files away, and what was found in them; what they did stays on record."""
        expired = list(self.expired().only("pk", "file"))
        for upload in expired:
            upload.file.delete(save=False)
            self.filter(pk=upload.pk).update(file="", errors=[])
        return len(expired)


class Upload(Job):
    """A file of values: checked first, then loaded, all of it or nothing."""

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        JSON = "json", "JSON"

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="uploads")
    submission = models.ForeignKey(
        Submission,
        models.CASCADE,
        null=True,
        related_name="uploads",
        help_text="empty: rows of many units and periods",
    )
    period = models.ForeignKey(
        Period,
        models.CASCADE,
        null=True,
        related_name="uploads",
        help_text="of rows that name no period",
    )
    sent_for = models.ForeignKey(
        Membership,
        models.CASCADE,
        null=True,
        related_name="uploads",
        help_text="the member that sends, where it reports on others' behalf",
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=4, choices=Kind)
    file = models.FileField(upload_to="uploads/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    is_dry_run = models.BooleanField(default=True, help_text="checked only; nothing is saved")
    replaces = models.BooleanField(default=True, help_text="rows change what drafts have")
    corrects = models.BooleanField(default=False, help_text="begins corrections of approved data")
    rows = models.PositiveIntegerField(null=True)
    new = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)
    unchanged = models.PositiveIntegerField(null=True)
    errors = models.JSONField(
        default=list, blank=True, help_text="row, field, code, reason, found, column"
    )
    submissions = models.JSONField(
        default=list, blank=True, help_text="those that the rows went into"
    )
    loaded_at = models.DateTimeField(null=True)

    objects: ClassVar = UploadQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(loaded_at=None) | Q(is_dry_run=False, status="ready"),
                name="upload_loaded_is_ready",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"
