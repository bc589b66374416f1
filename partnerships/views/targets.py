"""The goals and targets that a partnership serves: searched and chosen without any script."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from partnerships.forms.registering import TargetsForm, codes_in
from partnerships.models import Partnership, Section
from partnerships.services import sections
from partnerships.views.finding import edited_partnership
from partnerships.views.registering import not_a_draft, onward
from registry.forms.attempts import succeeds
from registry.models import Target
from registry.views.accounts import SignedInRequest

FOUND = 40


@login_required
def targets(request: SignedInRequest, key: str) -> HttpResponse:
    """`find` looks for more and saves nothing; what was ticked stays ticked."""
    partnership = edited_partnership(request, key)
    if refusal := not_a_draft(request, partnership):
        return refusal
    stored = sections.targets_of(partnership)
    form = TargetsForm(request.POST or None, initial={**stored, "q": ""})
    is_sent = request.method == "POST" and request.POST.get("step") != "find"
    if is_sent and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("primary_goal", "goals", "targets")}
        stamp = request.POST.get("stamp", "")
        act = partial(sections.edit_targets, partnership, by=request.user, stamp=stamp, **fields)
        if succeeds(form, act):
            messages.success(request, f"{Section.TARGETS.label}: saved.")
            return onward(request, partnership)
        stored = sections.targets_of(partnership)
    context = _context(partnership, form, request.POST, stored)
    return render(request, "partnerships/targets.html", context)


def _context(
    partnership: Partnership, form: TargetsForm, sent: QueryDict, stored: dict[str, Any]
) -> dict[str, Any]:
    """What is ticked, what a search finds besides, and what somebody else stored meanwhile."""
    ticked = sent.getlist("targets") if form.is_bound else stored["targets"]
    stamp = sections.stamp_of(stored)
    is_stale = form.is_bound and sent.get("stamp") != stamp
    if form.is_bound and sent.get("step") == "find":
        is_stale, stamp = False, sent.get("stamp", "")  # the stored values were not looked at yet
    return {
        "partnership": partnership,
        "form": form,
        "stamp": stamp,
        "theirs": _theirs(stored, form, ticked) if is_stale else [],
        **picked(form, sent, stored["targets"]),
    }


def picked(form: Form, sent: QueryDict, stored: list[str]) -> dict[str, Any]:
    """The targets that are ticked, and those that a search finds besides."""
    is_finding = sent.get("step") == "find"
    if is_finding:
        form.errors.clear()
    ticked = codes_in(sent.getlist("targets")[:500]) if form.is_bound else stored
    q = sent.get("q", "").replace("\0", "").strip()[:100]
    found = Target.objects.in_force().chosen(q) if q else Target.objects.none()
    rows = list(found.exclude(code__in=ticked)[: FOUND + 1])
    return {
        "chosen": Target.objects.filter(code__in=ticked),
        "found": rows[:FOUND],
        "more": len(rows) > FOUND,
        "q": q,
    }


def _theirs(
    stored: dict[str, Any], form: TargetsForm, ticked: list[str]
) -> list[tuple[str, str, str]]:
    """Label, stored and typed, where they differ."""
    pairs = [
        ("Primary goal", [stored["primary_goal"] or ""], [form["primary_goal"].value() or ""]),
        ("Other goals", stored["goals"], form["goals"].value() or []),
        ("Targets", stored["targets"], ticked),
    ]
    said = [(label, _listed(one), _listed(other)) for label, one, other in pairs]
    return [row for row in said if row[1] != row[2]]


def _listed(values: Any) -> str:
    return ", ".join(sorted(str(value) for value in values))
