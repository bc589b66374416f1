"""Indicators, with how their values add up."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from monitoring.models.frameworks import Dimension, Framework, OfFrameworkQuerySet, Result
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
        "counts_new_people",
    )
    # A change of these may be one of wording, or of what is measured and of whom: people say which.
    ASKED_ABOUT = ("definition", "responsible")

    result = models.ForeignKey(Result, models.CASCADE, related_name="indicators")
    series = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="the same over framework editions"
    )
    continues = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="continued_by",
        help_text="the indicator of an earlier edition in whose place this one stands",
    )
    breaks_series = models.BooleanField(
        null=True,
        blank=True,
        help_text="true: its values are no longer those of the indicator that it continues; "
        "false: what was changed is wording only; empty: nothing was changed that asks for it",
    )
    break_reason = models.TextField(
        blank=True, max_length=2000, help_text="what is measured differently, and why"
    )
    joins_series = models.BooleanField(
        default=False, help_text="over the break, a joined series may be shown all the same"
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
    baseline_unavailable = models.BooleanField(
        default=False, help_text="nobody has the value; not the same as not having stated it"
    )
    baseline_plan = models.TextField(
        blank=True, max_length=2000, help_text="how a baseline that is not available will be found"
    )
    baseline_plan_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="by when"
    )
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
        indexes = [models.Index(fields=["series"], name="indicator_by_series")]
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
                condition=days_in_range("baseline_on", "baseline_plan_on")
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
            models.CheckConstraint(
                condition=Q(baseline_unavailable=False)
                | Q(baseline_value=None, baseline_numerator=None, baseline_denominator=None),
                name="indicator_unavailable_has_none",
                violation_error_message="A baseline that is stated is available.",
            ),
            models.CheckConstraint(
                condition=Q(baseline_unavailable=False, baseline_plan="", baseline_plan_on=None)
                | Q(baseline_unavailable=True, baseline_plan_on__isnull=False)
                & ~Q(baseline_plan=""),
                name="indicator_unavailable_has_plan",
                violation_error_message="A baseline that is not available has a plan: how it will "
                "be found, and by when; any other one has none.",
            ),
            models.CheckConstraint(
                condition=Q(breaks_series=True) & ~Q(break_reason="")
                | Q(break_reason="", joins_series=False)
                & (Q(breaks_series=None) | Q(breaks_series=False)),
                name="indicator_break_has_reason",
                violation_error_message="A series that breaks says what is measured differently; "
                "one that does not has nothing to join.",
            ),
        ]

    SAID_AT = {
        "indicator_unavailable_has_none": "baseline_unavailable",
        "indicator_unavailable_has_plan": "baseline_plan",
        "indicator_break_has_reason": "break_reason",
    }

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    def clean(self) -> None:
        of_framework = self.result.framework.partnership_id
        if self.responsible and self.responsible.partnership_id != of_framework:
            raise ValidationError({"responsible": "Not a member of this partnership."})

    def take_over(self, former: "Indicator") -> None:
        """Stand in the place of an earlier edition's indicator, and continue its series unless
        that breaks (RULES 10)."""
        of_partnership = former.framework.partnership_id == self.framework.partnership_id
        if not of_partnership or former.framework.edition >= self.framework.edition:
            text = "Not an indicator of an earlier edition of this framework."
            raise ValidationError({"continues": text})
        here = Indicator.objects.filter(result__framework=self.framework).exclude(pk=self.pk)
        if here.filter(Q(series=former.series) | Q(continues=former)).exists():
            text = "Another indicator of this framework continues it already."
            raise ValidationError({"continues": text})
        self.continues, self.series = former, former.series

    def former(self) -> "Indicator | None":
        """The indicator in whose place this one stands: named, or of the same series."""
        if self.continues_id:
            return self.continues
        earlier = Indicator.objects.filter(
            series=self.series,
            result__framework__partnership=self.framework.partnership_id,
            result__framework__edition__lt=self.framework.edition,
        )
        return earlier.order_by("-result__framework__edition").first()

    def differing(self, names: Sequence[str], former: "Indicator") -> list[str]:
        return [name for name in names if _said(self, name) != _said(former, name)]

    def settle_series(self) -> None:
        """Continue the series, or begin a new one where it breaks; refuse what leaves it open.

        Targets, baselines and wording may change. What changes the measure breaks the series, and
        that is a choice to be made; whether other words for the definition do, people say.
        """
        former = self.former()
        if former is None:
            if self.breaks_series is not None:
                text = "It continues no indicator of an earlier edition: there is nothing to break."
                raise ValidationError({"breaks_series": text})
            return
        if self.breaks_series:
            if self.series == former.series:
                self.continues, self.series = former, uuid.uuid4()
            return
        self._require_series_kept(former)
        self.series = former.series

    def _require_series_kept(self, former: "Indicator") -> None:
        if broken := self.differing(self.SERIES_FACTS, former):
            text = "It differs from the indicator that this one continues: that breaks the series."
            raise ValidationError(dict.fromkeys(broken, text), code="breaks_series")
        asked = self.differing(self.ASKED_ABOUT, former)
        if asked and self.breaks_series is None:
            named = " and ".join(asked)
            text = f"Say whether the other {named} breaks the series, or is a matter of wording."
            raise ValidationError({"breaks_series": text}, code="series_unsettled")

    @property
    def framework(self) -> Framework:
        return self.result.framework


def _said(indicator: Indicator, name: str) -> Any:
    """A field's value, so that spaces make no difference."""
    field = Indicator._meta.get_field(name)
    value = getattr(indicator, field.attname)  # type: ignore[union-attr]
    return " ".join(value.split()) if isinstance(value, str) else value


class Span(Func):
    """The days from the first to the last, both included."""

    function = "daterange"
    output_field = models.Field()

    def __init__(self, first: str, last: str, **extra: Any) -> None:
        super().__init__(F(first), F(last), Value("[]"), **extra)
