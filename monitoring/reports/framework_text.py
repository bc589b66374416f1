"""The document that members endorse when they agree to a framework."""

from typing import Any

from monitoring.models import Framework, Indicator, PeriodTarget, Result
from monitoring.reports.sheets import SHOWN, plain, sheet_of


def framework_text(framework: Framework) -> str:
    """Everything that is agreed, as plain text in a fixed order: its hash is what is signed."""
    lines = [
        f"Framework: {framework.title} (edition {framework.edition})",
        f"From {framework.starts_on} to {framework.ends_on}, {framework.get_cadence_display()}",
        f"Data due {framework.grace_days} days after a period's end ({framework.time_zone})",
        f"Theory of change: {framework.theory_of_change or 'none stated'}",
        f"Assumptions: {framework.assumptions or 'none stated'}",
    ]
    if framework.levels:
        lines.append(f"Data is reported at these levels: {', '.join(framework.levels)}")
    for result in framework.results.order_by("pk"):
        lines.append(f"{result.get_level_display().capitalize()}: {result.title}")
        lines += [f"  {name}: {text}" for name, text in _of_result(result) if text]
        indicators = result.indicators.order_by("pk").select_related(*SHOWN)
        indicators = indicators.prefetch_related(
            "dimensions", "targets__category", "category_baselines__category"
        )
        for indicator in indicators:
            lines += _indicator_lines(indicator)
    return "\n".join(lines) + "\n"


def _of_result(result: Result) -> list[tuple[str, str]]:
    above = f"under: {result.parent}" if result.parent else ""
    return [
        ("Stands", above),
        ("Description", result.description),
        ("Assumptions", result.assumptions),
    ]


def _indicator_lines(indicator: Indicator) -> list[str]:
    lines = [f"  Indicator: {indicator}"]
    lines += [f"    {line.label}: {line.text}" for line in sheet_of(indicator)]
    lines += _category_baselines(indicator)
    return lines + [_target_line(target) for target in indicator.targets.all()]


def _category_baselines(indicator: Any) -> list[str]:
    """Those of people in a group are a breakdown, and a document that binds is public."""
    if indicator.counts_people != Indicator.CountsPeople.NO:
        return []
    rows = sorted(indicator.category_baselines.all(), key=lambda row: row.pk)
    return [
        f"    Baseline of {row.category}: {plain(row.value)}"
        if row.value is not None
        else f"    Baseline of {row.category}: {plain(row.numerator)} / {plain(row.denominator)}"
        for row in rows
    ]


def _target_line(target: PeriodTarget) -> str:
    category = f", {target.category}" if target.category else ""
    return f"    Target {target.starts_on} to {target.ends_on}{category}: {plain(target.value)}"
