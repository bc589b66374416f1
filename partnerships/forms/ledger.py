"""Risks and benefits, with a share for each member and for the public."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from partnerships.forms.agreements import MembershipField, Versioned
from partnerships.forms.numbers import NumberField
from partnerships.models import Benefit, Membership, Risk
from partnerships.services.ledger import Part
from registry.models import Currency

PUBLIC = "share_public"


class SharedForm(Versioned):
    """One field for each bearer; all of them empty means not shared yet."""

    def __init__(
        self, record: Risk | Benefit, members: Sequence[Membership], *args: Any, **kwargs: Any
    ) -> None:
        names = [name for name in self.base_fields if name != "version"]
        initial = {name: getattr(record, name) for name in [*names, "version"]}
        held = {share.membership_id: share for share in record.shares_now} if record.pk else {}
        self.members = {f"share_{member.pk}": member for member in members}
        for name, key in [*((n, m.pk) for n, m in self.members.items()), (PUBLIC, None)]:
            if key in held:
                initial[name] = f"{held[key].percent.normalize():f}"
        super().__init__(*args, **{**kwargs, "initial": initial})
        for name, member in self.members.items():
            self.fields[name] = _percent(str(member.partner))
        self.fields[PUBLIC] = _percent("The public and the users")

    @property
    def share_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in [*self.members, PUBLIC]]

    @property
    def fact_fields(self) -> list[forms.BoundField]:
        shares = {*self.members, PUBLIC, "version"}
        return [field for field in self if field.name not in shares]

    def stated(self) -> dict[str, Any]:
        """Facts, and the shares as they were stated."""
        facts = {field.name: self.cleaned_data[field.name] for field in self.fact_fields}
        bearers: list[tuple[str, Membership | None]] = [*self.members.items(), (PUBLIC, None)]
        facts["shares"] = [
            Part(member, percent)
            for name, member in bearers
            if (percent := self.cleaned_data.get(name) or Decimal(0))
        ]
        return facts


def _percent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=6,
        max_digits=9,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


def _one_to_five(label: str, ends: tuple[str, str]) -> forms.TypedChoiceField:
    words = {1: f"1 – {ends[0]}", 5: f"5 – {ends[1]}"}
    choices = [(n, words.get(n, str(n))) for n in range(1, 6)]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int)


class RiskForm(SharedForm):
    category = forms.ChoiceField(
        choices=[(code, label.capitalize()) for code, label in Risk.Category.choices]
    )
    description = forms.CharField(label="What may go wrong", max_length=500)
    likelihood = _one_to_five("How likely", ("rare", "almost certain"))
    impact = _one_to_five("How grave", ("hardly felt", "ends the partnership"))
    mitigation = forms.CharField(
        label="What is done about it",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2000,
    )
    why_bearer = forms.CharField(
        label="Why who carries it can manage it best",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2000,
    )
    owner = MembershipField(
        label="Who watches it",
        help_text="For members only.",
        queryset=Membership.objects.none(),
        required=False,
    )

    def __init__(
        self, record: Risk, members: Sequence[Membership], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(record, members, *args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, MembershipField)
        kept = [record.owner_id] if record.owner_id else []
        field.queryset = Membership.objects.select_related("partner").filter(
            pk__in=[*(member.pk for member in members), *kept]
        )


class BenefitForm(SharedForm):
    kind = forms.ChoiceField(
        choices=[(code, label.capitalize()) for code, label in Benefit.Kind.choices]
    )
    description = forms.CharField(label="What it brings", max_length=500)
    value = NumberField(
        label="Value over the whole term",
        help_text="Empty where none can be stated: it is named then, and does not count.",
        required=False,
        min_value=0,
        max_digits=24,
        decimal_places=4,
    )
    currency = forms.ModelChoiceField(queryset=Currency.objects.all(), required=False)
    valued_on = forms.DateField(
        label="Day of the value",
        help_text="Empty: today.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    how_agreed = forms.CharField(
        label="How the members agreed on who gains what",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=2000,
    )


class MoveForm(forms.Form):
    status = forms.ChoiceField()
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)

    def __init__(self, record: Risk | Benefit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reachable = record.MOVES[record.status]
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (code, label.capitalize())
            for code, label in type(record).Status.choices
            if code in reachable
        ]
