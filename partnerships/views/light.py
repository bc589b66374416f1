"""The light track: register a small firm's partnership on one page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from partnerships.forms.light import LightForm
from partnerships.forms.registering import codes_in
from partnerships.models import Partnership
from partnerships.services import light as services
from partnerships.services.sections import stamp_of
from partnerships.views.finding import edited_partnership, page_of
from partnerships.views.registering import differing, not_a_draft
from partnerships.views.targets import picked
from partnerships.views.workspace import leads_of
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.models import Basis
from registry.views.accounts import SignedInRequest

SUBMIT, FIND = "submit", "find"


@login_required
def register(request: SignedInRequest) -> HttpResponse:
    """For partners that report on SDG targets; what is not complete is not saved."""
    leads = leads_of(request.user).reporting_on(Basis.SDG_TARGETS)
    initial = {**services.DEFAULTS, "targets": []}
    form = LightForm(
        leads, request.POST or None, user=request.user, promised=False, initial=initial
    )

    def save() -> Partnership:
        said = form.said()
        return services.register_light(said.pop("lead"), by=request.user, **said)

    answer = _attempt(request, form, save)
    context = {"form": form, "can_begin": leads.exists(), **picked(form, request.POST, [])}
    return answer or render(request, "partnerships/light.html", context)


@login_required
def complete(request: SignedInRequest, key: str) -> HttpResponse:
    """The same page for a draft of the light track."""
    partnership = edited_partnership(request, key)
    if refusal := not_a_draft(request, partnership):
        return refusal
    initial = services.answers_of(partnership)
    is_finding = request.POST.get("step") == FIND
    promised = services.own_promises(partnership).exists()
    form = LightForm(
        None, request.POST or None, user=request.user, promised=promised, initial=initial
    )

    def save() -> Partnership:
        stamp = request.POST.get("stamp", "")
        return services.complete_light(partnership, by=request.user, stamp=stamp, **form.said())

    answer = _attempt(request, form, save)
    partnership.refresh_from_db()
    stored = services.answers_of(partnership)
    context = {
        "form": form,
        "can_begin": True,
        "partnership": partnership,
        "stamp": request.POST.get("stamp", "") if is_finding else stamp_of(stored),
        "theirs": [] if is_finding else _theirs(request, form, stored),
        "promises": services.own_promises(partnership) if promised else [],
        **picked(form, request.POST, initial["targets"]),
    }
    return answer or render(request, "partnerships/light.html", context)


def _attempt(
    request: SignedInRequest, form: LightForm, save: Callable[[], Partnership]
) -> HttpResponse | None:
    """Save, and submit if that was asked for; None where the page is shown (again)."""
    step = request.POST.get("step", "")
    if request.method != "POST" or step == FIND:
        return None
    made: list[Partnership] = []
    if not form.is_valid() or not succeeds(form, lambda: made.append(save())):
        return None
    partnership = Partnership.objects.get(pk=made[0].pk)
    messages.success(request, "Everything on the page is saved.")
    if step == SUBMIT:
        _submit(request, partnership)
    return redirect(page_of(partnership, "partnership-work"))


def _submit(request: SignedInRequest, partnership: Partnership) -> None:
    """What is saved stays saved, whether or not it can be submitted yet."""
    try:
        partnership.submit(by=request.user)
    except ValidationError as lacking:
        text = " ".join(lacking.messages)
        messages.warning(request, f"It is not submitted yet. {text}")
    except DomainError as refused:
        messages.warning(request, f"It is not submitted yet. {refused.detail}")


def _theirs(
    request: SignedInRequest, form: LightForm, stored: dict[str, Any]
) -> list[tuple[str, Any, Any]]:
    """Label, stored and typed, of what somebody else has stored otherwise meanwhile."""
    if request.method != "POST" or request.POST.get("stamp", "") == stamp_of(stored):
        return []
    plain = {name: value for name, value in stored.items() if name != "targets"}
    ticked = codes_in(request.POST.getlist("targets")[:500])
    rows = differing(request, form, plain)
    if sorted(ticked) != stored["targets"]:
        rows.append(("SDG targets", ", ".join(stored["targets"]), ", ".join(ticked)))
    return rows
