"""Reviewers decide on what was handed in: the pages call the services and add no rule."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitoring.forms.reviewing import CommentForm, DecisionForm, QueueFilter
from monitoring.models import Evidence, ReturnReason, Submission
from monitoring.models.blemishes import RULE, blemishes_of, with_blemishes, without_blemish
from monitoring.services.reviewing import approve_several, comment_on, decide
from monitoring.views.comparing import compared
from monitoring.views.reading import (
    SignedInRequest,
    said_of,
    values_shown,
    visible_submission,
)
from partnerships.views.acting import act_page
from registry.errors import NotAllowed
from registry.forms.attempts import succeeds
from registry.models import Event

PAGE = 50
SLOW_AFTER_DAYS = 14


@login_required
def queue(request: SignedInRequest) -> HttpResponse:
    """What waits for the reader's decision, the oldest first; several may be approved at once."""
    if request.method == "POST":
        return _approve_chosen(request)
    waiting = Submission.objects.reviewable_by(request.user)
    path = "period__framework__partnership"
    partnerships = waiting.order_by(f"{path}__title").values_list(path, f"{path}__title").distinct()
    form = QueueFilter(partnerships, request.GET)
    chosen = _narrowed(waiting, form.chosen())
    rows = with_blemishes(chosen.with_names().select_related("quality"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    shown = [
        (one, (now - one.submitted_at).days if one.submitted_at else 0, blemishes_of(one))
        for one in page
    ]
    context = {
        "form": form,
        "page": page,
        "rows": shown,
        "slow_after": SLOW_AFTER_DAYS,
        "rule": RULE,
        "all_chosen": request.GET.get("choose") == "all",
    }
    return render(request, "monitoring/review_queue.html", context)


def _narrowed(waiting: Any, chosen: dict[str, Any]) -> Any:
    if text := chosen.get("q"):
        named = Q(unit__membership__partner__name__icontains=text) | Q(unit__place__icontains=text)
        waiting = waiting.filter(named | Q(submitted_by__name__icontains=text))
    if partnership := chosen.get("partnership"):
        waiting = waiting.filter(period__framework__partnership=partnership)
    if days := chosen.get("waits"):
        waiting = waiting.filter(submitted_at__lte=timezone.now() - timedelta(days=int(days)))
    state = chosen.get("state")
    if state == "clean":
        return without_blemish(waiting)
    if state == "warnings":
        return waiting.filter(quality__warnings__gt=0)
    return waiting.filter(revision__gt=1) if state == "corrections" else waiting


def _approve_chosen(request: SignedInRequest) -> HttpResponse:
    chosen_ones = request.POST.getlist("submission")[:PAGE]
    numbers = [int(pk) for pk in chosen_ones if pk.isdecimal() and len(pk) < 19]
    waiting = Submission.objects.reviewable_by(request.user).with_names()
    chosen = list(waiting.filter(pk__in=numbers))
    if not chosen:
        messages.error(request, "Nothing was approved: choose at least one that waits for you.")
        return redirect(request.get_full_path())
    decided = approve_several(chosen, by=request.user)
    if decided.approved:
        messages.success(request, f"{len(decided.approved)} approved.")
    for submission, why in decided.refused:
        messages.error(request, f"{submission.unit}, {submission.period}: not approved, {why}.")
    return redirect(request.get_full_path())


@login_required
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer's page: each value beside the last, the target and what was said; the decision."""
    waiting = Submission.objects.reviewable_by(request.user)
    rows = waiting.with_names().select_related("quality")
    found = rows.filter(pk=pk).first() or _decided_meanwhile(request, pk)
    if isinstance(found, HttpResponse):
        return found
    lines = compared(found)
    form = DecisionForm(
        [one.row for one in lines],
        request.POST if request.method == "POST" else None,
        initial={"version": found.version},
    )
    if request.method == "POST" and form.is_valid() and _decided(request, form, found):
        return redirect("review-queue")
    evidence = Evidence.objects.filter(submission=found).select_related(
        "observation__indicator", "observation__category"
    )
    context = {
        "submission": found,
        "form": form,
        "rows": [(one, *form.pair(one.row)) for one in lines],
        "is_correction": found.revision > 1,
        "lacking": found.lacking(),
        "evidence": evidence,
        "comment_form": CommentForm([one.row for one in lines]),
        "whole_reasons": ReturnReason.objects.of_line(found).filter(indicator=None),
        "history": Event.objects.about(found).select_related("by").order_by("at", "pk"),
        **said_of(found),
    }
    return render(request, "monitoring/review.html", context)


def _decided_meanwhile(request: SignedInRequest, pk: int) -> HttpResponse:
    """Of what waits no longer, what was typed is shown beside what became of it."""
    if request.method != "POST":
        raise Http404
    found = visible_submission(request, pk)
    try:
        found.require_reviewer(request.user)
    except NotAllowed as refused:
        raise Http404 from refused
    values = found.observations.visible_to(request.user).select_related("indicator", "category")
    typed = DecisionForm(list(values), request.POST).typed()
    context = values_shown(request, found) | {"unsaved": typed}
    return render(request, "monitoring/submission.html", context, status=409)


def _decided(request: SignedInRequest, form: DecisionForm, found: Submission) -> bool:
    given = form.cleaned_data
    if given["version"]:  # what is decided on is what was read
        found.version = given["version"]
    is_return = given["answer"] == "return"

    def act() -> None:
        decide(
            found,
            by=request.user,
            returned=form.returned() if is_return else {},
            reason=given["reason"] if is_return else "",
            is_validated=given["is_validated"] and not is_return,
        )

    if not succeeds(form, act):
        return False
    messages.success(request, f"{found.unit}, {found.period}: {found.get_status_display()}.")
    return True


@login_required
@require_POST
def comment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say something on a submission, or on one of its values, and come back."""
    found = visible_submission(request, pk)
    rows = found.observations.visible_to(request.user).select_related("indicator", "category")
    form = CommentForm(list(rows), request.POST)
    waits = Submission.objects.reviewable_by(request.user).filter(pk=pk).exists()

    def act() -> None:
        said = form.cleaned_data["text"]
        comment_on(found, said, by=request.user, observation=form.observation())

    return act_page(
        request,
        found.period.framework.partnership,
        form,
        act,
        title="Comment",
        about=f"{found.unit}, {found.period}",
        back=redirect("submission-review" if waits else "submission", pk=pk).headers["Location"],
        done="The comment is added.",
        button="Add the comment",
    )
