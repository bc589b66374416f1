"""Figures as REST says them: exact numbers as decimal strings, with why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from monitoring.aggregation.arithmetic import exact
from monitoring.aggregation.breakdowns import Breakdown, CategoryFigure, Parts
from monitoring.aggregation.explaining import Explanation
from monitoring.aggregation.figures import Figure, Progress
from monitoring.aggregation.observed import LeftOut, Used
from monitoring.aggregation.readings import Step
from monitoring.models import Category, Indicator, Observation, ReportingUnit
from monitoring.reading_figures import LEFT_OUT


def plain(value: Any) -> Any:
    """JSON's own types: decimals with all their digits, days as they are written."""
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def figure_said(figure: Figure) -> dict[str, Any]:
    said = asdict(figure)
    said.pop("days")
    return dict(plain(said))


def progress_said(progress: Progress) -> dict[str, Any]:
    return dict(plain(asdict(progress)))


def indicator_said(indicator: Indicator) -> dict[str, Any]:
    return {
        "id": indicator.pk,
        "code": indicator.code,
        "title": indicator.title,
        "measure": indicator.measure,
        "accumulation": indicator.accumulation,
        "combine": indicator.combine,
        "unit": indicator.currency_id or indicator.unit,
        "counts_people": indicator.counts_people,
        "framework": indicator.result.framework_id,
        "edition": indicator.result.framework.edition,
    }


def category_said(category: Category | None) -> dict[str, Any] | None:
    if category is None:
        return None
    return {
        "id": category.pk,
        "dimension": category.dimension_id,
        "code": category.code,
        "label": category.label,
    }


def explanation_said(one: Explanation, units: Mapping[int, ReportingUnit]) -> dict[str, Any]:
    """`units` are those that the caller may see."""
    return {
        "indicator": indicator_said(one.indicator),
        "period": {
            "id": one.period.pk,
            "label": one.period.label,
            "starts_on": one.period.starts_on.isoformat(),
            "ends_on": one.period.ends_on.isoformat(),
        },
        "category": category_said(one.category),
        "span": one.span,
        "reference_on": plain(one.reference_on),
        "cutoff_at": plain(one.cutoff_at),
        "figure": figure_said(one.figure),
        "target": plain(one.target),
        "baseline": plain(one.baseline),
        "progress": progress_said(one.progress),
        "progress_arithmetic": one.progress_arithmetic,
        "rule": one.rule,
        "arithmetic": one.arithmetic,
        "observations": [_used(item, units) for item in one.observed.used],
        "left_out": [_left_out(item, units) for item in one.observed.left_out],
        "left_out_counts": one.observed.counts,
        "breakdowns": [breakdown_said(item, units, one.steps) for item in one.breakdowns],
    }


def breakdown_said(
    broken: Breakdown, units: Mapping[int, ReportingUnit], steps: Sequence[Step]
) -> dict[str, Any]:
    periods = {step.n: step.period_id for step in steps}
    return {
        "dimension": {
            "id": broken.dimension.pk,
            "code": broken.dimension.code,
            "label": broken.dimension.label,
        },
        "total": figure_said(broken.total),
        "state": broken.state,
        "difference": _parts(broken.difference),
        "categories": [_category_figure(item) for item in broken.categories],
        "units": [
            {
                "unit": state.unit_id,
                "name": _name(units, state.unit_id),
                "period": periods[state.n],
                "state": state.state,
                "difference": _parts(state.difference),
                "reason": state.reason,
            }
            for state in broken.units
        ],
    }


def _category_figure(item: CategoryFigure) -> dict[str, Any]:
    return {
        **(category_said(item.category) or {}),
        "figure": figure_said(item.figure),
        "target": plain(item.target),
        "baseline": plain(item.baseline),
        "progress": progress_said(item.progress),
    }


def _parts(parts: Parts | None) -> dict[str, Any] | None:
    return None if parts is None else dict(plain(parts._asdict()))


def _used(item: Used, units: Mapping[int, ReportingUnit]) -> dict[str, Any]:
    return {
        **_observation(item.observation, units),
        "carried": item.carried,
        "verification": item.verification,
        "evidence": item.evidence,
    }


def _left_out(item: LeftOut, units: Mapping[int, ReportingUnit]) -> dict[str, Any]:
    return {
        **_observation(item.observation, units),
        "why": item.why,
        "text": LEFT_OUT[item.why],
    }


def _observation(row: Observation, units: Mapping[int, ReportingUnit]) -> dict[str, Any]:
    return {
        "observation": row.pk,
        "unit": row.unit_id,
        "unit_name": _name(units, row.unit_id),
        "period": row.period_id,
        "period_label": row.period.label,
        "value": plain(row.value),
        "numerator": plain(row.numerator),
        "denominator": plain(row.denominator),
        "is_provisional": row.is_provisional,
        "submission": row.submission_id,
        "revision": row.submission.revision,
        "submission_status": row.submission.status,
        "counts_from": plain(row.counts_from),
        "counts_until": plain(row.counts_until),
    }


def _name(units: Mapping[int, ReportingUnit], unit: int) -> str:
    return str(units[unit]) if unit in units else ""
