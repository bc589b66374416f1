"""Where the link of an invitation to a partnership leads."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from partnerships.forms.declaring import TakeUpForm
from partnerships.models import Membership, MembershipInvitation
from partnerships.services.member_invitations import decline_place, take_up
from partnerships.views.finding import page_of
from registry.errors import NotAllowed
from registry.forms.attempts import succeeds
from registry.forms.people import ConfirmForm
from registry.models import Partner, User


@never_cache
def membership_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Join with one of one's partners, signed in, or decline."""
    rows = MembershipInvitation.objects.answerable().with_secret(secret)
    found = rows.select_related("partnership", "by").first()
    if found is None:
        return render(request, "partnerships/membership_invitation_ended.html", status=404)
    form: Any = ConfirmForm(request.POST or None)
    by = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and "decline" in request.POST:
        if succeeds(form, partial(_decline, found, by, secret)):
            messages.success(request, "You have declined; your address is erased from it.")
            return redirect("home")
    elif by is not None:
        form = TakeUpForm(_partners_of(by), request.POST or None)
        if request.method == "POST" and form.is_valid():
            joined: list[Membership] = []
            if succeeds(form, partial(_join, form, found, by, joined)):
                return _joined(request, joined[0])
    return render(
        request, "partnerships/membership_invitation.html", _context(request, found, form)
    )


def _context(request: HttpRequest, found: MembershipInvitation, form: Any) -> dict[str, Any]:
    lead = found.partnership.memberships.filter(roles__contains=["lead"], ended_on=None)
    mine = MembershipInvitation.objects.addressed_to(request.user)
    return {
        "invitation": found,
        "form": form,
        "lead": lead.select_related("partner").first(),
        "is_addressee": mine.filter(pk=found.pk).exists(),
        "has_partners": request.user.is_authenticated and _partners_of(request.user).exists(),
    }


def _partners_of(user: Any) -> Any:
    return Partner.objects.with_role(user, "manager").order_by("name", "pk")


def _decline(found: MembershipInvitation, by: User | None, secret: str) -> None:
    decline_place(found, by=by, secret=secret)


def _join(
    form: TakeUpForm, found: MembershipInvitation, by: User, joined: list[Membership]
) -> None:
    """Somebody else's account is told why on the page, not by a bare refusal."""
    partner = form.cleaned_data["partner"]
    try:
        joined.append(take_up(found, by=by, partner=partner, **form.declared()))
    except NotAllowed as refused:
        form.add_error(None, refused.detail)


def _joined(request: HttpRequest, membership: Membership) -> HttpResponse:
    if membership.status == Membership.Status.ACCEPTED:
        text = f"{membership.partner} is a member now."
    elif membership.partner.status == Partner.Status.PENDING:
        text = f"{membership.partner} has its place; accept it once the registry has verified it."
    else:
        text = f"{membership.partner} has its place; accept it after the due diligence review."
    messages.success(request, text)
    return redirect(page_of(membership.partnership))
