"""Amending a partnership: its lead writes, members endorse, the secretariat decides."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnerships.forms.amending import FORMS, SectionForm
from partnerships.models import Amendment, Membership, Partnership, Section
from partnerships.models.amendments import AMENDABLE
from partnerships.models.documents import PARTS
from partnerships.models.proposals import SECTIONS
from partnerships.services.amendments import approve_amendment, draft_amendment, edit_amendment
from partnerships.views.finding import edited_partnership, page_of
from registry.forms.attempts import succeeds
from registry.forms.partner_edit import ReasonForm
from registry.models import Partner, User
from registry.views.accounts import SignedInRequest


def _open(partnership: Partnership) -> Amendment | None:
    return partnership.amendments.open().first()


@login_required
def amend(request: SignedInRequest, key: str) -> HttpResponse:
    """Which sections to amend; for the lead's managers."""
    partnership = edited_partnership(request, key)
    pending = _open(partnership)
    context = {
        "partnership": partnership,
        "pending": pending,
        "is_amendable": partnership.status in AMENDABLE,
        "is_writable": pending is None or pending.status in Amendment.WRITABLE,
        "sections": [(s, bool(pending and s.value in pending.changes)) for s in SECTIONS],
        "former": partnership.amendments.exclude(status__in=Amendment.OPEN).order_by("-number"),
    }
    return render(request, "partnerships/amend.html", context)


@login_required
def amend_section(request: SignedInRequest, key: str, section: str) -> HttpResponse:
    """Write one section anew; what is not changed there stays as it was registered."""
    if section not in FORMS:
        raise Http404
    partnership = edited_partnership(request, key)
    pending = _open(partnership)
    if partnership.status not in AMENDABLE or pending and pending.status not in Amendment.WRITABLE:
        return redirect("partnership-amend", key)
    if pending and request.POST.get("move") == "leave":
        return _leave_out(request, pending, section, key)
    form = _form(partnership, pending, section, request)
    if form.is_valid() and succeeds(form, partial(_save, form, partnership, pending, request)):
        messages.success(request, f"{form.section.label}: saved in the amendment.")
        return redirect("partnership-amend", key)
    version = request.POST.get("version") or (pending.version if pending else "")
    context = {
        "partnership": partnership,
        "form": form,
        "pending": pending,
        "is_in": pending is not None and section in pending.changes,
        "version": version,
    }
    return render(request, "partnerships/amend_section.html", context)


def _form(
    partnership: Partnership, pending: Amendment | None, section: str, request: HttpRequest
) -> SectionForm:
    """Filled in with what the amendment says so far, else with what was registered."""
    if pending and section in pending.changes:
        stands = pending.after[section]
    else:
        stands = PARTS[Section(section)](partnership)
    sent = request.POST if request.method == "POST" else None
    return FORMS[section](partnership, stands, sent, reason=pending.reason if pending else "")


def _save(
    form: SectionForm, partnership: Partnership, pending: Amendment | None, request: SignedInRequest
) -> None:
    """The section joins what the amendment changes already."""
    reason = form.cleaned_data["reason"]
    value = {form.section.value: form.value()}
    try:
        if pending is None:
            draft_amendment(partnership, by=request.user, changes=value, reason=reason)
            return
        read = request.POST.get("version", "")
        pending.version = int(read) if read.isdecimal() and len(read) < 10 else 0
        changes = {**pending.changes, **value}
        edit_amendment(pending, by=request.user, changes=changes, reason=reason)
    except ValidationError as error:
        raise form.placed(error) from error


def _leave_out(
    request: SignedInRequest, pending: Amendment, section: str, key: str
) -> HttpResponse:
    """The section stays as it was registered; without any section nothing is amended."""
    rest = {name: value for name, value in pending.changes.items() if name != section}
    form = forms.Form(request.POST)
    if not rest:
        act: Callable[[], Any] = partial(pending.withdraw, by=request.user)
    else:
        act = partial(edit_amendment, pending, by=request.user, changes=rest)
    if succeeds(form, act):
        messages.success(request, "The section stays as it was registered.")
    for text in form.non_field_errors():
        messages.error(request, str(text))
    return redirect("partnership-amend", key)


def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """What it changes and why; members endorse here, the secretariat decides here."""
    rows = Amendment.objects.visible_to(request.user).select_related("partnership", "result")
    found = get_object_or_404(rows, pk=pk)
    moves = _moves(found, request.user)
    move = request.POST.get("move", "")
    form: Any = None
    if request.method == "POST" and move in moves and request.user.is_authenticated:
        form, act, words = moves[move](request.POST)
        if form.is_valid() and succeeds(form, act):
            messages.success(request, words)
            return redirect("amendment", pk)
        found = get_object_or_404(rows, pk=pk)
    inside = Partnership.objects.insider(request.user).filter(pk=found.partnership_id).exists()
    context = {
        "amendment": found,
        "partnership": found.partnership,
        "inside": inside,
        "changes": found.proposed_difference() if inside else found.difference(),
        "form": form,
        "return_form": form if move == "return" and form else ReasonForm(auto_id="return-%s"),
        "own": _to_endorse(found, request.user),
        "waiting": found.waiting_for() if inside and found.needs_endorsement else [],
        "endorsements": _endorsements(found) if inside else [],
        "is_editor": found.partnership.is_editable_by(request.user),
        "sections": [section.label for section in found.sections],
        "back": page_of(found.partnership),
    }
    return render(request, "partnerships/amendment.html", context)


def _endorsements(found: Amendment) -> Any:
    said = found.endorsements.filter(sha256=found.sha256)
    return said.select_related("membership__partner", "user")


def _to_endorse(found: Amendment, user: Any) -> list[Membership]:
    """Members in whose name the user may endorse and has not yet."""
    if user.is_anonymous or found.status != Amendment.Status.SUBMITTED:
        return []
    mine = Partner.objects.acted_for_by(user, "manager").values("pk")
    return list(found.waiting_for().filter(partner__in=mine))


Made = tuple[forms.Form, Callable[[], Any], str]


def _moves(found: Amendment, user: Any) -> dict[str, Callable[[Any], Made]]:
    """What each button does with what was sent."""

    def plain(act: Callable[..., Any], words: str) -> Callable[[Any], Made]:
        return lambda sent: (forms.Form(sent), partial(act, by=user), words)

    def returned(sent: Any) -> Made:
        form = ReasonForm(sent, auto_id="return-%s")
        return form, lambda: found.send_back(by=user, **form.cleaned_data), "It is returned."

    return {
        "submit": plain(found.submit, "It is submitted."),
        "withdraw": plain(found.withdraw, "It is withdrawn."),
        "approve": plain(partial(approve_amendment, found), "It is approved, and in force."),
        "return": returned,
        "endorse": lambda sent: _endorsing(found, user, sent),
    }


def _endorsing(found: Amendment, user: User, sent: Any) -> Made:
    number = sent.get("membership", "")
    known = number.isdecimal() and len(number) < 19
    members = found.partnership.memberships.select_related("partner")
    member = get_object_or_404(members, pk=int(number) if known else 0)
    read = sent.get("sha256", "")[:64]
    act = partial(found.endorse, member, by=user, sha256=read)
    return forms.Form(sent), act, f"{member.partner} has endorsed it."
