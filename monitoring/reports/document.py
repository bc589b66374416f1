"""The document that members endorse when they agree to a framework."""

from decimal import Decimal

from monitoring.models import Framework, Indicator, PeriodTarget


def framework_text(framework: Framework) -> str:
    """Everything that is agreed, as plain text in a fixed order: its hash is what is signed."""
    lines = [
        f"Framework: {framework.title} (edition {framework.edition})",
        f"From {framework.starts_on} to {framework.ends_on}, {framework.get_cadence_display()}",
        f"Data due {framework.grace_days} days after a period's end ({framework.time_zone})",
        f"Assumptions: {framework.assumptions or 'none stated'}",
    ]
    for result in framework.results.order_by("pk"):
        lines.append(f"{result.get_level_display().capitalize()}: {result.title}")
        indicators = result.indicators.order_by("pk").prefetch_related("dimensions", "targets")
        for indicator in indicators:
            lines += _indicator_lines(indicator)
    return "\n".join(lines) + "\n"


def _library(indicator: Indicator) -> str:
    disclosure = indicator.disclosure
    named = f"{disclosure.standard} {disclosure}" if disclosure else indicator.global_indicator
    return str(named or "none")


def _indicator_lines(indicator: Indicator) -> list[str]:
    dimensions = ", ".join(d.label for d in indicator.dimensions.all()) or "none"
    sheet = {
        "Definition": indicator.definition,
        "Measure": f"{indicator.get_measure_display()} ({indicator.unit or 'no unit'})",
        "Accumulation": indicator.get_accumulation_display(),
        "Combined by": indicator.get_combine_display(),
        "Direction": indicator.get_direction_display(),
        "Counts people": indicator.get_counts_people_display(),
        "Reported by place": "yes" if indicator.by_place else "no",
        "Broken down by": dimensions,
        "Baseline": _baseline(indicator),
        "Method": indicator.method,
        "Source": indicator.source,
        "Frequency": indicator.frequency,
        "Means of verification": indicator.means_of_verification,
        "Library": f"{_library(indicator)}, {indicator.library_link or 'open'}",
    }
    lines = [f"  Indicator: {indicator}"]
    lines += [f"    {name}: {text}" for name, text in sheet.items()]
    return lines + [_target_line(target) for target in indicator.targets.all()]


def _baseline(indicator: Indicator) -> str:
    if indicator.baseline_numerator is not None:
        return f"{_plain(indicator.baseline_numerator)} / {_plain(indicator.baseline_denominator)}"
    when = indicator.baseline_on or indicator.baseline_year or "no date"
    if indicator.baseline_value is None:
        return "not available"
    return f"{_plain(indicator.baseline_value)} ({when})"


def _target_line(target: PeriodTarget) -> str:
    category = f", {target.category}" if target.category else ""
    return f"    Target {target.starts_on} to {target.ends_on}{category}: {_plain(target.value)}"


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
