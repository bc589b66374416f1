"""The entries of a country's report, and the Government's word on each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitoring.forms.countries import StatementForm
from monitoring.models import ContributionStatement, Report
from monitoring.models.country_entries import (
    entries_of,
    last_full_year,
    partnerships_in,
    unanswered,
)
from monitoring.services.contribution_statements import (
    confirm_all,
    require_speaker,
    state_contribution_of,
)
from monitoring.views.countries import about, by_code
from partnerships.models import Partnership
from partnerships.views.acting import allowed
from registry.forms.attempts import succeeds
from registry.paging import newest_first
from registry.views.accounts import SignedInRequest

AT_ONCE = 50
OLDEST = 10  # years that the page offers


def entries(request: HttpRequest, alpha2: str) -> HttpResponse:
    """For everybody: each partnership in the country, and what the Government says of it."""
    found, year = by_code(alpha2), _year(request)
    rows = partnerships_in(found, year)
    page = newest_first(rows, request.GET.get("after", ""), size=AT_ONCE)
    due = rows.count()
    waiting = unanswered([found.pk], year).get(found.pk, 0)
    context = {
        **about(request, found),
        "year": year,
        "years": _years(),
        "page": page,
        "entries": entries_of(found, year, page.rows),
        "due": due,
        "answered": due - waiting,
        "all_chosen": request.GET.get("choose") == "all",
    }
    return render(request, "monitoring/country_entries.html", context)


@login_required
@require_POST
def confirm(request: SignedInRequest, alpha2: str) -> HttpResponse:
    """First shows what would be confirmed; then confirms all of it, or nothing."""
    found, year = by_code(alpha2), _year(request)
    with allowed():
        require_speaker(found, request.user)
    numbers = [int(pk) for pk in request.POST.getlist("partnership") if _is_number(pk)]
    chosen = partnerships_in(found, year).filter(pk__in=numbers[:AT_ONCE]).order_by("title", "pk")
    form = forms.Form(request.POST)
    act = lambda: confirm_all(chosen, country=found, by=request.user, year=year)  # noqa: E731
    if "confirmed" in request.POST and chosen and form.is_valid() and succeeds(form, act):
        messages.success(request, f"Confirmed: {len(chosen)} for {year}.")
        return redirect(_page(found.alpha2, year))
    context = {
        **about(request, found),
        "year": year,
        "form": form,
        "entries": entries_of(found, year, chosen),
        "back": _page(found.alpha2, year),
    }
    return render(request, "monitoring/country_confirm.html", context)


@login_required
def state(request: SignedInRequest, alpha2: str, pk: int) -> HttpResponse:
    """Confirm, comment or cite one entry."""
    found, year = by_code(alpha2), _year(request)
    seen = Partnership.objects.visible_to(request.user).filter(places__country=found)
    partnership = get_object_or_404(seen, pk=pk)
    with allowed():
        require_speaker(found, request.user)
    kind = request.GET.get("kind", "")
    form = StatementForm(request.POST or None, initial={"kind": kind, "review_year": None})

    def act() -> None:
        values = form.cleaned_data
        state_contribution_of(partnership, country=found, by=request.user, year=year, **values)

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "Said. It is public, and stands in the next report.")
        return redirect(_page(found.alpha2, year))
    said = ContributionStatement.objects.of_entry(found, partnership, year).newest_first()
    context = {
        **about(request, found),
        "partnership": partnership,
        "year": year,
        "form": form,
        "said": said,
        "reports": _reports_of(partnership),
        "back": _page(found.alpha2, year),
    }
    return render(request, "monitoring/country_statement.html", context)


def _reports_of(partnership: Partnership) -> Any:
    """The partnership's public report that a Government would read before it speaks."""
    return Report.objects.latest_of([partnership.pk])


def _page(alpha2: str, year: int) -> str:
    return f"{reverse('country-entries', args=[alpha2])}?year={year}"


def _year(request: HttpRequest) -> int:
    """The year asked for, or the last full one."""
    stated = request.POST.get("year") or request.GET.get("year") or ""
    return int(stated) if stated in {str(year) for year in _years()} else last_full_year()


def _years() -> list[int]:
    this = timezone.localdate().year
    return list(range(this, this - OLDEST, -1))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
