"""Forms of the budget and of what was spent of it."""

from typing import Any, cast

from django import forms

from partnerships.forms.commitments import MemberField, amount, day, text
from partnerships.models import BudgetLine, Membership, Partnership
from registry.models import Currency


class BudgetLineForm(forms.Form):
    title = forms.CharField(label="Purpose", max_length=200)
    membership = MemberField(
        label="Member that spends it", queryset=Membership.objects.none(), required=False
    )
    amount = amount("Amount")
    currency = forms.ModelChoiceField(label="Currency", queryset=Currency.objects.all())
    starts_on = day("From")
    ends_on = day("Until")

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = partnership.memberships.accepted().select_related("partner")
        cast(Any, self.fields["membership"]).queryset = members

    @staticmethod
    def of(line: BudgetLine) -> dict[str, Any]:
        return {name: getattr(line, name) for name in BudgetLineForm.base_fields}


class ExpenditureForm(forms.Form):
    starts_on = day("From")
    ends_on = day("Until", help_text="A day that has passed.")
    amount = amount("Amount")
    note = text("Note (members only)", 2000, required=False)
