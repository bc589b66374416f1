"""The secretariat's pages of reviews, by when they end, and of what is asked in them."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from registry.forms.secretariat import CriterionForm, ReviewForm
from registry.models import DueDiligence, ExclusionCriterion
from registry.services import due_diligence as services
from registry.views.accounts import SignedInRequest
from registry.views.refusals import admins_only, shown_in

AT_MOST = 200


@admins_only
def reviews(request: SignedInRequest) -> HttpResponse:
    """Reviews in force by their last day, the next first; then drafts."""
    today = timezone.localdate()
    rows = DueDiligence.objects.select_related("partner", "reviewer")
    context = {
        "current": rows.current().order_by("expires_on", "pk")[:AT_MOST],
        "drafts": rows.filter(status=DueDiligence.Status.DRAFT)[:AT_MOST],
        "today": today,
        "soon": today + timedelta(days=60),
    }
    return render(request, "registry/reviews.html", context)


@admins_only
def new_review(request: SignedInRequest) -> HttpResponse:
    form = ReviewForm(request.POST or None, initial={"partner": request.GET.get("partner")})
    if request.method == "POST" and form.is_valid():
        with shown_in(form):
            facts = form.facts()
            made = services.begin_review(
                facts.pop("partner"), by=request.user, answers=form.answers(), **facts
            )
            messages.success(request, "The review is saved; it holds once it is decided.")
            return redirect("review", made.pk)
    return render(request, "registry/review.html", {"form": form})


@admins_only
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft to go on with and decide, or a review as it was decided."""
    rows = DueDiligence.objects.select_related("partner", "reviewer")
    found = get_object_or_404(rows, pk=pk)
    form = ReviewForm(request.POST or None, review=found)
    is_draft = found.status == DueDiligence.Status.DRAFT
    if request.method == "POST" and form.is_valid():
        with shown_in(form), transaction.atomic():
            services.edit_review(found, by=request.user, answers=form.answers(), **form.facts())
            if "decide" in request.POST:
                found.decide(by=request.user)
            done = "The review is decided." if "decide" in request.POST else "Saved."
            messages.success(request, done)
            return redirect("review", pk)
    context = {"form": form if is_draft else None, "review": found, "answers": found.answers.all()}
    return render(request, "registry/review.html", context)


@admins_only
def criteria(request: SignedInRequest) -> HttpResponse:
    """What is asked of every organisation; add to it."""
    form = CriterionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_in(form):
            services.add_criterion(by=request.user, **form.cleaned_data)
            messages.success(request, "The criterion is added.")
            return redirect("criteria")
    present_first = F("active_until").asc(nulls_first=True)
    rows = ExclusionCriterion.objects.order_by(present_first, "number", "pk")
    context = {"form": form, "criteria": rows}
    return render(request, "registry/criteria.html", context)


@admins_only
def criterion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Word a criterion anew, or end it."""
    found = get_object_or_404(ExclusionCriterion, pk=pk)
    form = CriterionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        fresh = get_object_or_404(ExclusionCriterion, pk=pk)
        with shown_in(form):
            services.edit_criterion(fresh, by=request.user, **form.cleaned_data)
            messages.success(request, "The criterion is changed; given answers keep its old words.")
            return redirect("criteria")
    return render(request, "registry/criterion.html", {"form": form, "criterion": found})
