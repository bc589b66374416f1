"""Members' yes to an annual report."""

from typing import Any, Self

from django.db import models
from django.utils import timezone

from monitoring.models.reports import Report
from partnerships.models import Membership
from registry.models import User


class ReportEndorsementQuerySet(models.QuerySet["ReportEndorsement"]):
    def visible_to(self, user: Any) -> Self:
        """With the report."""
        return self.filter(report__in=Report.objects.visible_to(user).values("pk"))

    def standing(self) -> Self:
        return self.filter(invalidated_at=None)

    def with_names(self) -> Self:
        return self.select_related("membership__partner")


class ReportEndorsement(models.Model):
    """One member's yes to an annual report, with the hash of what was read.

    An edit of the text after that ends it: it stays on record, and counts no longer.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="endorsements")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="report_endorsements")
    user = models.ForeignKey(User, models.PROTECT, related_name="report_endorsements")
    sha256 = models.CharField(max_length=64)
    endorsed_at = models.DateTimeField(default=timezone.now)
    invalidated_at = models.DateTimeField(
        null=True, editable=False, help_text="when a later edit of the text ended it"
    )

    objects = ReportEndorsementQuerySet.as_manager()
    history_of = "report__partnership"

    class Meta:
        ordering = ["-endorsed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "membership"], name="report_endorsement_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership.partner}: {self.report}"
