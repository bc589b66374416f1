"""Forms of the pages about partners."""

from typing import Any

from django import forms

from registry.forms.filters import FilterForm, choose, country_choices
from registry.models import Country, Partner


class PartnerFilter(FilterForm):
    q = forms.CharField(label="Name", max_length=100, required=False)
    kind = forms.MultipleChoiceField(
        label="Kind",
        choices=[(code, label.capitalize()) for code, label in Partner.Kind.choices],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    country = forms.ChoiceField(label="Country", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Country.objects.filter(partners__isnull=False).distinct()
        choose(self, "country", country_choices(used))


class QueueFilter(PartnerFilter):
    """Which of the partners that wait for verification are shown."""

    source = forms.ChoiceField(
        label="Registered",
        choices=[("", "By people"), ("files", "From files"), ("all", "All")],
        required=False,
    )
