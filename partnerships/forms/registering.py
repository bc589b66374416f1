"""Forms of the pages on which a partnership is begun and described."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from partnerships.forms.numbers import NumberField
from partnerships.models import Objective, Partnership
from registry.models import Goal, Partner, Target

A_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
# "SDG 6.1" and "target 6.1" are 6.1.
BEFORE_A_CODE = re.compile(r"^(sdg|target)?\s*(?=\d)", re.IGNORECASE)
LABELS = {
    "title": "Title",
    "summary": "Summary",
    "kind": "Kind of partnership",
    "level": "Level",
    "starts_on": "First day",
    "ends_on": "Last day",
    "website": "Website",
    "track": "Track",
}
HELP = {
    "title": "What people will call it. Say what it does rather than who is in it.",
    "summary": "What the partnership does, for whom and where, in a few sentences that somebody"
    " from outside understands.",
    "kind": "A public-private or UN-business partnership accepts a company only after due"
    " diligence.",
    "level": "The widest level at which it works.",
    "starts_on": "",
    "ends_on": "May stay open in a draft. Needed to submit.",
    "website": "",
    "track": "Light asks for less: one objective, one commitment, SDG targets instead of ESG.",
}


class FactsForm(forms.ModelForm):
    """Facts of a partnership: the form reads them, and the services check and save."""

    website = forms.URLField(required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Partnership
        fields = list(LABELS)
        labels = LABELS
        help_texts = HELP
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 6}),
            "starts_on": A_DAY,
            "ends_on": A_DAY,
        }

    def __init__(self, *args: Any, with_light: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_light:
            del self.fields["track"]

    def _post_clean(self) -> None:
        """The model checks what it is given when the service stores it."""


class BeginForm(FactsForm):
    """Whose partnership it will be, and its first facts."""

    lead = forms.ModelChoiceField(
        label="Lead partner",
        queryset=Partner.objects.none(),
        empty_label=None,
        help_text="Your organisation, which answers for the partnership.",
    )

    class Meta(FactsForm.Meta):
        fields = ["title", "kind", "level", "starts_on"]

    field_order = ["lead", "title", "kind", "level", "starts_on"]

    def __init__(self, leads: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, with_light=True, **kwargs)
        cast(forms.ModelChoiceField, self.fields["lead"]).queryset = leads


class AboutForm(FactsForm):
    class Meta(FactsForm.Meta):
        fields = list(LABELS)


class TargetCodeField(forms.CharField):
    """An SDG target by its number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=5, **options)

    def prepare_value(self, value: Any) -> Any:
        return Target.objects.get(pk=value).code if isinstance(value, int) else value

    def to_python(self, value: Any) -> str:
        return BEFORE_A_CODE.sub("", str(super().to_python(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        code = getattr(initial, "code", initial)
        return super().has_changed(self.prepare_value(code), data)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = Target.objects.in_force().filter(code=code.lower()).first()
        if found is None:
            raise ValidationError("The number of an SDG target, such as 6.1.", code="no_target")
        return found


class ObjectiveForm(forms.ModelForm):
    """One objective, as far as it is known."""

    target = TargetCodeField(
        label="SDG target that it serves",
        required=False,
        help_text="Its number, such as 6.1.",
    )

    class Meta:
        model = Objective
        fields = [
            *("text", "measure", "unit", "baseline", "baseline_year", "goal_value", "reach_by"),
            "target",
        ]
        labels = {
            "text": "What will be different",
            "measure": "What is counted or measured",
            "unit": "Unit",
            "baseline": "Value at the beginning",
            "baseline_year": "Year of that value",
            "goal_value": "Value to be reached",
            "reach_by": "To be reached by",
        }
        help_texts = {
            "text": "For whom, and where: “Every household of the two districts has safe water"
            " within 30 minutes.” One thing only; what you will do for it is a commitment.",
            "measure": "Something that can be counted in the same way twice: “households with"
            " safe water within 30 minutes”.",
            "unit": "households, %, tonnes …",
            "baseline": "0 is a value. Leave it open if nobody knows yet.",
            "baseline_year": "",
            "goal_value": "",
            "reach_by": "Within the partnership's days.",
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3}),
            "baseline_year": forms.TextInput(attrs={"inputmode": "numeric"}),
            "reach_by": A_DAY,
        }
        field_classes = {"baseline": NumberField, "goal_value": NumberField}

    def _post_clean(self) -> None:
        """The model checks what it is given when the service stores it."""


class TargetCodesField(forms.ModelMultipleChoiceField):
    """SDG targets by their codes, ticked one by one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Target.objects.all(),
            to_field_name="code",
            widget=forms.CheckboxSelectMultiple,
            **options,
        )

    def clean(self, value: Any) -> Any:
        return list(super().clean(codes_in(value or [])))


def codes_in(values: Iterable[str]) -> list[str]:
    """What of the values may be codes at all; a hostile request sends others."""
    return [str(value) for value in values if len(str(value)) < 6 and str(value).isprintable()]


class TargetsForm(forms.Form):
    """The goals and targets that a partnership names, and a search for more of them."""

    primary_goal = forms.ModelChoiceField(
        label="Primary goal",
        queryset=Goal.objects.in_force(),
        required=False,
        empty_label="Not chosen yet",
        help_text="The one goal that the partnership serves most.",
    )
    goals = forms.ModelMultipleChoiceField(
        label="Other goals",
        queryset=Goal.objects.in_force(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Goals named as such; those of the chosen targets count anyway.",
    )
    targets = TargetCodesField(label="Targets", required=False)
    q = forms.CharField(label="Find targets", max_length=100, required=False)


class CopyForm(forms.Form):
    """Whose the copy will be, what it is called, and when it begins."""

    lead = forms.ModelChoiceField(
        label="Lead partner", queryset=Partner.objects.none(), empty_label=None
    )
    title = forms.CharField(label="Title of the new partnership", max_length=300)
    starts_on = forms.DateField(
        label="First day",
        required=False,
        widget=A_DAY,
        help_text="Left open: the day after the earlier one's last day, or today.",
    )
    with_budget = forms.BooleanField(
        label="With the lines of its budget", required=False, initial=True
    )

    def __init__(self, leads: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["lead"]).queryset = leads
