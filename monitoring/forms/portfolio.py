"""What figures over partnerships are asked for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from monitoring.aggregation.portfolio import LibraryFigures, indicators_of, portfolio
from partnerships.models import Partnership
from registry.models import Country, Disclosure, GlobalIndicator, Goal

EARLIEST = 2000


class PortfolioForm(forms.Form):
    """A library indicator, a goal or a country, and the year."""

    global_indicator = forms.ModelChoiceField(
        GlobalIndicator.objects.order_by("target_id", "code"),
        to_field_name="code",
        required=False,
        label="SDG indicator",
    )
    disclosure = forms.ModelChoiceField(
        Disclosure.objects.select_related("standard"), required=False, label="ESG disclosure"
    )
    goal = forms.ModelChoiceField(
        Goal.objects.order_by("number"), to_field_name="number", required=False, label="Goal"
    )
    country = forms.ModelChoiceField(
        Country.objects.order_by("name"), to_field_name="alpha2", required=False, label="Country"
    )
    year = forms.IntegerField(required=False, min_value=EARLIEST, label="Year")

    def clean_year(self) -> int:
        today = timezone.localdate()
        year: int = self.cleaned_data["year"] or today.year - 1
        if year > today.year:
            raise ValidationError(f"At most {today.year}.")
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = ("global_indicator", "disclosure", "goal", "country")
        if not self.errors and not any(cleaned.get(name) for name in named):
            raise ValidationError("Choose an indicator, a goal or a country.", code="required")
        return cleaned

    def require(self) -> None:
        """Raise ValidationError by field where it cannot be answered."""
        if not self.is_valid():
            raise ValidationError(self.errors.as_data())

    @property
    def in_year(self) -> int:
        found: int = self.cleaned_data["year"]
        return found

    def figures(self) -> list[LibraryFigures]:
        """Of all public partnerships; the same for every reader."""
        asked = self.cleaned_data
        public = Partnership.objects.public()
        library: dict[str, Any] = {}
        if asked["global_indicator"]:
            library["global_indicator"] = asked["global_indicator"]
        if asked["disclosure"]:
            library["disclosure"] = asked["disclosure"]
        if asked["goal"]:
            library["global_indicator__target__goal"] = asked["goal"]
        country = asked["country"]
        if country:
            public = public.filter(places__country=country)
        listed = indicators_of(public.values("pk"), year=self.in_year, **library)
        return portfolio(listed, year=self.in_year, country=country.pk if country else None)
