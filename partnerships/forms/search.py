"""How the list of partnerships is searched."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from partnerships.models import Marker, Partnership
from partnerships.models.facets import ACHIEVEMENT, TIMELINESS
from registry.forms.filters import FilterForm, choose, country_choices
from registry.models import Country, CountryGroup, Goal


def _capitalised(choices: Iterable[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(code), str(label)[:1].upper() + str(label)[1:]) for code, label in choices]


def _several(label: str, choices: Iterable[tuple[Any, Any]] = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=_capitalised(choices),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class PartnershipFilter(FilterForm):
    q = forms.CharField(label="Search", max_length=100, required=False)
    country = forms.ChoiceField(label="Country", required=False)
    group = forms.ChoiceField(label="Group of countries", required=False)
    goal = _several("Goal")
    kind = _several("Kind", Partnership.Kind.choices)
    level = _several("Level", Partnership.Level.choices)
    status = _several("Status", [(s.value, s.label) for s in Partnership.PUBLIC])
    achievement = _several("Achievement", ACHIEVEMENT)
    timeliness = _several("Reporting", TIMELINESS)
    marker = _several("Principle pursued", Marker.Kind.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain: dict[str, dict[str, str]] = {}
        used = Country.objects.filter(partnership_places__isnull=False).distinct()
        choose(self, "country", country_choices(used))
        groups = CountryGroup.objects.order_by("kind", "name").values_list("code", "name")
        choose(self, "group", [("", "All groups"), *groups])
        choose(self, "goal", [(str(g.number), str(g)) for g in Goal.objects.all()])

    def labels(self, name: str) -> dict[str, str]:
        """Without the numbers."""
        return self.plain.get(name) or super().labels(name)

    def count(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Say beside each value what choosing it would find."""
        for name, by_value in counts.items():
            if name not in self.fields:
                continue
            self.plain[name] = super().labels(name)
            field = cast(forms.ChoiceField, self.fields[name])
            choose(
                self,
                name,
                [
                    (code, f"{label} ({by_value.get(code, 0):,})" if code else str(label))
                    for code, label in cast(list[tuple[str, str]], field.choices)
                ],
            )
