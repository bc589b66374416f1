"""A reporting unit passes to another member's: decided by the lead, or offered and answered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from monitoring.forms.periods import HandOverForm
from monitoring.models import ReportingUnit, UnitHandover
from monitoring.services.handovers import (
    accept_unit,
    decline_handover,
    hand_over_unit,
    withdraw_handover,
)
from monitoring.views.editing import posted
from partnerships.models import Membership, Partnership
from partnerships.views.finding import inside_partnership, key_of, page_of
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest

ANSWERS: dict[str, tuple[Callable[..., None], str]] = {
    "accept": (accept_unit, "It is yours to report from that day on."),
    "decline": (decline_handover, "Declined. It stays with the member that offered it."),
    "withdraw": (withdraw_handover, "The offer is taken back."),
}


@login_required
def hand_over(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """For the lead, and for the managers of the member whose data it is."""
    partnership = inside_partnership(request, key)
    units = ReportingUnit.objects.standing().filter(membership__partnership=partnership)
    unit = get_object_or_404(units.select_related("membership__partner", "country"), pk=pk)
    decides = partnership.is_editable_by(request.user)
    own = Membership.objects.acted_for_by(request.user, "manager")
    if not (decides or own.filter(pk=unit.membership_id).exists()):
        raise PermissionDenied
    others = units.filter(membership__status="accepted", successor=None).exclude(pk=pk)
    whole = {"place": "", "country": None}
    like_it = others.exclude(**whole) if unit.has_place else others.filter(**whole)
    named = like_it.select_related("membership__partner", "country")
    form = HandOverForm(named.order_by("membership__partner__name", "pk"), posted(request))

    def act() -> None:
        said = form.cleaned_data
        to, since_on = said["successor"], said["since_on"]
        hand_over_unit(unit, to=to, since_on=since_on, by=request.user, reason=said["reason"])

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        done = "Handed over." if decides else "Offered: the other member is asked."
        messages.success(request, done)
        return _to_units(partnership)
    context: dict[str, Any] = {
        "partnership": partnership,
        "key": key_of(partnership),
        "unit": unit,
        "decides": decides,
        "form": form,
        "has_others": named.exists(),
    }
    return render(request, "monitoring/periods/hand_over.html", context)


@login_required
@require_POST
def answer(request: SignedInRequest, key: str, pk: int, answer: str) -> HttpResponse:
    """Accept or decline for the member that was asked, take back for the one that offered."""
    if answer not in ANSWERS:
        raise Http404
    partnership = inside_partnership(request, key)
    seen = UnitHandover.objects.visible_to(request.user).filter(giver__partnership=partnership)
    offer = get_object_or_404(seen.select_related("giver", "taker", "unit", "successor"), pk=pk)
    act, said = ANSWERS[answer]
    form = forms.Form(request.POST)
    if succeeds(form, lambda: act(offer, by=request.user)):
        messages.success(request, said)
    else:
        messages.error(request, str(form.non_field_errors()[0]))
    return _to_units(partnership)


def _to_units(partnership: Partnership) -> HttpResponse:
    return redirect(page_of(partnership, "partnership-periods") + "#units")
