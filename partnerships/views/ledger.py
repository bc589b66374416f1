"""The register of risks and benefits: who carries what, who gets what, and whether it is fair."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from partnerships.charts import grid, who_carries_and_gets
from partnerships.forms.ledger import BenefitForm, MoveForm, RiskForm
from partnerships.models import (
    Benefit,
    Partnership,
    Risk,
    balance_of,
    ledger_is_visible,
    ledger_state,
    with_shares,
)
from partnerships.services.ledger import (
    add_benefit,
    add_risk,
    edit_benefit,
    edit_risk,
    propose_ledger,
)
from partnerships.views.finding import edited_partnership, key_of, page_of, visible_partnership
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest

REASONS = {
    "no_risks": "No risk is entered and shared.",
    "no_benefits": "No benefit is entered, shared and valued.",
    "no_value": "The benefits that count are worth 0 together.",
    "not_shared": "not shared yet",
    "no_rate": "no exchange rate is stored for its day",
}


def risks(request: HttpRequest, key: str) -> HttpResponse:
    """For members' people; for everybody once the members have endorsed the ledger."""
    partnership = visible_partnership(request, key)
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "is_editor": partnership.is_editable_by(request.user),
        "is_open": ledger_is_visible(partnership, request.user),
    }
    if context["is_open"]:
        context |= _ledger(request, partnership)
    return render(request, "partnerships/risks.html", context)


def _ledger(request: HttpRequest, partnership: Partnership) -> dict[str, Any]:
    inside = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
    rows = with_shares(partnership.risks.select_related("owner__partner")).order_by("pk")
    numbered = list(enumerate(rows, start=1))
    balance = balance_of(partnership)
    gains = with_shares(partnership.benefits.select_related("currency")).order_by("pk")
    standing = [(n, risk) for n, risk in numbered if risk.status != Risk.Status.CLOSED]
    return {
        "is_inside": inside,
        "risks": numbered,
        "grid": grid(standing),
        "impacts": range(1, 6),
        "benefits": list(enumerate(gains, start=1)),
        "balance": balance,
        "reason": REASONS.get(balance.reason, ""),
        "left_out": [_left_out(out) for out in balance.left_out],
        "charts": [
            ("wide", who_carries_and_gets(balance, 640)),
            ("nrw", who_carries_and_gets(balance, 330)),
        ]
        if balance.lines
        else [],
        "ledger": ledger_state(partnership, with_proposal=inside),
    }


def _left_out(out: Any) -> tuple[str, str]:
    reason = "no value is stated" if out.reason == "no_value" else REASONS[out.reason]
    return str(out.record), reason


@login_required
def risk(request: SignedInRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Enter a risk, or change one, with all its shares at once."""
    return _edited(request, key, Risk, RiskForm, add_risk, edit_risk, pk)


@login_required
def benefit(request: SignedInRequest, key: str, pk: int | None = None) -> HttpResponse:
    """Enter a benefit, or change one, with all its shares at once."""
    return _edited(request, key, Benefit, BenefitForm, add_benefit, edit_benefit, pk)


def _edited(
    request: SignedInRequest,
    key: str,
    model: Any,
    form_class: Any,
    add: Any,
    change: Any,
    pk: int | None,
) -> HttpResponse:
    partnership = edited_partnership(request, key)
    record = model(partnership=partnership)
    if pk is not None:
        record = get_object_or_404(
            with_shares(model.objects.filter(partnership=partnership)), pk=pk
        )
    members = _bearers(partnership)
    form = form_class(record, members, request.POST or None)

    def act() -> None:
        if pk is None:
            add(partnership, by=request.user, **form.stated())
            return
        record.version = form.version_read()
        change(record, by=request.user, **form.stated())

    if request.method == "POST" and form.is_valid() and succeeds(form, act):
        messages.success(request, "Saved.")
        return redirect(page_of(partnership, "partnership-risks"))
    return _row_page(request, partnership, record, form)


def _bearers(partnership: Partnership) -> list[Any]:
    accepted = partnership.memberships.accepted().select_related("partner")
    return list(accepted.order_by("accepted_on", "pk"))


def _row_page(
    request: SignedInRequest,
    partnership: Partnership,
    record: Any,
    form: Any,
    move_form: MoveForm | None = None,
) -> HttpResponse:
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "record": record,
        "what": record._meta.verbose_name,
        "form": form,
        "move_form": move_form or MoveForm(record),
        "move_url": f"partnership-{record._meta.model_name}-move",
    }
    return render(request, "partnerships/ledger_row.html", context)


@login_required
@require_POST
def move(request: SignedInRequest, key: str, pk: int, what: str) -> HttpResponse:
    """A risk is mitigated, occurred or closed; a benefit is realised or dropped."""
    partnership = edited_partnership(request, key)
    model, form_class = (Risk, RiskForm) if what == "risk" else (Benefit, BenefitForm)
    rows: Any = model.objects.filter(partnership=partnership)
    record = get_object_or_404(with_shares(rows), pk=pk)
    move_form = MoveForm(record, request.POST)

    def act() -> None:
        said = move_form.cleaned_data
        record.move(said["status"], by=request.user, reason=said["reason"])

    if move_form.is_valid() and succeeds(move_form, act):
        messages.success(request, "Saved.")
        return redirect(page_of(partnership, "partnership-risks"))
    form = form_class(record, _bearers(partnership))
    return _row_page(request, partnership, record, form, move_form)


@login_required
@require_POST
def propose(request: SignedInRequest, key: str) -> HttpResponse:
    """Ask the members to endorse the ledger as it stands."""
    partnership = edited_partnership(request, key)
    form = forms.Form(request.POST)
    if succeeds(form, lambda: propose_ledger(partnership, by=request.user)):
        messages.success(request, "Proposed. Every accepted member is asked to endorse it.")
    else:
        messages.error(request, str(form.non_field_errors()[0]))
    return redirect(page_of(partnership, "partnership-risks"))
