"""The form in which an evaluator enters a reporting unit's data."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from monitoring.aggregation import Figure
from monitoring.errors import RowErrors
from monitoring.models import Indicator, Observation, PeriodTarget, Submission
from registry import display

SPACES = re.compile(r"[\s\u00a0\u202f\u066c']+")
YES_NO = [("", "no data"), ("1", "yes"), ("0", "no")]
PARTS = ("numerator", "denominator")
OVERTAKEN = (
    "Somebody else changed this draft meanwhile (or you did, in another window). Nothing was saved "
    "yet: what you typed is still here, and what they saved is named beside it."
)


def typed_number(text: str) -> str:
    """What was typed, as a plain number: "1 234,5", "12,5", "12 %" and Arabic digits.

    A single comma before exactly three digits could mean either, and stays as it is, so that
    the check refuses it instead of guessing.
    """
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    plain = SPACES.sub("", digits).replace("\u066b", ".").removesuffix("%").replace("\u2212", "-")
    unclear = re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", plain)
    if plain.count(",") == 1 and "." not in plain and not unclear:
        plain = plain.replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d+|-?\d{1,3}(,\d{3}){2,}", plain):
        plain = plain.replace(",", "")
    return plain


class Line(NamedTuple):
    """An indicator with its inputs and what helps to fill them."""

    indicator: Indicator
    fields: list[Any]
    last: str
    target: str
    unit: str
    withdrawn: list[str]


class SubmissionForm(forms.Form):
    """One input per indicator (two for a ratio); empty means no data, never 0.

    It carries the draft's version and, hidden, the values it was opened with: a form that
    somebody else overtook saves nothing and comes back with both people's values.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, submission: Submission, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submission = submission
        self.fields["version"].initial = str(submission.version)
        self.indicators = list(submission.indicators())
        draft = list(submission.observations.select_related("category"))
        self.stored = {o.indicator_id: o for o in draft if not o.category_id and not o.withdraws}
        self.withdrawn = [o for o in draft if o.withdraws]
        for indicator in self.indicators:
            self._add_fields(indicator)

    def _add_fields(self, indicator: Indicator) -> None:
        stored = self.stored.get(indicator.pk)
        for part in parts_of(indicator):
            field = _field(indicator, part)
            field.initial = _initial(stored, part)
            field.show_hidden_initial = True
            self.fields[f"{part}-{indicator.pk}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("version") != self.fields["version"].initial:
            self._put_beside_stored()
            raise ValidationError(OVERTAKEN, code="stale_version")
        return cleaned

    def is_stale(self) -> bool:
        return self.has_error(NON_FIELD_ERRORS, "stale_version")

    def _put_beside_stored(self) -> None:
        """Keep what was typed, fill in the rest as it is stored, and name what others saved."""
        sent: dict[str, Any] = {name: self.data.get(name) for name in self.data}
        typed = set(self.changed_data)
        for name, field in self.fields.items():
            opened_with = sent.get(self.add_initial_prefix(name), "")
            if name != "version" and opened_with.split() != field.initial.split():
                self.add_error(name, f"Saved meanwhile: {_in_words(field)}.")
            if name == "version" or name not in typed:
                sent[name] = field.initial
            sent[self.add_initial_prefix(name)] = field.initial
        self.data = sent

    def typed(self) -> list[tuple[str, str]]:
        """What was typed over, by label, to show where it cannot be saved."""
        changed = [self[name] for name in self.changed_data if name != "version"]
        return [(str(field.label), field.value()) for field in changed if field.value()]

    def rows(self) -> list[dict[str, Any]]:
        """What was typed, as rows for the service; indicators left empty have none."""
        return [row for row in map(self._row, self.indicators) if len(row) > 1]

    def emptied(self) -> list[int]:
        return [i.pk for i in self.indicators if len(self._row(i)) == 1 and i.pk in self.stored]

    def _row(self, indicator: Indicator) -> dict[str, Any]:
        row: dict[str, Any] = {"indicator": indicator.pk}
        for part in parts_of(indicator):
            if typed := self.cleaned_data.get(f"{part}-{indicator.pk}"):
                row[part] = typed if part == "text" else typed_number(typed)
        return row

    def show(self, refused: RowErrors) -> None:
        """Put every reason beside the input it is about."""
        rows = self.rows()
        for error in refused.errors:
            pk = rows[error.row - 1]["indicator"]
            name = f"{error.field}-{pk}"
            fallback = next(f for f in self.fields if f.endswith(f"-{pk}"))
            self.add_error(name if name in self.fields else fallback, error.reason)

    def lines(self) -> Iterator[Line]:
        last = latest_values(self.submission)
        targets = targets_of(self.submission)
        for indicator in self.indicators:
            yield Line(
                indicator,
                [self[f"{part}-{indicator.pk}"] for part in parts_of(indicator)],
                last.get(indicator.pk, ""),
                targets.get(indicator.pk, ""),
                unit_of(indicator),
                [
                    str(o.category or "total")
                    for o in self.withdrawn
                    if o.indicator_id == indicator.pk
                ],
            )


def parts_of(indicator: Indicator) -> tuple[str, ...]:
    if indicator.measure == Indicator.Measure.RATIO:
        return PARTS
    return ("text",) if indicator.measure == Indicator.Measure.NARRATIVE else ("value",)


def _field(indicator: Indicator, part: str) -> forms.Field:
    label = str(indicator) if part not in PARTS else f"{indicator}: {part}"
    if part == "text":
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(label=label, required=False, max_length=20_000, widget=area)
    if indicator.measure == Indicator.Measure.YES_NO:
        return forms.ChoiceField(label=label, required=False, choices=YES_NO)
    box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=60, widget=box)


def _initial(stored: Observation | None, part: str) -> str:
    value = getattr(stored, part, None)
    return plain_number(value) if isinstance(value, Decimal) else value or ""


def _in_words(field: forms.Field) -> str:
    choices = dict(getattr(field, "choices", ()))
    return choices.get(field.initial, field.initial) or "no data"


def plain_number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def unit_of(indicator: Indicator) -> str:
    percent = indicator.measure == Indicator.Measure.PERCENT
    return indicator.currency_id or indicator.unit or ("%" if percent else "")


def shown(indicator: Indicator, figure: Figure) -> str:
    """A stored value beside an input: a ratio with its parts."""
    if figure.numerator is not None and figure.denominator is not None:
        return f"{display.number(figure.numerator)} of {display.number(figure.denominator)}"
    if figure.value is None:
        return ""
    if indicator.measure == Indicator.Measure.YES_NO:
        return "yes" if figure.value else "no"
    return display.number(figure.value)


def latest_values(submission: Submission) -> dict[int, str]:
    """The unit's last counting value of each indicator before this period, with its period."""
    found = Observation.objects.last_before(submission).select_related("indicator", "period")
    return {
        o.indicator_id: f"{_stored_value(o)} ({o.period.label})" for o in found if _stored_value(o)
    }


def _stored_value(stored: Observation) -> str:
    parts = Figure(stored.value, numerator=stored.numerator, denominator=stored.denominator)
    return shown(stored.indicator, parts)


def targets_of(submission: Submission) -> dict[int, str]:
    """The target whose span covers the period's end; it is the partnership's, not the unit's."""
    on = submission.period.ends_on
    current = PeriodTarget.objects.filter(
        indicator__result__framework=submission.period.framework_id,
        category=None,
        starts_on__lte=on,
        ends_on__gte=on,
    ).select_related("indicator")
    return {
        t.indicator_id: f"{_target_value(t)} by {t.ends_on:%b %Y}"
        for t in current.order_by("-ends_on", "pk")
    }


def _target_value(target: PeriodTarget) -> str:
    if target.indicator.measure == Indicator.Measure.RATIO:
        return display.percent(target.value)
    return shown(target.indicator, Figure(target.value))


class DecisionForm(forms.Form):
    """A reviewer's answer: approve, or return with the reason."""

    answer = forms.ChoiceField(
        choices=[("approve", "Approve"), ("return", "Return")], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Reason",
        help_text="Needed to return it: what has to be corrected.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == "return" and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Give the reason.")
        return cleaned
