"""What indicators shall reach, over spans of periods."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from monitoring.models.frameworks import Category, OfFrameworkQuerySet
from monitoring.models.indicators import Indicator, Span
from registry.models import Record, check_day, days_in_range


class PeriodTargetQuerySet(OfFrameworkQuerySet):
    path = "indicator__result__framework"


class PeriodTarget(Record):
    """What an indicator shall reach over a span of one or more periods."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="targets"
    )
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])
    value = models.DecimalField(max_digits=30, decimal_places=10)
    comment = models.TextField(blank=True, max_length=20_000)
    imported = models.BooleanField(default=False, editable=False)

    objects = PeriodTargetQuerySet.as_manager()
    history_of = "indicator__result__framework__partnership"

    class Meta:
        ordering = ["indicator", "ends_on", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="target_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=days_in_range("starts_on", "ends_on"), name="target_days_in_range"
            ),
            ExclusionConstraint(
                name="target_spans_apart",
                expressions=[
                    ("indicator", RangeOperators.EQUAL),
                    (
                        Coalesce("category", Value(0, models.BigIntegerField())),
                        RangeOperators.EQUAL,
                    ),
                    (Span("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(imported=False),
                violation_error_code="overlapping_target",
                violation_error_message="Another target covers a part of this span.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value} by {self.ends_on}"
