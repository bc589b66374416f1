"""What a country's focal point lists and says, as people fill it in."""

from typing import Any

from django import forms

from monitoring.models import ContributionStatement
from partnerships.forms.catalogue import TargetCodesField

LONG = forms.Textarea(attrs={"rows": 5, "dir": "auto"})


class PriorityForm(forms.Form):
    title = forms.CharField(
        label="Priority", max_length=300, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    text = forms.CharField(
        label="In the country's own words",
        max_length=5_000,
        required=False,
        widget=LONG,
        help_text="In any language, for instance as the national plan puts it.",
    )
    targets = TargetCodesField(
        label="SDG targets",
        max_length=500,
        required=False,
        help_text="Their codes: 6.1, 6.2. By them partnerships are found that serve the priority.",
    )


class ListedPriorityForm(PriorityForm):
    since_on = forms.DateField(
        label="Since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: today.",
    )

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class EndPriorityForm(forms.Form):
    until_on = forms.DateField(
        label="Its last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: today.",
    )
    reason = forms.CharField(label="Reason", max_length=2_000, widget=LONG)


class StatementForm(forms.Form):
    """One entry: confirmed, commented, or cited in a review."""

    kind = forms.ChoiceField(label="What you say", choices=ContributionStatement.Kind.choices)
    text = forms.CharField(
        label="Comment",
        max_length=5_000,
        required=False,
        widget=LONG,
        help_text="Needed for a comment; may stand beside the others. It is public.",
    )
    review = forms.ChoiceField(
        label="Review that cites it",
        required=False,
        choices=[("", "none"), *ContributionStatement.Review.choices],
    )
    review_year = forms.IntegerField(label="Year of the review", required=False, min_value=1)
    reference = forms.CharField(
        label="Where in the review",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        help_text="A page, a paragraph, an address.",
    )
