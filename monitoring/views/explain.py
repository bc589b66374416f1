"""The page on how a figure came about."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime

from monitoring.aggregation.explaining import SPANS, Explanation, explain
from monitoring.aggregation.observed import LeftOut, Used
from monitoring.broken_down import shown_all
from monitoring.models import Category, Indicator, Observation, Period, ReportingUnit
from monitoring.presentation import Dress, progress_shown
from monitoring.reading_figures import LEFT_OUT, asked_category, asked_period, units_seen
from partnerships.views.finding import page_of

SPAN_LABELS = {
    "period": "the period alone",
    "to_date": "to date",
    "year": "calendar year so far",
    "framework_year": "framework's year so far",
}

EARLIEST, LATEST = 1900, 9000  # years of which moments can be shown in any time zone


def explained(request: HttpRequest, pk: int) -> HttpResponse:
    """`/indicators/<pk>/explain/?period=&category=&span=&as_of=`."""
    seen = Indicator.objects.visible_to(request.user)
    named = seen.select_related("result__framework__partnership", "currency")
    indicator = get_object_or_404(named, pk=pk)
    period = asked_period(indicator, request.user, _number(request, "period"))
    category = asked_category(indicator, _number(request, "category"))
    if category is None and request.GET.get("category"):
        raise Http404
    context: dict[str, Any] = {
        "indicator": indicator,
        "partnership": indicator.result.framework.partnership,
        "home": page_of(indicator.result.framework.partnership),
        "period": period,
        "category": category,
    }
    if period is None:
        if request.GET.get("period"):
            raise Http404
        return render(request, "monitoring/explain.html", context)
    span = request.GET.get("span", "period")
    found = explain(
        indicator,
        period,
        user=request.user,
        category=category,
        span=span if span in SPANS else "period",
        cutoff_at=_moment(request),
    )
    context |= _shown(request, found) | _choices(request, indicator, period)
    return render(request, "monitoring/explain.html", context)


def _shown(request: HttpRequest, found: Explanation) -> dict[str, Any]:
    units = units_seen(request.user, found.indicator.result.framework.partnership_id)
    dress = Dress.of(found.indicator)
    used = [_line(item, units, dress) for item in found.observed.used]
    return {
        "found": found,
        "figure": dress.figure(found.figure),
        "unit_label": "" if dress.measure == "currency" else dress.unit,
        "span_label": SPAN_LABELS[found.span],
        "target": None if found.target is None else dress.number(found.target),
        "baseline": None if found.baseline is None else dress.number(found.baseline),
        "progress": progress_shown(found.progress),
        "target_span": next((s for s in found.ended if s.ends_on == found.reference_on), None),
        "ended": _over_ended(found, dress),
        "used": used,
        "left_out": [_line(item, units, dress) for item in found.observed.left_out],
        "earlier": found.observed.counts.get("earlier", 0),
        "breakdowns": shown_all(found.breakdowns, found.indicator, units),
        "link": f"?period={found.period.pk}&span={found.span}",
        "sees_submissions": found.is_inside,
    }


def _over_ended(found: Explanation, dress: Dress) -> str:
    """What a flow's progress is measured on: all targets that have ended, not the last alone."""
    reached = [span.actual.value for span in found.ended if span.actual]
    known = [value for value in reached if value is not None]
    if not known or found.progress.value is None:
        return ""
    wanted = sum((span.value for span in found.ended), Decimal(0))
    return f"{dress.number(sum(known, Decimal(0)))} of {dress.number(wanted)}"


def _line(item: Used | LeftOut, units: dict[int, ReportingUnit], dress: Dress) -> dict[str, Any]:
    row = item.observation
    if row.value is not None:
        value = dress.number(row.value)
    elif row.numerator is not None and row.denominator is not None:
        bare = Dress("number")
        value = f"{bare.number(row.numerator)} of {bare.number(row.denominator)}"
    else:
        value = "taken away" if row.withdraws else "in words"
    return {
        "row": row,
        "item": item,
        "unit": str(units[row.unit_id]) if row.unit_id in units else "a reporting unit",
        "value": value,
        "why": LEFT_OUT.get(item.why, "") if isinstance(item, LeftOut) else "",
        "verification": _level(item),
    }


def _level(item: Used | LeftOut) -> str:
    if isinstance(item, LeftOut):
        return ""
    return str(Observation.Verification(item.verification).label)


def _choices(request: HttpRequest, indicator: Indicator, period: Period) -> dict[str, Any]:
    """What else can be explained of this indicator: periods, categories, spans."""
    periods = Period.objects.visible_to(request.user).filter(framework=period.framework_id)
    ended = periods.filter(ends_on__lte=indicator.result.framework.today())
    categories = Category.objects.filter(dimension__indicators=indicator)
    is_flow = indicator.accumulation == Indicator.Accumulation.FLOW
    return {
        "periods": ended.order_by("-ends_on", "-starts_on", "-pk")[:200],
        "categories": categories.select_related("dimension").order_by("dimension", "sort")[:200],
        "spans": SPAN_LABELS.items() if is_flow else (),
    }


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _moment(request: HttpRequest) -> datetime | None:
    """A moment with its offset from UTC; anything else means now."""
    try:
        found = parse_datetime(request.GET.get("as_of", "").replace(" ", "+"))
    except ValueError:
        return None
    if found is None or found.tzinfo is None or not EARLIEST <= found.year <= LATEST:
        return None
    return found.astimezone(UTC)
