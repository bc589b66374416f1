"""What local institutions can do, and what they lack: looked at before they are relied upon."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

from partnerships.models.kept import KeptQuerySet, KeptRecord, not_in_the_future
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import check_day, days_in_range


class CapacityAssessmentQuerySet(KeptQuerySet):
    def made_by(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Made by that day and recorded by the cut-off: what measure C5 asks for."""
        return self.known_at(cutoff_at).filter(assessed_on__lte=reference_on)


class CapacityAssessment(KeptRecord):
    """A dated look at an institution on the spot: what it can do, what it lacks, what is done.

    A later assessment does not overwrite an earlier one.
    """

    partnership = models.ForeignKey(
        Partnership, models.CASCADE, related_name="capacity_assessments"
    )
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="capacity_assessments",
        help_text="the member that was looked at, where it is one",
    )
    institution = models.CharField(max_length=200, help_text="whose capacity was looked at")
    strengths = models.TextField("what it can do", max_length=5000)
    gaps = models.TextField("what it lacks", blank=True, max_length=5000)
    action = models.TextField("what is done about it", blank=True, max_length=5000)
    assessed_on = models.DateField(validators=[check_day])

    objects = CapacityAssessmentQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-assessed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=days_in_range("assessed_on"), name="capacity_day_in_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution}, {self.assessed_on}"

    def clean(self) -> None:
        not_in_the_future(self, "assessed_on")
        if self.membership and self.membership.partnership_id != self.partnership_id:
            raise ValidationError({"membership": "Not a member of this partnership."})
        if self.action.strip() and not self.gaps.strip():
            raise ValidationError({"gaps": "Say what is lacking that something is done about."})
