"""What a member does: joins, declares, hands over, leaves; and what the lead changes."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from partnerships.forms.declaring import ConflictForm, DeclaringForm, ResolveForm
from partnerships.forms.members import (
    DeclineForm,
    LeaveForm,
    OfferCommitmentForm,
    OfferForm,
    RolesForm,
)
from partnerships.models import ConflictOfInterest, Membership, Partnership
from partnerships.services import declarations, handovers
from partnerships.services import members as services
from partnerships.views.acting import act_page, allowed, sent
from partnerships.views.finding import page_of, visible_partnership
from registry.models import User
from registry.views.accounts import SignedInRequest

PAGE = "partnership-members"


class Step(NamedTuple):
    """One thing to do: its form, what carries it out, and how the page speaks of it."""

    form: forms.BaseForm
    act: Callable[[], Any]
    title: str
    button: str
    done: str
    lede: str = ""
    versioned: bool = False


@login_required
def member_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    partnership = visible_partnership(request, key)
    seen = Membership.objects.visible_to(request.user).filter(partnership=partnership)
    member = get_object_or_404(seen.select_related("partner", "partnership"), pk=pk)
    _require(act, member, request.user)
    step = STEPS[act](member, sent(request), request.user)
    return _page(request, partnership, step, about=str(member.partner), record=member)


def _require(act: str, member: Membership, by: User) -> None:
    if act in ("roles", "lead"):
        if not member.partnership.is_editable_by(by):
            raise PermissionDenied
        return
    with allowed():
        member.own_managers_only(by)


def _accept(member: Membership, sent: Any, by: User) -> Step:
    form = DeclaringForm(sent)
    return Step(
        form,
        lambda: services.accept(member, by=by, **form.declared()),
        "Accept the invitation",
        "Join the partnership",
        f"{member.partner} is a member now.",
        f"Invited as {', '.join(member.roles)}. The members ask each other to declare their "
        "interests; you can also do it later.",
        versioned=True,
    )


def _decline(member: Membership, sent: Any, by: User) -> Step:
    form = DeclineForm(sent)
    return Step(
        form,
        lambda: member.decline(by=by, reason=form.cleaned_data["reason"]),
        "Decline the invitation",
        "Decline",
        "You have declined the invitation.",
        versioned=True,
    )


def _declare(member: Membership, sent: Any, by: User) -> Step:
    last = member.declarations.first()
    names = ("interests", "expected_benefit")
    form = DeclaringForm(sent, initial={name: getattr(last, name, "") for name in names})
    return Step(
        form,
        lambda: declarations.declare_all(member, by=by, **form.declared()),
        "Declare interests",
        "Declare",
        "It is declared, dated today.",
        "What was declared before stays on record; the newest statement counts. Declare at "
        "least every two years, conflicts of interest every year.",
    )


def _roles(member: Membership, sent: Any, by: User) -> Step:
    form = RolesForm(member, sent)
    return Step(
        form,
        lambda: services.edit_membership(member, by=by, roles=form.cleaned_data["roles"]),
        "Change roles",
        "Save",
        "The roles are changed.",
        versioned=True,
    )


def _lead(member: Membership, sent: Any, by: User) -> Step:
    form = OfferForm(member, sent)
    return Step(
        form,
        lambda: handovers.offer_lead(
            member.partnership,
            to=form.cleaned_data["taker"],
            by=by,
            reason=form.cleaned_data["reason"],
        ),
        "Hand over the lead",
        "Ask this member to lead",
        "The member is asked. Until it agrees, nothing changes.",
    )


def _hand_over(member: Membership, sent: Any, by: User) -> Step:
    form = OfferCommitmentForm(member, sent)
    return Step(
        form,
        lambda: handovers.offer_commitment(
            form.cleaned_data["commitment"],
            to=form.cleaned_data["taker"],
            by=by,
            reason=form.cleaned_data["reason"],
        ),
        "Hand over a commitment",
        "Ask this member to take it over",
        "The member is asked. Until it agrees, your organisation owes it.",
    )


def _leave(member: Membership, sent: Any, by: User) -> Step:
    form = LeaveForm(member, sent)
    return Step(
        form,
        lambda: handovers.leave(
            member, by=by, reason=form.cleaned_data["reason"], commitments=form.fates()
        ),
        "Leave the partnership",
        "Leave today",
        "Your organisation has left. What it delivered stays on record.",
        "Say what becomes of each open commitment." if form.owed else "",
    )


STEPS: dict[str, Callable[[Membership, Any, User], Step]] = {
    "accept": _accept,
    "decline": _decline,
    "declare": _declare,
    "roles": _roles,
    "lead": _lead,
    "hand-over": _hand_over,
    "leave": _leave,
}


@login_required
def conflict_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    """Renew a declared conflict of interest, or state how it was resolved."""
    partnership = visible_partnership(request, key)
    seen = ConflictOfInterest.objects.visible_to(request.user)
    rows = seen.filter(membership__partnership=partnership, is_none=False)
    found = get_object_or_404(rows.select_related("membership__partner"), pk=pk)
    with allowed():
        found.membership.own_managers_only(request.user)
    step = (_renew if act == "renew" else _resolve)(found, sent(request), request.user)
    return _page(request, partnership, step, about=found.description)


def _renew(found: ConflictOfInterest, sent: Any, by: User) -> Step:
    names = ("description", "mitigation", "owner", "review_on")
    form = ConflictForm(sent, initial={name: getattr(found, name) for name in names})
    return Step(
        form,
        lambda: declarations.renew_conflict(found, by=by, **form.cleaned_data),
        "Renew the declaration",
        "Declare again",
        "It is declared again, dated today.",
    )


def _resolve(found: ConflictOfInterest, sent: Any, by: User) -> Step:
    form = ResolveForm(sent)
    return Step(
        form,
        lambda: declarations.resolve_conflict(found, by=by, **form.cleaned_data),
        "Resolve the conflict of interest",
        "It is resolved",
        "It is recorded as resolved today.",
    )


def _page(
    request: SignedInRequest,
    partnership: Partnership,
    step: Step,
    *,
    about: str,
    record: Membership | None = None,
) -> HttpResponse:
    return act_page(
        request,
        partnership,
        step.form,
        step.act,
        title=step.title,
        back=page_of(partnership, PAGE),
        done=step.done,
        button=step.button,
        lede=step.lede,
        about=about,
        record=record if step.versioned else None,
    )
