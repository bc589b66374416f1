"""What stands in a template: a line for every cell that is asked of the units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from monitoring.ingest.template.keys import Key, printed
from monitoring.models import (
    Category,
    Indicator,
    Observation,
    Period,
    PeriodTarget,
    ReportingUnit,
    Submission,
)
from registry import display
from registry.errors import DomainError

MOST_LINES = 10_000
Measure = Indicator.Measure
MEASURED_IN = {"percent": "%", "yes_no": "yes or no", "narrative": "a text"}
Cell = tuple[int, int, int | None]
TEXTS = ("text", "variance_reason", "comment", "method")
NUMBERS = ("value", "numerator", "denominator", "sample_size", "interval_low", "interval_high")


@dataclass(frozen=True)
class Line:
    """A cell to fill in, with what helps to do it."""

    key: str
    unit: ReportingUnit
    indicator: Indicator
    category: Category | None
    last: str
    target: str
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def breakdown(self) -> str:
        return f"{self.category.dimension}: {self.category}" if self.category else "total"

    @property
    def measured_in(self) -> str:
        indicator = self.indicator
        if indicator.measure == Measure.RATIO:
            return f"{indicator.unit} (two numbers)".strip()
        return indicator.currency_id or indicator.unit or MEASURED_IN.get(indicator.measure, "")


def lines_of(period: Period, units: Sequence[ReportingUnit]) -> list[Line]:
    """The lines in the order of units, indicators and categories; nine queries at any size."""
    indicators = list(
        Indicator.objects.filter(result__framework=period.framework_id)
        .select_related("result")
        .prefetch_related("dimensions__categories__dimension")
    )
    cells = [
        (unit, indicator, category)
        for unit in units
        for indicator in indicators
        if (indicator.by_place, indicator.responsible_id) in unit.asks
        for category in (None, *_categories(indicator))
    ]
    if len(cells) > MOST_LINES:
        text = f"That would be {len(cells):,} rows; at most {MOST_LINES:,}. Choose fewer units."
        raise DomainError("template_too_large", text)
    known = _Known(period, units, indicators)
    return [known.line(*cell) for cell in cells]


def _categories(indicator: Indicator) -> list[Category]:
    return [c for dimension in indicator.dimensions.all() for c in dimension.categories.all()]


class _Known:
    """Values that stand beside and in the inputs, looked up once for all lines."""

    def __init__(
        self, period: Period, units: Sequence[ReportingUnit], indicators: Sequence[Indicator]
    ) -> None:
        self.period = period
        self.heads = _heads(units)
        self.targets = _targets(period)
        self.last = _last(period, self.heads, indicators)
        self.stored = _stored(period, self.heads)

    def line(self, unit: ReportingUnit, indicator: Indicator, category: Category | None) -> Line:
        category_id = category.pk if category else None
        source, stored = self.stored.get((unit.pk, indicator.pk, category_id), ("n", None))
        inputs = inputs_of(stored, indicator) if stored else {}
        key = Key(
            self.period.framework_id,
            self.period.pk,
            unit.pk,
            indicator.pk,
            category_id,
            source,
            printed(inputs),
        )
        before = self.last.get((unit.pk, str(indicator.series), category_id))
        target = self.targets.get((indicator.pk, category_id))
        return Line(
            key.text(),
            unit,
            indicator,
            category,
            last=f"{shown(before, indicator)} ({before.period.label})" if before else "",
            target=_target(target, indicator) if target else "",
            inputs=inputs,
        )


def inputs_of(stored: Observation, indicator: Indicator) -> dict[str, str]:
    """A stored value as it stands in the inputs."""
    inputs = {name: getattr(stored, name) for name in TEXTS}
    for name in NUMBERS:
        number = getattr(stored, name)
        inputs[name] = "" if number is None else f"{Decimal(number).normalize():f}"
    if indicator.measure == Measure.YES_NO and inputs["value"] in ("0", "1"):
        inputs["value"] = "yes" if inputs["value"] == "1" else "no"
    for name in ("is_provisional", "withdraws"):
        inputs[name] = "yes" if getattr(stored, name) else ""
    return {name: text for name, text in inputs.items() if text}


def shown(stored: Observation, indicator: Indicator) -> str:
    """A value beside an input, as a page shows it."""
    if stored.numerator is not None and stored.denominator is not None:
        return f"{display.number(stored.numerator)} of {display.number(stored.denominator)}"
    if stored.value is None:
        return stored.text[:200]
    if indicator.measure == Measure.YES_NO:
        return "yes" if stored.value else "no"
    return display.number(stored.value)


def _target(target: PeriodTarget, indicator: Indicator) -> str:
    if indicator.measure == Measure.RATIO:
        value = display.percent(target.value)
    elif indicator.measure == Measure.YES_NO:
        value = "yes" if target.value else "no"
    else:
        value = display.number(target.value)
    return f"{value} by {target.ends_on:%b %Y}"


def _heads(units: Iterable[ReportingUnit]) -> dict[int, int]:
    """Units by those that they were before a merge of partners, and by themselves."""
    heads = {unit.pk: unit.pk for unit in units}
    merged = ReportingUnit.objects.filter(merged_into__in=heads)
    return heads | {pk: head for pk, head in merged.values_list("pk", "merged_into_id") if head}


def _targets(period: Period) -> dict[tuple[int, int | None], PeriodTarget]:
    """By indicator and category, the target whose span covers the period's end."""
    covering = PeriodTarget.objects.filter(
        indicator__result__framework=period.framework_id,
        starts_on__lte=period.ends_on,
        ends_on__gte=period.ends_on,
    )
    return {(t.indicator_id, t.category_id): t for t in covering.order_by("ends_on", "-pk")}


def _last(
    period: Period, heads: dict[int, int], indicators: Sequence[Indicator]
) -> dict[tuple[int, str, int | None], Observation]:
    """Each cell's newest counting value of an earlier period, over editions of its series."""
    earlier = (
        Observation.objects.counting()
        .filter(
            unit__in=heads,
            indicator__series__in=[indicator.series for indicator in indicators],
            period__ends_on__lt=period.ends_on,
        )
        .order_by("unit_id", "indicator__series", "category_id", "-period__ends_on", "-pk")
        .distinct("unit_id", "indicator__series", "category_id")
        .select_related("indicator", "period")
    )
    newest: dict[tuple[int, str, int | None], Observation] = {}
    for found in sorted(earlier, key=lambda o: (o.period.ends_on, o.pk)):
        newest[heads[found.unit_id], str(found.indicator.series), found.category_id] = found
    return newest


def _stored(period: Period, heads: dict[int, int]) -> dict[Cell, tuple[str, Observation]]:
    """What the period has for each cell: in a draft ("d"), else approved ("a")."""
    counting = Observation.objects.counting().filter(unit__in=heads, period=period)
    drafts = Submission.objects.in_progress().filter(unit__in=heads, period=period)
    drafted = Observation.objects.filter(submission__in=drafts.values("pk"))
    stored = {}
    for source, values in (("a", counting), ("d", drafted)):
        for value in values.order_by():
            cell = (heads[value.unit_id], value.indicator_id, value.category_id)
            stored[cell] = (source, value)
    return stored
