"""How one's own partnerships are searched."""

from django import forms

from partnerships.models import Partnership
from registry.forms.filters import FilterForm


class MineFilter(FilterForm):
    q = forms.CharField(label="Search your partnerships", max_length=100, required=False)
    status = forms.MultipleChoiceField(
        label="State",
        choices=Partnership.Status.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    role = forms.ChoiceField(
        label="Our part",
        choices=[
            ("", "All"),
            ("lead", "We lead"),
            ("member", "We are a member"),
            ("invited", "We are invited"),
        ],
        required=False,
    )
