"""How the list of partnerships is searched."""

from typing import Any

from django import forms

from partnerships.models import Partnership
from registry.forms.filters import FilterForm, choose, country_choices
from registry.models import Country, Goal


def _capitalised(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, label[:1].upper() + label[1:]) for code, label in choices]


class PartnershipFilter(FilterForm):
    q = forms.CharField(label="Search", max_length=100, required=False)
    country = forms.ChoiceField(label="Country", required=False)
    goal = forms.MultipleChoiceField(
        label="Goal", widget=forms.CheckboxSelectMultiple, required=False
    )
    kind = forms.MultipleChoiceField(
        label="Kind",
        choices=_capitalised(Partnership.Kind.choices),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    level = forms.MultipleChoiceField(
        label="Level",
        choices=_capitalised(Partnership.Level.choices),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    status = forms.MultipleChoiceField(
        label="Status",
        choices=_capitalised([(s.value, s.label) for s in Partnership.PUBLIC]),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = Country.objects.filter(partnership_places__isnull=False).distinct()
        choose(self, "country", country_choices(used))
        choose(self, "goal", [(str(g.number), str(g)) for g in Goal.objects.all()])
