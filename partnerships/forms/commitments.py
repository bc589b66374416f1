"""Forms of promises, their parts, and what is delivered of them."""

from typing import Any, cast

from django import forms

from partnerships.forms.numbers import NumberField
from partnerships.models import Commitment, Deliverable, Membership, Partnership
from partnerships.models.finance_codes import labels
from registry.models import Currency, Target


def day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def amount(label: str, **options: Any) -> NumberField:
    return NumberField(label=label, max_digits=24, decimal_places=4, **options)


def text(label: str, longest: int, rows: int = 3, **options: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, widget=area, **options)


def reason(longest: int = 500) -> forms.CharField:
    return text("Reason", longest, help_text="The reason is public.")


def codes(name: str, label: str) -> forms.ChoiceField:
    listed = [(code, f"{words} ({code})") for code, words in labels(name).items()]
    return forms.ChoiceField(label=label, required=False, choices=[("", "Not stated"), *listed])


class MemberField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.partner)


class WordingForm(forms.Form):
    """What is said of a promise, without what figures read."""

    title = forms.CharField(label="What is promised", max_length=300)
    description = text("Description", 5000, required=False)
    conditions = text("Conditions on which it depends", 5000, 2, required=False)
    finance_type = codes("finance_type", "Kind of finance (of money only)")
    flow_type = codes("flow_type", "Kind of flow (of money only)")
    targets = forms.ModelMultipleChoiceField(
        label="SDG targets of the partnership that it serves",
        queryset=Target.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = partnership.targets.select_related("goal")
        cast(Any, self.fields["targets"]).queryset = targets
        if not targets.exists():
            del self.fields["targets"]

    @staticmethod
    def of(commitment: Commitment) -> dict[str, Any]:
        """What the form shows at first."""
        shown = {name: getattr(commitment, name) for name in Commitment.WORDING[:-1]}
        return {**shown, "targets": [target.pk for target in commitment.targets.all()]}


class CommitmentForm(WordingForm):
    """A promise, before it is registered."""

    membership = MemberField(label="Member that promises", queryset=Membership.objects.none())
    kind = forms.ChoiceField(choices=Commitment.Kind.choices)
    amount = amount("Amount", required=False, help_text="Of money, or of a quantity.")
    currency = forms.ModelChoiceField(
        label="Currency, if it is money", queryset=Currency.objects.all(), required=False
    )
    unit = forms.CharField(
        label="Unit, if it is not money",
        max_length=60,
        required=False,
        help_text="As: pumps, days of expertise.",
    )
    stage = forms.ChoiceField(
        label="Stage (of money only)",
        required=False,
        choices=[("", "Not stated"), *Commitment.Stage.choices],
    )
    receiver = MemberField(
        label="Member that receives it",
        queryset=Membership.objects.none(),
        required=False,
        help_text="It confirms what arrives. Where none is named, the lead does.",
    )
    committed_on = day("Promised on")
    due_on = day("Due on")

    field_order = (
        "membership",
        "title",
        "kind",
        "description",
        "amount",
        "currency",
        "unit",
        "committed_on",
        "due_on",
        "receiver",
        "conditions",
        "targets",
        "stage",
        "finance_type",
        "flow_type",
    )

    def __init__(
        self, partnership: Partnership, *args: Any, givers: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(partnership, *args, **kwargs)
        members = partnership.memberships.accepted().select_related("partner")
        cast(Any, self.fields["receiver"]).queryset = members
        if givers is None:
            del self.fields["membership"]
        else:
            cast(Any, self.fields["membership"]).queryset = givers

    @staticmethod
    def of(commitment: Commitment) -> dict[str, Any]:
        names = ("kind", "amount", "currency", "unit", "stage", "receiver")
        dates = {"committed_on": commitment.committed_on, "due_on": commitment.due_on}
        shown = {name: getattr(commitment, name) for name in names}
        return {**WordingForm.of(commitment), **shown, **dates}


class CorrectionForm(WordingForm):
    """The wording of a registered promise, put right."""

    reason = reason()


class PostponeForm(forms.Form):
    due_on = day("Due later on")
    reason = reason()


class ReasonForm(forms.Form):
    reason = text("Reason", 2000)


class DeliverableForm(forms.Form):
    title = forms.CharField(label="What will be delivered", max_length=300)
    due_on = day("Due on", help_text="Within the commitment.")


class DeliveryForm(forms.Form):
    """What arrived, with what shows it."""

    delivered_on = day("Delivered on")
    amount = amount("Amount", required=False)
    deliverables = forms.ModelMultipleChoiceField(
        label="Deliverables that were handed over",
        queryset=Deliverable.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = text("Note (public)", 2000, required=False)

    def __init__(self, commitment: Commitment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = commitment.deliverables.all()
        cast(Any, self.fields["deliverables"]).queryset = parts
        if not parts.exists():
            del self.fields["deliverables"]
        if unit := commitment.currency_id or commitment.unit:
            self.fields["amount"].label = f"Amount in {unit}"
            self.fields["amount"].required = True
        else:
            del self.fields["amount"]


class EvidenceForm(forms.Form):
    """A file or a link that shows the delivery."""

    title = forms.CharField(label="What it is", max_length=300, required=False)
    url = forms.URLField(label="Link", max_length=2000, required=False, assume_scheme="https")
    file = forms.FileField(
        label="Or a file",
        required=False,
        allow_empty_file=True,
        help_text="PDF, picture, office document or plain text, at most 20 MB. For members only.",
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if (given.get("url") or given.get("file")) and not given.get("title"):
            self.add_error("title", "Say what the evidence is.")
        return given

    def is_given(self) -> bool:
        return bool(self.cleaned_data.get("url") or self.cleaned_data.get("file"))


class RecordForm(DeliveryForm, EvidenceForm):
    """A delivery and, where there is any, its evidence."""

    title = forms.CharField(label="Evidence: what it is", max_length=300, required=False)

    EVIDENCE = ("title", "url", "file")

    def evidence(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name) for name in self.EVIDENCE}
        return {name: value for name, value in given.items() if value}

    def delivery(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n not in self.EVIDENCE}


class CorrectDeliveryForm(DeliveryForm):
    reason = text("What was wrong", 2000)


class PlanForm(forms.Form):
    """When a part of promised money will be paid."""

    starts_on = day("From")
    ends_on = day("Until")
    amount = amount("Amount")
