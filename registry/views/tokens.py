"""Pages about tokens: one's own, and those of a partner's systems."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.forms.attempts import succeeds
from registry.forms.people import ConfirmForm, ServiceAccountForm, TokenForm
from registry.models import Token, User
from registry.services import service_accounts as services
from registry.views.accounts import SignedInRequest
from registry.views.people import managed


@never_cache
@login_required
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's own tokens; a new one's secret is on the answer to the form, and nowhere else."""
    return _tokens(request, request.user, "registry/tokens.html", {})


@login_required
@require_POST
def revoke(request: SignedInRequest, key: str) -> HttpResponse:
    """End one of one's own tokens, or one of a system that one keeps."""
    own = Token.objects.filter(user=request.user) | Token.objects.managed_by(request.user)
    token = get_object_or_404(own.select_related("user").distinct(), token_key=key)
    form = ConfirmForm(request.POST)
    if succeeds(form, partial(services.revoke_token, token, by=request.user)):
        messages.success(request, f"{token.name} is ended: it does nothing from now on.")
    held = token.user.affiliations.first()
    if token.user_id == request.user.pk or held is None:
        return redirect("tokens")
    return redirect("service-account", pk=held.partner_id, account=token.user_id)


@login_required
def service_accounts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The systems that act for a partner; for its managers and admins."""
    partner = managed(request, pk)
    form = ServiceAccountForm(request.POST or None, initial={"role": "evaluator"})
    made: list[User] = []
    if request.method == "POST" and form.is_valid():
        make = partial(services.make_service_account, partner, by=request.user, **form.cleaned_data)
        if succeeds(form, lambda: made.append(make())):
            messages.success(request, f"{made[0].name} is made. Give it a token.")
            return redirect("service-account", pk=pk, account=made[0].pk)
    kept = User.objects.services_kept_by(request.user).filter(affiliations__partner=partner)
    context = {
        "partner": partner,
        "form": form,
        "rows": kept.prefetch_related("affiliations", "auth_token_set").order_by("name", "pk"),
    }
    return render(request, "registry/service_accounts.html", context)


@never_cache
@login_required
def service_account(request: SignedInRequest, pk: int, account: int) -> HttpResponse:
    """One system: its tokens, and its end."""
    partner = managed(request, pk)
    kept = User.objects.services_kept_by(request.user).filter(affiliations__partner=partner)
    found = get_object_or_404(kept, pk=account)
    if "remove" in request.POST:
        form = ConfirmForm(request.POST)
        if succeeds(form, partial(services.remove_service_account, found, by=request.user)):
            messages.success(request, f"{found.name} is removed, and its tokens are ended.")
            return redirect("service-accounts", pk=pk)
    context = {"partner": partner, "account": found, "role": found.affiliations.first()}
    return _tokens(request, found, "registry/service_account.html", context)


def _tokens(
    request: SignedInRequest, owner: User, template: str, context: dict[str, Any]
) -> HttpResponse:
    asks = request.method == "POST" and "remove" not in request.POST
    form = TokenForm(request.POST if asks else None)
    issued: list[Any] = []
    if asks and form.is_valid():

        def act() -> None:
            try:
                values = form.cleaned_data
                issued.extend(services.issue_token(owner, by=request.user, **values))
            except ValidationError as refused:
                named = hasattr(refused, "error_dict")
                raise (
                    refused if named else ValidationError({"allowed_addresses": refused.messages})
                ) from refused

        if succeeds(form, act):
            form = TokenForm()
    rows = Token.objects.filter(user=owner).select_related("issued_by").order_by("-created")
    shown = {"form": form, "rows": rows, "token": issued[0] if issued else None}
    secret = issued[1] if issued else ""
    return render(request, template, {**context, **shown, "secret": secret})
