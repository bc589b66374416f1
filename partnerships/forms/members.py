"""Forms about the members of a partnership."""

from typing import Any

from django import forms

from partnerships.models import Commitment, Membership
from partnerships.services.handovers import Becomes, Fate
from registry.models import Partner

ROLES = [choice for choice in Membership.Role.choices if choice[0] != Membership.Role.LEAD]
LONG = {"rows": 3}
MOST_FOUND = 20


def roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Roles", choices=ROLES, widget=forms.CheckboxSelectMultiple
    )


def reason_field(label: str = "Reason", **options: Any) -> forms.CharField:
    options.setdefault("required", False)
    return forms.CharField(
        label=label, max_length=2000, widget=forms.Textarea(attrs=LONG), **options
    )


class FindPartnerForm(forms.Form):
    q = forms.CharField(label="Search organisations by name", max_length=100, required=False)


class InvitePartnerForm(forms.Form):
    """One of the partners that a search has found."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label="Organisation", empty_label="Choose …"
    )
    roles = roles_field()

    def __init__(self, found: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = found


class InviteByMailForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        help_text="Of somebody at an organisation that is not in the registry yet. It is erased "
        "with the answer.",
    )
    roles = roles_field()
    message = forms.CharField(
        label="Message", max_length=2000, required=False, widget=forms.Textarea(attrs=LONG)
    )


class RolesForm(forms.Form):
    """A member's roles; that of the lead is handed over elsewhere."""

    roles = forms.MultipleChoiceField(label="Roles", widget=forms.CheckboxSelectMultiple)

    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"roles": member.roles}
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = Membership.Role.choices if Membership.Role.LEAD in member.roles else ROLES


class DeclineForm(forms.Form):
    reason = reason_field("Reason, if you want to give one")


class OfferForm(forms.Form):
    """To which other member something is handed over."""

    taker = forms.ModelChoiceField(
        Membership.objects.none(), label="To which member", empty_label="Choose …"
    )
    reason = reason_field()

    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_members(self.fields["taker"], others_of(member))


class OfferCommitmentForm(OfferForm):
    commitment = forms.ModelChoiceField(
        Commitment.objects.none(), label="Commitment", empty_label="Choose …"
    )
    field_order = ["commitment"]

    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(member, *args, **kwargs)
        field = self.fields["commitment"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = member.open_commitments().order_by("due_on", "pk")


class LeaveForm(forms.Form):
    """What becomes of each open commitment; nothing is chosen beforehand."""

    reason = reason_field("Why your organisation leaves")

    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {other.pk: other for other in others_of(member)}
        self.owed = list(member.open_commitments().order_by("due_on", "pk"))
        takers = [
            (f"to-{pk}", f"hand it over to {other.partner}, if it agrees")
            for pk, other in self.others.items()
        ]
        choices = [
            ("", "Choose …"),
            (str(Becomes.STAYS), "it stays owed by us"),
            (str(Becomes.WITHDRAWN), "we withdraw it, for the reason given below"),
            *takers,
        ]
        for commitment in self.owed:
            self.fields[f"commitment_{commitment.pk}"] = forms.ChoiceField(
                label=f"“{commitment}”", choices=choices
            )
        self.order_fields([*(f"commitment_{c.pk}" for c in self.owed), "reason"])

    def fates(self) -> list[Fate]:
        reason = self.cleaned_data["reason"]
        return [self._fate(commitment, reason) for commitment in self.owed]

    def _fate(self, commitment: Commitment, reason: str) -> Fate:
        chosen = self.cleaned_data[f"commitment_{commitment.pk}"]
        if chosen.startswith("to-"):
            to = self.others[int(chosen.removeprefix("to-"))]
            return Fate(commitment, Becomes.HANDED_OVER, to=to, reason=reason)
        return Fate(commitment, chosen, reason=reason)


def others_of(member: Membership) -> Any:
    rows = member.partnership.memberships.accepted().exclude(pk=member.pk)
    return rows.select_related("partner", "partnership").order_by("partner__name", "pk")


def set_members(field: forms.Field, members: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = members
    field.label_from_instance = lambda member: str(member.partner)  # type: ignore[method-assign, assignment]
