"""Forms of the pages about people, systems and their tokens."""

from typing import Any

from django import forms

from registry.forms.filters import FilterForm, choose
from registry.models import Affiliation, User
from registry.models.tokens import MOST_DAYS, MOST_NETWORKS, USUAL_DAYS

ROLES = [
    ("manager", "Manager: edits the partner, decides, lets people in"),
    ("evaluator", "Evaluator: enters and sends data"),
    ("observer", "Observer: reads what members read"),
]


class PeopleFilter(FilterForm):
    q = forms.CharField(label="Name or e-mail contains", max_length=100, required=False)
    role = forms.ChoiceField(
        label="Role", choices=[("", "All roles"), *Affiliation.Role.choices], required=False
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=ROLES)


class InviteForm(RoleForm):
    email = forms.EmailField(
        label="E-mail", help_text="The person gets a mail, with an account or without one."
    )
    field_order = ("email", "role")


class DecisionOnPeople(forms.Form):
    """A button beside an invitation or a request."""

    ACTS = ("withdraw", "again", "accept", "decline")

    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    on = forms.IntegerField(min_value=1, max_value=2**62)


class RemovalForm(forms.Form):
    to = forms.ChoiceField(
        label="Who takes over", required=False, help_text="What the person has open goes there."
    )
    reason = forms.CharField(
        label="If nobody takes over: why",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, colleagues: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(user.pk), f"{user} ({user.email})") for user in colleagues]
        choose(self, "to", [("", "Nobody"), *named])

    def chosen(self) -> User | None:
        key = self.cleaned_data["to"]
        return User.objects.get(pk=key) if key else None


class ServiceAccountForm(RoleForm):
    name = forms.CharField(
        label="Name of the system", max_length=150, help_text="Such as “Our accounts system”."
    )
    field_order = ("name", "role")


class TokenForm(forms.Form):
    name = forms.CharField(label="What it is for", max_length=80)
    days = forms.IntegerField(
        label="Days until it ends", min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )
    read_only = forms.BooleanField(label="It only reads", required=False)
    allowed_addresses = forms.CharField(
        label="Allowed addresses",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One address or network (192.0.2.0/24) a line; empty: from anywhere.",
    )

    def clean_allowed_addresses(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["allowed_addresses"].splitlines()]
        named = [line for line in lines if line]
        if len(named) > MOST_NETWORKS:
            raise forms.ValidationError(f"At most {MOST_NETWORKS} addresses.")
        return named


class AppointmentForm(forms.Form):
    email = forms.EmailField(label="E-mail of the account")
    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ConfirmForm(forms.Form):
    """A button that stands alone."""
