"""The form in which an evaluator enters a reporting unit's data."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import cached_property

from monitoring.errors import RowErrors
from monitoring.forms.beside import unsafe_standing
from monitoring.forms.cells import (
    Cell,
    Key,
    cells_of,
    dimensions_of,
    inputs_of,
    parts_of,
    stored_text,
    value_field,
)
from monitoring.forms.details import DETAILS, detail_fields
from monitoring.forms.lines import Line, lines_of
from monitoring.forms.slips import Reading, readings, said_of
from monitoring.models import Indicator, Submission

OVERTAKEN = (
    "Somebody else changed this draft meanwhile (or you did, in another window). Nothing was saved "
    "yet: what you typed is still here, and what they saved is named beside it."
)
UNSAFE_WITH_VALUES = "There are values for it above: take them out, or say nothing here."
LIFTED = "Broken down in this correction."
HIDDEN = ("version", "opened")
MOST_INPUTS = 160
Place = tuple[int, int]


def parts_in(submission: Submission) -> list[list[Indicator]]:
    """What is asked of the unit, cut into pages that a slow line and an old machine can take."""
    asked = submission.indicators().select_related("currency", "result")
    pages: list[list[Indicator]] = [[]]
    for indicator in asked.prefetch_related("dimensions__categories"):
        if pages[-1] and inputs_of([*pages[-1], indicator]) > MOST_INPUTS:
            pages.append([])
        pages[-1].append(indicator)
    return pages


class SubmissionForm(forms.Form):
    """Inputs of every cell (two for a ratio); empty means no data, never 0.

    It carries the draft's version and the values it was opened with: a form that somebody else
    overtook saves nothing and comes back with both people's values. A long form has several
    parts; saving one leaves the others as they are.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, submission: Submission, *args: Any, part: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submission = submission
        pages = parts_in(submission)
        self.part, self.parts = min(max(part, 1), len(pages)), len(pages)
        self.indicators = pages[self.part - 1]
        self.cells = [cell for one in self.indicators for cell in cells_of(one)]
        draft = list(submission.observations.select_related("category"))
        self.stored = {(o.indicator_id, o.category_id): o for o in draft}
        self.unsafe = {
            (u.indicator_id, u.dimension_id): u for u in submission.unsafe_breakdowns.all()
        }
        self.standing = unsafe_standing(submission)
        for indicator in self.indicators:
            self._add_fields(indicator)
        self.fields["version"].initial = str(submission.version)
        self.fields["opened"].initial = json.dumps(self._initials())

    def _add_fields(self, indicator: Indicator) -> None:
        for cell in cells_of(indicator):
            stored = self.stored.get(cell.key)
            for part in parts_of(indicator):
                field = value_field(cell, part)
                field.initial = stored_text(stored, part)
                self.fields[cell.name(part)] = field
            if stored and stored.withdraws or self.submission.revision > 1:
                self.fields[cell.name("withdraws")] = forms.BooleanField(
                    label=f"{cell.label}: withdraw the value",
                    required=False,
                    initial=bool(stored and stored.withdraws),
                )
        self.fields |= detail_fields(indicator, self.stored.get((indicator.pk, None)))
        for dimension in dimensions_of(indicator):
            stated = self.unsafe.get((indicator.pk, dimension.pk))
            self.fields[f"unsafe-{indicator.pk}-{dimension.pk}"] = forms.CharField(
                label=f"{indicator}, {dimension}: why it is not safe",
                required=False,
                max_length=2000,
                initial=stated.reason if stated and not stated.lifts else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _initials(self) -> dict[str, str]:
        """What the inputs show when the form is opened; the empty ones are left out."""
        shown = {name: _text(field.initial) for name, field in self.fields.items()}
        return {name: text for name, text in shown.items() if text and name not in HIDDEN}

    @cached_property
    def opened_with(self) -> dict[str, str] | None:
        """What the sender's form showed; None where it cannot be read."""
        try:
            said = json.loads(self.data.get("opened") or "")
        except (ValueError, RecursionError):
            return None
        return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else None

    @cached_property
    def changed_data(self) -> list[str]:
        """Inputs that the sender typed over: they differ from what the form showed."""
        before = self.opened_with or {}
        names = [name for name in self.fields if name not in HIDDEN]
        return [n for n in names if not _same(_text(self[n].data), before.get(n, ""))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_current = cleaned.get("version") == self.fields["version"].initial
        if not is_current or self.opened_with is None:
            self._put_beside_stored()
            raise ValidationError(OVERTAKEN, code="stale_version")
        for cell in self.cells:
            self._check(cell)
        for indicator in self.indicators:
            self._check_details(indicator)
        for place, text, gives in list(self._broken_down()):
            if text and gives:
                self.add_error(f"unsafe-{place[0]}-{place[1]}", UNSAFE_WITH_VALUES)
        return cleaned

    def is_stale(self) -> bool:
        return self.has_error(NON_FIELD_ERRORS, "stale_version")

    def _check(self, cell: Cell) -> None:
        names = [cell.name(part) for part in parts_of(cell.indicator)]
        typed = [name for name in names if self.cleaned_data.get(name)]
        withdraws = cell.name("withdraws")
        if typed and self.cleaned_data.get(withdraws) and withdraws in self.changed_data:
            self.add_error(withdraws, "Either withdraw the value or give a new one.")

    def _check_details(self, indicator: Indicator) -> None:
        if self._row(Cell(indicator)) is not None:
            return
        for part in DETAILS:
            name = f"{part}-{indicator.pk}"
            if self.cleaned_data.get(name) and name in self.changed_data:
                self.add_error(name, "This says something of a total: give one, or empty it.")

    def _gives_value(self, cell: Cell) -> bool:
        return bool((self._row(cell) or {}).keys() & {"value", "text", "numerator", "denominator"})

    def _put_beside_stored(self) -> None:
        """Keep what was typed, fill in the rest as it is stored, and name what others saved."""
        sent: dict[str, Any] = {name: self.data.get(name) for name in self.data}
        typed, before = set(self.changed_data), self.opened_with or {}
        for name, field in self.fields.items():
            if name not in HIDDEN and not _same(before.get(name, ""), _text(field.initial)):
                self.add_error(name, f"Saved meanwhile: {_in_words(field)}.")
            if name in HIDDEN or name not in typed:
                sent[name] = _text(field.initial)
        self.data = sent
        self.__dict__.pop("opened_with", None)

    def typed(self) -> list[tuple[str, str]]:
        """What was typed over, by label, to show where it cannot be saved."""
        changed = [self[name] for name in self.changed_data]
        return [(str(field.label), field.value()) for field in changed if field.value()]

    @cached_property
    def filled(self) -> list[tuple[Cell, dict[str, Any]]]:
        """The cells that say something, with their rows for the service."""
        rows = ((cell, self._row(cell)) for cell in self.cells)
        return [(cell, row) for cell, row in rows if row is not None]

    def rows(self) -> list[dict[str, Any]]:
        return [row for _, row in self.filled]

    def emptied(self) -> list[Key]:
        """Cells that the draft has a row for and the form leaves empty."""
        filled = {cell.key for cell, _ in self.filled}
        return [c.key for c in self.cells if c.key in self.stored and c.key not in filled]

    def unsafe_now(self) -> dict[Place, str]:
        """What is stated as not safe to collect, with the reason."""
        return {place: text for place, text, _ in self._broken_down() if text}

    def safe_after_all(self) -> dict[Place, str]:
        """In a correction: what was stated as not safe, and is broken down now."""
        found = self._broken_down()
        return {p: LIFTED for p, text, gives in found if gives and not text and p in self.standing}

    def said_no_longer(self) -> set[Place]:
        """Statements that the draft has and the form does not."""
        said = {*self.unsafe_now(), *self.safe_after_all()}
        return {place for place, _, _ in self._broken_down() if place in self.unsafe} - said

    def _broken_down(self) -> Iterator[tuple[Place, str, bool]]:
        """By indicator and dimension: why it is not safe, and whether there are values."""
        for indicator in self.indicators:
            for dimension in dimensions_of(indicator):
                place = (indicator.pk, dimension.pk)
                text = self.cleaned_data.get(f"unsafe-{place[0]}-{place[1]}", "")
                cells = [Cell(indicator, one) for one in dimension.categories.all()]
                yield place, text, any(map(self._gives_value, cells))

    def _row(self, cell: Cell) -> dict[str, Any] | None:
        """The cell as a row for the service; None where it says nothing."""
        row: dict[str, Any] = {"indicator": cell.indicator.pk}
        if cell.category:
            row["category"] = cell.category.pk
        parts = self._parts(cell)
        if not parts and not self.cleaned_data.get(cell.name("withdraws")):
            return None
        if not parts:
            parts = {"withdraws": True}
        return row | parts | ({} if cell.category else self._details(cell, "withdraws" in parts))

    def _parts(self, cell: Cell) -> dict[str, Any]:
        texts = {p: self.cleaned_data.get(cell.name(p)) for p in parts_of(cell.indicator)}
        return {part: text for part, text in texts.items() if text}

    def _details(self, cell: Cell, withdraws: bool) -> dict[str, Any]:
        """What was said of the total; what stands and was not touched is left out."""
        parts = ("comment",) if withdraws else DETAILS
        names = {part: f"{part}-{cell.indicator.pk}" for part in parts}
        return {
            part: self.cleaned_data.get(name) or ""
            for part, name in names.items()
            if name in self.changed_data
        }

    def show(self, refused: RowErrors) -> None:
        """Put every reason beside the input it is about."""
        for error in refused.errors:
            cell = self.filled[error.row - 1][0]
            wanted = [cell.name(error.field), f"{error.field}-{cell.indicator.pk}"]
            fallback = cell.name(parts_of(cell.indicator)[0])
            name = next((n for n in wanted if n in self.fields), fallback)
            self.add_error(name, said_of(error))

    def read_as(self) -> list[Reading]:
        """Numbers that were typed in one way and are kept in another."""
        numbers = [
            cell.name(part)
            for cell in self.cells
            if cell.indicator.measure not in ("narrative", "yes_no")
            for part in parts_of(cell.indicator)
        ]
        return readings((str(self.fields[n].label), self.cleaned_data.get(n, "")) for n in numbers)

    @property
    def part_numbers(self) -> range:
        return range(1, self.parts + 1)

    def lines(self) -> Iterator[Line]:
        return lines_of(self)


def _text(value: Any) -> str:
    """A field's content as a browser sends it."""
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value or "")


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _in_words(field: forms.Field) -> str:
    if isinstance(field, forms.BooleanField):
        return "ticked" if field.initial else "not ticked"
    choices = dict(getattr(field, "choices", ()))
    return choices.get(field.initial, field.initial) or "no data"
