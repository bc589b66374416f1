"""What a partnership agreed to measure, and how."""

import calendar
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from partnerships.models import Agreement, Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Currency,
    Event,
    GlobalIndicator,
    ImportBatch,
    MovingRecord,
    Record,
    User,
)


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, user: Any) -> Self:
        """Settled and imported versions with their partnership; the others for insiders."""
        seen = Partnership.objects.visible_to(user).values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        settled = Q(status__in=Framework.SETTLED)
        return self.filter(settled & Q(partnership__in=seen) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def in_force(self) -> Self:
        return self.filter(status__in=[Framework.Status.AGREED, Framework.Status.IMPORTED])


class Framework(MovingRecord):
    """A version of a partnership's M&E framework."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        AGREED = "agreed"
        SUPERSEDED = "superseded"
        IMPORTED = "imported"

    class Cadence(models.TextChoices):
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"
        HALF_YEARLY = "half_yearly", "half-yearly"
        YEARLY = "yearly"
        IRREGULAR = "irregular"

    SETTLED = (Status.AGREED, Status.SUPERSEDED, Status.IMPORTED)
    MOVES = {
        Status.DRAFT: [Status.PROPOSED],
        Status.PROPOSED: [Status.AGREED, Status.SUPERSEDED],
        Status.AGREED: [Status.SUPERSEDED],
        Status.IMPORTED: [Status.SUPERSEDED],
        Status.SUPERSEDED: [],
    }
    MONTHS: ClassVar[dict[str, int]] = {
        Cadence.MONTHLY: 1,
        Cadence.QUARTERLY: 3,
        Cadence.HALF_YEARLY: 6,
        Cadence.YEARLY: 12,
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="frameworks")
    edition = models.PositiveSmallIntegerField(default=1, help_text="counts up; old ones stay")
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    cadence = models.CharField(max_length=11, choices=Cadence, default=Cadence.QUARTERLY)
    starts_on = models.DateField()
    ends_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField(default=30)
    time_zone = models.CharField(max_length=40, default="UTC")
    assumptions = models.TextField(blank=True, max_length=20_000)
    agreement = models.OneToOneField(
        Agreement, models.PROTECT, null=True, editable=False, related_name="framework"
    )
    agreed_at = models.DateTimeField(null=True, editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="frameworks"
    )

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "edition"], name="framework_edition_once"
            ),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(status__in=["agreed", "imported"]),
                name="framework_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="framework_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=~Q(cadence="irregular") | Q(import_batch__isnull=False),
                name="framework_irregular_only_imported",
                violation_error_message="Only an imported framework has irregular periods.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    def clean(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError({"time_zone": "Unknown; as in Africa/Nairobi."}) from None

    def require_draft(self) -> None:
        """What was proposed or agreed does not change: a change makes a new edition."""
        if self.status != self.Status.DRAFT:
            raise DomainError(
                "framework_settled", f"The framework is {self.status}; make a new edition."
            )

    def spans(self) -> Iterator[tuple[date, date]]:
        """First and last day of every period that the cadence gives, to the framework's end."""
        months = self.MONTHS.get(self.cadence)
        first, number = self.starts_on, 0
        while months and first <= self.ends_on:
            number += 1
            following = _months_later(self.starts_on, number * months)
            yield first, min(following - timedelta(days=1), self.ends_on)
            first = following

    def mark_proposed(self, agreement: Agreement, *, by: User) -> None:
        if not self.partnership.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")
        Event.move(self, self.Status.PROPOSED, by=by, agreement=agreement)

    def mark_agreed(self, *, by: User) -> None:
        """Put this edition in force; the former one, and older proposals, are superseded."""
        of_partnership = Framework.objects.filter(partnership=self.partnership)
        overtaken = of_partnership.filter(status=self.Status.PROPOSED, edition__lt=self.edition)
        for framework in (of_partnership.in_force() | overtaken).exclude(pk=self.pk):
            Event.move(framework, self.Status.SUPERSEDED, by=by, superseded_at=timezone.now())
        Event.move(self, self.Status.AGREED, by=by, agreed_at=timezone.now())


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


class OfFrameworkQuerySet(models.QuerySet[Any]):
    """Rows that are as visible as their framework; `path` leads to it."""

    path = "framework"

    def visible_to(self, user: Any) -> Self:
        seen = Framework.objects.visible_to(user).values("pk")
        return self.filter(**{f"{self.path}__in": seen})

    def editable_by(self, user: Any) -> Self:
        mine = Framework.objects.editable_by(user).values("pk")
        return self.filter(**{f"{self.path}__in": mine})


class Result(Record):
    """An output, outcome or impact that the partnership wants to bring about."""

    class Level(models.TextChoices):
        OUTPUT = "output"
        OUTCOME = "outcome"
        IMPACT = "impact"
        OTHER = "other"

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="results")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    level = models.CharField(max_length=7, choices=Level)
    title = models.CharField(max_length=2000)
    description = models.TextField(blank=True, max_length=20_000)

    objects = OfFrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["framework", "pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.parent and self.parent.framework_id != self.framework_id:
            raise ValidationError({"parent": "A result of another framework."})


class DimensionQuerySet(models.QuerySet["Dimension"]):
    def visible_to(self, user: Any) -> Self:
        """Shared ones, and those of the frameworks that the user sees."""
        seen = Framework.objects.visible_to(user).values("pk")
        return self.filter(Q(framework=None) | Q(framework__in=seen))


class Dimension(models.Model):
    """A way to break figures down; shared by all, or of one framework that uses its own."""

    framework = models.ForeignKey(
        Framework, models.CASCADE, null=True, blank=True, related_name="own_dimensions"
    )
    code = models.CharField(max_length=120)
    label = models.CharField(max_length=300)

    objects = DimensionQuerySet.as_manager()

    class Meta:
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], nulls_distinct=False, name="dimension_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(dimension__in=Dimension.objects.visible_to(user).values("pk"))


class Category(models.Model):
    """One value of a dimension; "not known" is one of them."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="categories")
    code = models.CharField(max_length=120)
    label = models.CharField(max_length=300)
    sort = models.PositiveSmallIntegerField(default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["dimension", "sort", "pk"]
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["dimension", "code"], name="category_once")]

    def __str__(self) -> str:
        return self.label


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

    COMBINES = {
        Measure.NUMBER: ["sum", "mean", "min", "max"],
        Measure.CURRENCY: ["sum", "mean", "min", "max"],
        Measure.RATIO: ["ratio"],
        Measure.PERCENT: ["none"],
        Measure.RATING: ["mean", "min", "max"],
        Measure.YES_NO: ["sum", "mean", "min", "max"],
        Measure.NARRATIVE: ["none"],
    }

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
