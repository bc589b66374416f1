"""Writing an evaluation: its facts, its document, its moves, what it found and recommends."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from monitoring.forms.evaluations import (
    ErratumForm,
    EvaluationForm,
    FindingForm,
    RecommendationForm,
    ReportDocumentForm,
)
from monitoring.models import Evaluation, Recommendation
from monitoring.services.evaluations import (
    add_finding,
    add_recommendation,
    attach_document,
    edit_evaluation,
    edit_part,
    plan_evaluation,
    remove_part,
    state_erratum,
)
from monitoring.views.evaluations import PARTS, place_of, visible_evaluation
from partnerships.forms.commitments import ReasonForm
from partnerships.views.acting import act_page, allowed, sent
from partnerships.views.finding import edited_partnership, page_of
from registry.models import User
from registry.views.accounts import SignedInRequest


class Doing(NamedTuple):
    """One thing to do: its form, what it calls, and what the page says."""

    form: Any
    act: Callable[[], Any]
    title: str
    done: str
    button: str = "Save"
    lede: str = ""


@login_required
def plan(request: SignedInRequest, key: str) -> HttpResponse:
    """Say what will be evaluated."""
    partnership = edited_partnership(request, key)
    form = EvaluationForm(sent(request))
    made: list[Evaluation] = []

    def keep() -> None:
        made.append(plan_evaluation(partnership, by=request.user, **form.cleaned_data))

    return act_page(
        request,
        partnership,
        form,
        keep,
        title="Plan an evaluation",
        lede="Members see it from now on, everybody once it is published. Name no person.",
        back=page_of(partnership, "partnership-evaluations"),
        onward=lambda: reverse("evaluation", args=[made[0].pk]),
        done="The evaluation is planned.",
    )


def _edit(found: Evaluation, by: User, request: Any) -> Doing:
    form = EvaluationForm(sent(request), instance=found)

    def act() -> None:
        fresh = Evaluation.objects.select_related("partnership").get(pk=found.pk)
        fresh.version = found.version
        edit_evaluation(fresh, by=by, **form.cleaned_data)

    return Doing(form, act, "Change the evaluation", "The evaluation is saved.")


def _document(found: Evaluation, by: User, request: Any) -> Doing:
    form = ReportDocumentForm(sent(request), request.FILES or None)
    act = lambda: attach_document(found, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Attach the report", "The report is attached.")


def _begin(found: Evaluation, by: User, request: Any) -> Doing:
    lede = "Findings and recommendations can be entered from now on, by evaluators too."
    act = partial(found.begin, by=by)
    return Doing(
        forms.Form(sent(request)), act, "The evaluators begin", "It is under way.", "Begin", lede
    )


def _submit(found: Evaluation, by: User, request: Any) -> Doing:
    lede = "It does not change any more, unless it is sent back."
    act = partial(found.submit, by=by)
    return Doing(
        forms.Form(sent(request)), act, "Submit the evaluation", "Submitted.", "Submit", lede
    )


def _return(found: Evaluation, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    act = lambda: found.send_back(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Send it back", "It is under way again.", "Send back")


def _publish(found: Evaluation, by: User, request: Any) -> Doing:
    lede = (
        "Everybody reads it from now on, and nothing of it changes any more. Each recommendation"
        " is to be answered within 60 days."
    )
    act = partial(found.publish, by=by)
    return Doing(
        forms.Form(sent(request)), act, "Publish the evaluation", "Published.", "Publish", lede
    )


def _withdraw(found: Evaluation, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    lede = "For good. What was published stays to be read, with the reason."
    act = lambda: found.withdraw(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Withdraw the evaluation", "Withdrawn.", "Withdraw", lede)


def _correct(found: Evaluation, by: User, request: Any) -> Doing:
    form = ErratumForm(sent(request))
    act = lambda: state_erratum(found, form.cleaned_data["text"], by=by)  # noqa: E731
    return Doing(form, act, "Put something right", "It stands beside the evaluation.")


ACTS: dict[str, Callable[[Evaluation, User, Any], Doing]] = {
    "edit": _edit,
    "document": _document,
    "begin": _begin,
    "submit": _submit,
    "return": _return,
    "publish": _publish,
    "withdraw": _withdraw,
    "correct": _correct,
}


@login_required
def act(request: SignedInRequest, pk: int, act: str) -> HttpResponse:
    """One move, or one change, of an evaluation: the lead's managers and admins."""
    found = visible_evaluation(request, pk)
    if act not in ACTS:
        raise Http404
    with allowed():
        found.partnership.require_editor(request.user)
    doing = ACTS[act](found, request.user, request)
    return _page(request, found, doing, found, reverse("evaluation", args=[pk]))


FORMS: dict[str, Any] = {"finding": FindingForm, "recommendation": RecommendationForm}
ADDS: dict[str, Callable[..., Any]] = {
    "finding": add_finding,
    "recommendation": add_recommendation,
}


@login_required
def add_part(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Enter a finding or a recommendation."""
    found = visible_evaluation(request, pk)
    with allowed():
        found.require_writer(request.user)
    form = FORMS[what](found, sent(request))
    act = lambda: ADDS[what](found, by=request.user, **_stated(form))  # noqa: E731
    doing = Doing(form, act, f"Enter a {what}", f"The {what} is entered.")
    return _page(request, found, doing, None, f"{reverse('evaluation', args=[pk])}#{what}s")


@login_required
def edit(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Change a finding or a recommendation of a draft."""
    found = _part(request, pk, what)
    form = FORMS[what](found.evaluation, sent(request), instance=found)

    def act() -> None:
        fresh = type(found).objects.select_related("evaluation__partnership").get(pk=pk)
        fresh.version = found.version
        edit_part(fresh, by=request.user, **_stated(form))

    doing = Doing(form, act, f"Change the {what}", f"The {what} is saved.")
    return _part_page(request, found, doing, what)


@login_required
def remove(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Take a finding or a recommendation out of a draft."""
    found = _part(request, pk, what)
    act = partial(remove_part, found, by=request.user)
    title, done = f"Take the {what} out", f"The {what} is taken out."
    doing = Doing(forms.Form(sent(request)), act, title, done, "Take it out")
    return _part_page(request, found, doing, what)


def _stated(form: Any) -> dict[str, Any]:
    given: dict[str, Any] = (
        form.stated() if isinstance(form, RecommendationForm) else form.cleaned_data
    )
    return given


def _part(request: SignedInRequest, pk: int, what: str) -> Any:
    rows = PARTS[what].objects.visible_to(request.user)
    found = get_object_or_404(rows.select_related("evaluation__partnership"), pk=pk)
    with allowed():
        found.evaluation.require_writer(request.user)
    return found


def _part_page(request: SignedInRequest, found: Any, doing: Doing, what: str) -> HttpResponse:
    back = place_of(found.evaluation_id, what, found.number)
    return _page(request, found.evaluation, doing, found, back)


def _page(
    request: SignedInRequest,
    evaluation: Evaluation,
    doing: Doing,
    record: Evaluation | Recommendation | None,
    back: str,
) -> HttpResponse:
    return act_page(
        request,
        evaluation.partnership,
        doing.form,
        doing.act,
        title=doing.title,
        about=str(record or evaluation),
        lede=doing.lede,
        back=back,
        done=doing.done,
        button=doing.button,
        record=record,
    )
