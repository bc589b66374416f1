"""Forms of evidence, verification, recounts and assessments of quality."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils import timezone

from monitoring.models import DataQualityAssessment, Indicator, Observation
from monitoring.models.verifications import Level
from partnerships.forms.commitments import EvidenceForm as DocumentForm
from partnerships.forms.commitments import MemberField, day, text
from partnerships.forms.numbers import NumberField
from partnerships.models import Membership, Partnership
from registry.forms.filters import choose

Rating = DataQualityAssessment.Rating


def named(rows: Sequence[Observation]) -> list[tuple[str, str]]:
    return [
        (str(row.pk), f"{row.indicator} ({row.category})" if row.category else str(row.indicator))
        for row in rows
    ]


class EvidenceForm(DocumentForm):
    """A file or a link behind a submission, or behind one of its values."""

    about = forms.ChoiceField(label="Behind which value", required=False)
    field_order = ("about", "title", "url", "file")

    def __init__(self, rows: Sequence[Observation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(row.pk): row for row in rows}
        choose(self, "about", [("", "The whole submission"), *named(rows)])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and not self.is_given():
            self.add_error("url", "Either a link or a file.")
        return given

    def stated(self) -> dict[str, Any]:
        """As the service takes it."""
        given = {name: self.cleaned_data[name] for name in ("title", "url", "file")}
        about = {"observation": self.by_key.get(self.cleaned_data["about"])}
        return {name: value for name, value in (given | about).items() if value}


class EvidenceWordForm(forms.Form):
    word = forms.ChoiceField(
        label="Does it bear out what was reported?",
        choices=[("accept", "Accept it"), ("refuse", "Do not accept it")],
    )
    reason = text("Reason", 2000, required=False, help_text="Needed where it is not accepted.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("word") == "refuse" and not given.get("reason", "").strip():
            self.add_error("reason", "Give the reason.")
        return given


class VerifyForm(forms.Form):
    """How far values are verified, and what that rests on."""

    values = forms.MultipleChoiceField(label="Values", widget=forms.CheckboxSelectMultiple)
    level = forms.ChoiceField(
        choices=[(code, label[:1].upper() + label[1:]) for code, label in Level.choices]
    )
    verifier = forms.CharField(
        label="Outside organisation that verified",
        max_length=300,
        required=False,
        help_text="Recorded by admins, with the document. An organisation, no person.",
    )
    note = text("How, or why", 2000, required=False, help_text="For members only.")
    url = forms.URLField(
        label="Link to the document", max_length=2000, required=False, assume_scheme="https"
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        allow_empty_file=True,
        help_text="PDF, picture, office document or plain text, at most 20 MB. For members only.",
    )

    def __init__(self, rows: Sequence[Observation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(row.pk): row for row in rows}
        shown = [
            (key, f"{label}: {Level(cast(Any, self.by_key[key]).level).label}")
            for key, label in named(rows)
        ]
        choose(self, "values", shown)
        self.fields["values"].initial = list(self.by_key)
        self.fields["level"].initial = Level.INTERNALLY_VALIDATED

    def chosen(self) -> list[Observation]:
        return [self.by_key[key] for key in self.cleaned_data["values"]]

    def document(self) -> dict[str, Any]:
        names = ("verifier", "note", "url", "file")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name]}


class ActionFields(forms.Form):
    """What is to be done about what was found."""

    action = text("What is to be done", 2000, 2, required=False)
    owner = MemberField(
        label="Member that does it", queryset=Membership.objects.none(), required=False
    )
    due_on = day("Done by (day)", required=False)

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = partnership.memberships.accepted().select_related("partner").order_by("pk")
        cast(Any, self.fields["owner"]).queryset = members


class SpotCheckForm(ActionFields):
    """A value counted again at its source."""

    checked_on = day("Counted again on")
    checked_by = forms.CharField(
        label="Who counted", max_length=300, help_text="An organisation or team, no person."
    )
    found_value = NumberField(
        label="What was counted",
        required=False,
        max_digits=30,
        decimal_places=10,
        help_text="Empty: nothing could be counted. 0 is a count.",
    )
    found_numerator = NumberField(
        label="Numerator counted", required=False, max_digits=30, decimal_places=10
    )
    found_denominator = NumberField(
        label="Denominator counted", required=False, max_digits=30, decimal_places=10
    )
    finding = text("What was found", 5000)
    field_order = ("checked_on", "checked_by", "found_value", "found_numerator")

    def __init__(self, row: Observation, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"checked_on": timezone.localdate()})
        super().__init__(row.period.framework.partnership, *args, **kwargs)
        is_ratio = row.indicator.measure == Indicator.Measure.RATIO
        gone = ("found_value",) if is_ratio else ("found_numerator", "found_denominator")
        for name in gone:
            del self.fields[name]
        self.order_fields(
            [
                "checked_on",
                "checked_by",
                "found_value",
                "found_numerator",
                "found_denominator",
                "finding",
                "action",
                "owner",
                "due_on",
            ]
        )


class AssessmentForm(ActionFields):
    """Data rated by the five standards."""

    assessed_on = day("Assessed on")

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"assessed_on": timezone.localdate()})
        super().__init__(partnership, *args, **kwargs)
        words = {
            "validity": "Validity: it measures what it says",
            "reliability": "Reliability: the same way every time and everywhere",
            "timeliness": "Timeliness: there when it is needed",
            "precision": "Precision: as detailed as it has to be",
            "integrity": "Integrity: nobody bends it",
        }
        for name, label in words.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[(code, word.capitalize()) for code, word in Rating.choices],
                initial=Rating.NOT_ASSESSED,
            )
            self.fields[f"{name}_findings"] = text(
                f"{name.capitalize()}: what was found", 2000, 2, required=False
            )
        order = [part for name in words for part in (name, f"{name}_findings")]
        self.order_fields(["assessed_on", *order, "action", "owner", "due_on"])


class DoneForm(forms.Form):
    note = text("What was done", 2000)


class ReviewerForm(forms.Form):
    """A member whose people decide, or a person."""

    membership = MemberField(
        label="A member: all its managers and evaluators",
        queryset=Membership.objects.none(),
        required=False,
    )
    email = forms.EmailField(
        label="Or one person, by e-mail address",
        required=False,
        help_text="Of a manager or evaluator of a member.",
    )

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = partnership.memberships.accepted().select_related("partner").order_by("pk")
        cast(Any, self.fields["membership"]).queryset = members

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("membership")) == bool(given.get("email")):
            self.add_error("email", "Name a member, or a person.")
        return given
