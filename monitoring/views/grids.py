"""The grid: data of many units in one page; saved, pasted, and sent together."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from monitoring.errors import RowErrors
from monitoring.forms.blocks import lay
from monitoring.forms.grid import GridForm
from monitoring.models import Submission
from monitoring.services.grids import OPEN, hand_in_many, save_grid
from monitoring.views.entering import tell_readings
from monitoring.views.gridded import (
    Asked,
    asked_for,
    broken_down,
    head_of,
    indicators_of,
    rows_of,
    senders,
    sheet_of,
    units_of,
)
from monitoring.views.held import is_only_shown, signed_out
from monitoring.views.reading import SignedInRequest
from registry.errors import DomainError, StaleVersion


@csrf_exempt  # `is_only_shown` checks, and keeps what was typed
def grid(request: SignedInRequest, period: int) -> HttpResponse:
    """Units by indicators of a period, or by the categories of one indicator."""
    if not request.user.is_authenticated:
        return signed_out(request)
    asked = asked_for(request.user, period, request.GET)
    sheet, units_pages, columns_pages = sheet_of(asked)
    if not sheet.units and not senders(request.user, asked.period).exists():
        raise Http404
    pages = {"units_pages": units_pages, "columns_pages": columns_pages}
    if request.method != "POST":
        return _shown(request, asked, GridForm(sheet), pages)
    if "paste" in request.POST:
        return _pasted(request, asked, GridForm(sheet, request.POST), pages)
    form = GridForm(sheet, request.POST)
    if is_only_shown(request):
        return _shown(request, asked, form, pages | {"is_unsaved": True})
    if form.is_valid() and _save(request, asked, form):
        return redirect(request.get_full_path())
    return _shown(request, asked, form, pages)


@login_required
@require_POST
def send(request: SignedInRequest, period: int) -> HttpResponse:
    """Hand in the data of the units that were ticked: all of it or none."""
    asked = asked_for(request.user, period, request.GET)
    keys = [_key(key) for key in request.POST.getlist("submission")]
    units = units_of(asked).values("pk")
    own = Submission.objects.editable_by(request.user).filter(
        pk__in=keys, period=asked.period, unit__in=units, status__in=OPEN
    )
    chosen = list(own.with_names().order_by("unit"))
    try:
        if not chosen:
            raise DomainError("none_chosen", "Tick the units whose data is to be sent.")
        hand_in_many(chosen, by=request.user)
        messages.success(request, f"Sent for review: {len(chosen)} unit(s).")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect(address_of(asked))


def address_of(asked: Asked) -> str:
    """The grid's own address, with what was chosen."""
    chosen: dict[str, Any] = {
        "for": asked.sender.pk if asked.sender else "",
        "indicator": asked.indicator.pk if asked.indicator else "",
        "units": asked.units_page if asked.units_page > 1 else "",
        "columns": asked.columns_page if asked.columns_page > 1 else "",
    }
    query = urlencode({name: value for name, value in chosen.items() if value})
    return reverse("submissions-grid", args=[asked.period.pk]) + (f"?{query}" if query else "")


def _key(said: str) -> int:
    """A record's number as a browser sends it; 0 is nobody's."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def _save(request: SignedInRequest, asked: Asked, form: GridForm) -> bool:
    try:
        save_grid(
            asked.scope,
            form.rows(),
            by=request.user,
            versions=form.versions_read(),
            emptied=form.emptied(),
        )
    except StaleVersion:
        form.add_error(None, "Somebody else was faster: open the page again and compare.")
        return False
    except RowErrors as refused:
        form.show(refused)
        return False
    except DomainError as refused:
        form.add_error(None, refused.detail)
        return False
    touched = len(form.touched)
    units = len(form.versions_read())
    messages.success(request, f"Drafts saved: {touched} value(s) of {units} unit(s).")
    tell_readings(request, form.read_as())
    return True


def _pasted(
    request: SignedInRequest, asked: Asked, form: GridForm, pages: dict[str, Any]
) -> HttpResponse:
    """The block laid over the grid, to look at: nothing is saved."""
    column = request.POST.get("at_column", "")
    laid = lay(
        request.POST.get("block", "")[:200_000],
        form.sheet,
        unit=_key(request.POST.get("at_unit", "")) or None,
        column=int(column) if column.isdecimal() and len(column) < 4 else 0,
    )
    sent = {name: request.POST.get(name, "") for name in request.POST} | laid.texts
    filled = GridForm(form.sheet, sent)
    if filled.is_valid():
        filled.look_through()
    seen = filled.read_as() if filled.is_valid() else []
    more = {"pasted": len(laid.texts), "left_out": laid.left_out[:50], "read": seen}
    return _shown(request, asked, filled, pages | more)


def _shown(
    request: SignedInRequest, asked: Asked, form: GridForm, more: dict[str, Any]
) -> HttpResponse:
    every = list(indicators_of(asked.period))
    rows = rows_of(form, asked)
    context = {
        "asked": asked,
        "period": asked.period,
        "form": form,
        "rows": rows,
        "columns": [(n, head_of(cell), cell) for n, cell in enumerate(form.sheet.columns)],
        "senders": senders(request.user, asked.period),
        "broken_down": broken_down(every),
        "texts": [one for one in every if one.measure == "narrative"],
        "sendable": [row for row in rows if row.submission and row.is_open],
        "query": request.GET.urlencode(),
    } | more
    status = 409 if form.is_bound and form.is_stale() else 200
    return render(request, "monitoring/grid.html", context, status=status)
