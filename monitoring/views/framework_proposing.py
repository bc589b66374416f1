"""A framework is checked, proposed to the members, or thrown away."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect

from monitoring.models import Framework
from monitoring.models.smart import findings_of
from monitoring.services.frameworks import (
    discard_framework,
    propose_framework,
    withdraw_framework,
)
from monitoring.sheets import result_tree
from monitoring.views.editing import draft_of, posted, settled, to
from monitoring.views.framework_builder import page_of
from partnerships.forms.agreements import ReasonForm
from partnerships.views.finding import key_of
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest


@login_required
def check(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """The whole draft as the members will read it; sending the form proposes it to them."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    form = forms.Form(posted(request))
    if request.method == "POST" and succeeds(
        form, lambda: propose_framework(framework, by=request.user)
    ):
        messages.success(request, "Proposed. Every accepted member is asked to endorse it.")
        return to(framework)
    findings = findings_of(framework)
    context = {
        "form": form,
        "tree": result_tree(framework, findings),
        "errors": [said for said in findings if said.is_error],
        "warnings": [said for said in findings if not said.is_error],
    }
    return page_of(request, framework, "check", **context)


@login_required
def discard(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """A draft is thrown away with all that is in it, once that is confirmed."""
    framework = draft_of(request, key, edition)
    if refusal := settled(request, framework):
        return refusal
    form = forms.Form(posted(request))
    if request.method == "POST" and succeeds(
        form, lambda: discard_framework(framework, by=request.user)
    ):
        messages.success(request, "The draft is thrown away.")
        return redirect("partnership-framework", key_of(framework.partnership))
    goes = ["all its results, indicators and targets"]
    return page_of(request, framework, "remove", form=form, what=framework, goes=goes)


@login_required
def withdraw(request: SignedInRequest, key: str, edition: int) -> HttpResponse:
    """A proposal is taken back, with the reason; what was said to it stays recorded."""
    framework = draft_of(request, key, edition)
    if framework.status != Framework.Status.PROPOSED and request.method != "POST":
        messages.info(request, f"It is {framework.status}: there is no proposal to take back.")
        return to(framework)
    form = ReasonForm(posted(request))

    def act() -> None:
        withdraw_framework(framework, by=request.user, reason=form.cleaned_data["reason"])

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "The proposal is taken back. The members are told.")
        return to(framework)
    return page_of(request, framework, "withdraw", form=form)
