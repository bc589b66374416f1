"""A report's content: a snapshot of figures that is the same for the same two dates.

It holds no moment of the run and no name that may change later; people and organisations
stand in it by id, and a page looks their present names up.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from monitoring.aggregation import IndicatorFigures, PeriodFigure, partnership_figures
from monitoring.models import Period
from monitoring.reports.accountability import Measure, Outcome, Subject, measure_all, scores

FORMAT = "partnership-report/1"
# What is stored keeps 20 significant digits; nothing is computed from it again.
STORED = Context(prec=20, rounding=ROUND_HALF_UP)


def partnership_report(
    period: Period, *, reference_on: date, cutoff_at: datetime
) -> dict[str, Any]:
    """The report of a partnership for one of its periods, ready to be stored as JSON."""
    framework = period.framework
    partnership = framework.partnership
    figures = partnership_figures(
        partnership, reference_on=reference_on, cutoff_at=cutoff_at, framework=framework
    )
    subject = Subject(partnership, period, framework, reference_on, cutoff_at, figures)
    content = {
        "format": FORMAT,
        **_about(period, cutoff_at),
        "reference_on": reference_on,
        "cutoff_at": cutoff_at,
        "lights": {
            "timeliness": asdict(figures.timeliness),
            "achievement": asdict(figures.achievement),
        },
        "completeness": {"reported": figures.reported, "due": figures.due},
        "indicators": [_indicator(item, period) for item in figures.indicators],
        "scorecard": _scorecard(subject),
    }
    return plain(content)


def canonical(content: dict[str, Any]) -> bytes:
    """The one way to write a content down: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def plain(value: Any) -> Any:
    """JSON's own types only: exact numbers as decimal strings, moments in UTC."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _decimal(number: Decimal) -> str:
    text = f"{STORED.create_decimal(number):f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _about(period: Period, cutoff_at: datetime) -> dict[str, Any]:
    framework = period.framework
    partnership = framework.partnership
    return {
        "subject": {
            "type": "partnership",
            "id": partnership.pk,
            "reference": partnership.reference,
        },
        "period": {
            "id": period.pk,
            "label": period.label,
            "starts_on": period.starts_on,
            "ends_on": period.ends_on,
            "due_on": period.due_on,
        },
        "framework": {
            "id": framework.pk,
            "edition": framework.edition,
            "is_agreed": framework.agreed_at is not None and framework.agreed_at <= cutoff_at,
            "is_imported": framework.import_batch_id is not None,
        },
    }


def _indicator(item: IndicatorFigures, period: Period) -> dict[str, Any]:
    indicator = item.indicator
    return {
        "id": indicator.pk,
        "code": indicator.code,
        "title": indicator.title,
        "level": indicator.result.level,
        "measure": indicator.measure,
        "accumulation": indicator.accumulation,
        "combine": indicator.combine,
        "direction": indicator.direction,
        "unit": indicator.currency_id or indicator.unit,
        "baseline": item.baseline,
        "baseline_on": item.baseline_on,
        "period": _period(item.as_of(period)),
        "to_date": asdict(item.to_date),
        "year": asdict(item.year),
        "end_target": item.end_target,
        "end_on": item.end_on,
        "progress": asdict(item.progress),
        "toward_end": asdict(item.toward_end),
        "expected": item.expected,
        "gap": item.gap,
        "light": asdict(item.light),
        "series": [
            {"label": p.period.label, "ends_on": p.period.ends_on, **asdict(p.figure)}
            for p in item.periods
        ],
    }


def _period(item: PeriodFigure | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "actual": asdict(item.figure),
        "target": item.target,
        "progress": asdict(item.progress),
    }


def _scorecard(subject: Subject) -> dict[str, Any]:
    outcomes = measure_all(subject)
    return {
        "measures": [_measure(measure, outcome) for measure, outcome in outcomes],
        **scores(outcomes),
    }


def _measure(measure: Measure, outcome: Outcome) -> dict[str, Any]:
    return {
        "code": measure.code,
        "group": measure.group,
        "title": measure.title,
        "asked": measure.asked,
        **asdict(outcome),
    }


__all__ = ["canonical", "digest", "partnership_report", "plain"]
