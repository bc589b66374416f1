"""The one page of the light track."""

from typing import Any, cast

from django import forms

from partnerships.forms.numbers import NumberField
from partnerships.forms.registering import A_DAY, TargetCodesField
from partnerships.models import Commitment, Partnership
from registry.forms.partner_edit import PartnerNameField
from registry.models import Country, Currency, Partner


class LightForm(forms.Form):
    """Twelve things that are needed; the rest may be left as it is."""

    lead = forms.ModelChoiceField(
        label="Your organisation", queryset=Partner.objects.none(), empty_label=None
    )
    title = forms.CharField(label="Title", max_length=300, help_text="What people will call it.")
    objective = forms.CharField(
        label="What will be different",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For whom, and where: “300 market stalls of Kisumu cook without charcoal.”",
    )
    measure = forms.CharField(
        label="What you will count",
        max_length=300,
        help_text="“stalls that cook without charcoal”",
    )
    unit = forms.CharField(
        label="Unit", max_length=60, required=False, help_text="stalls, %, tonnes …"
    )
    baseline = NumberField(
        label="How many there are today",
        max_digits=24,
        decimal_places=6,
        help_text="0 is a value.",
    )
    goal_value = NumberField(label="How many there will be", max_digits=24, decimal_places=6)
    targets = TargetCodesField(label="SDG targets")
    country = forms.ModelChoiceField(
        label="Country in which it works", queryset=Country.objects.order_by("name")
    )
    starts_on = forms.DateField(label="First day", widget=A_DAY)
    ends_on = forms.DateField(label="Last day", widget=A_DAY)
    commitment = forms.CharField(
        label="What your organisation gives",
        max_length=300,
        help_text="A promise that can be checked on the last day: “Lends 300 stoves.”",
    )
    commitment_kind = forms.ChoiceField(
        label="Kind of contribution", choices=[("", "Choose one"), *Commitment.Kind.choices]
    )
    amount = NumberField(
        label="Amount, if it is money",
        max_digits=24,
        decimal_places=4,
        required=False,
    )
    currency = forms.ModelChoiceField(
        label="Currency", queryset=Currency.objects.order_by("code"), required=False
    )
    invited = PartnerNameField(
        label="Partner to invite",
        required=False,
        max_length=300,
        help_text="Its exact name here, or the number in its page's address. You can submit once"
        " at least one partner has accepted.",
    )
    kind = forms.ChoiceField(
        label="Kind of partnership", choices=Partnership.Kind.choices, required=False
    )
    level = forms.ChoiceField(label="Level", choices=Partnership.Level.choices, required=False)

    def __init__(self, leads: Any, *args: Any, user: Any, promised: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PartnerNameField, self.fields["invited"]).user = user
        if leads is None:
            del self.fields["lead"]
        else:
            cast(forms.ModelChoiceField, self.fields["lead"]).queryset = leads
        if promised:
            for name in ("commitment", "commitment_kind", "amount", "currency"):
                del self.fields[name]

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value is not None}
