"""The metadata sheet of an indicator: what members agree to measure, and how."""

from decimal import Decimal
from typing import NamedTuple

from monitoring.models import Indicator

# What a complete sheet says (measure A6 of the scorecard).
ASKED = (
    "definition",
    "unit",
    "method",
    "source",
    "frequency",
    "means_of_verification",
    "library_link",
)
# A mark, yes or no and a text have no unit beside their measure; money has its currency.
WITHOUT_UNIT = (Indicator.Measure.RATING, Indicator.Measure.YES_NO, Indicator.Measure.NARRATIVE)
# What the lines below read besides the row itself.
SHOWN = (
    "currency",
    "disclosure__standard",
    "global_indicator",
    "responsible__partner",
    "continues",
)


class Line(NamedTuple):
    """A line of a sheet."""

    label: str
    text: str


def sheet_of(indicator: Indicator) -> list[Line]:
    """Every line, in a fixed order: it is part of the document whose hash is signed."""
    dimensions = ", ".join(d.label for d in indicator.dimensions.all()) or "none"
    said = {
        "Definition": indicator.definition,
        "Measure": f"{indicator.get_measure_display()} ({_unit(indicator)})",
        "Accumulation": indicator.get_accumulation_display(),
        "Combined by": indicator.get_combine_display(),
        "Direction": _direction(indicator),
        "Counts people": _people(indicator),
        "Reported by place": "yes" if indicator.by_place else "no",
        "Broken down by": dimensions,
        "Baseline": _baseline(indicator),
        "Method": indicator.method,
        "Source": indicator.source,
        "Frequency": indicator.frequency,
        "Means of verification": indicator.means_of_verification,
        "Responsible": str(indicator.responsible.partner) if indicator.responsible else "",
        "Library": f"{_library(indicator)}, {indicator.library_link or 'open'}",
    }
    lines = [Line(label, text or "not stated") for label, text in said.items()]
    if indicator.breaks_series:
        joined = "; a joined series may be shown" if indicator.joins_series else ""
        text = f"breaks with {indicator.continues}: {indicator.break_reason}{joined}"
        lines.append(Line("Series", text))
    elif indicator.continues:
        lines.append(Line("Series", f"continues {indicator.continues}"))
    return lines


def missing_of(indicator: Indicator) -> list[str]:
    """The fields that a complete sheet says and this one does not."""
    missing = [name for name in ASKED if not str(getattr(indicator, name)).strip()]
    has_unit = indicator.currency_id or indicator.measure in WITHOUT_UNIT
    return [name for name in missing if not (name == "unit" and has_unit)]


def _unit(indicator: Indicator) -> str:
    if indicator.currency:
        return str(indicator.currency.code)
    if indicator.rating_min is not None and indicator.rating_max is not None:
        return f"{plain(indicator.rating_min)} to {plain(indicator.rating_max)}"
    return indicator.unit or "no unit"


def _direction(indicator: Indicator) -> str:
    said = indicator.get_direction_display()
    return said if indicator.tolerance is None else f"{said}, within {plain(indicator.tolerance)}"


def _people(indicator: Indicator) -> str:
    said = str(indicator.get_counts_people_display())
    if indicator.counts_people != Indicator.CountsPeople.UNIQUE:
        return said
    new = ", new in the period" if indicator.counts_new_people else ""
    apart = "" if indicator.units_overlap else ", no person in two units"
    return f"{said}{new}{apart}"


def _library(indicator: Indicator) -> str:
    disclosure = indicator.disclosure
    named = f"{disclosure.standard} {disclosure}" if disclosure else indicator.global_indicator
    return str(named or "none")


def _baseline(indicator: Indicator) -> str:
    """Not available, with its plan, is another thing than not stated."""
    if indicator.baseline_unavailable:
        by = f"{indicator.baseline_plan_on:%-d %b %Y}" if indicator.baseline_plan_on else "no day"
        return f"not available; by {by}: {indicator.baseline_plan}"
    when = indicator.baseline_on or indicator.baseline_year or "no date"
    source = f", {indicator.baseline_source}" if indicator.baseline_source else ""
    if indicator.baseline_numerator is not None:
        parts = f"{plain(indicator.baseline_numerator)} / {plain(indicator.baseline_denominator)}"
        return f"{parts} ({when}{source})"
    if indicator.baseline_value is None:
        return ""
    return f"{plain(indicator.baseline_value)} ({when}{source})"


def plain(number: Decimal | None) -> str:
    return "" if number is None else f"{Decimal(number).normalize():f}"
