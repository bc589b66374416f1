"""What a partnership sets out to reach, and how it will be seen that it was."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from partnerships.models.partnership import Partnership
from registry.models import Record, Target, check_day


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def visible_to(self, user: Any) -> Self:
        """Public with the partnership; before that, for whom the partnership is visible."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def measurable(self) -> Self:
        """With what is measured, from where, to where."""
        return self.exclude(measure="").filter(baseline__isnull=False, goal_value__isnull=False)


class Objective(Record):
    """One thing that a partnership sets out to reach, with its measure, baseline and target."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="objectives")
    text = models.CharField(max_length=500, help_text="what will be different, for whom, where")
    measure = models.CharField(max_length=300, blank=True, help_text="what is counted or measured")
    unit = models.CharField(max_length=60, blank=True)
    baseline = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    goal_value = models.DecimalField(
        max_digits=24, decimal_places=6, null=True, blank=True, help_text="the value to be reached"
    )
    reach_by = models.DateField(null=True, blank=True, validators=[check_day])
    target = models.ForeignKey(
        Target, models.PROTECT, null=True, blank=True, related_name="objectives"
    )

    objects = ObjectiveQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(baseline_year=None) | Q(baseline_year__range=(1900, 2200)),
                name="objective_baseline_year",
                violation_error_message="A year from 1900 to 2200.",
            )
        ]

    def __str__(self) -> str:
        return self.text
