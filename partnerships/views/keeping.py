"""Pages with one form about something that is recorded day by day."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnerships.forms.agreements import ReasonForm
from partnerships.models import (
    AffectedGroup,
    BeneficiaryGroup,
    CapacityAssessment,
    Consultation,
    Marker,
    Partnership,
    TechnologyAssessment,
    TenPrinciplesCommitment,
)
from partnerships.services.principles import withdraw_marker
from partnerships.views.finding import key_of, page_of, visible_partnership
from registry.errors import NotAllowed
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest

CLOSED = (Partnership.Status.COMPLETED, Partnership.Status.TERMINATED)
# What is withdrawn on which page, by the word for it in the address.
KEPT: dict[str, tuple[type[Any], str]] = {
    "marker": (Marker, "partnership-principles"),
    "beneficiaries": (BeneficiaryGroup, "partnership-principles"),
    "ten-principles": (TenPrinciplesCommitment, "partnership-principles"),
    "group": (AffectedGroup, "partnership-dialogue"),
    "consultation": (Consultation, "partnership-dialogue"),
    "technology": (TechnologyAssessment, "partnership-dialogue"),
    "capacity": (CapacityAssessment, "partnership-dialogue"),
}


def keep(
    request: SignedInRequest,
    partnership: Partnership,
    form: forms.BaseForm,
    act: Callable[[], Any],
    *,
    page: str,
    title: str,
    **shown: Any,
) -> HttpResponse:
    """Do it and go back to the page; or show the form, with what was typed and what is wrong."""
    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, f"{title}: saved.")
        return redirect(page_of(partnership, page))
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "form": form,
        "title": title,
        "page": page,
        "page_title": "Dialogue" if page == "partnership-dialogue" else "Principles",
        **shown,
    }
    return render(request, "partnerships/keep.html", context)


def may_add(partnership: Partnership, user: Any) -> bool:
    return partnership.status not in CLOSED and partnership.is_editable_by(user)


@login_required
def withdraw(request: SignedInRequest, key: str, what: str, pk: int) -> HttpResponse:
    """Take something back, with the reason."""
    if what not in KEPT:
        raise Http404
    partnership, (model, page) = visible_partnership(request, key), KEPT[what]
    seen = model.objects.visible_to(request.user)
    found = get_object_or_404(seen.filter(**{model.objects.all().path: partnership}), pk=pk)
    try:
        found.require_keeper(request.user)
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    form = ReasonForm(request.POST or None)
    take = withdraw_marker if model is Marker else model.withdraw

    def act() -> None:
        partial(take, found, by=request.user)(reason=form.cleaned_data["reason"])

    lede = "It stays in the log, with the reason. Reports that have read it stay as they are."
    title = f"Withdraw: {found}"
    return keep(request, partnership, form, act, page=page, title=title, lede=lede, stops=True)
