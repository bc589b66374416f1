"""Two records of one organisation made one, with the log from which that is taken back."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.models.partners import Partner
from registry.models.people import User


class PartnerMergeQuerySet(models.QuerySet["PartnerMerge"]):
    def standing(self) -> Self:
        """Merges that have not been taken back."""
        return self.filter(undone_at=None)

    def visible_to(self, user: Any) -> Self:
        return self if user.is_staff else self.none()


class PartnerMerge(models.Model):
    """An admin's finding that a partner is another one; a row of the log, which does not change."""

    # What is logged of a partner names it for good: a later merge does not move it.
    stays_with_partner = True

    duplicate = models.ForeignKey(Partner, models.PROTECT, related_name="merges")
    into = models.ForeignKey(Partner, models.PROTECT, related_name="merges_taken")
    was = models.CharField(max_length=9, choices=Partner.Status, help_text="status before")
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(User, models.PROTECT, related_name="partner_merges")
    merged_at = models.DateTimeField(default=timezone.now)
    stayed = models.JSONField(default=list, help_text="what stayed with the old record, and why")
    marks = models.JSONField(default=dict, help_text="the last row of each table at the merge")
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="undone_merges")
    undo_reason = models.TextField(max_length=2000, blank=True)
    kept = models.JSONField(default=list, help_text="later work that undoing left where it was")

    objects = PartnerMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(undone_at=None), name="partner_merge_once"
            ),
            models.CheckConstraint(condition=~Q(duplicate=F("into")), name="partner_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} into {self.into}"


class MovedField(models.Model):
    """One column of one row that a merge wrote: what stood there before, and what it wrote."""

    merge = models.ForeignKey(PartnerMerge, models.PROTECT, related_name="moved")
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    field = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    version = models.PositiveIntegerField(null=True, help_text="the row's version afterwards")
    together = models.CharField(
        max_length=60, blank=True, help_text="rows that go back together or not at all"
    )

    class Meta:
        ordering = ["merge", "pk"]
        indexes = [models.Index(fields=["model", "row_id"], name="moved_field_where")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}.{self.field}"
