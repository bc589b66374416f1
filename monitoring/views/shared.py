"""Figures over partnerships, and the results that several of them share."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from monitoring.forms.portfolio import PortfolioForm
from monitoring.forms.shared import ContributionForm, SharedResultForm
from monitoring.models import Contribution, SharedResult
from monitoring.services.shared import (
    edit_shared_result,
    end_contribution,
    open_shared_result,
    state_contribution,
)
from partnerships.models import Partnership
from partnerships.views.acting import act_page
from partnerships.views.finding import edited_partnership, page_of
from registry.forms.partner_edit import ReasonForm
from registry.paging import newest_first
from registry.views.accounts import SignedInRequest

LINES = 60
LEFT_OUT = {
    "not_identical": "a proxy, or only contributes",
    "accumulation_unknown": "published without saying how it adds up",
    "several_countries": "not split by country",
    "no_actual": "no approved value in the year",
}


def figures(request: HttpRequest) -> HttpResponse:
    """What public partnerships report of a library indicator, a goal or a country."""
    asked = bool(request.GET)
    form = PortfolioForm(request.GET if asked else None)
    found = form.figures() if asked and form.is_valid() else []
    context = {
        "form": form,
        "asked": asked,
        "year": form.in_year if asked and form.is_valid() else None,
        "libraries": found[:LINES],
        "more": max(len(found) - LINES, 0),
        "left_out": LEFT_OUT,
    }
    return render(request, "monitoring/portfolio.html", context)


def shared_results(request: HttpRequest) -> HttpResponse:
    rows = SharedResult.objects.visible_to(request.user).with_names()
    page = newest_first(rows, request.GET.get("after", ""))
    return render(request, "monitoring/shared_results.html", {"page": page})


def shared_result(request: HttpRequest, pk: int) -> HttpResponse:
    """A shared result: who states which share of it, and what is left to others."""
    found = _visible(request, pk)
    stated = Contribution.objects.visible_to(request.user).filter(shared_result=found)
    named = stated.select_related("partnership", "indicator")
    own = Partnership.objects.editable_by(request.user)
    mine = set(own.filter(contributions__in=stated).values_list("pk", flat=True))
    context = {
        "result": found,
        "current": list(named.current()),
        "former": list(named.exclude(until_at=None)),
        "mine": mine,
        "is_editor": own.filter(pk=found.partnership_id).exists(),
        "may_state": ContributionForm(found, request.user).has_choice,
    }
    return render(request, "monitoring/shared_result.html", context)


@login_required
def open_result(request: SignedInRequest, key: str) -> HttpResponse:
    """Name a result to which others contribute as well."""
    partnership = edited_partnership(request, key)
    form = SharedResultForm(request.POST or None)
    opened: list[SharedResult] = []

    def act() -> None:
        opened.append(open_shared_result(partnership, by=request.user, **form.cleaned_data))

    return act_page(
        request,
        partnership,
        form,
        act,
        title="Open a shared result",
        lede="For a result of one library indicator in one place to which other partnerships "
        "contribute as well, so that the registry counts it once.",
        back=page_of(partnership),
        onward=lambda: _page(opened[0]),
        done="Opened. Now state your own share of it.",
        button="Open",
    )


@login_required
def edit_result(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    partnership = edited_partnership(request, str(found.partnership_id))
    form = SharedResultForm(request.POST or None, instance=found)

    def act() -> None:
        edit_shared_result(found, by=request.user, **form.cleaned_data)

    return act_page(
        request,
        partnership,
        form,
        act,
        title="Change a shared result",
        back=_page(found),
        done="Saved.",
        record=found,
    )


@login_required
def state(request: SignedInRequest, pk: int) -> HttpResponse:
    """State a partnership's share; a former statement of it ends."""
    found = _visible(request, pk)
    form = ContributionForm(found, request.user, request.POST or None)

    def act() -> None:
        state_contribution(found, by=request.user, **form.cleaned_data)

    return act_page(
        request,
        found.partnership,
        form,
        act,
        title=f"Your share of: {found}",
        lede=f"Of this result {found.left.normalize():%} is not stated yet.",
        back=_page(found),
        done="Stated. Figures over partnerships count your share from now on.",
        button="State the share",
    )


@login_required
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    own = Contribution.objects.editable_by(request.user).current()
    found = get_object_or_404(own.select_related("shared_result", "partnership"), pk=pk)
    form = ReasonForm(request.POST or None)
    return act_page(
        request,
        found.partnership,
        form,
        lambda: end_contribution(found, by=request.user, reason=form.cleaned_data["reason"]),
        title="Take a share back",
        lede="The partnership's figure then counts in full again.",
        back=_page(found.shared_result),
        done="Taken back.",
        button="Take it back",
    )


def _visible(request: HttpRequest, pk: int) -> SharedResult:
    seen = SharedResult.objects.visible_to(request.user).with_names()
    return get_object_or_404(seen, pk=pk)


def _page(result: SharedResult) -> str:
    return reverse("shared-result", args=[result.pk])
