"""Forms of principles: markers with their guidance, beneficiaries, the Ten Principles."""

from typing import Any

from django import forms
from django.utils import timezone

from partnerships.forms.agreements import MembershipField, Versioned
from partnerships.models import BeneficiaryGroup, Membership, Partnership, PeopleGroup
from partnerships.models.marker_guidance import GUIDANCE, LEVELS

DAY = {"type": "date"}


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY), **options)


def text_field(label: str, length: int, rows: int = 4, **options: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, widget=area, **options)


class MarkerForm(forms.Form):
    """How far one principle is pursued; what 0, 1 and 2 mean stands at the choice."""

    significance = forms.TypedChoiceField(
        label="How far is it pursued?", coerce=int, widget=forms.RadioSelect
    )
    evidence = text_field("Evidence", 5000, required=False, help_text="For 1 and 2: what shows it.")
    reason = text_field("Reason", 5000, required=False, help_text="For 0: why it is not pursued.")
    assessed_on = day_field("Assessed on")
    review_on = day_field("To be reviewed on", help_text="A later day.")
    membership = MembershipField(
        label="Assessed by",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="The lead, for the partnership",
    )

    def __init__(self, partnership: Partnership, kind: str, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"assessed_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        choice, member = self.fields["significance"], self.fields["membership"]
        assert isinstance(choice, forms.TypedChoiceField)
        assert isinstance(member, MembershipField)
        meanings = zip(LEVELS.items(), GUIDANCE[kind], strict=True)
        choice.choices = [(n, f"{n}: {words}. {text}") for (n, words), text in meanings]
        joined = partnership.memberships.accepted().select_related("partner")
        member.queryset = joined.order_by("partner__name", "pk")


class BeneficiariesForm(Versioned):
    people = forms.ChoiceField(
        label="Group", choices=[(code, label.capitalize()) for code, label in PeopleGroup.choices]
    )
    how_reached = text_field("How it is reached", 2000, help_text="By whom, where, with what.")

    def __init__(self, group: BeneficiaryGroup | None, *args: Any, **kwargs: Any) -> None:
        if group:
            kwargs["initial"] = {"how_reached": group.how_reached, "version": group.version}
        super().__init__(*args, **kwargs)
        if group:
            del self.fields["people"]


class TenPrinciplesForm(forms.Form):
    committed_on = day_field("Day of the statement")
    statement = text_field("What is stated", 5000, help_text="And by whom in office, not by name.")
    link = forms.URLField(
        label="Where it can be read", max_length=500, required=False, assume_scheme="https"
    )
    participant = forms.CharField(
        label="UN Global Compact participant number",
        max_length=120,
        required=False,
        help_text="Instead of a link; it has to stand among your organisation's identifiers.",
    )
