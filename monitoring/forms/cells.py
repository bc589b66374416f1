"""The cells of a form: an indicator's total or one of its categories, and their inputs."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from django import forms

from monitoring.aggregation import Figure
from monitoring.models import Category, Dimension, Indicator, Observation
from registry import display

Key = tuple[int, int | None]
PARTS = ("numerator", "denominator")
YES_NO = [("", "no data"), ("1", "yes"), ("0", "no")]


class Cell(NamedTuple):
    """What one value is about; the period and the unit are the form's."""

    indicator: Indicator
    category: Category | None = None

    @property
    def key(self) -> Key:
        return (self.indicator.pk, self.category.pk if self.category else None)

    @property
    def label(self) -> str:
        return f"{self.indicator}, {self.category}" if self.category else str(self.indicator)

    def name(self, part: str) -> str:
        """The input's name: value-12 of a total, value-12-34 of a category."""
        return "-".join([part, *(str(pk) for pk in self.key if pk is not None)])


def cells_of(indicator: Indicator) -> Iterator[Cell]:
    """The total, then every category of its dimensions; reads what was prefetched."""
    yield Cell(indicator)
    for dimension in dimensions_of(indicator):
        for category in dimension.categories.all():
            yield Cell(indicator, category)


def dimensions_of(indicator: Indicator) -> list[Dimension]:
    """Simple ones first, then those that cross two."""
    return sorted(indicator.dimensions.all(), key=lambda one: (one.first_id is not None, one.pk))


def parts_of(indicator: Indicator) -> tuple[str, ...]:
    if indicator.measure == Indicator.Measure.RATIO:
        return PARTS
    return ("text",) if indicator.measure == Indicator.Measure.NARRATIVE else ("value",)


def value_field(cell: Cell, part: str) -> forms.Field:
    label = cell.label if part not in PARTS else f"{cell.label}: {part}"
    if part == "text":
        area = forms.Textarea(attrs={"rows": 3 if cell.category is None else 1})
        return forms.CharField(label=label, required=False, max_length=20_000, widget=area)
    if cell.indicator.measure == Indicator.Measure.YES_NO:
        return forms.ChoiceField(label=label, required=False, choices=YES_NO)
    return number_field(label)


def number_field(label: str) -> forms.CharField:
    """Takes what people type; what it means is read and refused with a reason of its own."""
    box = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "no data"}
    )
    return forms.CharField(label=label, required=False, max_length=60, widget=box)


def stored_text(stored: Observation | None, part: str) -> str:
    """A stored part as the input shows it: the number that was understood."""
    value = getattr(stored, part, None)
    return plain_number(value) if isinstance(value, Decimal) else str(value or "")


def plain_number(value: Decimal) -> str:
    return f"{value.normalize() + 0:f}"


def unit_of(indicator: Indicator) -> str:
    percent = indicator.measure == Indicator.Measure.PERCENT
    return indicator.currency_id or indicator.unit or ("%" if percent else "")


def scale_of(indicator: Indicator) -> str:
    """A rating's scale in words."""
    if indicator.measure != Indicator.Measure.RATING:
        return ""
    low = Decimal(1) if indicator.rating_min is None else indicator.rating_min
    high = Decimal(5) if indicator.rating_max is None else indicator.rating_max
    return f"from {plain_number(low)} (lowest) to {plain_number(high)} (highest)"


def shown(indicator: Indicator, figure: Figure) -> str:
    """A stored value beside an input: a ratio with its parts."""
    if figure.numerator is not None and figure.denominator is not None:
        return f"{display.number(figure.numerator)} of {display.number(figure.denominator)}"
    if figure.value is None:
        return ""
    if indicator.measure == Indicator.Measure.YES_NO:
        return "yes" if figure.value else "no"
    return display.number(figure.value)


def shown_value(stored: Observation) -> str:
    parts = Figure(stored.value, numerator=stored.numerator, denominator=stored.denominator)
    return shown(stored.indicator, parts) or stored.text


def inputs_of(indicators: Iterable[Indicator]) -> int:
    """How many values are asked for: what makes a form long."""
    return sum(len(parts_of(one)) for one in indicators for _ in cells_of(one))
