"""Pages of webhooks: a partner's, for its managers, and the registry's own, for admins."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry.errors import DomainError
from registry.forms.attempts import succeeds
from registry.forms.webhooks import WebhookEditForm, WebhookForm
from registry.models import OutboxEntry, Partner, Webhook, WebhookDelivery
from registry.paging import newest_by_number
from registry.services import webhooks as services
from registry.views.accounts import SignedInRequest


@login_required
def partner_webhooks(request: SignedInRequest, pk: int) -> HttpResponse:
    """The webhooks of a partner, and a form for a new one."""
    partner = get_object_or_404(Partner.objects.visible_to(request.user), pk=pk)
    if not Partner.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied("Only the partner's managers may see its webhooks.")
    return _webhooks_of(request, partner, {"partner": partner})


@login_required
def own_webhooks(request: SignedInRequest) -> HttpResponse:
    """The registry's own webhooks, and how far telling is behind."""
    if not request.user.is_staff:
        raise PermissionDenied("Only a registry admin may see this.")
    return _webhooks_of(request, None, {"lag": OutboxEntry.objects.lag()})


def _webhooks_of(
    request: SignedInRequest, partner: Partner | None, context: dict[str, Any]
) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[tuple[Webhook, str]] = []

        def add() -> None:
            values = form.cleaned_data
            made.append(services.add_webhook(by=request.user, partner=partner, **values))

        if succeeds(form, add):
            return _with_secret(request, *made[0])
    rows = Webhook.objects.visible_to(request.user).filter(partner=partner)
    context |= {"form": form, "webhooks": rows}
    return render(request, "registry/webhooks.html", context)


@login_required
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """One webhook: its facts to change, and the log of its deliveries."""
    found = _find(request, pk)
    facts = {"url": found.url, "kinds": found.kinds, "is_active": found.is_active}
    form = WebhookEditForm(request.POST or None, initial=facts)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        edit = partial(services.edit_webhook, _find(request, pk), by=request.user, **changed)
        if succeeds(form, edit):
            messages.success(request, "The webhook is saved.")
            return redirect("webhook", pk=pk)
    log = WebhookDelivery.objects.filter(webhook=found).select_related("event")
    page = newest_by_number(log, request.GET.get("after", ""))
    context = {"webhook": found, "form": form, "page": page, "partner": found.partner}
    return render(request, "registry/webhook.html", context)


@login_required
@require_POST
def test_webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    _do(request, partial(services.test_webhook, found, by=request.user), "A test is on its way.")
    return redirect("webhook", pk=pk)


@login_required
@require_POST
def rotate_webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    return _with_secret(request, found, services.rotate_secret(found, by=request.user))


@login_required
@require_POST
def remove_webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    services.remove_webhook(found, by=request.user)
    messages.success(request, "The webhook is removed.")
    if found.partner_id is None:
        return redirect("own-webhooks")
    return redirect("partner-webhooks", pk=found.partner_id)


@login_required
@require_POST
def redeliver(request: SignedInRequest, pk: int) -> HttpResponse:
    seen = WebhookDelivery.objects.visible_to(request.user).select_related("webhook__partner")
    found = get_object_or_404(seen, pk=pk)
    _do(request, partial(services.redeliver, found, by=request.user), "It is sent again.")
    return redirect("webhook", pk=found.webhook_id)


def _find(request: SignedInRequest, pk: int) -> Webhook:
    seen = Webhook.objects.visible_to(request.user).select_related("partner")
    found: Webhook = get_object_or_404(seen, pk=pk)
    return found


def _do(request: SignedInRequest, act: Any, done: str) -> None:
    try:
        act()
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, done)


def _with_secret(request: SignedInRequest, found: Webhook, secret: str) -> HttpResponse:
    """The one page that shows a secret; nothing keeps it."""
    context = {"webhook": found, "secret": secret, "partner": found.partner}
    response = render(request, "registry/webhook_secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
