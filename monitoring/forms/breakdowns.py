"""Baselines of an indicator's categories, and two dimensions that are crossed."""

from decimal import Decimal
from typing import Any

from django import forms

from monitoring.forms.indicators import DIGITS
from monitoring.models import Category, Dimension, Framework, Indicator
from partnerships.forms.numbers import NumberField

PARTS = {"numerator": "so many", "denominator": "of so many"}


class BaselinesForm(forms.Form):
    """An input for each category, two for a share; empty means none is stated."""

    def __init__(self, indicator: Indicator, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_share = indicator.measure == Indicator.Measure.RATIO
        self.names = tuple(PARTS) if self.is_share else ("value",)
        self.categories: list[Category] = [
            category
            for dimension in indicator.dimensions.all()
            for category in dimension.categories.all()
        ]
        stored = {row.category_id: row for row in indicator.category_baselines.all()}
        for category in self.categories:
            for name in self.names:
                part = f": {PARTS[name]}" if name in PARTS else ""
                self.fields[f"{name}_{category.pk}"] = NumberField(
                    label=f"{category.label}{part}",
                    initial=getattr(stored.get(category.pk), name, None),
                    **DIGITS,
                )

    def stored_values(self, record: Any = None) -> dict[str, Any]:
        return {name: str(field.initial or "") for name, field in self.fields.items()}

    def said(self) -> dict[int, dict[str, Decimal | None]]:
        return {
            category.pk: {n: self.cleaned_data.get(f"{n}_{category.pk}") for n in self.names}
            for category in self.categories
        }


class CrossForm(forms.Form):
    """Two ways to break figures down, made one: sex by age."""

    first = forms.ModelChoiceField(queryset=Dimension.objects.none(), empty_label=None)
    second = forms.ModelChoiceField(label="by", queryset=Dimension.objects.none(), empty_label=None)

    def __init__(self, framework: Framework, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = Dimension.objects.filter(first=None, framework__in=[framework.pk])
        rows = (Dimension.objects.filter(first=None, framework=None) | usable).order_by("label")
        for field in self.fields.values():
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
