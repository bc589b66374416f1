"""The secretariat's pages: what waits for it, and the moves that only it makes."""

import csv
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from registry.forms.partner_edit import BasisForm, NamingForm, ReasonForm
from registry.forms.partners import QueueFilter
from registry.models import FocalPoint, Partner
from registry.paging import oldest_first
from registry.secretariat_waits import waits_for
from registry.services import partner_facts, partners
from registry.tables import no_formula
from registry.views.accounts import SignedInRequest
from registry.views.partner_edit import attempt

View = Callable[..., HttpResponse]
AT_ONCE = 50


def admins(view: View) -> View:
    """Only for the registry's admins."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not getattr(request.user, "is_staff", False):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@admins
def secretariat(request: SignedInRequest) -> HttpResponse:
    """What waits for the secretariat."""
    pending = Partner.objects.filter(status=Partner.Status.PENDING)
    waiting = pending.filter(import_batch=None).order_by("created_at", "pk")
    context = {
        "by_people": waiting.count(),
        "by_files": pending.exclude(import_batch=None).count(),
        "oldest": waiting.first(),
        "suspended": Partner.objects.filter(status=Partner.Status.SUSPENDED).count(),
        "focal_points": FocalPoint.objects.filter(ended_on=None).count(),
        "waits": waits_for(request.user),
        "today": timezone.now(),
    }
    return render(request, "registry/secretariat.html", context)


@admins
def queue(request: SignedInRequest) -> HttpResponse:
    """Partners to verify, the oldest first, with what may be the same organisation."""
    if request.method == "POST":
        return _verify_chosen(request)
    form = QueueFilter(request.GET)
    rows = Partner.objects.to_verify(**form.chosen())
    page = oldest_first(rows.with_similar(), request.GET.get("after", ""), size=AT_ONCE)
    now = timezone.now()
    shown = [
        {"partner": row, "days": (now - row.created_at).days, "similar": row.similar_ones or []}
        for row in page.rows
    ]
    context = {"form": form, "page": page, "rows": shown, "count": rows.count()}
    context["all_chosen"] = request.GET.get("choose") == "all"
    return render(request, "registry/queue.html", context)


def _verify_chosen(request: SignedInRequest) -> HttpResponse:
    """First shows what would be verified; then verifies each, and says who was refused."""
    numbers = [int(pk) for pk in request.POST.getlist("partner") if pk.isdecimal() and len(pk) < 19]
    chosen = Partner.objects.filter(pk__in=numbers[:AT_ONCE]).order_by("created_at", "pk")
    if "confirmed" not in request.POST:
        rows = list(chosen.select_related("country").with_similar())
        return render(request, "registry/queue_confirm.html", {"rows": rows})
    done, refused = partners.verify_all(chosen, by=request.user)
    words = "1 partner is verified." if len(done) == 1 else f"{len(done)} partners are verified."
    return render(
        request, "registry/queue_done.html", {"words": words, "done": done, "refused": refused}
    )


@admins
def queue_csv(request: SignedInRequest) -> HttpResponse:
    """The whole queue as the page's filter chooses it, to work on beside the product."""
    rows = Partner.objects.to_verify(**QueueFilter(request.GET).chosen())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="partners-to-verify.csv"'
    response.write("\ufeff")
    table = csv.writer(response)
    table.writerow(
        ["id", "name", "kind", "country", "registered_at", "days", "possible_duplicates"]
    )
    now = timezone.now()
    waiting: Any = rows.with_similar().order_by("created_at", "pk")
    for row in waiting:
        similar = " ".join(str(one["id"]) for one in row.similar_ones or [])
        country = row.country.alpha2 if row.country else ""
        days = (now - row.created_at).days
        facts = [row.pk, row.name, row.kind, country, row.created_at.isoformat(), days, similar]
        table.writerow([no_formula(fact) for fact in facts])
    return response


@admins
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """One partner: verify, suspend, reinstate, its reporting basis, its part as focal point."""
    partner = get_object_or_404(Partner.objects.select_related("country"), pk=pk)
    move = request.POST.get("move", "")
    kinds: dict[str, type[forms.Form]] = {
        "verify": forms.Form,
        "suspend": ReasonForm,
        "reinstate": ReasonForm,
        "basis": BasisForm,
        "name": NamingForm,
        "end": ReasonForm,
    }
    shown = {name: kind(auto_id=f"{name}-%s") for name, kind in kinds.items()}
    shown["basis"].initial = {"basis": partner.basis_override, "reason": partner.basis_reason}
    if move in kinds:
        form = kinds[move](request.POST, auto_id=f"{move}-%s")
        shown[move] = form
        if form.is_valid() and attempt(form, lambda: _make(move, partner, form, request.user)):
            messages.success(request, f"{partner.name}: done.")
            return redirect("review-partner", pk)
    similar = Partner.objects.exclude(pk=pk).similar_to(partner.name, country=partner.country)
    context = {
        "partner": Partner.objects.select_related("country").get(pk=pk),
        "forms": shown,
        "form": shown.get(move),
        "similar": similar[: partners.SHOWN],
        "point": partner.focal_points.filter(ended_on=None).first(),
        "may_be_focal_point": partner.kind in FocalPoint.KINDS,
    }
    return render(request, "registry/partner_review.html", context)


def _make(move: str, partner: Partner, form: forms.Form, by: Any) -> bool:
    facts = form.cleaned_data
    if move in ("verify", "suspend", "reinstate"):
        getattr(partner, move)(by=by, **facts)
    elif move == "basis":
        partner.override_basis(facts["basis"], reason=facts["reason"], by=by)
    elif move == "name":
        partner_facts.name_focal_point(partner, by=by, **facts)
    else:
        get_object_or_404(partner.focal_points, ended_on=None).end(by=by, **facts)
    return True


def focal_points(request: HttpRequest) -> HttpResponse:
    """Whom each country has named, for everybody."""
    rows = FocalPoint.objects.visible_to(request.user).filter(ended_on=None)
    listed = rows.select_related("country", "partner").order_by("country__name", "pk")
    return render(request, "registry/focal_points.html", {"rows": listed})
