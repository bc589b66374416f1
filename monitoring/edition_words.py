"""What differs between two editions of a framework, in words that people read."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models

from monitoring.forms.frameworks import FactsForm, ResultForm
from monitoring.forms.indicators import IndicatorForm
from monitoring.models import Framework, Indicator, PeriodTarget, Result
from monitoring.models.changes import Changes, FieldChange, RowChange
from monitoring.sheets import number_of, span_of
from partnerships.models.differences import Change
from registry import display
from registry.models.base import in_words

FORMS: dict[type[models.Model], Any] = {
    Framework: FactsForm,
    Result: ResultForm,
    Indicator: IndicatorForm,
}
OTHERWISE = {"global_indicator": "SDG indicator", "disclosure": "ESG disclosure"}


class Heading(NamedTuple):
    label: str


def in_words_of(changes: Changes) -> dict[Heading, list[Change]]:
    """By heading, what came, went or changed; headings without any are left out."""
    found = {
        Heading("The framework itself"): list(_fields("", Framework, changes.framework)),
        Heading("Results"): [c for row in changes.results for c in _row(Result, row)],
        Heading("Indicators"): [c for row in changes.indicators for c in _row(Indicator, row)],
        Heading("Targets"): list(_targets(changes)),
    }
    return {heading: rows for heading, rows in found.items() if rows}


def _row(model: type[models.Model], row: RowChange) -> Iterator[Change]:
    if row.kind == "added":
        yield Change(row.label, "", "added", "", row.label)
    elif row.kind == "removed":
        yield Change(row.label, "", "removed", row.label, "")
    else:
        if row.breaks_series:
            yield Change(row.label, "Series", "changed", "goes on", "breaks")
        yield from _fields(row.label, model, row.fields)


def _fields(row: str, model: type[models.Model], fields: list[FieldChange]) -> Iterator[Change]:
    for change in fields:
        before, after = (_shown(model, change.field, v) for v in (change.was, change.became))
        if before != after:
            yield Change(row, _label(model, change.field), "changed", before, after)


def _label(model: type[models.Model], name: str) -> str:
    field = FORMS[model].base_fields.get(name)
    words = OTHERWISE.get(name) or (field.label if field else None)
    return str(words or name.replace("_", " ").capitalize())


def _shown(model: type[models.Model], name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    field: Any = model._meta.get_field(name)
    if isinstance(field, models.DateField):
        return in_words(date.fromisoformat(value))
    if isinstance(field, models.DecimalField):
        return display.number(Decimal(value))
    return str(dict(field.flatchoices or ()).get(value, value))


def _targets(changes: Changes) -> Iterator[Change]:
    """Targets of indicators that both editions have; those of new ones come with them."""
    both = {row.later for row in changes.indicators if row.kind == "added"}
    gone = {row.former for row in changes.indicators if row.kind == "removed"}
    rows = [row for row in changes.targets if row.indicator not in both | gone]
    keys = {pk for row in rows for pk in (row.former, row.later) if pk}
    known = PeriodTarget.objects.select_related("indicator", "category").in_bulk(keys)
    for row in rows:
        was, now = known.get(row.former or 0), known.get(row.later or 0)
        one = now or was
        if one:
            yield Change(str(one.indicator), span_of(one), row.kind, _value(was), _value(now))


def _value(target: PeriodTarget | None) -> str:
    if target is None:
        return ""
    said = number_of(target.indicator, target.value)
    return f"{said} ({target.comment})" if target.comment else said
