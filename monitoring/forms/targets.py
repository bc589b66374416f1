"""Targets as a grid: a row for each indicator or category, a column for each span of days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from monitoring.ingest.numbers import typed_number
from monitoring.models import Category, Framework, Indicator
from monitoring.services.frameworks import Cell
from monitoring.sheets import number_of, span_of, span_text

PERIOD, YEAR, WHOLE = "period", "year", "whole"
PER = {PERIOD: "each period", YEAR: "each year", WHOLE: "the whole time"}
COLUMNS, ROWS = 6, 40
YES_NO = [("", "no target"), ("1", "yes"), ("0", "no")]
Span = tuple[date, date]


def spans_of(framework: Framework, per: str) -> list[Span]:
    """The periods, or what they make up together; a period belongs to the year it ends in."""
    periods = list(framework.spans())
    if per == YEAR:
        years = (list(of) for _, of in groupby(periods, key=lambda span: span[1].year))
        return [(of[0][0], of[-1][1]) for of in years]
    if per == WHOLE and periods:
        return [(periods[0][0], periods[-1][1])]
    return periods


def usual_per(framework: Framework, targets: Iterable[Any]) -> str:
    """The columns in which most targets that are set already find their place; else years."""
    set_spans = [(target.starts_on, target.ends_on) for target in targets]
    columns = {per: set(spans_of(framework, per)) for per in PER}
    fitting = {per: sum(span in columns[per] for span in set_spans) for per in PER}
    best = max((YEAR, PERIOD, WHOLE), key=lambda per: fitting[per])
    return best if best == YEAR or fitting[best] else YEAR


class TargetField(forms.CharField):
    """A number as people write it; of a share, "40 %" is 0.4."""

    span = ""

    def __init__(self, indicator: Indicator, **kwargs: Any) -> None:
        box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, max_length=60, widget=box, **kwargs)
        self.indicator = indicator
        self.is_share = indicator.measure == Indicator.Measure.RATIO

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).strip()
        if not typed:
            return None
        number = _number(typed)
        if number is None:
            text = f"“{typed}” is no number: write 1200 or 1 200, and 12.5."
            raise ValidationError(text, code="invalid")
        return number / 100 if self.is_share and typed.endswith("%") else number

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        shown = value * 100 if self.is_share else value
        return f"{shown.normalize() + 0:f}" + (" %" if self.is_share else "")


def _number(typed: str) -> Decimal | None:
    try:
        number = Decimal(typed_number(typed))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


class YesNoField(forms.TypedChoiceField):
    span = ""

    def __init__(self, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, coerce=Decimal, empty_value=None, required=False, **kwargs)
        self.indicator = indicator

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class Line(NamedTuple):
    """A row of the grid, its inputs, and the targets of other spans."""

    indicator: Indicator
    category: Category | None
    fields: list[forms.BoundField]
    others: list[str]


class TargetsForm(forms.Form):
    """What stands in the grid is the whole truth of its spans: empty means no target."""

    def __init__(
        self,
        spans: Sequence[Span],
        rows: Sequence[tuple[Indicator, Category | None]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.spans, self.rows = spans, rows
        self.cells: dict[str, Cell] = {}
        for indicator, category in rows:
            stored = {
                (target.starts_on, target.ends_on): target.value
                for target in indicator.targets.all()
                if target.category_id == (category.pk if category else None)
            }
            for span in spans:
                self._add(indicator, category, span, stored.get(span))

    def _add(
        self, indicator: Indicator, category: Category | None, span: Span, value: Decimal | None
    ) -> None:
        cell = (indicator.pk, category.pk if category else None, *span)
        name = _name(cell)
        who = f"{indicator}, {category.label}" if category else str(indicator)
        is_yes_no = indicator.measure == Indicator.Measure.YES_NO
        kind: type[TargetField | YesNoField] = YesNoField if is_yes_no else TargetField
        field = kind(indicator, label=f"{who}, {span_text(*span)}", initial=value)
        field.span = span_text(*span)
        self.fields[name] = field
        self.cells[name] = cell

    def stored_values(self, record: Any = None) -> dict[str, Any]:
        """As text, so that a stamp can be made of them."""
        return {name: str(field.initial or "") for name, field in self.fields.items()}

    def said(self) -> dict[Cell, Decimal | None]:
        return {cell: self.cleaned_data.get(name) for name, cell in self.cells.items()}

    def show(self, refused: ValidationError) -> None:
        """Put each reason beside the cell that it is about."""
        for cell, reasons in refused.error_dict.items():
            self.add_error(_name(cell), reasons)  # type: ignore[arg-type]

    def lines(self) -> Iterator[Line]:
        for indicator, category in self.rows:
            pk = category.pk if category else None
            fields = [self[_name((indicator.pk, pk, *span))] for span in self.spans]
            others = [
                f"{span_of(target)}: {number_of(indicator, target.value)}"
                for target in indicator.targets.all()
                if target.category_id == pk and _crosses(target, self.spans)
            ]
            yield Line(indicator, category, fields, others)


def _crosses(target: Any, spans: Sequence[Span]) -> bool:
    """Whether it covers days of these columns without being one of them."""
    own = (target.starts_on, target.ends_on)
    return own not in spans and any(own[0] <= last and first <= own[1] for first, last in spans)


def _name(cell: Cell) -> str:
    indicator, category, first, last = cell
    return f"t-{indicator}-{category or 0}-{first:%Y%m%d}-{last:%Y%m%d}"
