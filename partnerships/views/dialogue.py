"""A partnership's dialogue: the stakeholder map, consultations, technology assessments."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from partnerships.forms.capacity import CapacityForm
from partnerships.forms.dialogue import (
    ConsultationForm,
    CorrectionForm,
    FinishForm,
    GroupForm,
    TechnologyForm,
    ToldForm,
)
from partnerships.headcounts import heads_of
from partnerships.models import (
    AffectedGroup,
    CapacityAssessment,
    Consultation,
    Partnership,
    TechnologyAssessment,
    TechnologyMitigation,
)
from partnerships.services import dialogue as services
from partnerships.services.capacity import assess_capacity
from partnerships.views.finding import edited_partnership, key_of, visible_partnership
from partnerships.views.keeping import keep, may_add
from registry.disclosure import alone, plainly
from registry.views.accounts import SignedInRequest

PAGE = "partnership-dialogue"
SHOWN = 50  # of each list: what is older is in the API
MOST_GROUPS = 200


def dialogue(request: HttpRequest, key: str) -> HttpResponse:
    """Whom the partnership affects, what was talked about with them, what its technology does."""
    partnership, user = visible_partnership(request, key), request.user
    inside = Partnership.objects.insider(user).filter(pk=partnership.pk).exists()
    groups = AffectedGroup.objects.visible_to(user).standing().filter(partnership=partnership)
    held = Consultation.objects.visible_to(user).standing().filter(partnership=partnership)
    looked = (
        TechnologyAssessment.objects.visible_to(user).standing().filter(partnership=partnership)
    )
    consultations = held.with_counts()[:SHOWN]
    today = timezone.localdate()
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "can_add": may_add(partnership, user),
        "is_editor": partnership.is_editable_by(user),
        "is_inside": inside,
        "levels": _levels(list(groups[:MOST_GROUPS]), inside),
        "consultations": [(row, heads_of(row, inside=inside)) for row in consultations],
        "technologies": looked.select_related("commitment").prefetch_related(
            "groups", "mitigations"
        )[:SHOWN],
        "capacities": _capacities(partnership, user),
        "today": today,
        **_told(groups, today),
    }
    return render(request, "partnerships/dialogue.html", context)


def _capacities(partnership: Partnership, user: Any) -> Any:
    seen = CapacityAssessment.objects.visible_to(user).standing().filter(partnership=partnership)
    return seen.select_related("membership__partner")[:SHOWN]


def _levels(groups: list[AffectedGroup], inside: bool) -> list[tuple[str, list[Any]]]:
    """The map from far away to home; a level without a group is left out."""
    shown = plainly if inside else alone
    found = [
        (level.label, [(row, shown(row.size)) for row in groups if row.level == level])
        for level in AffectedGroup.Level
    ]
    return [(label, rows) for label, rows in found if rows]


def _told(groups: Any, today: date) -> dict[str, int]:
    """How many of the groups were heard in the last 12 months and told what came of it."""
    now = timezone.now()
    return {
        "mapped": groups.mapped(today, now).count(),
        "heard": groups.heard_and_told(today, now).count(),
    }


@login_required
def group(request: SignedInRequest, key: str, pk: int = 0) -> HttpResponse:
    """Put a group on the map, or change what is said of it."""
    partnership = edited_partnership(request, key)
    standing = AffectedGroup.objects.standing().filter(partnership=partnership)
    found = get_object_or_404(standing, pk=pk) if pk else None
    form = GroupForm(found, request.POST or None)

    def act() -> None:
        version, facts = form.version_read(), form.cleaned_data
        if found:
            found.version = version
            services.edit_group(found, by=request.user, **facts)
        else:
            services.map_group(partnership, by=request.user, **facts)

    title = f"On the map: {found}" if found else "Put a group on the stakeholder map"
    return keep(request, partnership, form, act, page=PAGE, title=title)


@login_required
def record(request: SignedInRequest, key: str) -> HttpResponse:
    """Record a dialogue that was held."""
    partnership = edited_partnership(request, key)
    groups = list(partnership.affected_groups.standing()[:MOST_GROUPS])
    form = ConsultationForm(groups, None, request.POST or None)

    def act() -> None:
        services.record_consultation(partnership, by=request.user, **form.stated())

    return _consultation_form(request, partnership, form, act, "Record a consultation")


@login_required
def correct(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Put a corrected record in the place of one."""
    partnership = edited_partnership(request, key)
    found = get_object_or_404(_standing(partnership), pk=pk)
    groups = list(
        (
            partnership.affected_groups.standing()
            | partnership.affected_groups.filter(consultations=found)
        )
        .distinct()
        .order_by("name", "pk")[:MOST_GROUPS]
    )
    form = CorrectionForm(groups, found, request.POST or None)

    def act() -> None:
        found.version = form.version_read()
        services.correct_consultation(found, by=request.user, **form.stated())

    return _consultation_form(request, partnership, form, act, f"Correct: {found}")


def _standing(partnership: Partnership) -> Any:
    return Consultation.objects.standing().filter(partnership=partnership)


def _consultation_form(
    request: SignedInRequest, partnership: Partnership, form: Any, act: Any, title: str
) -> HttpResponse:
    lede = (
        "Counts of 1 to 10 people, and what they could be worked out from, are seen by the"
        " members' people only."
    )
    return keep(request, partnership, form, act, page=PAGE, title=title, lede=lede)


@login_required
def told(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Record that those who came were told what came of it."""
    partnership = edited_partnership(request, key)
    found = get_object_or_404(_standing(partnership), pk=pk)
    form = ToldForm(request.POST or None)

    def act() -> None:
        services.tell_back(found, by=request.user, **form.cleaned_data)

    return keep(request, partnership, form, act, page=PAGE, title=f"Told: {found}")


@login_required
def technology(request: SignedInRequest, key: str) -> HttpResponse:
    """Record who looked at a technology and what they found."""
    partnership = edited_partnership(request, key)
    form = TechnologyForm(partnership, request.POST or None)

    def act() -> None:
        services.assess_technology(partnership, by=request.user, **form.stated())

    return keep(request, partnership, form, act, page=PAGE, title="Assess a technology")


@login_required
def capacity(request: SignedInRequest, key: str) -> HttpResponse:
    """Record what a local institution can do and what it lacks."""
    partnership = edited_partnership(request, key)
    form = CapacityForm(partnership, request.POST or None)

    def act() -> None:
        assess_capacity(partnership, by=request.user, **form.cleaned_data)

    return keep(request, partnership, form, act, page=PAGE, title="Assess a local institution")


@login_required
def mitigation(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Say that a mitigation is done."""
    partnership = edited_partnership(request, key)
    planned = TechnologyMitigation.objects.filter(
        assessment__partnership=partnership, assessment__withdrawn_at=None
    )
    found = get_object_or_404(planned.select_related("assessment__partnership"), pk=pk)
    form = FinishForm(request.POST or None)

    def act() -> None:
        found.finish(form.cleaned_data["done_on"], by=request.user)

    return keep(request, partnership, form, act, page=PAGE, title=f"Done: {found}")
