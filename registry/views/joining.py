"""Pages for who is invited to a partner, or asks to join it."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from registry.errors import NotAllowed
from registry.forms.attempts import succeeds
from registry.forms.people import ConfirmForm, RoleForm
from registry.models import Invitation, JoinRequest, Partner, User
from registry.services import invitations, people
from registry.views.accounts import SignedInRequest


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the link of an invitation's mail leads: accept, signed in, or decline."""
    rows = Invitation.objects.answerable().with_secret(secret).select_related("partner", "by")
    found = rows.first()
    if found is None:
        return render(request, "registry/invitation_ended.html", status=404)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and "decline" in request.POST:
        by = request.user if isinstance(request.user, User) else None
        if succeeds(form, partial(_decline, found, by, secret)):
            messages.success(request, "You have declined; your address is erased from it.")
            return redirect("home")
    elif request.method == "POST" and _accept(form, found, request):
        messages.success(request, f"You act for {found.partner} now, as {found.role}.")
        return redirect("account")
    context = {"invitation": found, "form": form, "is_addressee": _is_for(found, request)}
    # The site's Referrer-Policy keeps the link from other sites. A stricter one would take the
    # origin out of the form's request as well, and with it the proof that the form is ours.
    return render(request, "registry/invitation.html", context)


@login_required
def join(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a partner's managers to be let in, in a role."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": "evaluator"})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        if succeeds(form, partial(people.ask_to_join, partner, by=request.user, role=role)):
            messages.success(request, f"The managers of {partner} are told that you ask to join.")
            return redirect("account")
    asked = JoinRequest.objects.filter(user=request.user, partner=partner, status="asked")
    context = {"partner": partner, "form": form, "asked": asked}
    return render(request, "registry/join.html", context)


@login_required
def withdraw_request(request: SignedInRequest, pk: int, asked: int) -> HttpResponse:
    """Take back one's own wish to join."""
    found = get_object_or_404(JoinRequest, pk=asked, partner=pk, user=request.user)
    form = ConfirmForm(request.POST or None)
    if request.method != "POST":
        raise Http404
    if succeeds(form, partial(found.withdraw, by=request.user)):
        messages.success(request, "Your request is taken back.")
    return redirect("join", pk=pk)


def _decline(found: Invitation, by: User | None, secret: str) -> None:
    invitations.decline_invitation(found, by=by, secret=secret)


def _accept(form: ConfirmForm, found: Invitation, request: HttpRequest) -> bool:
    """Somebody else's account is told why on the page, not by a bare refusal."""
    by = request.user
    if not isinstance(by, User):
        return False

    def act() -> None:
        try:
            invitations.accept_invitation(found, by=by)
        except NotAllowed as refused:
            form.add_error(None, refused.detail)

    return succeeds(form, act)


def _is_for(found: Invitation, request: HttpRequest) -> bool:
    return Invitation.objects.addressed_to(request.user).filter(pk=found.pk).exists()
