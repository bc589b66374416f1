"""Forms of the secretariat's pages about merging and due diligence."""

from typing import Any

from django import forms
from django.utils import timezone

from registry.models import CriterionAnswer, DueDiligence, ExclusionCriterion, Partner
from registry.services.due_diligence import Answered


class NumberedPartner(forms.ModelChoiceField):
    """A partner by its number, as its address shows it: there may be 50,000 to choose from."""

    widget = forms.NumberInput
    default_error_messages = {"invalid_choice": "There is no partner of this number."}

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Partner.objects.all(), **options)

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Partner) else value


class MergeForm(forms.Form):
    duplicate = NumberedPartner(label="Number of the duplicate", help_text="it leads on from then")
    into = NumberedPartner(label="Number of the partner that stays")
    reason = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text="kept in the log"
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReviewForm(forms.Form):
    """A review, with an answer and a note for each criterion that is asked today."""

    partner = NumberedPartner(label="Number of the partner")
    ten_principles_on = forms.DateField(
        label="Committed to the Ten Principles on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    ten_principles_statement = forms.CharField(
        label="Statement of the commitment",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    findings = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="for admins only, always",
    )
    outcome = forms.ChoiceField(
        choices=[("", "not yet"), *DueDiligence.Outcome.choices], required=False
    )
    conditions = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expires_on = forms.DateField(
        label="Last day on which it holds",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, review: DueDiligence | None = None, **kwargs: Any) -> None:
        if review:
            kwargs["initial"] = {name: getattr(review, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if review:
            del self.fields["partner"]
        self.asked = list(ExclusionCriterion.objects.active(timezone.localdate()))
        given = {a.criterion_id: a for a in review.answers.all()} if review else {}
        for criterion in self.asked:
            self._ask(criterion, given.get(criterion.pk))

    def _ask(self, criterion: ExclusionCriterion, given: CriterionAnswer | None) -> None:
        self.fields[f"answer_{criterion.pk}"] = forms.ChoiceField(
            label=criterion.text,
            choices=[("", "not answered yet"), *CriterionAnswer.Answer.choices],
            required=False,
            initial=given.answer if given else "",
        )
        self.fields[f"note_{criterion.pk}"] = forms.CharField(
            label="Note on this",
            required=False,
            max_length=2000,
            initial=given.note if given else "",
        )

    def facts(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n in ReviewForm.base_fields}

    def answers(self) -> list[Answered]:
        said = self.cleaned_data
        return [
            Answered(criterion, said[f"answer_{criterion.pk}"], said[f"note_{criterion.pk}"])
            for criterion in self.asked
            if said[f"answer_{criterion.pk}"]
        ]


class CriterionForm(forms.ModelForm):
    class Meta:
        model = ExclusionCriterion
        fields = ["number", "text", "active_from", "active_until"]
        widgets = {
            "active_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "active_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
