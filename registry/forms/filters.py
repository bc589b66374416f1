"""Search and facets of a list, read from its address."""

from typing import Any, cast

from django import forms
from django.http import QueryDict


class FilterForm(forms.Form):
    """A list's search and facets, read from the address; what is not valid is left out."""

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[dict[str, str]]:
        """What is chosen, each with the address that leaves it out."""
        found = []
        for name, value in self.chosen().items():
            labels = self.labels(name)
            for one in value if isinstance(value, list) else [value]:
                label = str(labels.get(one, f"“{one}”"))
                found.append({"label": label, "query": self._without(name, one)})
        return found

    def labels(self, name: str) -> dict[str, str]:
        """What a field's values are called."""
        return dict(getattr(self.fields[name], "choices", ()))

    def _without(self, name: str, value: str) -> str:
        query = cast(QueryDict, self.data).copy()
        kept = [one for one in query.getlist(name) if one.strip() != value]
        query.setlist(name, kept)
        query.pop("after", None)
        return f"?{query.urlencode()}"


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Fill a field's choices from rows, at the moment of the request."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def country_choices(countries: Any) -> list[tuple[str, str]]:
    return [("", "All countries"), *countries.values_list("alpha2", "name")]
