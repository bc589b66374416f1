"""Evaluators enter data, reviewers decide: the pages call the services and add no rule."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from monitoring import services
from monitoring.aggregation import Figure
from monitoring.errors import RowErrors
from monitoring.forms import DecisionForm, SubmissionForm, latest_values, shown
from monitoring.models import Evidence, Observation, Period, ReportingUnit, Submission
from partnerships.models import Partnership
from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event, User

AT_MOST = 50


class SignedInRequest(HttpRequest):
    """What `login_required` lets through."""

    user: User


@login_required
def submissions(request: SignedInRequest) -> HttpResponse:
    """What waits for the person signed in: to report, to finish, to review."""
    user = request.user
    own = Submission.objects.of_people(user).visible_to(user)
    mine = list(own.in_progress().with_names().order_by("period__due_on", "pk")[:AT_MOST])
    sent = own.exclude(status__in=["draft", "returned"])
    owing = ReportingUnit.objects.of_people(user).owing(timezone.localdate())
    context = {
        "owing": owing[:AT_MOST],
        "more_owing": max(len(owing) - AT_MOST, 0),
        "mine": mine,
        "reasons": _reasons(mine),
        "to_review": list(Submission.objects.reviewable_by(user).with_names()[:AT_MOST]),
        "sent": list(sent.with_names().order_by("-updated_at", "-pk")[:20]),
        "today": timezone.localdate(),
    }
    return render(request, "monitoring/submissions.html", context)


@login_required
@require_POST
def start(request: SignedInRequest, unit: int, period: int) -> HttpResponse:
    """Begin a unit's data for a period; where somebody has begun already, open that."""
    own = get_object_or_404(ReportingUnit.objects.reportable_by(request.user), pk=unit)
    due = get_object_or_404(Period.objects.visible_to(request.user), pk=period)
    try:
        begun = services.start_submission(own, due, by=request.user)
    except DomainError as refused:
        if refused.code != "submission_exists":
            return _refuse(request, refused)
        return redirect("submission", pk=refused.extra["submission"])
    return redirect("submission", pk=begun.pk)


@login_required
def submission(request: SignedInRequest, pk: int) -> HttpResponse:
    """A submission: a form while it is open for its own people, else its values."""
    found = _visible(request, pk)
    if not _is_open_for(found, request.user):
        return _read_only(request, found)
    form = SubmissionForm(found, request.POST or None)
    try:
        saved = request.method == "POST" and form.is_valid() and _save(request, form)
    except StaleVersion:  # overtaken since it was read: read again, it says what has changed
        found, saved = _visible(request, pk), False
        form = SubmissionForm(found, request.POST)
    if saved:
        return redirect("submissions") if "submit" in request.POST else redirect(request.path)
    context = {"submission": found, "form": form, "reason": _reasons([found]).get(found.pk)}
    status = 409 if form.is_stale() else 200
    return render(request, "monitoring/submission_form.html", context, status=status)


@login_required
@require_POST
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin a correction of approved data: the next revision."""
    found = _visible(request, pk)
    try:
        revision = services.correct_submission(found, by=request.user)
    except DomainError as refused:
        return _refuse(request, refused)
    return redirect("submission", pk=revision.pk)


@login_required
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """A reviewer's page: the values beside the last ones, and the decision."""
    waiting = Submission.objects.reviewable_by(request.user)
    found = get_object_or_404(waiting.with_names(), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decide(request, form, found):
        return redirect("submissions")
    return render(request, "monitoring/review.html", _values(request, found) | {"form": form})


def _visible(request: SignedInRequest, pk: int) -> Submission:
    visible = Submission.objects.visible_to(request.user).with_names()
    return get_object_or_404(visible, pk=pk)


def _read_only(request: SignedInRequest, found: Submission) -> HttpResponse:
    """The values; where its own people typed into a form that came too late, that as well."""
    context = _values(request, found)
    if request.method == "POST" and context["is_own"]:
        context["unsaved"] = SubmissionForm(found, request.POST).typed()
    status = 409 if "unsaved" in context else 200
    return render(request, "monitoring/submission.html", context, status=status)


def _is_open_for(found: Submission, user: Any) -> bool:
    try:
        found.require_editable(user)
    except DomainError:
        return False
    return True


def _save(request: SignedInRequest, form: SubmissionForm) -> bool:
    """Save the draft and, if asked, hand it in: both or neither; reasons go into the form."""
    submission = form.submission
    try:
        with transaction.atomic():
            services.record_observations(
                submission, form.rows(), by=request.user, replace=True, emptied=form.emptied()
            )
            if "submit" in request.POST:
                submission.submit(by=request.user)
    except StaleVersion:
        raise
    except RowErrors as refused:
        form.show(refused)
        return False
    except DomainError as refused:
        form.add_error(None, refused.detail)
        return False
    done = "Sent for review." if "submit" in request.POST else "Draft saved."
    messages.success(request, f"{done} {submission.period} of {submission.unit}")
    return True


def _decide(request: SignedInRequest, form: DecisionForm, found: Submission) -> bool:
    try:
        if form.cleaned_data["answer"] == "approve":
            found.approve(by=request.user)
        else:
            found.send_back(by=request.user, reason=form.cleaned_data["reason"])
    except DomainError as refused:
        form.add_error(None, refused.detail)
        return False
    except ValidationError as refused:
        form.add_error(None, refused)
        return False
    messages.success(request, f"{found.unit}, {found.period}: {found.get_status_display()}.")
    return True


def _refuse(request: SignedInRequest, refused: DomainError) -> HttpResponse:
    if isinstance(refused, NotAllowed):
        raise PermissionDenied(refused.detail)
    messages.error(request, refused.detail)
    return redirect("submissions")


def _values(request: SignedInRequest, found: Submission) -> dict[str, Any]:
    """A submission's rows with the last value beside each total; insiders see the rest."""
    user = request.user
    stored = found.observations.select_related("indicator__currency", "category")
    seen = stored.filter(pk__in=Observation.objects.visible_to(user).values("pk"))
    last = latest_values(found)
    context = {
        "submission": found,
        "rows": [
            (row, _shown(row), "" if row.category_id else last.get(row.indicator_id, ""))
            for row in seen
        ],
        "evidence": Evidence.objects.visible_to(user).filter(submission=found),
        "is_own": Submission.objects.editable_by(user).filter(pk=found.pk).exists(),
    }
    inside = Partnership.objects.insider(user)
    if inside.filter(pk=found.period.framework.partnership_id).exists():
        context |= _for_insiders(found)
    return context


def _for_insiders(found: Submission) -> dict[str, Any]:
    """What was said and done by whom, and what is still missing: never public."""
    return {
        "is_insider": True,
        "lacking": found.lacking(),
        "history": Event.objects.about(found).select_related("by").order_by("at", "pk"),
    }


def _shown(row: Observation) -> str:
    parts = Figure(row.value, numerator=row.numerator, denominator=row.denominator)
    return "value withdrawn" if row.withdraws else shown(row.indicator, parts) or row.text


def _reasons(found: list[Submission]) -> dict[int, str]:
    """Why each returned submission came back, in the reviewer's words."""
    returned = [s.pk for s in found if s.status == Submission.Status.RETURNED]
    moves = Event.objects.filter(
        subject_type="monitoring.submission", subject_id__in=returned, became="returned"
    )
    newest = moves.order_by("subject_id", "-at", "-pk").distinct("subject_id")
    return dict(newest.values_list("subject_id", "reason"))
