"""What a member declares: of its interests, of the benefit it expects, of conflicts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registry.models import Partner

LONG = {"rows": 3}
DAY = {"type": "date"}


class ConflictForm(forms.Form):
    description = forms.CharField(
        label="Conflict of interest",
        max_length=5000,
        widget=forms.Textarea(attrs=LONG),
        help_text="What your organisation could gain from besides the common objective.",
    )
    mitigation = forms.CharField(
        label="What is done about it",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )
    owner = forms.CharField(
        label="Who sees to it", max_length=200, required=False, help_text="A role or a name."
    )
    review_on = forms.DateField(
        label="To be reviewed on", required=False, widget=forms.DateInput(attrs=DAY)
    )


class ResolveForm(forms.Form):
    outcome = forms.CharField(
        label="How it was resolved", max_length=5000, widget=forms.Textarea(attrs=LONG)
    )


class DeclaringForm(forms.Form):
    """Interests, expected benefit, and one conflict or the statement that there is none."""

    interests = forms.CharField(
        label="Interests of your organisation",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
        help_text="What it wants to reach by taking part. Only the members and the secretariat "
        "read this.",
    )
    expected_benefit = forms.CharField(
        label="Benefit it expects",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )
    no_conflicts = forms.BooleanField(label="There is no conflict of interest", required=False)
    conflict = forms.CharField(
        label="Or: the conflict of interest there is",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
        help_text="Further ones can be added later.",
    )
    mitigation = forms.CharField(
        label="What is done about it",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs=LONG),
    )
    owner = forms.CharField(
        label="Who sees to it", max_length=200, required=False, help_text="A role or a name."
    )
    review_on = forms.DateField(
        label="To be reviewed on", required=False, widget=forms.DateInput(attrs=DAY)
    )

    def clean(self) -> dict[str, Any]:
        """What belongs to a conflict is not dropped because the conflict itself is not named."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("conflict"):
            for name in ("mitigation", "owner", "review_on"):
                if values.get(name):
                    self.add_error("conflict", "Describe the conflict of interest itself.")
                    break
        return values

    def declared(self) -> dict[str, Any]:
        """As the services take it."""
        values = self.cleaned_data
        names = ("mitigation", "owner", "review_on")
        conflict = {"description": values["conflict"]} | {name: values[name] for name in names}
        return {
            "interests": values["interests"],
            "expected_benefit": values["expected_benefit"],
            "conflicts": [conflict] if values["conflict"] else [],
            "no_conflicts": values["no_conflicts"],
        }


class TakeUpForm(DeclaringForm):
    """With which of one's partners one joins."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label="Your organisation", empty_label="Choose …"
    )
    field_order = ["partner"]

    def __init__(self, partners: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = partners

    def clean_partner(self) -> Partner:
        partner: Partner = self.cleaned_data["partner"]
        if partner.status in Partner.CLOSED:
            raise ValidationError(f"{partner} is {partner.status}; it cannot join.")
        return partner
