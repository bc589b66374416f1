"""Writing a document clause by clause, with its checklist beside it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from partnerships.forms.agreements import AgreementForm, ClauseForm
from partnerships.models import Agreement, Clause
from partnerships.services.agreements import (
    add_clause,
    edit_agreement,
    edit_clause,
    move_clause,
    remove_clause,
)
from partnerships.views.agreements import found
from partnerships.views.finding import key_of
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest


def _edited(request: SignedInRequest, key: str, pk: int) -> Agreement:
    """404 where it is not seen, 403 where it is not the reader's to write."""
    agreement = found(request, key, pk)
    if not agreement.partnership.is_editable_by(request.user):
        raise PermissionDenied
    return agreement


@login_required
def edit(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Title, opening words and rules; below, the clauses and what is still missing."""
    agreement = _edited(request, key, pk)
    if agreement.status != Agreement.Status.DRAFT:
        return redirect("partnership-agreement", key_of(agreement.partnership), pk)
    form = AgreementForm(agreement, request.POST or None)
    if request.method == "POST" and form.is_valid():
        fresh = Agreement.objects.get(pk=pk)
        fresh.version = form.version_read()
        if succeeds(form, lambda: edit_agreement(fresh, by=request.user, **form.cleaned_data)):
            messages.success(request, "Saved.")
            return _to_edit(agreement)
    clauses = list(agreement.clauses.all())
    context = {
        "partnership": agreement.partnership,
        "key": key_of(agreement.partnership),
        "agreement": agreement,
        "form": form,
        "clauses": clauses,
        "checklist": _checklist(agreement, clauses),
    }
    return render(request, "partnerships/agreement_edit.html", context)


def _checklist(agreement: Agreement, clauses: list[Clause]) -> list[dict[str, Any]]:
    present = {clause.kind for clause in clauses}
    return [{"entry": entry, "there": entry.kind in present} for entry in agreement.checklist()]


@login_required
def new_clause(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Begins with the words of the checklist's line that the address names."""
    agreement = _edited(request, key, pk)
    lines = {entry.kind.value: entry for entry in agreement.checklist()}
    line = lines.get(request.GET.get("kind", ""))
    begun = {"kind": line.kind, "heading": line.label, "text": line.start} if line else {}
    form = ClauseForm(Clause(agreement=agreement, **begun), request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.version_read()
        if succeeds(form, lambda: add_clause(agreement, by=request.user, **form.cleaned_data)):
            messages.success(request, "The clause is added.")
            return _to_edit(agreement)
    return _clause_page(request, agreement, form, line)


@login_required
def clause(request: SignedInRequest, key: str, pk: int, clause_pk: int) -> HttpResponse:
    agreement = _edited(request, key, pk)
    row = get_object_or_404(agreement.clauses, pk=clause_pk)
    form = ClauseForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        row.version = form.version_read()
        if succeeds(form, lambda: edit_clause(row, by=request.user, **form.cleaned_data)):
            messages.success(request, "The clause is saved.")
            return _to_edit(agreement)
    lines = {entry.kind.value: entry for entry in agreement.checklist()}
    return _clause_page(request, agreement, form, lines.get(row.kind))


def _clause_page(
    request: SignedInRequest, agreement: Agreement, form: ClauseForm, line: Any
) -> HttpResponse:
    context = {
        "partnership": agreement.partnership,
        "key": key_of(agreement.partnership),
        "agreement": agreement,
        "form": form,
        "line": line,
    }
    return render(request, "partnerships/clause.html", context)


@login_required
@require_POST
def arrange(request: SignedInRequest, key: str, pk: int, clause_pk: int) -> HttpResponse:
    """Move a clause up or down, or take it out."""
    agreement = _edited(request, key, pk)
    row = get_object_or_404(agreement.clauses, pk=clause_pk)
    form = forms.Form(request.POST)
    acts: dict[str, Callable[[], Any]] = {
        "up": lambda: move_clause(row, by=request.user, up=True),
        "down": lambda: move_clause(row, by=request.user, up=False),
        "remove": lambda: remove_clause(row, by=request.user),
    }
    act = acts.get(request.POST.get("act", ""))
    if act and not succeeds(form, act):
        messages.error(request, str(form.non_field_errors()[0]))
    return _to_edit(agreement)


def _to_edit(agreement: Agreement) -> HttpResponse:
    return redirect("partnership-agreement-edit", key_of(agreement.partnership), agreement.pk)
