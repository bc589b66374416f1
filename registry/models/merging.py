"""Two records of one organisation made one, with the log from which that is taken back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from registry.models.partners import Partner
from registry.models.people import User


class PartnerMergeQuerySet(models.QuerySet["PartnerMerge"]):
    def standing(self) -> Self:
        """Merges that have not been taken back."""
        return self.filter(undone_at=None)

    def since(self, at: datetime) -> Self:
        """Those that were made, or taken back, after a moment."""
        return self.filter(Q(merged_at__gt=at) | Q(undone_at__gt=at))

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


class MovedFieldQuerySet(models.QuerySet["MovedField"]):
    def since(self, at: datetime) -> Self:
        """What merges wrote after a moment, and what taking them back wrote; oldest first."""
        undone = When(together=MovedField.UNDONE, then=F("merge__undone_at"))
        moment = Case(undone, default=F("merge__merged_at"))
        return self.annotate(at=moment).filter(at__gt=at).order_by("pk")

    def restore(self, rows: Sequence[models.Model], at: datetime, *columns: str) -> None:
        """Let the rows hold in these columns what they held before merges of after a moment.

        One query; what is no merge is not taken back. For reading only from then on.
        """
        if not rows:
            return
        label = rows[0]._meta.label_lower
        held: dict[tuple[int, str], Any] = {}
        moved = self.since(at).filter(
            model=label, row_id__in=[row.pk for row in rows], field__in=columns
        )
        for row_id, field, before in moved.values_list("row_id", "field", "before"):
            held.setdefault((row_id, field), before)
        for row in rows:
            for column in columns:
                if (row.pk, column) in held:
                    column_of: Any = row._meta.get_field(column)
                    setattr(row, column, column_of.to_python(held[row.pk, column]))

    def held(
        self, rows: Any, at: datetime, column: str, values: Collection[int], *more: str
    ) -> list[Any]:
        """Of a QuerySet the rows that held one of the values before merges of after a moment.

        Restored in that column and `more`; two queries.
        """
        label, wanted = rows.model._meta.label_lower, list(values)
        moved = self.since(at).filter(model=label, field=column, before__in=wanted).order_by()
        here = Q(**{f"{column}__in": wanted})
        found = list(rows.filter(here | Q(pk__in=moved.values("row_id"))))
        self.restore(found, at, column, *more)
        return [row for row in found if getattr(row, column) in values]


class MovedField(models.Model):
    """One column of one row that a merge wrote: what stood there before, and what it wrote."""

    UNDONE = "undone"  # `together` of what taking the merge back wrote

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

    objects = MovedFieldQuerySet.as_manager()

    class Meta:
        ordering = ["merge", "pk"]
        indexes = [models.Index(fields=["model", "row_id"], name="moved_field_where")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}.{self.field}"
