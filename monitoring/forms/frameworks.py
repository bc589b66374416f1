"""A framework's own facts, and its results."""

from typing import Any

from django import forms

from monitoring.models import DataLevel, Framework, Result
from partnerships.forms.agreements import Versioned
from partnerships.forms.registering import A_DAY

AREA = forms.Textarea(attrs={"rows": 5})
CADENCES = [
    (code, label.capitalize())
    for code, label in Framework.Cadence.choices
    if code != Framework.Cadence.IRREGULAR
]


class RecordForm(Versioned):
    """Of a record that may be stored already: it begins with what is stored."""

    def stored_values(self, record: Any) -> dict[str, Any]:
        """The record's values as the form has them."""
        return {
            name: getattr(record, record._meta.get_field(name).attname)
            for name in self.base_fields
            if name != "version"
        }

    def facts(self) -> dict[str, Any]:
        """What was said, for the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class FactsForm(RecordForm):
    """What holds for the whole framework."""

    title = forms.CharField(max_length=300, help_text="As in “What Kisima measures, 2026–2030”.")
    starts_on = forms.DateField(
        label="First day", widget=A_DAY, help_text="Periods are counted from here."
    )
    ends_on = forms.DateField(label="Last day", widget=A_DAY)
    cadence = forms.ChoiceField(
        label="How often members report",
        choices=CADENCES,
        help_text="Quarterly is usual; yearly is enough where little changes within a year.",
    )
    grace_days = forms.IntegerField(
        label="Days to report after a period’s end", min_value=0, max_value=366
    )
    time_zone = forms.CharField(
        label="Time zone", max_length=40, help_text="UTC, or as in Africa/Nairobi."
    )
    theory_of_change = forms.CharField(
        label="How change comes about",
        required=False,
        max_length=20_000,
        widget=AREA,
        help_text="If we do this, then that will happen, because … In a few sentences.",
    )
    assumptions = forms.CharField(
        label="What this rests on",
        required=False,
        max_length=20_000,
        widget=AREA,
        help_text="What has to hold outside the partners’ reach.",
    )

    levels = forms.MultipleChoiceField(
        label="Levels at which data is reported",
        required=False,
        choices=[(code, label.capitalize()) for code, label in DataLevel.choices],
        widget=forms.CheckboxSelectMultiple,
        help_text="The local ones too: a report says at which of them data came in.",
    )

    def __init__(self, framework: Framework, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = self.stored_values(framework)
        super().__init__(*args, **kwargs)


class ResultChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_level_display().capitalize()}: {obj.title[:120]}"


class ResultForm(RecordForm):
    level = forms.ChoiceField(
        choices=[(code, label.capitalize()) for code, label in Result.Level.choices],
        help_text="Output: what the partners make. Outcome: what changes for people because of it."
        " Impact: the lasting change it contributes to.",
    )
    title = forms.CharField(
        label="What will be different",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="“Families in the dry districts drink safe water all the year.”",
    )
    parent = ResultChoice(
        label="It contributes to",
        queryset=Result.objects.none(),
        required=False,
        empty_label="nothing above it",
    )
    description = forms.CharField(
        label="In more words", required=False, max_length=20_000, widget=AREA
    )
    assumptions = forms.CharField(
        label="What has to hold for it to come about",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, result: Result, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = self.stored_values(result)
        super().__init__(*args, **kwargs)
        others = Result.objects.filter(framework=result.framework_id).order_by("pk")
        field = self.fields["parent"]
        assert isinstance(field, ResultChoice)
        field.queryset = others.exclude(pk=result.pk) if result.pk else others
