"""Forms of the stakeholder map, of consultations and of technology assessments."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils import timezone

from partnerships.forms.agreements import Versioned
from partnerships.forms.principles import day_field, text_field
from partnerships.models import AffectedGroup, Commitment, Consultation, Partnership, PeopleGroup
from partnerships.models.consultations import MOST_HEADS
from registry.models.kinds import Kind

COUNTS = {"people": "People", "women": "Women", "men": "Men", "others": "Others, or not said"}
PLANNED = 5  # mitigations that the form has room for


def words_of(choices: Any) -> list[tuple[str, str]]:
    return [(code, label[:1].upper() + label[1:]) for code, label in choices]


class GroupForm(Versioned):
    """A group of the stakeholder map."""

    name = forms.CharField(label="Group", max_length=200, help_text="Never a person.")
    level = forms.ChoiceField(label="Level", choices=words_of(AffectedGroup.Level.choices))
    people = forms.ChoiceField(
        label="Of the people",
        required=False,
        choices=[("", "None of the list"), *words_of(PeopleGroup.choices)],
    )
    effect = forms.ChoiceField(label="Effect", choices=words_of(AffectedGroup.Effect.choices))
    how = text_field("How it is affected", 2000)
    influence = forms.ChoiceField(
        label="Influence", choices=words_of(AffectedGroup.Influence.choices)
    )
    size = forms.IntegerField(
        label="People, about",
        required=False,
        min_value=0,
        help_text="Empty: not known. 1 to 10 is not shown in public.",
    )
    reach = text_field("How it will be reached", 2000)

    def __init__(self, group: AffectedGroup | None, *args: Any, **kwargs: Any) -> None:
        if group:
            kwargs["initial"] = {name: getattr(group, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class ConsultationForm(forms.Form):
    """A dialogue that was held, with a line for each group of the map."""

    held_on = day_field("Held on")
    level = forms.ChoiceField(label="Level", choices=words_of(AffectedGroup.Level.choices))
    place = forms.CharField(label="Place", max_length=200)
    method = forms.ChoiceField(label="Method", choices=words_of(Consultation.Method.choices))
    people = forms.IntegerField(
        label="People in all", required=False, min_value=0, help_text="Empty: not counted."
    )
    heard = text_field(
        "What was heard", 5000, help_text="Public: no names, and no small numbers in words either."
    )
    changed = text_field("What changed because of it", 5000, required=False)
    told_on = day_field(
        "People were told on", required=False, help_text="Empty, as long as they were not."
    )
    told_how = text_field("How they were told", 2000, rows=2, required=False)

    def __init__(
        self, groups: list[AffectedGroup], was: Consultation | None, *args: Any, **kwargs: Any
    ) -> None:
        self.groups = groups
        if was:
            kwargs["initial"] = self._initial(was)
        super().__init__(*args, **kwargs)
        for group in groups:
            self.fields[f"came_{group.pk}"] = forms.BooleanField(label=group.name, required=False)
            for name, label in COUNTS.items():
                self.fields[f"{name}_{group.pk}"] = forms.IntegerField(
                    label=f"{label}: {group.name}",
                    required=False,
                    min_value=0,
                    max_value=MOST_HEADS,
                )

    @staticmethod
    def _initial(was: Consultation) -> dict[str, Any]:
        names = ("held_on", "level", "place", "method", "people", "heard", "changed")
        found = {name: getattr(was, name) for name in (*names, "told_on", "told_how", "version")}
        for row in was.turnouts.all():
            found[f"came_{row.group_id}"] = True
            found |= {f"{name}_{row.group_id}": getattr(row, name) for name in COUNTS}
        return found

    def fact_fields(self) -> list[forms.BoundField]:
        lines = tuple(f"_{group.pk}" for group in self.groups)
        return [field for field in self.visible_fields() if not field.name.endswith(lines)]

    def lines(self) -> Iterator[tuple[forms.BoundField, list[tuple[str, forms.BoundField]]]]:
        """Of each group whether it came, and its counts with their short labels."""
        for group in self.groups:
            counts = [(label, self[f"{name}_{group.pk}"]) for name, label in COUNTS.items()]
            yield self[f"came_{group.pk}"], counts

    def stated(self) -> dict[str, Any]:
        """As the service takes it; a group with a number came."""
        given, turnouts = dict(self.cleaned_data), []
        for group in self.groups:
            came = given.pop(f"came_{group.pk}")
            counts = {name: given.pop(f"{name}_{group.pk}") for name in COUNTS}
            if came or any(count is not None for count in counts.values()):
                turnouts.append({"group": group, **counts})
        return {**given, "turnouts": turnouts}


class CorrectionForm(ConsultationForm, Versioned):
    """The same record as it should have been, and what was wrong; not of one that changed since
    it was read: what came of it may have been told meanwhile."""

    reason = text_field("What was wrong", 2000, rows=2)


class ToldForm(forms.Form):
    changed = text_field("What changed because of it", 5000)
    told_on = day_field("Told on")
    told_how = text_field("How they were told", 2000)


class TechnologyForm(forms.Form):
    """What a technology is meant to do, what else it may do, and who looked."""

    technology = forms.CharField(label="Technology", max_length=300)
    commitment = forms.ModelChoiceField(
        label="Commitment that brings it",
        queryset=Commitment.objects.none(),
        required=False,
        empty_label="None",
    )
    intended = text_field("Intended consequences", 5000)
    unintended = text_field("Unintended consequences", 5000)
    groups = forms.ModelMultipleChoiceField(
        label="Groups that it affects",
        queryset=AffectedGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    assessors = forms.MultipleChoiceField(
        label="Who assessed it",
        choices=words_of(Kind.choices),
        widget=forms.CheckboxSelectMultiple,
        help_text="Three sectors or more, civil society or knowledge among them, make it broad.",
    )
    assessed_by = text_field(
        "Which organisations", 2000, rows=2, required=False, help_text="Organisations, not people."
    )
    assessed_on = day_field("Assessed on")
    review_on = day_field("To be assessed again on", help_text="A later day.")

    def __init__(self, partnership: Partnership, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"assessed_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        promise, affected = self.fields["commitment"], self.fields["groups"]
        assert isinstance(promise, forms.ModelChoiceField)
        assert isinstance(affected, forms.ModelMultipleChoiceField)
        promise.queryset = partnership.commitments.filter(kind=Commitment.Kind.TECHNOLOGY)
        affected.queryset = partnership.affected_groups.standing()
        for number in range(1, PLANNED + 1):
            self.fields[f"text_{number}"] = forms.CharField(
                label=f"Mitigation {number}", max_length=500, required=False
            )
            self.fields[f"due_on_{number}"] = day_field(f"Mitigation {number}: due", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for number in range(1, PLANNED + 1):
            text, day = given.get(f"text_{number}"), given.get(f"due_on_{number}")
            if bool(text) != bool(day):
                name = f"due_on_{number}" if text else f"text_{number}"
                self.add_error(name, "A mitigation has a text and a due date.")
        return given

    def stated(self) -> dict[str, Any]:
        """As the service takes it."""
        given, planned = dict(self.cleaned_data), []
        for number in range(1, PLANNED + 1):
            text, due_on = given.pop(f"text_{number}"), given.pop(f"due_on_{number}")
            if text:
                planned.append({"text": text, "due_on": due_on})
        return {**given, "mitigations": planned}


class FinishForm(forms.Form):
    done_on = day_field("Done on")
