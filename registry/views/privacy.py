"""Pages about the data held on a person: for the person, and for admins who are asked by letter."""

from functools import partial

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.addresses import client_address
from registry.forms.attempts import succeeds
from registry.forms.contacts import EraseForm, ErasePersonForm, PersonForm
from registry.lockout import give_back, guess_code
from registry.models import User
from registry.second_factor import accepts, has_second_factor
from registry.services.privacy import erase_person, export_person
from registry.traces import Trace
from registry.views.accounts import SignedInRequest


@login_required
def own_data(request: SignedInRequest) -> HttpResponse:
    """What is held on oneself: how much of what, to take along, to have erased."""
    form = EraseForm(request.POST or None)
    if not has_second_factor(request.user):
        del form.fields["totp"]
    if request.method == "POST" and form.is_valid() and _proves(request, form):
        user = request.user
        erase = partial(erase_person, user, by=user, reason="asked by the person")
        if succeeds(form, erase):
            logout(request)
            messages.success(request, "Your account is erased.")
            return redirect("home")
    held = export_person(request.user, by=request.user)
    counts = {words(name): len(rows) for name, rows in sorted(held["records"].items())}
    context = {"form": form, "counts": counts, "contacts": len(held["contacts"])}
    return render(request, "registry/own_data.html", context)


def _proves(request: SignedInRequest, form: EraseForm) -> bool:
    given = form.cleaned_data
    user = request.user
    if given["confirm"].lower() != user.email.lower():
        form.add_error("confirm", "This is not your e-mail address.")
    elif authenticate(request, email=user.email, password=given["password"]) != user:
        form.add_error("password", "This is not your password.")
    elif has_second_factor(user) and not _proves_code(request, given["totp"]):
        form.add_error("totp", "This code is not right, or it was used already.")
    if not form.errors:
        give_back(user.email, client_address(request))
    return not form.errors


def _proves_code(request: SignedInRequest, code: str) -> bool:
    return bool(code) and guess_code(request, request.user) and accepts(request.user, code)


@login_required
def take_along(request: SignedInRequest) -> HttpResponse:
    """Everything, as a file."""
    return _as_file(request.user, by=request.user)


def _as_file(user: User, *, by: User) -> HttpResponse:
    options = {"indent": 1, "ensure_ascii": False}
    answer = JsonResponse(export_person(user, by=by), json_dumps_params=options)
    answer["Content-Disposition"] = f'attachment; filename="data-{user.key}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
def people_data(request: SignedInRequest) -> HttpResponse:
    """For admins: hand out or erase what is held on a person who has asked for it."""
    _admins_only(request)
    form = ErasePersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        left: list[Trace] = []
        given = form.cleaned_data
        user = User.objects.filter(email__iexact=given["email"]).first()
        if user is None:
            form.add_error("email", "Nobody has this e-mail address here.")
        elif succeeds(form, lambda: left.extend(_erase(user, request.user, given["reason"]))):
            context = {"form": ErasePersonForm(), "erased": user.key, "left": left}
            return render(request, "registry/people_data.html", context)
    return render(
        request,
        "registry/people_data.html",
        {"form": form, "asked": PersonForm(auto_id="asked_%s")},
    )


def _erase(user: User, by: User, reason: str) -> list[Trace]:
    return erase_person(user, by=by, reason=reason)


@login_required
@require_POST
def hand_out(request: SignedInRequest) -> HttpResponse:
    _admins_only(request)
    asked = PersonForm(request.POST, auto_id="asked_%s")
    if asked.is_valid():
        user = User.objects.filter(email__iexact=asked.cleaned_data["email"]).first()
        if user is not None:
            return _as_file(user, by=request.user)
        asked.add_error("email", "Nobody has this e-mail address here.")
    return render(request, "registry/people_data.html", {"form": ErasePersonForm(), "asked": asked})


def _admins_only(request: SignedInRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied("Only a registry admin may see this.")


def words(label: str) -> str:
    """`registry.joinrequest.user` as words."""
    app, model, field = label.split(".")
    return f"{model} ({app}), as {field.replace('_', ' ')}"
