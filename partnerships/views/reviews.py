"""The secretariat's queue of submitted partnerships, and its review of one."""

import csv
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from partnerships.forms.reviews import (
    AssignForm,
    ChecklistForm,
    CommentForm,
    ReturnForm,
    ReviewFilter,
)
from partnerships.models import (
    Amendment,
    Membership,
    PartnershipReview,
    ReviewComment,
    Section,
    difference,
)
from partnerships.models.differences import described
from partnerships.models.reviews import SLOW_AFTER_DAYS
from partnerships.services.reviews import assign_all
from registry.forms.attempts import succeeds
from registry.models import User
from registry.views.accounts import SignedInRequest
from registry.views.secretariat import admins, no_formula

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


@admins
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """One submitted partnership: what it says, what changed, checklist, comments, decision."""
    rows = PartnershipReview.objects.select_related("partnership", "reviewer", "submission")
    found = get_object_or_404(rows, pk=pk)
    shown = _forms(found, request)
    move = request.POST.get("move", "")
    acts = _acts(found, shown, request.user)
    if move in acts:
        form, act, words = acts[move]
        if form.is_valid() and succeeds(form, act):
            messages.success(request, words)
            decided = move in ("register", "return")
            return redirect("partnership-reviews") if decided else redirect(request.path)
        found = get_object_or_404(rows, pk=pk)
    context = {"review": found, "forms": shown, "form": acts[move][0] if move in acts else None}
    return render(request, "partnerships/review.html", context | _to_read(found))


Act = tuple[forms.Form, Callable[[], Any], str]


def _forms(found: PartnershipReview, request: SignedInRequest) -> dict[str, Any]:
    """Each form, filled in where it is the one that was sent."""
    move = request.POST.get("move", "")

    def sent(name: str) -> Any:
        return request.POST if move == name else None

    return {
        "take": forms.Form(sent("take")),
        "give": AssignForm(sent("give"), auto_id="give-%s"),
        "drop": forms.Form(sent("drop")),
        "tick": ChecklistForm(found, sent("tick"), auto_id="tick-%s"),
        "comment": CommentForm(sent("comment"), auto_id="comment-%s"),
        "register": forms.Form(sent("register")),
        "return": ReturnForm(sent("return"), auto_id="return-%s"),
    }


def _acts(found: PartnershipReview, shown: dict[str, Any], by: User) -> dict[str, Act]:
    partnership = found.partnership

    def tick() -> None:
        for said in shown["tick"].ticks():
            found.tick(by=by, **said)

    done: dict[str, tuple[Callable[[], Any], str]] = {
        "take": (lambda: found.assign(by, by=by), "It is yours."),
        "give": (
            lambda: found.assign(shown["give"].cleaned_data["reviewer"], by=by),
            "It is given.",
        ),
        "drop": (lambda: found.unassign(by=by), "Nobody has it now."),
        "tick": (tick, "The checklist is saved."),
        "comment": (
            lambda: found.comment(**shown["comment"].cleaned_data, by=by),
            "The comment is added.",
        ),
        "register": (lambda: found.register(by=by), f"{partnership} is registered."),
        "return": (
            lambda: found.send_back(by=by, **shown["return"].reasons()),
            f"{partnership} is returned.",
        ),
    }
    return {name: (shown[name], *act) for name, act in done.items()}


def _to_read(found: PartnershipReview) -> dict[str, Any]:
    """What was submitted, what of it is new, and what was noted, section by section."""
    document = found.submission.document if found.submission else {}
    earlier = found.earlier()
    comments: dict[str, list[ReviewComment]] = {}
    for comment in found.comments.select_related("by").order_by("pk"):
        comments.setdefault(comment.section, []).append(comment)
    said = described(document)
    return {
        "earlier": earlier,
        "changes": difference(earlier.document, document) if earlier else {},
        "sections": [
            (section, said.get(section, []), comments.get(section.value, []))
            for section in Section
            if section in said or section.value in comments
        ],
        "rounds": found.partnership.reviews.exclude(pk=found.pk).order_by("round"),
    }
