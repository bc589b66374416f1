"""Where a partnership works, row by row: an empty row is left out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnerships.models import Location
from registry.models import Country, DacSector

MORE = 3  # empty rows offered at a time
MOST = 250


class CountryName(forms.CharField):
    """A country by its name or its two-letter code, as a list beside the field offers it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "countries", "autocomplete": "off"})
        super().__init__(max_length=80, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        rows = Country.objects.all()
        found = rows.filter(alpha2=text.upper()).first() or rows.filter(name__iexact=text).first()
        if found is None:
            raise ValidationError(f"No country is called “{text}”; take its name from the list.")
        return found


def share() -> forms.DecimalField:
    return forms.DecimalField(
        label="Share, %", required=False, max_digits=6, decimal_places=3, min_value=0, max_value=100
    )


class CountryRow(forms.Form):
    country = CountryName(label="Country", required=False)
    percentage = share()


class SectorRow(forms.Form):
    sector = forms.ModelChoiceField(
        DacSector.objects.all(), label="Sector of work", required=False, empty_label="None"
    )
    percentage = share()


class LocationRow(forms.Form):
    name = forms.CharField(label="Place", max_length=200, required=False)
    country = CountryName(label="In", required=False)
    reach = forms.ChoiceField(label="Reach", choices=Location.Reach.choices, required=False)
    latitude = forms.DecimalField(
        label="Latitude",
        required=False,
        max_digits=8,
        decimal_places=5,
        min_value=-90,
        max_value=90,
    )
    longitude = forms.DecimalField(
        label="Longitude",
        required=False,
        max_digits=8,
        decimal_places=5,
        min_value=-180,
        max_value=180,
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("name") and not values.get("country") and "country" not in self.errors:
            self.add_error("country", "Name the country in which the place is.")
        return values


class PlacesForm(forms.Form):
    """All rows together: what is said of the whole stands on top."""

    countries: Any
    locations: Any
    sectors: Any

    def __init__(self, sent: Any, stored: dict[str, Any]) -> None:
        super().__init__(sent)
        for name, row in ROWS.items():
            factory = forms.formset_factory(row, extra=MORE, max_num=MOST, absolute_max=MOST)
            setattr(self, name, factory(sent, initial=stored.get(name), prefix=name))

    def is_valid(self) -> bool:
        own = super().is_valid()
        return all([own, *(getattr(self, name).is_valid() for name in ROWS)])

    def wanted(self) -> dict[str, Any]:
        """As `edit_places` takes it."""
        named = self._rows("locations", "name")
        locations = [row | {"reach": row["reach"] or Location.Reach.SUBNATIONAL} for row in named]
        return {
            "countries": [(r["country"], r["percentage"]) for r in self._rows("countries")],
            "sectors": [(r["sector"], r["percentage"]) for r in self._rows("sectors")],
            "locations": locations,
        }

    def _rows(self, name: str, key: str = "") -> list[dict[str, Any]]:
        key = key or name.replace("ies", "y").rstrip("s")
        rows = [form.cleaned_data for form in getattr(self, name)]
        return [row for row in rows if row.get(key)]


ROWS: dict[str, type[forms.Form]] = {
    "countries": CountryRow,
    "locations": LocationRow,
    "sectors": SectorRow,
}
