"""The hub of a partnership: its sections and their state, what comes next, and its moves."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from partnerships.forms.moving import MOVES, MoveForm, moves_from
from partnerships.models import Lesson, Partnership, Section
from partnerships.models.amendments import AMENDABLE
from partnerships.models.progress import progress_of
from partnerships.models.reviews import returned_reasons
from partnerships.views.finding import edited_partnership, inside_partnership, key_of, page_of
from registry.forms.attempts import succeeds
from registry.models import Event
from registry.views.accounts import SignedInRequest

# Written for as long as the partnership is open, by its members too.
LIVING = (
    Section.MEMBERS,
    Section.COMMITMENTS,
    Section.BUDGET,
    Section.AGREEMENTS,
    Section.RISKS,
    Section.PRINCIPLES,
    Section.DIALOGUE,
)


def section_address(partnership: Partnership, section: Section) -> str:
    """The page on which a section is written: named after it; empty where there is none."""
    return address_of(partnership, f"partnership-{section.value}")


def address_of(partnership: Partnership, page: str) -> str:
    try:
        return reverse(page, args=[key_of(partnership)])
    except NoReverseMatch:
        return ""


@login_required
def hub(request: SignedInRequest, key: str) -> HttpResponse:
    """For members to read; whoever leads it writes and moves it."""
    return _page(request, inside_partnership(request, key))


@login_required
@require_POST
def move(request: SignedInRequest, key: str) -> HttpResponse:
    """One of the lead's moves; what is refused is said on the hub, with what was typed."""
    partnership = edited_partnership(request, key)
    chosen = next((one for one in MOVES if one.name == request.POST.get("move")), None)
    if chosen is None:
        raise Http404
    form = MoveForm(chosen, request.POST)
    if form.is_valid():
        act = partial(getattr(partnership, chosen.name), by=request.user, **form.cleaned_data)
        if succeeds(form, act):
            messages.success(request, f"The partnership is {partnership.status}.")
            return redirect(page_of(partnership, "partnership-work"))
    return _page(request, Partnership.objects.get(pk=partnership.pk), form)


def _page(
    request: SignedInRequest, partnership: Partnership, form: MoveForm | None = None
) -> HttpResponse:
    is_editor = partnership.is_editable_by(request.user)
    is_draft = partnership.status in Partnership.UNREGISTERED
    context = {
        "partnership": partnership,
        "is_editor": is_editor,
        "is_draft": is_draft,
        "saved": Event.objects.about(partnership).order_by("-at", "-pk").first(),
        "similar": partnership.similar(request.user) if is_editor and is_draft else [],
        "lessons": Lesson.objects.for_draft(partnership) if is_draft else [],
        "form": form,
        **_sections(partnership, is_editor, is_draft),
    }
    if is_editor:
        moves = moves_from(partnership.status)
        context["moves"] = [form if form and form.move == one else MoveForm(one) for one in moves]
        if partnership.status in AMENDABLE:
            context["amend"] = address_of(partnership, "partnership-amend")
    return render(request, "partnerships/hub.html", context)


def _sections(partnership: Partnership, is_editor: bool, is_draft: bool) -> dict[str, Any]:
    """Each section with the way to it, and what the secretariat said when it returned it."""
    progress = progress_of(partnership)
    said = returned_reasons(partnership) if is_editor else {}
    rows = [
        {
            "section": row.section,
            "state": row.state,
            "lacks": row.lacks,
            "said": said.get(row.section, []),
            "address": section_address(partnership, row.section)
            if row.section in LIVING or is_editor and is_draft
            else "",
        }
        for row in progress
    ]
    needed = [row for row in progress if row.state != "optional"]
    return {
        "rows": rows,
        "said": bool(said),
        "done": sum(row.state == "complete" for row in needed),
        "needed": len(needed),
        "ready": not any(row.lacks for row in progress),
    }
