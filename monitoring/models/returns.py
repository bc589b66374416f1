"""Why data was returned, value by value, and how each was answered."""

from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from monitoring.models.of_cells import OfCell, OfCellQuerySet
from monitoring.models.submissions import Observation, Submission
from registry.models import User

Cell = tuple[int, int | None]  # indicator and category


class ReturnReasonQuerySet(OfCellQuerySet):
    def open(self) -> Self:
        return self.filter(answered_at=None)

    def of_line(self, submission: Submission) -> Self:
        """Those of every revision of the unit's data for the period."""
        return self.filter(
            submission__unit=submission.unit_id, submission__period=submission.period_id
        )

    def answer(self, submission: Submission, *, by: User) -> None:
        """Mark what was asked for as answered: by another value, by none, or left as it was."""
        asked = list(self.filter(submission=submission, answered_at=None))
        stored = {(o.indicator_id, o.category_id): o for o in submission.observations.all()}
        is_gone = submission.status == Submission.Status.WITHDRAWN
        for one in asked:
            one.answer = one.answered_by_value(stored, is_gone)
            one.answered_at, one.answered_by = timezone.now(), by
        self.bulk_update(asked, ["answer", "answered_at", "answered_by"])


class ReturnReason(OfCell):
    """What a reviewer asked for when data was returned: of one value, or of the whole."""

    class Answer(models.TextChoices):
        CHANGED = "changed"
        UNCHANGED = "unchanged", "left as it was"
        WITHDRAWN = "withdrawn", "taken out"
        RESUBMITTED = "resubmitted", "handed in again"

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="return_reasons")
    # What was reported then: a draft's row may change or go.
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    numerator = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    denominator = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    text = models.TextField(blank=True, max_length=20_000)
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey(User, models.PROTECT, related_name="return_reasons")
    at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=11, choices=Answer, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="answered_return_reasons"
    )

    objects = ReturnReasonQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category=None) | Q(indicator__isnull=False),
                name="return_reason_of_a_cell",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="return_reason_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    @classmethod
    def state(
        cls, submission: Any, reason: str, rows: list[tuple[Observation, str]], *, by: User
    ) -> None:
        """Keep the reason of a return and those of its values, with what was reported."""
        now = timezone.now()
        whole = ReturnReason(submission=submission, reason=reason.strip(), by=by, at=now)
        parts = [
            ReturnReason(
                submission=submission,
                indicator_id=row.indicator_id,
                category_id=row.category_id,
                value=row.value,
                numerator=row.numerator,
                denominator=row.denominator,
                text=row.text,
                reason=text,
                by=by,
                at=now,
            )
            for row, text in rows
        ]
        ReturnReason.objects.bulk_create([whole, *parts])

    @property
    def is_open(self) -> bool:
        return self.answered_at is None

    def answered_by_value(self, stored: dict[Cell, Observation], is_gone: bool) -> str:
        if is_gone:
            return self.Answer.WITHDRAWN
        if self.indicator_id is None:
            return self.Answer.RESUBMITTED
        now = stored.get((self.indicator_id, self.category_id))
        if now is None:
            return self.Answer.WITHDRAWN
        names = ("value", "numerator", "denominator", "text")
        same = all(getattr(self, name) == getattr(now, name) for name in names)
        return self.Answer.UNCHANGED if same and not now.withdraws else self.Answer.CHANGED


class Reasons(NamedTuple):
    """Why data came back: of the whole, and of single cells; the newest first."""

    whole: list[ReturnReason]
    cells: dict[Cell, list[ReturnReason]]

    def of(self, indicator_id: int, category_id: int | None = None) -> list[ReturnReason]:
        return self.cells.get((indicator_id, category_id), [])


def reasons_for(submission: Submission) -> Reasons:
    """What was asked for in every round and revision of the unit's data for the period.

    One query. `is_open` are those not answered yet; the others say how they were.
    """
    said = Reasons([], {})
    found = ReturnReason.objects.of_line(submission).select_related("by")
    for one in found.order_by("-at", "pk"):
        if one.indicator_id is None:
            said.whole.append(one)
        else:
            said.cells.setdefault((one.indicator_id, one.category_id), []).append(one)
    return said
