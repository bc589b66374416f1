"""The periodic report of a partnership: figures, lights and scorecard for one of its periods."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from monitoring.aggregation import IndicatorFigures, PeriodFigure, partnership_figures
from monitoring.aggregation.places import by_country
from monitoring.models import Evaluation, Period, ReportRun
from monitoring.reports.accountability.card import scorecard
from monitoring.reports.accountability.subject import Subject
from monitoring.reports.evaluations import evaluations_of, no_evaluations
from monitoring.reports.snapshot import plain

FORMAT = "partnership-report/2"


def build(run: ReportRun) -> dict[str, Any]:
    """The content that a run asks for, ready to be stored as JSON."""
    period = Period.objects.select_related("framework__partnership").get(pk=run.period_id)
    return partnership_report(period, reference_on=run.reference_on, cutoff_at=run.cutoff_at)


def partnership_report(
    period: Period,
    *,
    reference_on: date,
    cutoff_at: datetime,
    of_year: Sequence[Period] | None = None,
) -> dict[str, Any]:
    """The report of a partnership for one of its periods, ready to be stored as JSON.

    For an annual report the scorecard reads all periods `of_year`.
    """
    framework = period.framework
    partnership = framework.partnership
    figures = partnership_figures(
        partnership, reference_on=reference_on, cutoff_at=cutoff_at, framework=framework
    )
    subject = Subject(partnership, period, framework, reference_on, cutoff_at, figures, of_year)
    content = {
        "format": FORMAT,
        **_about(period, cutoff_at),
        "reference_on": reference_on,
        "cutoff_at": cutoff_at,
        "lights": {
            "timeliness": vars(figures.timeliness),
            "achievement": vars(figures.achievement),
        },
        "completeness": {"reported": figures.reported, "due": figures.due},
        "indicators": [_indicator(item, period) for item in figures.indicators],
        "places": _places(subject),
        "scorecard": scorecard(subject),
        "evaluations": _evaluations(subject),
    }
    return plain(content)


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
        "to_date": vars(item.to_date),
        "year": vars(item.year),
        "framework_year": vars(item.framework_year),
        "end_target": item.end_target,
        "end_on": item.end_on,
        "progress": vars(item.progress),
        "toward_end": vars(item.toward_end),
        "expected": item.expected,
        "gap": item.gap,
        "light": vars(item.light),
        "series": [
            {"label": p.period.label, "ends_on": p.period.ends_on, **vars(p.figure)}
            for p in item.periods
        ],
    }


def _places(subject: Subject) -> list[dict[str, Any]]:
    """Of each country of the reporting units the figures of what is reported by place."""
    found = by_country(
        subject.framework,
        [item.indicator for item in subject.figures.indicators],
        reference_on=subject.reference_on,
        cutoff_at=subject.cutoff_at,
    )
    countries: dict[int, list[dict[str, Any]]] = {}
    for one in found:
        said = {"id": one.indicator.pk, "year": vars(one.year), "to_date": vars(one.to_date)}
        countries.setdefault(one.country, []).append(said)
    return [{"country": pk, "indicators": said} for pk, said in countries.items()]


def _evaluations(subject: Subject) -> dict[str, Any]:
    if not subject.has(Evaluation):
        return no_evaluations(subject.reference_on)
    return evaluations_of(subject.partnership, subject.reference_on, subject.cutoff_at)


def _period(item: PeriodFigure | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "actual": vars(item.figure),
        "target": item.target,
        "progress": vars(item.progress),
    }
