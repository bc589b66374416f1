"""Which partnerships an evaluator works in."""

from typing import Any

from django import forms

from partnerships.models import Partnership


class AssignmentsForm(forms.Form):
    """The partnerships to which an evaluator is limited."""

    partnerships = forms.ModelMultipleChoiceField(
        label="Only in",
        queryset=Partnership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, partnerships: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partnerships"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = partnerships
