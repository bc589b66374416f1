"""Indicators, with how their values add up, and their targets."""

import uuid
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from monitoring.models.frameworks import Category, Dimension, Framework, OfFrameworkQuerySet, Result
from partnerships.models import Membership
from registry.models import (
    FIRST_DAY,
    LAST_DAY,
    Currency,
    Disclosure,
    GlobalIndicator,
    Record,
    check_day,
    days_in_range,
)


class IndicatorQuerySet(OfFrameworkQuerySet):
    path = "result__framework"

    def asked_of_whom(self, frameworks: set[int]) -> dict[int, set[tuple[bool, int | None]]]:
        """By framework: of places or of members themselves, and of which member, if of one."""
        asked: dict[int, set[tuple[bool, int | None]]] = {}
        rows = self.filter(result__framework__in=frameworks).values_list(
            "result__framework", "by_place", "responsible"
        )
        for framework, by_place, responsible in rows.distinct().order_by():
            asked.setdefault(framework, set()).add((by_place, responsible))
        return asked


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

    # What holds a series together over editions; targets, baselines and wording may change.
    SERIES_FACTS = (
        "measure",
        "accumulation",
        "combine",
        "unit",
        "currency",
        "rating_min",
        "rating_max",
        "by_place",
        "counts_people",
    )

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
    baseline_on = models.DateField(null=True, blank=True, validators=[check_day])
    baseline_year = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_DAY.year), MaxValueValidator(LAST_DAY.year)],
    )
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
    disclosure = models.ForeignKey(
        Disclosure,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        help_text="of an ESG standard; an indicator names one library at most",
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
    history_of = "result__framework__partnership"

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
            models.CheckConstraint(
                condition=days_in_range("baseline_on")
                & Q(baseline_year__range=(FIRST_DAY.year, LAST_DAY.year)),
                name="indicator_baseline_in_range",
            ),
            models.CheckConstraint(
                condition=Q(rating_min=None)
                | Q(rating_max=None)
                | Q(rating_max__gt=F("rating_min")),
                name="indicator_rating_scale",
                violation_error_message="rating_max must be above rating_min.",
            ),
            models.CheckConstraint(
                condition=Q(global_indicator=None) | Q(disclosure=None),
                name="indicator_one_library",
                violation_error_message="An indicator is taken from one library at most.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    def clean(self) -> None:
        of_framework = self.result.framework.partnership_id
        if self.responsible and self.responsible.partnership_id != of_framework:
            raise ValidationError({"responsible": "Not a member of this partnership."})

    def take_over(self, former: "Indicator") -> None:
        """Continue the series of an earlier edition's indicator (RULES 10)."""
        of_partnership = former.framework.partnership_id == self.framework.partnership_id
        if not of_partnership or former.framework.edition >= self.framework.edition:
            text = "Not an indicator of an earlier edition of this framework."
            raise ValidationError({"continues": text})
        here = Indicator.objects.filter(result__framework=self.framework)
        if here.filter(series=former.series).exists():
            text = "Another indicator of this framework continues it already."
            raise ValidationError({"continues": text})
        self.series = former.series

    def require_series_kept(self) -> None:
        """Refuse what would break the series that this indicator has taken over."""
        former = (
            Indicator.objects.filter(
                series=self.series,
                result__framework__partnership=self.framework.partnership_id,
                result__framework__edition__lt=self.framework.edition,
            )
            .order_by("-result__framework__edition")
            .first()
        )
        facts = self.SERIES_FACTS if former else ()
        broken = [name for name in facts if getattr(self, name) != getattr(former, name)]
        if broken:
            text = "It differs from the indicator that this one continues: that breaks the series."
            raise ValidationError(dict.fromkeys(broken, text), code="breaks_series")

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
