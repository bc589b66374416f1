"""The form of an assessment of what a local institution can do."""

from typing import Any

from django import forms
from django.utils import timezone

from partnerships.forms.principles import day_field, text_field
from partnerships.models import Membership, Partnership


class CapacityForm(forms.Form):
    """What an institution can do, what it lacks, and what is done about it."""

    institution = forms.CharField(
        label="Institution", max_length=200, help_text="An office, a service, an association."
    )
    membership = forms.ModelChoiceField(
        label="The member it is", queryset=Membership.objects.none(), required=False,
        empty_label="Not a member",
    )  # fmt: skip
    strengths = text_field("What it can do", 5000)
    gaps = text_field("What it lacks", 5000, required=False)
    action = text_field("What is done about it", 5000, required=False)
    assessed_on = day_field("Assessed on")

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"assessed_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        member = self.fields["membership"]
        assert isinstance(member, forms.ModelChoiceField)
        members = partnership.memberships.accepted().select_related("partner")
        member.queryset = members.order_by("partner__name", "pk")
        member.label_from_instance = lambda obj: str(obj.partner)  # type: ignore[method-assign]
