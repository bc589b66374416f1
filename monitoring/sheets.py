"""A framework as people read it: the tree of its results, and a sheet for each indicator."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from monitoring.models import Framework, Indicator, PeriodTarget, Result
from monitoring.models.smart import Finding
from monitoring.presentation import day_text
from registry import display

Measure, CountsPeople, Level = Indicator.Measure, Indicator.CountsPeople, Result.Level
LASTING: list[str] = [Level.IMPACT, Level.OUTCOME, Level.OUTPUT, Level.OTHER]
DEEPEST = 3  # steps to the right; what stands deeper is shown there too
HEARD_OF = {
    CountsPeople.NO: "",
    CountsPeople.CONTACTS: "contacts; the same person may count again",
    CountsPeople.UNIQUE: "persons, each once",
}


class Sheet(NamedTuple):
    """An indicator with what it is measured by, in texts; and what it lacks, for whoever writes."""

    indicator: Indicator
    baseline: str
    targets: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    findings: Sequence[Finding] = ()

    @property
    def unit(self) -> str:
        """What is counted; a share is one of them."""
        unit = self.indicator.unit
        return f"share of {unit}" if unit and self.indicator.measure == Measure.RATIO else unit

    @property
    def last_target(self) -> tuple[str, str] | None:
        """Of the total: what it shall reach in the end, and when."""
        totals = [target for target in self.indicator.targets.all() if not target.category_id]
        return (
            (number_of(self.indicator, totals[-1].value), span_of(totals[-1])) if totals else None
        )


class Node(NamedTuple):
    """A result in the tree, how deep it stands, and its indicators."""

    result: Result
    depth: int
    sheets: list[Sheet]


def result_tree(framework: Framework, findings: Sequence[Finding] = ()) -> list[Node]:
    """Every result after the one it stands under, the lasting ones first; seven queries."""
    said: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.indicator:
            said.setdefault(finding.indicator.pk, []).append(finding)
    results = sorted(framework.results.order_by("pk"), key=lambda one: LASTING.index(one.level))
    below: dict[int | None, list[Result]] = {}
    for result in results:
        below.setdefault(result.parent_id, []).append(result)
    sheets: dict[int, list[Sheet]] = {}
    for indicator in indicators_of(framework):
        sheets.setdefault(indicator.result_id, []).append(
            sheet_of(indicator, said.get(indicator.pk, ()))
        )

    def nodes(parent: int | None, depth: int) -> Iterator[Node]:
        for result in below.get(parent, ()):
            yield Node(result, min(depth, DEEPEST), sheets.get(result.pk, []))
            yield from nodes(result.pk, depth + 1)

    return list(nodes(None, 0))


def indicators_of(framework: Framework) -> list[Indicator]:
    """With everything that a sheet names."""
    rows = Indicator.objects.filter(result__framework=framework).order_by("result_id", "pk")
    return list(
        rows.select_related(
            "result",
            "currency",
            "continues",
            "global_indicator",
            "disclosure__standard",
            "responsible__partner",
        ).prefetch_related("dimensions__categories", "targets__category")
    )


def sheet_of(indicator: Indicator, findings: Sequence[Finding] = ()) -> Sheet:
    targets = [
        (span_of(target), number_of(indicator, target.value)) for target in indicator.targets.all()
    ]
    return Sheet(indicator, baseline_of(indicator), targets, list(_facts(indicator)), findings)


def _facts(indicator: Indicator) -> Iterator[tuple[str, str]]:
    """What the members agree on for an indicator, in the order in which people ask."""
    yield "Definition", indicator.definition
    yield "Measured as", _measured_as(indicator)
    yield "Values are", _adds_up(indicator)
    yield "Good is", indicator.get_direction_display() + _tolerance(indicator)
    yield "Counts people", HEARD_OF[CountsPeople(indicator.counts_people)]
    yield "Reported by", _reported_by(indicator)
    yield "Broken down by", "; ".join(_dimensions(indicator))
    yield "Baseline", _whole_baseline(indicator)
    yield "How it is worked out", indicator.method
    yield "Where it comes from", indicator.source
    yield "How it can be checked", indicator.means_of_verification
    yield "How often", indicator.frequency
    yield "Library", _library(indicator)
    yield "Edition before", _continues(indicator)


def _measured_as(indicator: Indicator) -> str:
    scale = ""
    if indicator.measure == Measure.RATING and indicator.rating_max is not None:
        low = display.number(indicator.rating_min or Decimal(0))
        scale = f"from {low} to {display.number(indicator.rating_max)}"
    unit = indicator.currency_id or indicator.unit
    return ", ".join(filter(None, [indicator.get_measure_display(), unit, scale]))


def _adds_up(indicator: Indicator) -> str:
    combine = indicator.get_combine_display()
    together = "" if indicator.combine == "none" else f"; of several units: {combine}"
    return indicator.get_accumulation_display() + together


def _tolerance(indicator: Indicator) -> str:
    if indicator.tolerance is None or not indicator.direction.startswith("maintain"):
        return ""
    return f", within {display.number(indicator.tolerance)}"


def _reported_by(indicator: Indicator) -> str:
    who = str(indicator.responsible.partner) if indicator.responsible else "every reporting unit"
    return f"{who}, by place" if indicator.by_place else who


def _dimensions(indicator: Indicator) -> Iterator[str]:
    for dimension in indicator.dimensions.all():
        categories = ", ".join(category.label for category in dimension.categories.all())
        yield f"{dimension.label} ({categories})" if categories else dimension.label


def _library(indicator: Indicator) -> str:
    named = ""
    if indicator.global_indicator:
        named = f"SDG indicator {indicator.global_indicator}"
    elif indicator.disclosure:
        named = f"{indicator.disclosure.standard} {indicator.disclosure}"
    link = indicator.get_library_link_display() if indicator.library_link else ""
    return ", ".join(filter(None, [named, link]))


def _continues(indicator: Indicator) -> str:
    """Whether its values go on from an earlier edition's (RULES 10)."""
    if not indicator.continues:
        return ""
    if not indicator.breaks_series:
        return "its values go on with those of the edition before"
    joined = "; shown as one line all the same" if indicator.joins_series else ""
    return f"the series breaks: {indicator.break_reason}{joined}"


def _whole_baseline(indicator: Indicator) -> str:
    if indicator.baseline_unavailable:
        by = f", by {day_text(indicator.baseline_plan_on)}" if indicator.baseline_plan_on else ""
        return f"not available; how it will be found{by}: {indicator.baseline_plan}"
    return ". ".join(filter(None, [baseline_of(indicator), indicator.baseline_source]))


def baseline_of(indicator: Indicator) -> str:
    """The value with its day or year; empty where none is stated."""
    numerator, denominator = indicator.baseline_numerator, indicator.baseline_denominator
    if numerator is not None and denominator:
        share = number_of(indicator, numerator / denominator)
        value = f"{share} ({display.number(numerator)} of {display.number(denominator)})"
    elif indicator.baseline_value is not None:
        value = number_of(indicator, indicator.baseline_value)
    else:
        return ""
    on = indicator.baseline_on
    when = day_text(on) if on else str(indicator.baseline_year or "")
    return f"{value}, {when}" if when else value


def number_of(indicator: Indicator, value: Decimal) -> str:
    """In the indicator's own dress: 40 %, yes, USD 1,200, 3.5."""
    if indicator.measure == Measure.RATIO:
        return display.percent(value)
    if indicator.measure == Measure.PERCENT:
        return f"{display.number(value)}{display.NO_BREAK}%"
    if indicator.measure == Measure.YES_NO and value in (0, 1):
        return "yes" if value else "no"
    if indicator.measure == Measure.CURRENCY:
        return f"{indicator.currency_id}{display.NO_BREAK}{display.number(value)}"
    return display.number(value)


def span_of(target: PeriodTarget) -> str:
    """The days that a target covers, and for whom."""
    category = f", {target.category.label}" if target.category else ""
    return f"{span_text(target.starts_on, target.ends_on)}{category}"


def span_text(first: date, last: date) -> str:
    """2026, or the first and the last day."""
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole:
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    return f"{day_text(first)} – {day_text(last)}"
