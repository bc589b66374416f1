"""Answering recommendations, and reporting on what is done about them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from monitoring.forms.evaluations import (
    ActionForm,
    NewOwnerForm,
    PostponementForm,
    ProgressForm,
    ResponseForm,
)
from monitoring.models import Evaluation, ManagementAction, ManagementResponse, Recommendation
from monitoring.models.management import answers_for, require_responder
from monitoring.services.management import plan_action, respond, revise_response
from monitoring.views.evaluating import Doing
from monitoring.views.evaluations import place_of
from partnerships.forms.commitments import ReasonForm
from partnerships.views.acting import act_page, allowed, sent
from registry.errors import NotAllowed, StaleVersion
from registry.models import User
from registry.views.accounts import SignedInRequest


def _answered(request: SignedInRequest, pk: int) -> Recommendation:
    """A recommendation, for who answers it."""
    rows = Recommendation.objects.visible_to(request.user)
    found = get_object_or_404(rows.select_related("evaluation__partnership"), pk=pk)
    with allowed():
        require_responder(found, request.user)
    return found


@login_required
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer a recommendation, or answer it otherwise than before."""
    found = _answered(request, pk)
    last = _last_response(found)
    initial = {"decision": last.decision} if last else None
    form = ResponseForm(sent(request), initial=initial)

    def act() -> None:
        if last is None:
            respond(found, by=request.user, **form.cleaned_data)
        elif request.POST.get("version") != str(last.revision):
            raise StaleVersion
        else:
            revise_response(last, by=request.user, **form.cleaned_data)

    return act_page(
        request,
        found.evaluation.partnership,
        form,
        act,
        title="Answer otherwise" if last else "Answer a recommendation",
        about=found.text,
        lede="What was answered before stays on record; say why the answer is another one."
        if last
        else "Everybody reads the answer.",
        back=place_of(found.evaluation_id, "recommendation", found.number),
        done="The answer is recorded.",
        record=last,
        latest=partial(_last_response, found),
    )


def _last_response(found: Recommendation) -> ManagementResponse | None:
    """Its number is the version that the form carries: each answer is a row of its own."""
    last: ManagementResponse | None = found.responses.order_by("-revision").first()
    if last:
        last.version = last.revision
    return last


@login_required
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what is done about a recommendation."""
    found = _answered(request, pk)
    form = ActionForm(found, sent(request))
    return act_page(
        request,
        found.evaluation.partnership,
        form,
        lambda: plan_action(found, by=request.user, **form.cleaned_data),
        title="Plan an action",
        about=found.text,
        back=place_of(found.evaluation_id, "recommendation", found.number),
        done="The action is planned.",
    )


def _visible(request: HttpRequest, pk: int) -> ManagementAction:
    rows = ManagementAction.objects.visible_to(request.user)
    named = rows.select_related("recommendation__evaluation__partnership", "owner__partner")
    found: ManagementAction = get_object_or_404(named, pk=pk)
    return found


def action(request: HttpRequest, pk: int) -> HttpResponse:
    """One action, and all that was noted of it."""
    found, today = _visible(request, pk), timezone.localdate()
    stands = found.evaluation.status == Evaluation.Status.PUBLISHED
    context = {
        "action": found,
        "evaluation": found.evaluation,
        "partnership": found.partnership,
        "follow_ups": found.follow_ups.order_by("-pk"),
        "is_overdue": found.is_overdue(today),
        "is_open": stands and found.status in ManagementAction.OPEN,
        "may_report": stands and found.MOVES[found.status] and found.is_reported_by(request.user),
        "may_plan": stands and answers_for(found.recommendation, request.user),
        "today": today,
    }
    return render(request, "monitoring/evaluations/action.html", context)


def _report(found: ManagementAction, by: User, request: Any) -> Doing:
    form = ProgressForm(found, sent(request))
    act = lambda: found.report(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Say how far it is", "Recorded.")


def _postpone(found: ManagementAction, by: User, request: Any) -> Doing:
    form = PostponementForm(sent(request))
    act = lambda: found.postpone(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Postpone the action", "The later date is recorded.")


def _reassign(found: ManagementAction, by: User, request: Any) -> Doing:
    form = NewOwnerForm(found.partnership, sent(request))
    act = lambda: found.reassign(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Give it to another member", "Recorded.")


def _drop(found: ManagementAction, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    form.fields["reason"].help_text = "The reason is public."
    act = lambda: found.drop(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Drop the action", "The action is dropped.", "Drop it")


def _require_reporter(found: ManagementAction, by: User) -> None:
    if not found.is_reported_by(by):
        raise NotAllowed("owner_only", "Only the managers of the member that does it may.")


def _require_planner(found: ManagementAction, by: User) -> None:
    require_responder(found.recommendation, by)


ACTS: dict[str, tuple[Callable[..., Doing], Callable[[ManagementAction, User], None]]] = {
    "report": (_report, _require_reporter),
    "postpone": (_postpone, _require_planner),
    "reassign": (_reassign, _require_planner),
    "drop": (_drop, _require_planner),
}


@login_required
def act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """Report on an action, or plan it otherwise."""
    found = _visible(request, pk)
    if act not in ACTS:
        raise Http404
    made, require = ACTS[act]
    with allowed():
        require(found, request.user)
    doing = made(found, request.user, request)
    return act_page(
        request,
        found.partnership,
        doing.form,
        doing.act,
        title=doing.title,
        about=str(found),
        back=reverse("managementaction", args=[pk]),
        done=doing.done,
        button=doing.button,
        record=found,
    )
