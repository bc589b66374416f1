"""Indicators, with how their values add up, and their targets."""

import uuid
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from monitoring.models.frameworks import Category, Dimension, Framework, OfFrameworkQuerySet, Result
from partnerships.models import Membership
from registry.models import Currency, GlobalIndicator, Record


class IndicatorQuerySet(OfFrameworkQuerySet):
    path = "result__framework"


class Indicator(Record):
    """A measure of a result, with everything that is needed to add it up rightly."""

    class Measure(models.TextChoices):
        NUMBER = "number"
        CURRENCY = "currency"
        RATIO = "ratio"
        PERCENT = "percent", "bare percentage"
        RATING = "rating"
        YES_NO = "yes_no", "yes or no"
        NARRATIVE = "narrative"

    class Accumulation(models.TextChoices):
        FLOW = "flow", "happened in the period"
        CUMULATIVE = "cumulative", "running total"
        POINT_IN_TIME = "point_in_time", "state at the period's end"
        AS_PUBLISHED = "as_published", "as published"

    class Combine(models.TextChoices):
        SUM = "sum"
        MEAN = "mean"
        MIN = "min"
        MAX = "max"
        RATIO = "ratio", "sum of numerators over sum of denominators"
        NONE = "none"

    class Direction(models.TextChoices):
        INCREASE = "increase"
        DECREASE = "decrease"
        MAINTAIN_UP = "maintain_up", "maintain; more is better"
        MAINTAIN_DOWN = "maintain_down", "maintain; less is better"

    class CountsPeople(models.TextChoices):
        NO = "no"
        CONTACTS = "contacts"
        UNIQUE = "unique", "unique persons"

    class LibraryLink(models.TextChoices):
        IDENTICAL = "identical"
        PROXY = "proxy"
        CONTRIBUTES = "contributes"
        NONE = "none"

    result = models.ForeignKey(Result, models.CASCADE, related_name="indicators")
    series = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="the same over framework editions"
    )
    code = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=2000)
    definition = models.TextField(blank=True, max_length=20_000)
    measure = models.CharField(max_length=9, choices=Measure)
    accumulation = models.CharField(max_length=13, choices=Accumulation)
    combine = models.CharField(max_length=5, choices=Combine)
    direction = models.CharField(max_length=13, choices=Direction, default=Direction.INCREASE)
    tolerance = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    rating_min = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    rating_max = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    baseline_value = models.DecimalField(
        max_digits=30, decimal_places=10, null=True, blank=True, help_text="a ratio's is n / d"
    )
    baseline_numerator = models.DecimalField(
        max_digits=30, decimal_places=10, null=True, blank=True
    )
    baseline_denominator = models.DecimalField(
        max_digits=30, decimal_places=10, null=True, blank=True
    )
    baseline_on = models.DateField(null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline_source = models.CharField(max_length=2000, blank=True)
    by_place = models.BooleanField(default=False)
    counts_people = models.CharField(max_length=8, choices=CountsPeople, default=CountsPeople.NO)
    counts_new_people = models.BooleanField(
        default=False, help_text="a flow of persons who are new in the period"
    )
    units_overlap = models.BooleanField(
        default=True, help_text="two units may count the same person"
    )
    dimensions = models.ManyToManyField(Dimension, blank=True, related_name="indicators")
    global_indicator = models.ForeignKey(
        GlobalIndicator, models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    library_link = models.CharField(max_length=11, choices=LibraryLink, blank=True)
    method = models.TextField(blank=True, max_length=20_000)
    source = models.TextField(blank=True, max_length=20_000)
    frequency = models.CharField(max_length=120, blank=True)
    means_of_verification = models.TextField(blank=True, max_length=20_000)
    responsible = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="indicators"
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["result__framework_id", "result_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(measure__in=["rating", "yes_no", "percent"])
                | Q(accumulation="point_in_time")
                | Q(accumulation="as_published"),
                name="indicator_state_is_point_in_time",
                violation_error_message="Rating, yes/no and percent are states at a point in time.",
            ),
            models.CheckConstraint(
                condition=Q(
                    measure__in=["number", "currency"], combine__in=["sum", "mean", "min", "max"]
                )
                | Q(measure="ratio", combine="ratio")
                | Q(measure="rating", combine__in=["mean", "min", "max"])
                | Q(measure="yes_no", combine__in=["sum", "mean", "min", "max"])
                | Q(measure__in=["percent", "narrative"], combine="none"),
                name="indicator_combine_fits_measure",
                violation_error_message="This measure cannot be combined that way.",
            ),
            models.CheckConstraint(
                condition=Q(measure="currency", currency__isnull=False)
                | ~Q(measure="currency") & Q(currency=None),
                name="indicator_currency_named",
                violation_error_message="A currency indicator has exactly one currency.",
            ),
            models.CheckConstraint(
                condition=Q(baseline_numerator=None, baseline_denominator=None)
                | Q(measure="ratio", baseline_numerator__isnull=False)
                & Q(baseline_denominator__isnull=False, baseline_denominator__gt=0),
                name="indicator_baseline_parts",
                violation_error_message="A ratio's baseline needs both parts, "
                "the denominator above 0.",
            ),
            models.CheckConstraint(
                condition=~Q(direction__startswith="maintain")
                | Q(tolerance__isnull=False, tolerance__gte=0),
                name="indicator_maintain_has_tolerance",
                violation_error_message="An indicator to maintain needs its tolerance.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    @property
    def framework(self) -> Framework:
        return self.result.framework


class Span(Func):
    """The days from the first to the last, both included."""

    function = "daterange"
    output_field = models.Field()

    def __init__(self, first: str, last: str, **extra: Any) -> None:
        super().__init__(F(first), F(last), Value("[]"), **extra)


class PeriodTargetQuerySet(OfFrameworkQuerySet):
    path = "indicator__result__framework"


class PeriodTarget(Record):
    """What an indicator shall reach over a span of one or more periods."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="targets"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=10)
    comment = models.TextField(blank=True, max_length=20_000)
    imported = models.BooleanField(default=False, editable=False)

    objects = PeriodTargetQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "ends_on", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="target_ends_after_start",
                violation_error_message="The end must not come before the start.",
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
