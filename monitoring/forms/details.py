"""What is said of a value: remarks, marks, and how it was estimated."""

from typing import Any

from django import forms

from monitoring.forms.cells import number_field, stored_text
from monitoring.models import Indicator, Observation

NUMBERS = ("sample_size", "interval_low", "interval_high")
REMARKS = ("comment", "variance_reason")
ESTIMATE = ("method", *NUMBERS)
DETAILS = (*REMARKS, "is_provisional", *ESTIMATE)
LABELS = {
    "comment": "comment",
    "variance_reason": "why it is far from what was expected",
    "is_provisional": "provisional: the final figure follows",
    "method": "how it was estimated",
    "sample_size": "how many were asked or measured",
    "interval_low": "interval from",
    "interval_high": "interval to",
}


def parts_said(indicator: Indicator) -> tuple[str, ...]:
    """A text has no sample and no interval."""
    is_text = indicator.measure == Indicator.Measure.NARRATIVE
    return ("comment", "is_provisional") if is_text else DETAILS


def detail_fields(indicator: Indicator, stored: Observation | None) -> dict[str, forms.Field]:
    fields = {}
    for part in parts_said(indicator):
        field = _field(part, f"{indicator}: {LABELS[part]}")
        field.initial = _initial(stored, part)
        fields[f"{part}-{indicator.pk}"] = field
    return fields


def _field(part: str, label: str) -> forms.Field:
    if part == "is_provisional":
        return forms.BooleanField(label=label, required=False)
    if part in NUMBERS:
        field = number_field(label)
        del field.widget.attrs["placeholder"]
        return field
    longest = 2000 if part == "method" else 20_000
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, required=False, max_length=longest, widget=area)


def _initial(stored: Observation | None, part: str) -> Any:
    if part == "is_provisional":
        return bool(stored and stored.is_provisional)
    return stored_text(stored, part)
