"""Periods, who has reported for them, and the units whose data is due."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from monitoring.forms.periods import ReopenForm, UnitForm
from monitoring.models import Framework, Period, ReportingUnit, UnitHandover
from monitoring.reporting_states import next_span, period_states
from monitoring.services.periods import add_reporting_unit, open_periods
from monitoring.views.editing import posted
from partnerships.models import Membership, Partnership
from partnerships.views.finding import (
    edited_partnership,
    inside_partnership,
    key_of,
    page_of,
    visible_partnership,
)
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest

AT_ONCE = 12


def periods(request: HttpRequest, key: str) -> HttpResponse:
    """Due dates, and how many have reported; who owes, for members' people."""
    return _shown(request, visible_partnership(request, key))


def _shown(
    request: HttpRequest,
    partnership: Partnership,
    refused: tuple[int, ReopenForm] | None = None,
) -> HttpResponse:
    user = request.user
    first = _first(request)
    rows = Period.objects.visible_to(user).filter(framework__partnership=partnership)
    rows = rows.select_related("framework").order_by("-ends_on", "-starts_on", "-pk")
    page = list(rows[first : first + AT_ONCE + 1])
    units = _units(partnership)
    is_editor = partnership.is_editable_by(user)
    in_force = partnership.frameworks.in_force().first()
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "is_editor": is_editor,
        "is_inside": Partnership.objects.insider(user).filter(pk=partnership.pk).exists(),
        "framework": in_force,
        "states": period_states(partnership, page[:AT_ONCE], units),
        "later": max(first - AT_ONCE, 0) if first else None,
        "earlier": first + AT_ONCE if len(page) > AT_ONCE else None,
        "next": next_span(in_force) if in_force else None,
        "to_open": _to_open(in_force) if is_editor and in_force else 0,
        "units": units,
        "without": _without_unit(partnership, units) if in_force else [],
        "may_name": {one.pk for one in _may_name(request, partnership)},
        "own": _own(request, partnership),
        "offers": _offers(request, partnership),
        "refused": refused,
        "reopen_form": refused[1] if refused else ReopenForm(),
    }
    status = 400 if refused else 200
    return render(request, "monitoring/periods/periods.html", context, status=status)


def _first(request: HttpRequest) -> int:
    said = request.GET.get("from", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _units(partnership: Partnership) -> list[ReportingUnit]:
    rows = ReportingUnit.objects.standing().filter(membership__partnership=partnership)
    named = rows.select_related(
        "membership__partner", "country", "successor__country", "successor__membership__partner"
    )
    return list(named.order_by("membership__partner__name", "place", "pk"))


def _without_unit(partnership: Partnership, units: list[ReportingUnit]) -> list[Membership]:
    """Accepted members whose data nobody expects."""
    have = {unit.membership_id for unit in units}
    accepted = partnership.memberships.accepted().select_related("partner")
    return [one for one in accepted.order_by("partner__name", "pk") if one.pk not in have]


def _to_open(framework: Framework) -> int:
    """Periods that have begun and are not open yet."""
    if framework.status != Framework.Status.AGREED:
        return 0
    today = framework.today()
    begun = {first for first, _ in framework.spans() if first <= today}
    return len(begun - set(framework.periods.values_list("starts_on", flat=True)))


def _may_name(request: HttpRequest, partnership: Partnership) -> Any:
    """The members whose units the reader may name: all for the lead, else the reader's own."""
    accepted = partnership.memberships.accepted().select_related("partner")
    if request.user.is_anonymous:
        return accepted.none()
    if not partnership.is_editable_by(request.user):
        own = Membership.objects.acted_for_by(request.user, "manager")
        accepted = accepted.filter(pk__in=own.values("pk"))
    return accepted.order_by("partner__name", "pk")


def _own(request: HttpRequest, partnership: Partnership) -> set[int]:
    """The members for which the reader speaks; admins speak for any."""
    accepted = partnership.memberships.accepted()
    if request.user.is_anonymous or request.user.is_staff:
        rows = accepted.none() if request.user.is_anonymous else accepted
    else:
        rows = Membership.objects.acted_for_by(request.user, "manager").filter(
            partnership=partnership
        )
    return set(rows.values_list("pk", flat=True))


def _offers(request: HttpRequest, partnership: Partnership) -> list[UnitHandover]:
    """Units that are offered to another member, and not answered yet."""
    seen = UnitHandover.objects.visible_to(request.user).open()
    rows = seen.filter(giver__partnership=partnership)
    names = ("giver__partner", "taker__partner", "country", "membership__partner")
    related = [*names[:2], *(f"{u}__{n}" for u in ("unit", "successor") for n in names[2:])]
    return list(rows.select_related(*related).order_by("pk"))


@login_required
@require_POST
def open_begun(request: SignedInRequest, key: str) -> HttpResponse:
    """Open what has begun; it is done each night as well."""
    partnership = edited_partnership(request, key)
    framework = get_object_or_404(partnership.frameworks.in_force())
    form = forms.Form(request.POST)
    if succeeds(form, lambda: open_periods(framework, by=request.user)):
        messages.success(request, "Every period that has begun is open.")
    else:
        messages.error(request, str(form.non_field_errors()[0]))
    return redirect(page_of(partnership, "partnership-periods"))


@login_required
@require_POST
def close(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    partnership, period = _period(request, key, pk)
    form = forms.Form(request.POST)
    if succeeds(form, lambda: period.close(by=request.user)):
        messages.success(request, f"{period} is closed: it takes no data any more.")
    else:
        messages.error(request, f"{period}: {form.non_field_errors()[0]}")
    return redirect(page_of(partnership, "partnership-periods"))


@login_required
@require_POST
def reopen(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    partnership, period = _period(request, key, pk)
    form = ReopenForm(request.POST, auto_id=f"id_{pk}_%s")
    if form.is_valid() and succeeds(
        form, lambda: period.reopen(by=request.user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, f"{period} is open again.")
        return redirect(page_of(partnership, "partnership-periods"))
    return _shown(request, partnership, refused=(pk, form))


def _period(request: SignedInRequest, key: str, pk: int) -> tuple[Partnership, Period]:
    partnership = edited_partnership(request, key)
    rows = Period.objects.select_related("framework__partnership")
    return partnership, get_object_or_404(rows, pk=pk, framework__partnership=partnership)


@login_required
def unit_new(request: SignedInRequest, key: str) -> HttpResponse:
    """Name a member, or a member in a place: the lead for all, a manager for the own member."""
    partnership = inside_partnership(request, key)
    members = _may_name(request, partnership)
    if not members.exists():
        raise PermissionDenied
    named = request.GET.get("member", "")
    form = UnitForm(members, posted(request), initial={"membership": named})

    def act() -> None:
        facts = dict(form.cleaned_data)
        add_reporting_unit(facts.pop("membership"), by=request.user, **facts)

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "The reporting unit is named; its data falls due from now on.")
        return redirect(page_of(partnership, "partnership-periods") + "#units")
    context = {"partnership": partnership, "key": key_of(partnership), "form": form}
    return render(request, "monitoring/periods/unit.html", context)
