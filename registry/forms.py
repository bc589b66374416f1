"""Forms of the pages about who takes part."""

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import QueryDict

from registry.models import Country, Partner


class SignInForm(AuthenticationForm):
    """Sign-in by e-mail; one message for every reason, so that it names no account."""

    error_messages = {
        "invalid_login": "E-mail and password do not belong together.",
        "inactive": "E-mail and password do not belong together.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail"


class FilterForm(forms.Form):
    """A list's search and facets, read from the address; what is not valid is left out."""

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[dict[str, str]]:
        """What is chosen, each with the address that leaves it out."""
        found = []
        for name, value in self.chosen().items():
            labels = dict(getattr(self.fields[name], "choices", ()))
            for one in value if isinstance(value, list) else [value]:
                label = str(labels.get(one, f"“{one}”"))
                found.append({"label": label, "query": self._without(name, one)})
        return found

    def _without(self, name: str, value: str) -> str:
        query = cast(QueryDict, self.data).copy()
        kept = [one for one in query.getlist(name) if one.strip() != value]
        query.setlist(name, kept)
        query.pop("after", None)
        return f"?{query.urlencode()}"


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


def choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Fill a field's choices from rows, at the moment of the request."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def country_choices(countries: Any) -> list[tuple[str, str]]:
    return [("", "All countries"), *countries.values_list("alpha2", "name")]
