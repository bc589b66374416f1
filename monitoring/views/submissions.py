"""Evaluators enter data, reviewers decide: the pages call the services and add no rule."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitoring.models import Period, ReportingUnit, Submission
from monitoring.models.given import given_of_asked
from monitoring.services.submissions import (
    correct_submission,
    start_submission,
)
from monitoring.views.reading import (
    SignedInRequest,
    reasons_of,
    visible_submission,
)
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import User

AT_MOST = 50


@login_required
def submissions(request: SignedInRequest) -> HttpResponse:
    """What waits for the person signed in: to report, to finish, to review."""
    user = request.user
    units = ReportingUnit.objects.of_people(user)
    own = _own(user)
    partnerships = _partnerships(user)
    chosen = request.GET.get("partnership", "")
    if chosen.isdecimal() and int(chosen[:18]) in {one.pk for one in partnerships}:
        units = units.filter(membership__partnership=int(chosen))
        own = own.filter(period__framework__partnership=int(chosen))
    begun = own.in_progress().with_names().order_by("-status", "period__due_on", "pk")
    mine = list(begun[: AT_MOST + 1])  # returned ones first
    owing = units.owing(timezone.localdate())
    shown = mine[:AT_MOST]
    context = {
        "partnerships": partnerships if len(partnerships) > 1 else [],
        "chosen": chosen,
        "owing": owing[:AT_MOST],
        "more_owing": max(len(owing) - AT_MOST, 0),
        "mine": shown,
        "more_mine": len(mine) > AT_MOST,
        "given": given_of_asked(shown),
        "reasons": reasons_of(shown),
        "to_review": list(Submission.objects.reviewable_by(user).with_names()[:AT_MOST]),
        "sent": list(_sent(own)),
        "today": timezone.localdate(),
    }
    return render(request, "monitoring/submissions.html", context)


def _own(user: User) -> Any:
    """Data of the partners for which the person reports, and what they send for others."""
    reached = Membership.objects.acted_for_by(user, "manager", "evaluator").accepted()
    sent = Submission.objects.filter(sent_for__in=reached.values("pk"))
    return (Submission.objects.of_people(user) | sent).visible_to(user)


def _partnerships(user: User) -> list[Partnership]:
    """Those for which the person reports, by name."""
    reached = Membership.objects.acted_for_by(user, "manager", "evaluator").accepted()
    found = Partnership.objects.filter(pk__in=reached.values("partnership"))
    return list(found.order_by("title", "pk"))


def _sent(own: Any) -> Any:
    handed_in = own.exclude(status__in=["draft", "returned"])
    return handed_in.with_names().order_by("-updated_at", "-pk")[:20]


@login_required
@require_POST
def start(request: SignedInRequest, unit: int, period: int) -> HttpResponse:
    """Begin a unit's data for a period; where somebody has begun already, open that."""
    own = get_object_or_404(ReportingUnit.objects.reportable_by(request.user), pk=unit)
    due = get_object_or_404(Period.objects.visible_to(request.user), pk=period)
    try:
        begun = start_submission(own, due, by=request.user)
    except DomainError as refused:
        if refused.code != "submission_exists":
            return _refuse(request, refused)
        return redirect("submission", pk=refused.extra["submission"])
    return redirect("submission", pk=begun.pk)


@login_required
@require_POST
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a correction of approved data: the next revision."""
    found = visible_submission(request, pk)
    try:
        revision = correct_submission(found, by=request.user)
    except DomainError as refused:
        return _refuse(request, refused)
    return redirect("submission", pk=revision.pk)


def _refuse(request: SignedInRequest, refused: DomainError) -> HttpResponse:
    if isinstance(refused, NotAllowed):
        raise PermissionDenied(refused.detail)
    messages.error(request, refused.detail)
    return redirect("submissions")
