"""What people do with webhooks: several rows, one transaction."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from registry import deliveries, outgoing
from registry.errors import DomainError, NotAllowed
from registry.models import Event, Partner, User, Webhook, WebhookDelivery
from registry.services.partners import managers_only
from registry.tasks import call_webhooks

Status = WebhookDelivery.Status


def add_webhook(
    *, by: User, url: str, kinds: list[str], partner: Partner | None = None
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown only now.

    The name service, which may be slow, is asked while no lock is held.
    """
    with transaction.atomic():
        _require_room(partner, by)
    webhook = Webhook(partner=partner, url=url, kinds=kinds)
    secret = webhook.make_secret()
    webhook.check_values()
    _require_public(url)
    with transaction.atomic():
        _require_room(partner, by)
        webhook.save(force_insert=True)
        webhook.reader()
        Event.log(webhook, "added", by=by)
    return webhook, secret


def edit_webhook(webhook: Webhook, *, by: User, **values: Any) -> Webhook:
    """Change address, kinds, or whether it is called; switched on again, it starts afresh."""
    _require_owner(webhook.partner, by)
    if "url" in values:
        with transaction.atomic():
            _hold_verified(webhook.partner)
        _require_public(values["url"])
    return _edit(webhook, by=by, **values)


@transaction.atomic
def _edit(webhook: Webhook, *, by: User, **values: Any) -> Webhook:
    _require_owner(webhook.partner, by)
    if "url" in values or values.get("is_active"):
        _hold_verified(webhook.partner)
    if values.get("is_active") is False:
        _give_up_waiting(webhook)
    if values.get("is_active"):
        values |= {"disabled_reason": "", "failing_since": None}
    webhook.amend(**values)
    Event.log(webhook, "edited", by=by, reason=", ".join(sorted(values)))
    return webhook


@transaction.atomic
def remove_webhook(webhook: Webhook, *, by: User) -> None:
    """Take it away with its log."""
    _require_owner(webhook.partner, by)
    Event.log(webhook, "removed", by=by)
    webhook.delete()


@transaction.atomic
def rotate_secret(webhook: Webhook, *, by: User) -> str:
    """A new secret, shown only now; for 24 hours the one before it signs as well."""
    _require_owner(webhook.partner, by)
    secret = webhook.make_secret()
    webhook.change(
        secret_sealed=webhook.secret_sealed,
        old_secret_sealed=webhook.old_secret_sealed,
        old_secret_until=webhook.old_secret_until,
    )
    Event.log(webhook, "secret_rotated", by=by)
    return secret


@transaction.atomic
def test_webhook(webhook: Webhook, *, by: User) -> WebhookDelivery:
    """Send it a message of the kind `webhook.test`."""
    _require_owner(webhook.partner, by)
    _require_callable(webhook)
    event = Event.log(webhook, "test", by=by)
    deliveries.queue(event, [webhook])
    transaction.on_commit(call_webhooks.delay, robust=True)
    return webhook.deliveries.select_related("event").get(event=event)


@transaction.atomic
def redeliver(delivery: WebhookDelivery, *, by: User) -> WebhookDelivery:
    """Send it again, under the same message id, with all its attempts before it."""
    webhook = delivery.webhook
    _require_owner(webhook.partner, by)
    _require_callable(webhook)
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    ended = rows.exclude(status__in=[Status.WAITING, Status.SENDING])
    if not ended.update(status=Status.WAITING, attempts=0, next_attempt_at=Now(), error=""):
        raise DomainError("still_under_way", "This delivery is still under way.")
    Event.log(webhook, "redelivered", by=by, facts={"delivery": delivery.pk})
    transaction.on_commit(call_webhooks.delay, robust=True)
    delivery.refresh_from_db()
    return delivery


def _require_owner(partner: Partner | None, by: User) -> None:
    if partner is None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        return
    managers_only(partner, by)


def _require_room(partner: Partner | None, by: User) -> None:
    """Only who is verified makes the registry call a machine, and not without end."""
    _require_owner(partner, by)
    _hold_verified(partner)
    if Webhook.objects.filter(partner=partner).count() >= Webhook.MOST_PER_OWNER:
        raise DomainError("too_many_webhooks", f"At most {Webhook.MOST_PER_OWNER} webhooks.")


def _hold_verified(partner: Partner | None) -> None:
    """Nobody suspends the partner, or adds another webhook to it, until this is done."""
    if partner is None:
        return
    held = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if held.status != Partner.Status.VERIFIED:
        raise DomainError("partner_not_verified", "The partner is not verified.")


def _require_callable(webhook: Webhook) -> None:
    _hold_verified(webhook.partner)
    if not webhook.is_active:
        raise DomainError("webhook_inactive", "Switch the webhook on first.")


def _require_public(url: str) -> None:
    """Ask the name service now as well: who writes a wrong name wants to know at once.

    Not which names there are inside: one that leads nowhere and one that leads to an address of
    our own network are refused in the same words.
    """
    try:
        outgoing.check_url(url)
        _find_door(url)
    except outgoing.Refused as refusal:
        raise ValidationError({"url": refusal.as_invalid()}) from None


def _find_door(url: str) -> None:
    try:
        outgoing.find_door(url)
    except outgoing.Refused:
        raise outgoing.Refused("The host has no address that may be called.") from None


def _give_up_waiting(webhook: Webhook) -> None:
    webhook.deliveries.waiting().update(
        status=Status.FAILED, error="The webhook was switched off.", finished_at=Now()
    )
