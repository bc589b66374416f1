"""Countries: what each wants, what partnerships do there, and what its Government says of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitoring.models import Report, ReportKind
from monitoring.models.country_entries import last_full_year, partnerships_in, unanswered
from monitoring.models.report_askers import countries_of
from monitoring.models.report_renewals import pending_run
from monitoring.services.reports import request_anew
from monitoring.views.report_life import tell_of_run
from partnerships.models import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Country, FocalPoint, NationalPriority
from registry.paging import capped_count, newest_first
from registry.views.accounts import SignedInRequest

FEW = 10


def countries(request: HttpRequest) -> HttpResponse:
    """Countries with a focal point, priorities or partnerships. Four queries."""
    public = Partnership.objects.public()
    named = FocalPoint.objects.standing().select_related("partner")
    points = {one.country_id: one for one in named}
    listing = NationalPriority.objects.current().values_list("country_id", flat=True)
    listed = set(listing.order_by().distinct())
    with_any = Country.objects.with_partnerships(public) | Country.objects.filter(
        pk__in={*points, *listed}
    )
    rows = [(one, points.get(one.pk), one.pk in listed) for one in with_any.order_by("name")]
    return render(request, "monitoring/countries.html", {"rows": rows})


def country(request: HttpRequest, alpha2: str) -> HttpResponse:
    """For everybody: priorities, the reports on it, partnerships that work there."""
    found = by_code(alpha2)
    year = last_full_year()
    rows = partnerships_in(found, timezone.localdate().year)
    page = newest_first(rows.with_facts(), request.GET.get("after", ""))
    due = partnerships_in(found, year).count()
    known = about(request, found)
    days = _days_of(year)
    context = {
        **known,
        "run": pending_run(ReportKind.COUNTRY, found, days) if known["may_ask"] else None,
        "priorities": priorities_of(found),
        "reports": reports_on(found, request.user),
        "page": page,
        "count": capped_count(rows),
        "year": year,
        "due": due,
        "answered": due - unanswered([found.pk], year).get(found.pk, 0),
    }
    return render(request, "monitoring/country.html", context)


@login_required
@require_POST
def ask(request: SignedInRequest, alpha2: str) -> HttpResponse:
    """Ask for the report of the last full year; once it is there, for its next revision."""
    found, year = by_code(alpha2), last_full_year()
    try:
        run = request_anew(found, _days_of(year), by=request.user, kind=ReportKind.COUNTRY)
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    except DomainError as refused:
        messages.warning(request, refused.detail)
    else:
        tell_of_run(request, run)
    return redirect("country", found.alpha2)


def _days_of(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def by_code(alpha2: str) -> Country:
    return get_object_or_404(Country, alpha2=alpha2.upper())


def about(request: HttpRequest, found: Country) -> dict[str, Any]:
    """What stands on every page of a country: its focal point, and what the caller may do."""
    user: Any = request.user
    point = FocalPoint.objects.standing().filter(country=found).select_related("partner").first()
    speaks = FocalPoint.objects.spoken_for_by(user).filter(country=found).exists()
    return {
        "country": found,
        "point": point,
        "speaks": speaks,
        "may_list": speaks or user.is_staff,
        "may_ask": countries_of(user).filter(country=found).exists() or user.is_staff,
    }


def priorities_of(found: Country) -> Any:
    rows = NationalPriority.objects.filter(country=found).current().in_order()
    return rows.prefetch_related("targets__goal")


def reports_on(found: Country, user: Any) -> Any:
    """The newest, with the drafts that the caller may see."""
    rows = Report.objects.visible_to(user).filter(kind=ReportKind.COUNTRY, country=found)
    return rows.for_list().order_by("-ends_on", "-starts_on", "-revision", "-pk")[:FEW]
