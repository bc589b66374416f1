"""The page on who has reported what."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from monitoring.aggregation.completeness import STATES, UnitPeriod, completeness, periods_shown
from monitoring.models import Framework, ReportingUnit
from partnerships.models import Partnership
from partnerships.views.finding import key_of, visible_partnership

LOOKS = {
    "complete": ("check", "on"),
    "partial": ("half", "risk"),
    "handed_in": ("half", "due"),
    "to_come": ("ring", "na"),
    "due": ("ring", "due"),
    "late": ("square", "off"),
    "closed": ("dash", "na"),
}


def matrix(request: HttpRequest, key: str) -> HttpResponse:
    """Reporting units × periods of the framework in force."""
    partnership = visible_partnership(request, key)
    framework = partnership.frameworks.filter(status=Framework.Status.AGREED).first()
    context: dict[str, Any] = {"partnership": partnership, "framework": framework}
    context["key"] = key_of(partnership)
    if framework:
        is_insider = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
        context |= _table(framework, _day(request.GET.get("before", "")), is_insider=is_insider)
    return render(request, "monitoring/completeness.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _table(framework: Framework, before: date | None, *, is_insider: bool) -> dict[str, Any]:
    periods = periods_shown(framework, before=before)
    cells = completeness(framework, periods)
    if not is_insider:
        cells = [cell.for_everybody() for cell in cells]
    units = ReportingUnit.objects.filter(pk__in={cell.unit_id for cell in cells})
    named = sorted(units.select_related("membership__partner", "country"), key=str)
    by_cell = {(cell.unit_id, cell.period_id): cell for cell in cells}
    rows = [(unit, [_shown(by_cell.get((unit.pk, p.pk))) for p in periods]) for unit in named]
    earlier = framework.periods.filter(ends_on__lt=periods[0].ends_on) if periods else None
    return {
        "periods": periods,
        "rows": rows,
        "is_insider": is_insider,
        "asked": sum(cell.asked for cell in cells if cell.state != "to_come"),
        "given": sum(cell.given for cell in cells if cell.state != "to_come"),
        "earlier": periods[0].ends_on if earlier is not None and earlier.exists() else None,
        "before": before,
        "legend": [(text, *LOOKS[state]) for state, text in STATES.items()],
    }


def _shown(cell: UnitPeriod | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    shape, tone = LOOKS[cell.state]
    return {"cell": cell, "word": STATES[cell.state], "shape": shape, "tone": tone}
