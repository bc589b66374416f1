"""Where breaking a figure down would put people at risk."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from monitoring.models.frameworks import Dimension
from monitoring.models.indicators import Indicator
from monitoring.models.submissions import Submission


class UnsafeBreakdownQuerySet(models.QuerySet["UnsafeBreakdown"]):
    def counting(self, at: datetime | None = None) -> Self:
        """What holds, at a moment: handed in with data that was approved by then and not
        withdrawn, and no later revision has said otherwise. Withdrawing that revision revives
        nothing (RULES 4, 15)."""
        later = Submission.objects.filter(
            unit=OuterRef("submission__unit"),
            period=OuterRef("submission__period"),
            revision__gt=OuterRef("submission__revision"),
            unsafe_breakdowns__indicator=OuterRef("indicator"),
            unsafe_breakdowns__dimension=OuterRef("dimension"),
        )
        overtaken = Exists(later.filter(_seen(at)))
        return self.filter(_approved("submission__", at), ~overtaken, lifts=False)

    def visible_to(self, user: Any) -> Self:
        """That a breakdown is not safe shows in public figures; the reason is for insiders."""
        seen = Submission.objects.visible_to(user).values("pk")
        return self.filter(submission__in=seen)

    def editable_by(self, user: Any) -> Self:
        return self.filter(submission__in=Submission.objects.editable_by(user).values("pk"))


def _approved(path: str, at: datetime | None) -> Q:
    if at is None:
        return Q(**{f"{path}approved_at__isnull": False, f"{path}withdrawn_at": None})
    standing = Q(**{f"{path}withdrawn_at": None}) | Q(**{f"{path}withdrawn_at__gt": at})
    return standing & Q(**{f"{path}approved_at__lte": at})


def _seen(at: datetime | None) -> Q:
    return Q(approved_at__isnull=False) if at is None else Q(approved_at__lte=at)


class UnsafeBreakdown(models.Model):
    """A reporting unit's word that an indicator is not safe to break down along a dimension in a
    period, and why: the state `not_safe_to_collect` (RULES 15)."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="unsafe_breakdowns")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="unsafe_breakdowns")
    dimension = models.ForeignKey(Dimension, models.PROTECT, related_name="unsafe_breakdowns")
    reason = models.TextField(max_length=2000, help_text="members only")
    lifts = models.BooleanField(
        default=False, help_text="a correction: it is safe after all, or was broken down"
    )

    objects = UnsafeBreakdownQuerySet.as_manager()
    history_of = "submission__period__framework__partnership"

    class Meta:
        ordering = ["submission", "indicator", "dimension", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "indicator", "dimension"], name="unsafe_breakdown_once"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="unsafe_breakdown_has_reason",
                violation_error_message="Say why it is not safe.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} by {self.dimension}: not safe to collect"
