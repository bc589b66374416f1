"""Where a category stood before: its progress needs a baseline of its own (RULES 16)."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from monitoring.models.frameworks import Category, OfFrameworkQuerySet
from monitoring.models.indicators import Indicator
from partnerships.models import Partnership
from registry.models import Record


class CategoryBaselineQuerySet(OfFrameworkQuerySet):
    path = "indicator__result__framework"

    def visible_to(self, user: Any) -> Self:
        """As the framework; a baseline of people in a group is a breakdown, for insiders only."""
        inside = Partnership.objects.insider(user).values("pk")
        safe = Q(indicator__counts_people=Indicator.CountsPeople.NO)
        mine = Q(indicator__result__framework__partnership__in=inside)
        return super().visible_to(user).filter(safe | mine)


class CategoryBaseline(Record):
    """An indicator's baseline for one category; its day and source are the indicator's."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="category_baselines")
    category = models.ForeignKey(Category, models.PROTECT, related_name="baselines")
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    numerator = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    denominator = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)

    objects = CategoryBaselineQuerySet.as_manager()
    history_of = "indicator__result__framework__partnership"

    class Meta:
        ordering = ["indicator", "category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "category"],
                name="category_baseline_once",
                violation_error_message="This category has a baseline already.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, numerator=None, denominator=None)
                | Q(value=None, numerator__isnull=False, denominator__gt=0),
                name="category_baseline_parts",
                violation_error_message="A value, or numerator and denominator above 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.category}"

    def clean(self) -> None:
        """A ratio's baseline has both parts, any other a value."""
        is_ratio = self.indicator.measure == Indicator.Measure.RATIO
        if is_ratio and self.numerator is None:
            raise ValidationError({"numerator": "A ratio's baseline has both parts."})
        if not is_ratio and self.value is None:
            raise ValidationError({"value": "State a value; only a ratio has two parts."})
