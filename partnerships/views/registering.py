"""The sections of a partnership that are written here: about it, and its objectives."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from partnerships.forms.numbers import NumberField
from partnerships.forms.registering import AboutForm, ObjectiveForm
from partnerships.models import Objective, Partnership, Section
from partnerships.services import sections
from partnerships.services.objectives import add_objective, edit_objective, remove_objective
from partnerships.services.partnerships import suggested_track
from partnerships.views.finding import edited_partnership, page_of
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest


@login_required
def about(request: SignedInRequest, key: str) -> HttpResponse:
    """Title, summary, kind, level, days, website, track."""
    partnership = edited_partnership(request, key)
    if refusal := not_a_draft(request, partnership):
        return refusal
    form = AboutForm(
        request.POST or None, instance=partnership, with_light=_may_be_light(partnership)
    )
    if request.method == "POST" and form.is_valid():
        fields, stamp = dict(form.cleaned_data), request.POST.get("stamp", "")
        act = partial(sections.edit_about, partnership, by=request.user, stamp=stamp, **fields)
        if succeeds(form, act):
            messages.success(request, f"{Section.ABOUT.label}: saved.")
            return onward(request, partnership)
    partnership.refresh_from_db()
    stored = sections.about_of(partnership)
    context = {
        "partnership": partnership,
        "form": form,
        "stamp": sections.stamp_of(stored),
        "theirs": differing(request, form, stored),
    }
    return render(request, "partnerships/about.html", context)


def _may_be_light(partnership: Partnership) -> bool:
    leads = partnership.memberships.accepted().filter(roles__contains=["lead"])
    tracks = [suggested_track(one.partner) for one in leads.select_related("partner")]
    return partnership.track == Partnership.Track.LIGHT or Partnership.Track.LIGHT in tracks


@login_required
def objectives(request: SignedInRequest, key: str) -> HttpResponse:
    """The objectives that stand, and a form for one more."""
    partnership = edited_partnership(request, key)
    if refusal := not_a_draft(request, partnership):
        return refusal
    form = ObjectiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = partial(add_objective, partnership, by=request.user, **form.cleaned_data)
        if succeeds(form, act):
            messages.success(request, "The objective is added.")
            return onward(request, partnership, "partnership-objectives")
    context = {
        "partnership": partnership,
        "form": form,
        "objectives": partnership.objectives.select_related("target"),
    }
    return render(request, "partnerships/objectives.html", context)


@login_required
def objective(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Change one objective; where somebody removed it meanwhile, what was typed is kept."""
    partnership = edited_partnership(request, key)
    if refusal := not_a_draft(request, partnership):
        return refusal
    found = partnership.objectives.filter(pk=pk).first()
    if found is None:
        return _gone(request, partnership)
    form = ObjectiveForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        read = request.POST.get("version", "")
        found.version = int(read) if read.isdecimal() and len(read) < 10 else 0
        act = partial(edit_objective, found, by=request.user, **form.cleaned_data)
        if succeeds(form, act):
            messages.success(request, "The objective is saved.")
            return onward(request, partnership, "partnership-objectives")
    found.refresh_from_db()
    stored = {name: getattr(found, name) for name in form.fields}
    context = {
        "partnership": partnership,
        "form": form,
        "objective": found,
        "theirs": differing(request, form, stored) if _is_stale(request, found) else [],
    }
    return render(request, "partnerships/objective.html", context)


def _is_stale(request: HttpRequest, found: Objective) -> bool:
    return request.method == "POST" and request.POST.get("version", "") != str(found.version)


def _gone(request: SignedInRequest, partnership: Partnership) -> HttpResponse:
    """Removed meanwhile: the typed text stands in the form that adds one."""
    form = ObjectiveForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        form.add_error(None, "Somebody removed this objective meanwhile. Save to add it again.")
    else:
        messages.info(request, "This objective is not there any more.")
    rows = partnership.objectives.select_related("target")
    context = {"partnership": partnership, "form": form, "objectives": rows}
    return render(request, "partnerships/objectives.html", context)


@login_required
@require_POST
def drop_objective(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    partnership = edited_partnership(request, key)
    found = partnership.objectives.filter(pk=pk).first()
    try:
        if found:
            remove_objective(found, by=request.user)
        messages.success(request, "The objective is removed.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect(page_of(partnership, "partnership-objectives"))


def not_a_draft(request: SignedInRequest, partnership: Partnership) -> HttpResponse | None:
    """Who only looks is led back: what was submitted stands. Who sends is told in the form."""
    if partnership.status in Partnership.UNREGISTERED or request.method == "POST":
        return None
    messages.info(request, f"What was submitted stands: the partnership is {partnership.status}.")
    return redirect(page_of(partnership, "partnership-work"))


def onward(
    request: HttpRequest, partnership: Partnership, page: str = "partnership-work"
) -> HttpResponse:
    """Back to where the reader came from: the answers to be checked, or the hub."""
    came_from = "partnership-check" if request.POST.get("back") == "check" else page
    return redirect(page_of(partnership, came_from))


def differing(
    request: HttpRequest, form: forms.BaseForm, stored: Mapping[str, Any]
) -> list[tuple[str, Any, Any]]:
    """Label, stored and typed, of each field that somebody else has stored otherwise."""
    if request.method != "POST" or not form.is_bound:
        return []
    said = request.POST.get("stamp")
    if said is not None and said == sections.stamp_of(stored):
        return []
    return [
        (str(form.fields[name].label), shown(form, name, value), form[name].value())
        for name, value in stored.items()
        if name in form.fields and form.fields[name].has_changed(value, form[name].value())
    ]


def shown(form: forms.BaseForm, name: str, value: Any) -> str:
    """A stored value in the words of the form."""
    if isinstance(form.fields[name], NumberField):
        value = form.fields[name].prepare_value(value)
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    return str(choices.get(value, "" if value is None else value))
