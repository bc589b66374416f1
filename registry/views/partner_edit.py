"""A partner's workspace: registering an organisation, and keeping its facts right."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry.errors import DomainError, NotAllowed
from registry.forms.partner_edit import (
    SECTIONS,
    FormerNameForm,
    IdentifierForm,
    LogoForm,
    NewPartnerForm,
    PartnerForm,
    add_refusal,
)
from registry.logos import logo_response
from registry.models import Partner
from registry.services import partner_facts, partners
from registry.views.accounts import SignedInRequest


def attempt(form: forms.BaseForm, work: Callable[[], Any]) -> Any:
    """What the service returns; None if it refused, and then the form says why."""
    try:
        return work()
    except (DomainError, ValidationError) as error:
        add_refusal(form, error)
        form.refusal = error  # type: ignore[attr-defined]
        return None


def editable(request: HttpRequest, pk: int) -> Partner:
    """The partner if the caller may change it; 404 where it is not seen, 403 where it is."""
    partner: Partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not Partner.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return partner


@login_required
def new_partner(request: SignedInRequest) -> HttpResponse:
    """Fill in, check the answers and what may be the same organisation, then register."""
    form = NewPartnerForm(request.POST or None, user=request.user)
    step = request.POST.get("step", "")
    if step not in ("check", "register") or not form.is_valid():
        form.errors if step in ("check", "register") else form.errors.clear()
        return render(request, "registry/partner_new.html", {"form": form})
    confirmed = "confirm_distinct" in request.POST
    if step == "register":
        made = attempt(
            form,
            lambda: partners.register_partner(
                by=request.user,
                identifiers=form.identifiers(),
                confirm_distinct=confirmed,
                **form.facts(),
            ),
        )
        if made:
            messages.success(request, "Registered. The secretariat will verify it.")
            return redirect("edit-partner", made.pk)
        if getattr(form.refusal, "code", "") != "possible_duplicates":  # type: ignore[attr-defined]
            return render(request, "registry/partner_new.html", {"form": form})
    return render(request, "registry/partner_check.html", _to_check(request, form))


def _to_check(request: SignedInRequest, form: NewPartnerForm) -> dict[str, Any]:
    facts, stated = form.facts(), form.identifiers()
    visible = Partner.objects.visible_to(request.user).select_related("country")
    found = visible.similar_to(
        facts["name"],
        country=facts.get("country"),
        identifiers=[
            value if scheme.upper() == "IATI" else f"{scheme}-{value}" for scheme, value in stated
        ],
    )
    return {"form": form, "answers": _answers(form), "similar": found[: partners.SHOWN]}


def _answers(form: forms.Form | forms.ModelForm) -> list[tuple[str, str, str]]:
    """Label, words and field of each answer."""
    said = []
    for bound in form:
        value: Any = form.cleaned_data.get(bound.name)
        choices = dict(getattr(bound.field, "choices", ()) or ()) if isinstance(value, str) else {}
        many = hasattr(value, "__iter__") and not isinstance(value, str)
        words = ", ".join(map(str, value)) if many else str(choices.get(value, value))
        said.append((str(bound.label), words if value else "", bound.id_for_label))
    return said


@login_required
def edit_partner(request: SignedInRequest, pk: int) -> HttpResponse:
    """The hub: what is known of the partner, section by section, in any order."""
    partner = editable(request, pk)
    sections = [
        {"name": name, "title": title, "state": _filled(partner, fields)}
        for name, (title, fields) in SECTIONS.items()
    ]
    more = {
        "identifiers": partner.identifiers.exists(),
        "former_names": partner.former_names.exists(),
        "logo": bool(partner.logo),
    }
    done = sum(row["state"] == "complete" for row in sections) + sum(more.values())
    context = {"partner": partner, "sections": sections, "done": done, **more}
    return render(request, "registry/partner_hub.html", context)


def _filled(partner: Partner, fields: tuple[str, ...]) -> str:
    values = [getattr(partner, name) for name in fields]
    given = sum(value.exists() if hasattr(value, "exists") else bool(value) for value in values)
    if not given:
        return "not_started"
    return "complete" if given == len(fields) else "incomplete"


@login_required
def edit_section(request: SignedInRequest, pk: int, section: str) -> HttpResponse:
    """Change the facts of one section; a form that is out of date is refused, not merged."""
    if section not in SECTIONS:
        raise Http404
    partner, (title, names) = editable(request, pk), SECTIONS[section]
    form = PartnerForm(request.POST or None, instance=partner, only=names, user=request.user)
    if request.method == "POST" and form.is_valid():
        read = request.POST.get("version", "")
        fresh = Partner.objects.get(pk=pk)
        fresh.version = int(read) if read.isdecimal() and len(read) < 10 else 0
        confirmed = "confirm_distinct" in request.POST
        if attempt(
            form,
            lambda: partners.edit_partner(
                fresh, by=request.user, confirm_distinct=confirmed, **form.changes()
            ),
        ):
            messages.success(request, f"{title}: saved.")
            return redirect("edit-partner", pk)
    context = {"partner": partner, "form": form, "title": title, **_duplicates(form)}
    return render(request, "registry/partner_section.html", context)


def _duplicates(form: forms.BaseForm) -> dict[str, Any]:
    extra = getattr(getattr(form, "refusal", None), "extra", {})
    return {"similar": extra.get("partners", [])}


@login_required
def identifiers(request: SignedInRequest, pk: int) -> HttpResponse:
    """The partner's identifiers; what was verified is changed by admins."""
    partner = editable(request, pk)
    form = IdentifierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if attempt(form, lambda: partners.add_identifier(partner, by=request.user, **facts)):
            messages.success(request, "The identifier is added.")
            return redirect("partner-identifiers", pk)
    rows = partner.identifiers.all()
    may_change = request.user.is_staff or partner.status == Partner.Status.PENDING
    context = {"partner": partner, "form": form, "identifiers": rows, "may_change": may_change}
    return render(request, "registry/partner_identifiers.html", context)


@login_required
@require_POST
def release_identifier(request: SignedInRequest, pk: int, identifier: int) -> HttpResponse:
    found = get_object_or_404(editable(request, pk).identifiers, pk=identifier)
    try:
        partners.release_identifier(found, by=request.user)
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    messages.success(request, "The identifier is taken away.")
    return redirect("partner-identifiers", pk)


@login_required
def former_names(request: SignedInRequest, pk: int) -> HttpResponse:
    """How the partner was called before: its name itself is changed with its other facts."""
    partner = editable(request, pk)
    form = FormerNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if attempt(form, lambda: partner_facts.add_former_name(partner, by=request.user, **facts)):
            messages.success(request, "The former name is added.")
            return redirect("former-names", pk)
    context = {"partner": partner, "form": form, "names": partner.former_names.all()}
    return render(request, "registry/partner_former_names.html", context)


@login_required
@require_POST
def remove_former_name(request: SignedInRequest, pk: int, name: int) -> HttpResponse:
    found = get_object_or_404(editable(request, pk).former_names, pk=name)
    partner_facts.remove_former_name(found, by=request.user)
    messages.success(request, "The former name is removed.")
    return redirect("former-names", pk)


@login_required
def edit_logo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send another image, or take it away."""
    partner = editable(request, pk)
    if "remove" in request.POST:
        partner_facts.remove_logo(partner, by=request.user)
        return redirect("edit-partner", pk)
    form = LogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["logo"]
        if attempt(form, lambda: partner_facts.set_logo(partner, by=request.user, upload=upload)):
            messages.success(request, "The logo is saved.")
            return redirect("edit-partner", pk)
    return render(request, "registry/partner_logo.html", {"partner": partner, "form": form})


def logo(request: HttpRequest, pk: int) -> Any:
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not partner.logo:
        raise Http404
    return logo_response(partner)
