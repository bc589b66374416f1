"""One page for the data of many units: units by indicators, or by the categories of one."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import cached_property

from monitoring.errors import RowErrors
from monitoring.forms.cells import Cell, parts_of, stored_text, value_field
from monitoring.forms.slips import Reading, readings, said_of
from monitoring.ingest.numbers import exact
from monitoring.models import Observation, ReportingUnit, Submission

OVERTAKEN = (
    "Somebody else changed data of these units meanwhile (or you did, in another window). Nothing "
    "was saved yet: what you typed is still here, and what they saved is named beside it."
)
HIDDEN = ("versions", "opened")
Place = tuple[int, int, int | None]


@dataclass(frozen=True)
class Field:
    """An input of the grid: whose, of what, and which part of the value."""

    unit: ReportingUnit
    cell: Cell
    part: str

    @property
    def name(self) -> str:
        indicator, category = self.cell.key
        end = f"-{category}" if category else ""
        return f"{self.part}-{self.unit.pk}-{indicator}{end}"

    @property
    def place(self) -> Place:
        return (self.unit.pk, *self.cell.key)


@dataclass(frozen=True)
class Sheet:
    """What the page is about: the units on it, its columns, and what is stored for them."""

    units: Sequence[ReportingUnit]
    columns: Sequence[Cell]
    submissions: Mapping[int, Submission]
    open_to: frozenset[int]
    stored: Mapping[Place, Observation]

    def is_asked(self, unit: ReportingUnit, cell: Cell) -> bool:
        """Whether the unit reports the indicator: by place or not, and of whom it is asked."""
        return (cell.indicator.by_place, cell.indicator.responsible_id) in unit.asks

    def fields(self) -> Iterator[Field]:
        for unit in self.units:
            if unit.pk in self.open_to:
                yield from self.fields_of(unit)

    def fields_of(self, unit: ReportingUnit) -> Iterator[Field]:
        for cell in self.columns:
            if self.is_asked(unit, cell):
                yield from (Field(unit, cell, part) for part in parts_of(cell.indicator))

    def versions(self) -> dict[str, int]:
        """Of every unit's data, 0 where nothing was begun."""
        found = self.submissions
        return {str(u.pk): found[u.pk].version if u.pk in found else 0 for u in self.units}


class GridForm(forms.Form):
    """Inputs of all cells of a sheet. Only what was typed over is saved, each unit's on its own."""

    versions = forms.CharField(required=False, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, sheet: Sheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.inputs = {field.name: field for field in sheet.fields()}
        for name, field in self.inputs.items():
            made = value_field(field.cell, field.part)
            made.label = f"{field.unit}: {made.label}"
            stored = sheet.stored.get(field.place)
            made.initial = "" if stored and stored.withdraws else stored_text(stored, field.part)
            self.fields[name] = made
        initials = {n: str(self.fields[n].initial) for n in self.inputs if self.fields[n].initial}
        self.fields["opened"].initial = json.dumps(initials)
        self.fields["versions"].initial = json.dumps(sheet.versions())

    @cached_property
    def opened_with(self) -> dict[str, str]:
        return _object(self.data.get("opened"))

    @cached_property
    def changed_data(self) -> list[str]:
        before = self.opened_with
        return [n for n in self.inputs if not _same(self[n].data, before.get(n, ""))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        before, now = _object(cleaned.get("versions")), self.sheet.versions()
        touched = {str(self.inputs[name].unit.pk) for name in self.changed_data}
        if not before or any(before.get(unit) != str(now[unit]) for unit in touched):
            self.put_beside_stored()
            raise ValidationError(OVERTAKEN, code="stale_version")
        return cleaned

    def is_stale(self) -> bool:
        return self.has_error(NON_FIELD_ERRORS, "stale_version")

    def put_beside_stored(self) -> None:
        """Keep what was typed, fill in the rest as it is stored, and name what others saved."""
        sent: dict[str, Any] = {name: self.data.get(name) for name in self.data}
        typed, before = set(self.changed_data), self.opened_with
        for name in self.inputs:
            initial = str(self.fields[name].initial or "")
            if not _same(before.get(name, ""), initial):
                self.add_error(name, f"Saved meanwhile: {initial or 'no data'}.")
            if name not in typed:
                sent[name] = initial
        for name in HIDDEN:
            sent[name] = self.fields[name].initial
        self.data = sent
        self.__dict__.pop("opened_with", None)

    @cached_property
    def touched(self) -> dict[Place, list[Field]]:
        """The cells of which something was typed over, with all their inputs."""
        places = {self.inputs[name].place for name in self.changed_data}
        found: dict[Place, list[Field]] = {}
        for field in self.inputs.values():
            if field.place in places:
                found.setdefault(field.place, []).append(field)
        return found

    @cached_property
    def filled(self) -> list[tuple[list[Field], dict[str, Any]]]:
        return [
            (fields, self._row(place, fields))
            for place, fields in self.touched.items()
            if any(self.cleaned_data.get(field.name) for field in fields)
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [row for _, row in self.filled]

    def emptied(self) -> list[Place]:
        """Cells that have a value in the draft and were emptied."""
        filled = {fields[0].place for fields, _ in self.filled}
        return [p for p in self.touched if p in self.sheet.stored and p not in filled]

    def versions_read(self) -> dict[int, int]:
        """Of the units whose data is about to change, as the sender read them."""
        read = _object(self.cleaned_data.get("versions"))
        return {place[0]: int(read[str(place[0])]) for place in self.touched}

    def _row(self, place: Place, fields: list[Field]) -> dict[str, Any]:
        row: dict[str, Any] = {"unit": place[0], "indicator": place[1]}
        if place[2]:
            row["category"] = place[2]
        for field in fields:
            if text := self.cleaned_data.get(field.name):
                row[field.part] = text
        return row

    def show(self, refused: RowErrors) -> None:
        """Put every reason beside the input it is about; the label names unit and indicator."""
        for error in refused.errors:
            fields = self.filled[error.row - 1][0]
            field = next((one for one in fields if one.part == error.field), fields[0])
            self.add_error(field.name, said_of(error))

    def read_as(self) -> list[Reading]:
        """Numbers that were typed in one way and are kept in another."""
        numbers = [n for n in self.changed_data if self._is_number(n)]
        return readings((str(self.fields[n].label), self.cleaned_data.get(n, "")) for n in numbers)

    def look_through(self) -> None:
        """Say what of the typed is no number, before anything is saved."""
        for name in self.changed_data:
            typed = self.cleaned_data.get(name)
            if typed and self._is_number(name) and (problem := exact(typed)[1]):
                self.add_error(name, f"{problem} Found: “{typed.strip()[:60]}”.")

    def _is_number(self, name: str) -> bool:
        return self.inputs[name].cell.indicator.measure not in ("narrative", "yes_no")


def _object(text: Any) -> dict[str, str]:
    try:
        said = json.loads(text or "")
    except (ValueError, TypeError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}


def _same(one: Any, other: str) -> bool:
    return str(one or "").split() == other.split()


def columns_of(indicators: Iterable[Any]) -> list[Cell]:
    """The totals of what a grid can hold: texts are typed in the form of their unit."""
    return [Cell(one) for one in indicators if one.measure != "narrative"]
