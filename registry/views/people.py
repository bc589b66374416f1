"""Pages about the people of a partner."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry.errors import DomainError, NotAllowed
from registry.forms.attempts import succeeds
from registry.forms.people import (
    AppointmentForm,
    DecisionOnPeople,
    InviteForm,
    PeopleFilter,
    RemovalForm,
    RoleForm,
)
from registry.models import Affiliation, Invitation, JoinRequest, Partner, User
from registry.services import invitations
from registry.services import people as services
from registry.views.accounts import SignedInRequest

AT_MOST = 500


@login_required
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who acts for a partner, who asks to, and who is invited; for its managers and admins."""
    partner = managed(request, pk)
    form = InviteForm(request.POST or None, initial={"role": "evaluator"})
    if request.method == "POST" and form.is_valid():
        invite = partial(invitations.invite_person, partner, by=request.user, **form.cleaned_data)
        if succeeds(form, invite):
            messages.success(request, f"{form.cleaned_data['email']} is invited by mail.")
            return redirect("people", pk=partner.pk)
    chosen = PeopleFilter(request.GET, auto_id="filter_%s")
    rows = _chosen(Affiliation.objects.filter(partner=partner, user__is_service=False), chosen)
    context = {
        "partner": partner,
        "form": form,
        "filter": chosen,
        "rows": rows.select_related("user").order_by("user__name", "user__email", "role")[:AT_MOST],
        "invitations": Invitation.objects.open().filter(partner=partner).order_by("-pk"),
        "requests": JoinRequest.objects.filter(partner=partner, status="asked")
        .select_related("user")
        .order_by("pk")[:AT_MOST],
        "needs_second_manager": partner.needs_second_manager(),
    }
    return render(request, "registry/people.html", context)


@login_required
@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer a request to join, or take an invitation back or send it again."""
    partner = managed(request, pk)
    form = DecisionOnPeople(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was chosen.")
        return redirect("people", pk=partner.pk)
    act, on, by = form.cleaned_data["act"], form.cleaned_data["on"], request.user
    try:
        if act in ("accept", "decline"):
            asked = get_object_or_404(JoinRequest, pk=on, partner=partner)
            getattr(asked, act)(by=by)
        else:
            invitation = get_object_or_404(Invitation, pk=on, partner=partner)
            again = act == "again"
            (invitations.invite_again if again else Invitation.withdraw)(invitation, by=by)
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, "Done.")
    return redirect("people", pk=partner.pk)


@login_required
def person(request: SignedInRequest, pk: int, affiliation: int) -> HttpResponse:
    """One role: what the person has open, another role instead, or leaving with a hand-over."""
    seen = Affiliation.objects.visible_to(request.user).filter(partner=pk)
    found = get_object_or_404(seen.select_related("user", "partner"), pk=affiliation)
    does = request.POST.get("do")
    colleagues = services.colleagues(found.partner).exclude(pk=found.user_id)
    removal = RemovalForm(colleagues, request.POST if does == "remove" else None)
    role = RoleForm(request.POST if does == "role" else None, initial={"role": found.role})
    if does == "remove" and removal.is_valid() and _remove(request, removal, found):
        messages.success(request, f"{found.user} is no longer {found.role} here.")
        is_own = found.user_id == request.user.pk
        return redirect("account") if is_own else redirect("people", pk=pk)
    if does == "role" and role.is_valid() and _change(request, role, found):
        messages.success(request, f"{found.user} is {role.cleaned_data['role']} now.")
        return redirect("people", pk=pk)
    context = {
        "partner": found.partner,
        "found": found,
        "form": role if does == "role" else removal,
        "removal": removal,
        "role": role,
        "tasks": services.tasks_of(found, by=request.user),
        "is_last_manager": services.is_last_manager(found),
        "is_manager": Partner.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "registry/person.html", context)


@login_required
def without_manager(request: SignedInRequest) -> HttpResponse:
    """For admins: partners that people act for and that nobody can manage any more."""
    if not request.user.is_staff:
        raise PermissionDenied
    rows = Partner.objects.that_lost_their_manager().select_related("country")
    context = {"rows": rows.order_by("name", "pk")[:AT_MOST]}
    return render(request, "registry/without_manager.html", context)


@login_required
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """An admin's way back in: name a manager, with the reason; the partner's people are told."""
    if not request.user.is_staff:
        raise PermissionDenied
    partner = get_object_or_404(Partner, pk=pk)
    form = AppointmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _appoint(request, form, partner):
        messages.success(request, f"{form.cleaned_data['email']} manages {partner} now.")
        return redirect("people", pk=partner.pk)
    context = {"partner": partner, "form": form, "people": services.colleagues(partner)}
    return render(request, "registry/appoint.html", context)


def managed(request: SignedInRequest, pk: int) -> Partner:
    """The partner, for its managers and admins; others may know that it exists."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not Partner.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied("Only the partner's managers may see this.")
    return partner


def _chosen(rows: QuerySet[Affiliation], form: PeopleFilter) -> QuerySet[Affiliation]:
    chosen = form.chosen()
    if words := chosen.get("q"):
        rows = rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
    return rows.filter(role=chosen["role"]) if chosen.get("role") else rows


def _remove(request: SignedInRequest, form: RemovalForm, found: Affiliation) -> bool:
    remove = partial(
        services.remove_affiliation,
        found,
        by=request.user,
        to=form.chosen(),
        reason=form.cleaned_data["reason"],
    )
    return succeeds(form, remove)


def _change(request: SignedInRequest, form: RoleForm, found: Affiliation) -> bool:
    role = form.cleaned_data["role"]
    return succeeds(form, partial(services.change_role, found, role, by=request.user))


def _appoint(request: SignedInRequest, form: AppointmentForm, partner: Partner) -> bool:
    def act() -> None:
        user: User = services.person_at(form.cleaned_data["email"])
        reason = form.cleaned_data["reason"]
        services.appoint_manager(partner, user, by=request.user, reason=reason)

    return succeeds(form, act)
