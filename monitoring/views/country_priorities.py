"""A country's list of priorities, for those who keep it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from monitoring.forms.countries import EndPriorityForm, ListedPriorityForm, PriorityForm
from monitoring.views.countries import about, by_code, priorities_of
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.models import Country, NationalPriority
from registry.services import national_priorities as services
from registry.views.accounts import SignedInRequest

PAGE = "monitoring/country_priorities.html"


@login_required
def priorities(request: SignedInRequest, alpha2: str) -> HttpResponse:
    """The list in its order, what has ended, and a form for one more."""
    found, context = _kept(request, alpha2)
    form = ListedPriorityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        add = partial(services.list_priority, found, by=request.user, **form.facts())
        if succeeds(form, add):
            messages.success(request, "Listed.")
            return redirect("country-priorities", found.alpha2)
    ended = found.national_priorities.exclude(until_on=None).prefetch_related("targets")
    # What ended today is still in the list, and has no place in the order.
    rows = list(priorities_of(found))
    standing = [one.pk for one in rows if one.until_on is None]
    places = {key: place for place, key in enumerate(standing, start=1)}
    shown = {
        **context,
        "form": form,
        "priorities": [(one, places.get(one.pk)) for one in rows],
        "last": len(standing),
        "ended": ended.order_by("-until_on", "-pk")[:50],
    }
    return render(request, PAGE, shown)


@login_required
def reword(request: SignedInRequest, alpha2: str, pk: int) -> HttpResponse:
    """Ended today, and listed anew at its place."""
    found, context = _kept(request, alpha2)
    one = _changeable(request, found, pk)
    stands = {"title": one.title, "text": one.text, "targets": list(one.targets.all())}
    form = PriorityForm(request.POST or None, initial=stands)
    act = lambda: services.reword_priority(one, by=request.user, **form.cleaned_data)  # noqa: E731
    words = "What stood before stays in the reports that were made with it."
    return _act(request, context, form, act, title="Reword a priority", lede=words, one=one)


@login_required
def end(request: SignedInRequest, alpha2: str, pk: int) -> HttpResponse:
    found, context = _kept(request, alpha2)
    one = _changeable(request, found, pk)
    form = EndPriorityForm(request.POST or None)
    act = lambda: services.end_priority(one, by=request.user, **form.cleaned_data)  # noqa: E731
    words = "It stays in the reports on the days on which it stood."
    return _act(request, context, form, act, title="End a priority", lede=words, one=one)


@login_required
@require_POST
def place(request: SignedInRequest, alpha2: str, pk: int) -> HttpResponse:
    """Put it at a place of the list."""
    found, _ = _kept(request, alpha2)
    one = get_object_or_404(found.national_priorities, pk=pk)
    stated = request.POST.get("position", "")
    position = int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 5 else 1
    try:
        services.place_priority(one, by=request.user, position=position)
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("country-priorities", found.alpha2)


def _kept(request: SignedInRequest, alpha2: str) -> tuple[Country, dict[str, Any]]:
    """The country, for whoever keeps its list; the page opens for nobody else."""
    found = by_code(alpha2)
    context = about(request, found)
    if not context["may_list"]:
        raise PermissionDenied("Only the managers of the country's focal point may do this.")
    return found, context


def _changeable(request: SignedInRequest, country: Country, pk: int) -> NationalPriority:
    """One that stands; of one that ended while the form was filled in, the service says so."""
    rows = country.national_priorities.all()
    standing = rows if request.method == "POST" else rows.filter(until_on=None)
    return get_object_or_404(standing, pk=pk)


def _act(
    request: SignedInRequest,
    context: dict[str, Any],
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    lede: str,
    one: NationalPriority,
) -> HttpResponse:
    back = reverse("country-priorities", args=[context["country"].alpha2])
    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "Saved.")
        return redirect(back)
    shown = {**context, "form": form, "title": title, "lede": lede, "about": one, "back": back}
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, "monitoring/country_act.html", shown, status=status)
