"""Checking the answers, submitting them, and what can be done afterwards."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.text import Truncator

from partnerships.models import (
    Benefit,
    Objective,
    Partnership,
    Risk,
    Section,
    TenPrinciplesCommitment,
)
from partnerships.models.progress import progress_of
from partnerships.views.finding import edited_partnership, page_of
from partnerships.views.hub import section_address
from partnerships.views.registering import not_a_draft
from registry.display import number
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest

Answer = tuple[str, Any]


class SubmitForm(forms.Form):
    """Nothing is typed here: it carries what the submission is refused for."""


@login_required
def check(request: SignedInRequest, key: str) -> HttpResponse:
    """All answers, each section with a way to change it and back; then the submission."""
    partnership = edited_partnership(request, key)
    if refusal := not_a_draft(request, partnership):
        return refusal
    form = SubmitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Where nothing is like it, nothing was asked.
        confirmed = "confirm_distinct" in request.POST
        send = partial(partnership.submit, by=request.user, confirm_distinct=confirmed)
        if succeeds(form, send):
            return redirect(page_of(partnership, "partnership-work"))
        partnership = Partnership.objects.get(pk=partnership.pk)
    progress = progress_of(partnership)
    context = {
        "partnership": partnership,
        "form": form,
        "rows": [
            (row, section_address(partnership, row.section), answers(partnership, row.section))
            for row in progress
        ],
        "lacking": [row for row in progress if row.lacks],
        "similar": partnership.similar(request.user),
        "is_refused": request.method == "POST" and bool(form.errors),
    }
    return render(request, "partnerships/check.html", context)


def answers(partnership: Partnership, section: Section) -> list[Answer]:
    """Label and words of what is stored in a section."""
    return list(ANSWERS[section](partnership))


def _about(partnership: Partnership) -> Iterable[Answer]:
    yield "Title", partnership.title
    yield "Summary", partnership.summary
    yield "Kind", partnership.get_kind_display()
    yield "Level", partnership.get_level_display()
    yield "First day", _day(partnership.starts_on)
    yield "Last day", _day(partnership.ends_on)
    yield "Website", partnership.website
    yield "Track", partnership.get_track_display()


def _objectives(partnership: Partnership) -> Iterable[Answer]:
    for place, one in enumerate(partnership.objectives.all(), 1):
        yield f"Objective {place}", one.text
        yield f"How it is measured ({place})", _measured(one)


def _measured(objective: Objective) -> str:
    """The measure, from where to where, and by when, as far as they are stated."""
    if not objective.measure:
        return ""
    begin, end = (number(value) or "?" for value in (objective.baseline, objective.goal_value))
    by = f" by {_day(objective.reach_by)}" if objective.reach_by else ""
    return f"{objective.measure}: {begin} → {end} {objective.unit}".rstrip() + by


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""


def _targets(partnership: Partnership) -> Iterable[Answer]:
    yield "Primary goal", partnership.primary_goal
    yield "Other goals", ", ".join(map(str, partnership.goals.all()))
    yield "Targets", ", ".join(map(str, partnership.targets.all()))


def _places(partnership: Partnership) -> Iterable[Answer]:
    places = partnership.places.select_related("country")
    yield "Countries", ", ".join(place.country.name for place in places)
    named = partnership.locations.select_related("country")
    yield "Places", ", ".join(f"{one.name} ({one.country.name})" for one in named)


def _members(partnership: Partnership) -> Iterable[Answer]:
    joined = partnership.memberships.filter(status__in=["invited", "accepted"])
    for one in joined.select_related("partner").order_by("pk"):
        yield one.partner.name, f"{', '.join(one.roles)}; {one.get_status_display().lower()}"


def _commitments(partnership: Partnership) -> Iterable[Answer]:
    rows = partnership.commitments.select_related("membership__partner")
    for one in rows.prefetch_related("deliverables").order_by("pk"):
        amount = " ".join(filter(None, [one.currency_id, number(one.amount), one.unit]))
        facts = [one.title, amount, f"due {_day(one.due_on)}" if one.due_on else ""]
        yield one.membership.partner.name, "; ".join(filter(None, facts))
        parts = [f"{part.title}, {_day(part.due_on)}" for part in one.deliverables.all()]
        yield f"Deliverables of “{Truncator(one.title).chars(60)}”", "; ".join(parts)


def _budget(partnership: Partnership) -> Iterable[Answer]:
    for line in partnership.budget_lines.all():
        yield line.title, f"{line.currency_id} {line.amount:,.2f}"


def _agreements(partnership: Partnership) -> Iterable[Answer]:
    for one in partnership.agreements.order_by("kind", "edition"):
        yield one.get_kind_display().capitalize(), f"{one}: {one.get_status_display().lower()}"


def _risks(partnership: Partnership) -> Iterable[Answer]:
    """How many there are, how they stand, and how many of them are divided."""
    for name, rows, kind in (
        ("Risks", partnership.risks, Risk),
        ("Benefits", partnership.benefits, Benefit),
    ):
        counts = Counter(rows.values_list("status", flat=True))
        if counts:
            stand = ", ".join(
                f"{counts[one.value]} {one.label.lower()}"
                for one in kind.Status
                if counts[one.value]
            )
            shared = rows.filter(sharings__held_until=None, sharings__isnull=False).count()
            yield name, f"{stand}; {shared} of {counts.total()} shared between the members"


def _principles(partnership: Partnership) -> Iterable[Answer]:
    for one in partnership.markers.all().current():
        yield one.get_kind_display().capitalize(), f"{one.significance}: {one.level}"
    groups = partnership.beneficiary_groups.standing().order_by("pk")
    if reached := ", ".join(map(str, groups)):
        yield "For whom", reached
    stated = TenPrinciplesCommitment.objects.standing().filter(membership__partnership=partnership)
    rows = stated.select_related("membership__partner").order_by("pk")
    if keepers := ", ".join(one.membership.partner.name for one in rows):
        yield "Keep the Ten Principles", keepers


def _dialogue(partnership: Partnership) -> Iterable[Answer]:
    if groups := partnership.affected_groups.standing().count():
        yield "Groups on the stakeholder map", groups
    held = partnership.consultations.standing()
    if last := held.order_by("-held_on").first():
        yield "Consultations", f"{held.count()}, the last on {_day(last.held_on)}"
    if looked_at := partnership.technology_assessments.standing().count():
        yield "Technologies looked at", looked_at


ANSWERS = {
    Section.ABOUT: _about,
    Section.OBJECTIVES: _objectives,
    Section.TARGETS: _targets,
    Section.PLACES: _places,
    Section.MEMBERS: _members,
    Section.COMMITMENTS: _commitments,
    Section.BUDGET: _budget,
    Section.AGREEMENTS: _agreements,
    Section.RISKS: _risks,
    Section.PRINCIPLES: _principles,
    Section.DIALOGUE: _dialogue,
}
