"""Who is in a partnership, who is asked, and what members have said."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from partnerships.forms.members import (
    MOST_FOUND,
    FindPartnerForm,
    InviteByMailForm,
    InvitePartnerForm,
)
from partnerships.models import (
    CommitmentHandover,
    ConflictOfInterest,
    LeadHandover,
    Membership,
    MembershipInvitation,
    Partnership,
)
from partnerships.models.coverage import coverage_of
from partnerships.models.declarations import latest_conflict_statement, latest_declaration
from partnerships.services import handovers, member_invitations
from partnerships.services.members import invite
from partnerships.views.acting import sent
from partnerships.views.finding import edited_partnership, page_of, visible_partnership
from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.models import Partner
from registry.views.accounts import SignedInRequest

PAGE = "partnership-members"
AT_MOST = 300


def members(request: HttpRequest, key: str) -> HttpResponse:
    """The members with their roles; for their people also invitations and declarations."""
    partnership = visible_partnership(request, key)
    user = request.user
    is_inside = Partnership.objects.insider(user).filter(pk=partnership.pk).exists()
    rows = _rows(partnership, user)
    listed = list(rows.order_by("ended_on", "-accepted_on", "partner__name", "pk")[:AT_MOST])
    listed.sort(key=lambda row: (row.ended_on is not None, "lead" not in row.roles))
    is_editor = partnership.is_editable_by(user)
    context = {
        "partnership": partnership,
        "rows": listed,
        "lead": partnership.memberships.leading().select_related("partner").first(),
        "mine": [row for row in listed if row.is_mine and row.status in ("invited", "accepted")],
        "is_inside": is_inside,
        "is_editor": is_editor,
        "is_draft": partnership.status in Partnership.UNREGISTERED,
        "is_open": partnership.status not in ("completed", "terminated"),
        "coverage": coverage_of(partnership),
        "offers": _offers(partnership, user) if is_inside else [],
        "conflicts": _conflicts(partnership) if is_inside else [],
        "mailed": _mailed(partnership) if is_editor else [],
    }
    return render(request, "partnerships/members.html", context)


def _rows(partnership: Partnership, user: Any) -> Any:
    rows = Membership.objects.visible_to(user).filter(partnership=partnership)
    mine = Membership.objects.none()
    if user.is_authenticated:
        mine = Membership.objects.all() if user.is_staff else _managed(user)
    return (
        rows.select_related("partner", "partnership")
        .annotate(
            declared_at=latest_declaration("declared_at"),
            conflicts_declared_at=latest_conflict_statement(),
            is_mine=Exists(mine.filter(pk=OuterRef("pk"))),
        )
        .exclude(status=Membership.Status.DECLINED)
    )


def _managed(user: Any) -> Any:
    return Membership.objects.of_people(user, "manager")


def _offers(partnership: Partnership, user: Any) -> list[Any]:
    """What is offered and not answered: each with whether the reader gives, or is asked."""
    mine = set(_managed(user).filter(partnership=partnership).values_list("pk", flat=True))
    found = []
    for kind, name in ((CommitmentHandover, "commitment"), (LeadHandover, "lead")):
        rows = kind.objects.open().filter(giver__partnership=partnership)
        for offer in rows.select_related("giver__partner", "taker__partner"):
            gives = user.is_staff or offer.giver_id in mine
            found.append((name, offer, gives, user.is_staff or offer.taker_id in mine))
    return found


def _conflicts(partnership: Partnership) -> Any:
    rows = ConflictOfInterest.objects.open().filter(membership__partnership=partnership)
    return rows.filter(is_none=False).select_related("membership__partner")


def _mailed(partnership: Partnership) -> Any:
    return MembershipInvitation.objects.open().filter(partnership=partnership).order_by("-pk")


@login_required
def invite_partner(request: SignedInRequest, key: str) -> HttpResponse:
    """Search a partner by name, and ask it to join."""
    partnership = edited_partnership(request, key)
    search = FindPartnerForm(request.GET)
    q = search.cleaned_data["q"] if search.is_valid() else ""
    found = Partner.objects.none()
    if q:
        here = partnership.memberships.filter(ended_on=None).exclude(status="declined")
        verified = Partner.objects.filter(status=Partner.Status.VERIFIED)
        named = verified.filter(name__icontains=q).exclude(pk__in=here.values("partner_id"))
        keys = list(named.order_by("name", "pk").values_list("pk", flat=True)[:MOST_FOUND])
        found = Partner.objects.filter(pk__in=keys).order_by("name", "pk")
    form = InvitePartnerForm(found, sent(request))
    if request.method == "POST" and form.is_valid():
        ask = partial(invite, partnership, by=request.user, **form.cleaned_data)
        if succeeds(form, ask):
            messages.success(request, f"{form.cleaned_data['partner']} is asked to join.")
            return redirect(page_of(partnership, PAGE))
    context = {"partnership": partnership, "form": form, "search": search, "found": found, "q": q}
    return render(request, "partnerships/invite.html", context)


@login_required
def invite_by_mail(request: SignedInRequest, key: str) -> HttpResponse:
    """Ask an organisation in by the address of somebody there."""
    partnership = edited_partnership(request, key)
    form = InviteByMailForm(sent(request))
    if request.method == "POST" and form.is_valid():
        ask = partial(
            member_invitations.invite_by_email,
            partnership,
            by=request.user,
            **form.cleaned_data,
        )
        if succeeds(form, ask):
            messages.success(request, f"{form.cleaned_data['email']} is invited by mail.")
            return redirect(page_of(partnership, PAGE))
    context = {"partnership": partnership, "form": form}
    return render(request, "partnerships/invite_by_mail.html", context)


@login_required
@require_POST
def decide_on_mail(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Send an invitation again, or take it back."""
    partnership = edited_partnership(request, key)
    mine = MembershipInvitation.objects.visible_to(request.user).filter(partnership=partnership)
    found = get_object_or_404(mine, pk=pk)
    try:
        if "again" in request.POST:
            member_invitations.mail_again(found, by=request.user)
            messages.success(request, "The mail is sent again, with a new link.")
        else:
            found.withdraw(by=request.user)
            messages.success(request, "The invitation is taken back; the address is erased.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect(page_of(partnership, PAGE))


KINDS: dict[str, tuple[Any, Any]] = {
    "commitment": (CommitmentHandover, handovers.accept_commitment),
    "lead": (LeadHandover, handovers.accept_lead),
}


@login_required
@require_POST
def answer_offer(request: SignedInRequest, key: str, kind: str, pk: int) -> HttpResponse:
    """Take over what is offered, say no, or take the offer back."""
    partnership = visible_partnership(request, key)
    model, take = KINDS[kind]
    mine = model.objects.visible_to(request.user).filter(giver__partnership=partnership)
    found = get_object_or_404(mine.select_related("giver__partnership", "taker"), pk=pk)
    acts: dict[str, tuple[Any, str]] = {
        "accept": (take, "It is yours now."),
        "decline": (handovers.decline_handover, "You have declined."),
        "withdraw": (handovers.withdraw_handover, "The offer is taken back."),
    }
    act, done = acts.get(request.POST.get("answer", ""), acts["decline"])
    try:
        act(found, by=request.user)
        messages.success(request, done)
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect(page_of(partnership, PAGE))
