"""The secretariat's queue of submitted partnerships."""

import csv
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partnerships.forms.reviews import (
    AssignForm,
    ReviewFilter,
)
from partnerships.models import (
    Amendment,
    Membership,
    PartnershipReview,
)
from partnerships.models.reviews import SLOW_AFTER_DAYS
from partnerships.services.reviews import assign_all
from registry.models import User
from registry.tables import no_formula
from registry.views.accounts import SignedInRequest
from registry.views.secretariat import admins

PAGE = 50
ORDERS: dict[str, tuple[Any, ...]] = {
    "": ("submitted_at", "pk"),
    "newest": ("-submitted_at", "-pk"),
    "title": ("partnership__title", "pk"),
    "reviewer": (F("reviewer__name").asc(nulls_first=True), "submitted_at", "pk"),
}


def _waiting(form: ReviewFilter) -> Any:
    """The reviews that the form chooses, with what a list shows of them."""
    chosen = form.chosen()
    order = ORDERS[chosen.pop("sort", "")]
    leads = Membership.objects.filter(roles__contains=["lead"], ended_on=None)
    lead = Prefetch("partnership__memberships", leads.select_related("partner"), to_attr="leads")
    rows = PartnershipReview.objects.chosen(**chosen).select_related("partnership", "reviewer")
    return rows.prefetch_related(lead).order_by(*order)


@admins
@admins
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for registration, the oldest first; and the amendments that wait."""
    give = AssignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and give.is_valid():
        return _assign_chosen(request, give.cleaned_data["reviewer"])
    form = ReviewFilter(request.GET)
    page = Paginator(_waiting(form), PAGE).get_page(request.GET.get("page"))
    pending = Amendment.objects.filter(status=Amendment.Status.SUBMITTED)
    context = {
        "form": form,
        "give": give,
        "page": page,
        "slow_after": SLOW_AFTER_DAYS,
        "slow": PartnershipReview.objects.slow(timezone.now()).count(),
        "amendments": pending.select_related("partnership").order_by("submitted_at", "pk")[:50],
        "all_chosen": request.GET.get("choose") == "all",
    }
    return render(request, "partnerships/reviews.html", context)


def _assign_chosen(request: SignedInRequest, reviewer: User) -> HttpResponse:
    numbers = [int(pk) for pk in request.POST.getlist("review") if pk.isdecimal() and len(pk) < 19]
    rows = PartnershipReview.objects.open().filter(pk__in=numbers[:PAGE])
    chosen = rows.select_related("partnership").order_by("submitted_at", "pk")
    done, refused = assign_all(chosen, reviewer, by=request.user)
    name = reviewer.name or reviewer.email
    messages.success(request, f"{len(done)} given to {name}.")
    for review, why in refused:
        messages.error(request, f"{review}: {why}")
    return redirect(request.get_full_path())


@admins
@admins
def queue_csv(request: SignedInRequest) -> HttpResponse:
    """The whole queue as the page's filter chooses it, to work on beside the product."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="partnerships-to-review.csv"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(["id", "title", "kind", "lead", "round", "submitted_at", "days", "reviewer"])
    for review in _waiting(ReviewFilter(request.GET)):
        partnership = review.partnership
        lead = partnership.leads[0].partner.name if partnership.leads else ""
        reviewer = str(review.reviewer) if review.reviewer else ""
        facts = [partnership.pk, partnership.title, partnership.kind, lead, review.round]
        facts += [review.submitted_at.isoformat(), review.days, reviewer]
        table.writerow([no_formula(fact) for fact in facts])
    return response
