"""Which goals are under review in a year."""

from typing import Any

from django import forms

from registry.models import Goal


class HlpfReviewForm(forms.Form):
    year = forms.IntegerField(label="Year of the Forum")
    goals = forms.TypedMultipleChoiceField(
        coerce=int, widget=forms.CheckboxSelectMultiple, label="Goals under review"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["goals"]
        field.choices = [(goal.number, str(goal)) for goal in Goal.objects.order_by("number")]
