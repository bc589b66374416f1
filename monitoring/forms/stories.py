"""What a person tells of a change, and what is said of it."""

from typing import Any

from django import forms

from monitoring.models import Indicator, Story, Submission


class StoryForm(forms.ModelForm):
    """A story; who told it stays with members unless they agreed to be named."""

    class Meta:
        model = Story
        fields = [
            "title",
            "changed",
            "for_whom",
            "place",
            "significance",
            "indicator",
            "told_by",
            "described_as",
            "consent",
            "consent_how",
            "consent_to_name",
        ]

    def __init__(self, submission: Submission, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["indicator"]
        choice.queryset = Indicator.objects.filter(
            result__framework=submission.period.framework_id
        ).select_related("result")
        choice.empty_label = "the partnership as a whole"
        choice.label = "What it is about"
        self.fields["told_by"].help_text = "A name: read by members only, erased if consent ends."

    def _post_clean(self) -> None:
        """What the model refuses comes from the service, for pages and API alike."""


class SelectionForm(forms.Form):
    chosen_by = forms.CharField(
        label="Who chose it", max_length=300, help_text="A panel, a meeting, a person."
    )
    reason = forms.CharField(
        label="Why this one", max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
