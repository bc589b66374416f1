"""Periods that are re-opened, and reporting units that are named."""

from typing import Any

from django import forms

from monitoring.models import DataLevel, ReportingUnit
from partnerships.forms.agreements import MembershipField
from partnerships.forms.registering import A_DAY
from partnerships.models import Membership
from registry.models import Country


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label="Why it is opened again",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="It stays in the history, for everybody who reads the figures.",
    )


class UnitForm(forms.Form):
    """A member, or a member in a place, as one whose data is due."""

    membership = MembershipField(
        label="Member", queryset=Membership.objects.none(), empty_label=None
    )
    country = forms.ModelChoiceField(
        queryset=Country.objects.order_by("name"),
        required=False,
        empty_label="none: the member itself",
    )
    place = forms.CharField(
        required=False,
        max_length=300,
        help_text="Within the country: a district, a site. Leave both empty for the member itself.",
    )
    level = forms.ChoiceField(
        label="Level of its data",
        required=False,
        choices=[
            ("", "as usual"),
            *((code, label.capitalize()) for code, label in DataLevel.choices),
        ],
        help_text="As usual: of a place subnational, of a country national, of the member itself "
        "the level at which it works. It does not change later.",
    )

    def __init__(self, members: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, MembershipField)
        field.queryset = members


class HandOverForm(forms.Form):
    """To which other unit a unit's data passes, and from which day on."""

    successor = forms.ModelChoiceField(
        label="Who reports it from then on",
        queryset=ReportingUnit.objects.none(),
        empty_label="Choose a reporting unit",
    )
    since_on = forms.DateField(
        label="From",
        widget=A_DAY,
        help_text="Periods that end from this day on are theirs; what was reported stays.",
    )
    reason = forms.CharField(
        label="Why", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
