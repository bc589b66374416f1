"""Forms of the Solutions Catalogue: searching it, entering and answering."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnerships.models import Commitment, Fund, Need, Partnership, Solution
from partnerships.models.catalogue import acted_for
from registry.forms.filters import FilterForm, choose, country_choices
from registry.models import Country, Goal, Partner, Target

A_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
LONG = forms.Textarea(attrs={"rows": 4})


def capitalised(choices: Any) -> list[tuple[str, str]]:
    return [(code, label[:1].upper() + label[1:]) for code, label in choices]


def any_of(label: str, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=capitalised(choices),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class CatalogueFilter(FilterForm):
    """By words, country and goal."""

    q = forms.CharField(label="Search", max_length=200, required=False)
    country = forms.ChoiceField(label="Country", required=False)
    goal = any_of("Goal", [])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "country", country_choices(Country.objects.all()))
        choose(self, "goal", [(str(g.number), str(g)) for g in Goal.objects.all()])


class SolutionFilter(CatalogueFilter):
    status = any_of("Stage", [(s.value, s.label) for s in Solution.Stage if s != "proposed"])
    kinds = any_of("Gives", Commitment.Kind.choices)


class NeedFilter(CatalogueFilter):
    status = any_of("State", Need.Status.choices)
    kind = any_of("Needs", Commitment.Kind.choices)
    urgency = any_of("Urgency", Need.Urgency.choices)


class FundFilter(CatalogueFilter):
    finance_type = any_of("Finance", Fund.FinanceType.choices)
    for_kinds = any_of("For", Partner.Kind.choices)


class TargetCodesField(forms.CharField):
    """SDG targets by their codes, with commas or blanks between them."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(target.code for target in value)
        return value

    def clean(self, value: Any) -> Any:
        codes = list(dict.fromkeys(re.findall(r"[^\s,;]+", super().clean(value))))
        known = {target.code: target for target in Target.objects.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in known]:
            raise ValidationError(f"Not an SDG target: {', '.join(unknown[:5])}. As 6.1, 17.16.")
        return [known[code] for code in codes]


class EntryForm(forms.ModelForm):
    """What is said of an entry; the services check and save it."""

    targets = TargetCodesField(
        label="SDG targets", max_length=300, help_text="Their codes: 6.1, 6.2."
    )
    countries = forms.ModelMultipleChoiceField(
        Country.objects.order_by("name"),
        label="Countries",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="Hold Ctrl (or ⌘) to choose several.",
    )
    owned_by = ""  # the field with the partner it is entered for

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance is not None and instance.pk:
            links = {"targets": list(instance.targets.all()), "countries": instance.countries.all()}
            kwargs["initial"] = links
        super().__init__(*args, **kwargs)
        self.is_new = instance is None or not instance.pk
        fields: Any = self.fields
        fields[self.owned_by].queryset = acted_for(user).order_by("name", "pk")
        if "partnership" in fields:
            fields["partnership"].queryset = self.partnerships(user)
        if not self.is_new:
            del fields[self.owned_by]
            if isinstance(self, NeedForm):
                del fields["partnership"]

    def partnerships(self, user: Any) -> Any:
        """At most so many as a list holds; chosen from it, one is looked up in the same rows."""
        some = Partnership.objects.editable_by(user).order_by("title", "pk")[:500]
        return Partnership.objects.filter(pk__in=some.values("pk")).order_by("title", "pk")

    def _post_clean(self) -> None:
        """The model checks what it is given when the service stores it."""

    def facts(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in self.fields}
        return {**facts, "countries": list(facts["countries"])}


class SolutionForm(EntryForm):
    owned_by = "owner"
    kinds = forms.MultipleChoiceField(
        label="What it gives",
        choices=capitalised(Commitment.Kind.choices),
        widget=forms.CheckboxSelectMultiple,
    )
    website = forms.URLField(required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Solution
        fields = [
            "owner",
            "title",
            "problem",
            "approach",
            "kinds",
            "targets",
            "countries",
            "everywhere",
            "level",
            "worked_where",
            "evidence",
            "cost_low",
            "cost_high",
            "currency",
            "cost_note",
            "partnership",
            "website",
        ]
        labels = {
            "everywhere": "It can be repeated in any country",
            "partnership": "Brought in by",
            "cost_low": "Cost from",
            "cost_high": "Cost to",
            "cost_note": "The cost of what",
        }
        widgets = {"problem": LONG, "approach": LONG, "evidence": LONG}

    def partnerships(self, user: Any) -> Any:
        """Those of the members that the user acts for."""
        joined = Partnership.objects.filter(
            memberships__partner__in=acted_for(user).values("pk"),
            memberships__status="accepted",
        )
        return Partnership.objects.filter(pk__in=joined.values("pk")).order_by("title", "pk")


class NeedForm(EntryForm):
    owned_by = "partner"

    class Meta:
        model = Need
        fields = [
            "partner",
            "partnership",
            "title",
            "description",
            "kind",
            "amount",
            "currency",
            "unit",
            "targets",
            "countries",
            "everywhere",
            "place",
            "urgency",
            "needed_by",
        ]
        labels = {
            "partner": "Of an organisation",
            "partnership": "Or of a partnership",
            "kind": "Kind of support",
            "unit": "Unit, if it is not money",
            "everywhere": "It is not bound to a country",
        }
        help_texts = {"partner": "", "partnership": "Leave the organisation open then."}
        widgets = {"description": LONG, "needed_by": A_DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "partner" in self.fields:
            self.fields["partner"].required = False


class FundForm(EntryForm):
    owned_by = "partner"
    for_kinds = any_of("For which kinds of organisations", Partner.Kind.choices)
    for_sizes = any_of("For companies of which size", Partner.Size.choices)
    website = forms.URLField(required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Fund
        fields = [
            "partner",
            "title",
            "description",
            "finance_type",
            "currency",
            "amount",
            "least",
            "most",
            "opens_on",
            "closes_on",
            "for_kinds",
            "for_sizes",
            "targets",
            "countries",
            "everywhere",
            "conditions",
            "website",
        ]
        labels = {
            "partner": "Offered by",
            "amount": "Size of the fund",
            "least": "Least for one applicant",
            "most": "Most for one applicant",
            "everywhere": "In any country",
        }
        widgets = {
            "description": LONG,
            "conditions": LONG,
            "opens_on": A_DAY,
            "closes_on": A_DAY,
        }


class AnswerForm(forms.Form):
    """A reason, where one is asked for."""

    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed to decline, refuse, withdraw, send back or retire; for both sides only.",
    )
