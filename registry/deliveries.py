"""Telling webhooks of events, as Standard Webhooks describes it (standardwebhooks.com).

Signed is `id.timestamp.body` with HMAC-SHA256. The id is the same in every attempt, so that a
receiver which got one twice can tell: delivery is at least once.
"""

import hashlib
import hmac
import json
import random
import time
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from registry import outgoing, telling
from registry.errors import DomainError
from registry.models import Event, Notice, User, Webhook, WebhookDelivery
from registry.models.webhooks import DELAYS, MAX_ATTEMPTS
from registry.subjects import api_url, visible_subject

TEST = "webhook.test"
LONGEST_WAIT = timedelta(hours=6)
Status = WebhookDelivery.Status


def fan_out(event: Event) -> None:
    """Queue the event for each webhook that wants it and whose owner may see its subject."""
    if event.subject_type == Webhook._meta.label_lower:
        return
    wanting = Webhook.objects.wanting(event).select_related("partner")
    told = [webhook for webhook in wanting if visible_subject(event, webhook.reader())]
    queue(event, told)


def queue(event: Event, webhooks: Iterable[Webhook]) -> None:
    rows = [WebhookDelivery(webhook=webhook, event=event) for webhook in webhooks]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def payload(event: Event) -> dict[str, Any]:
    """What is told: names of things and what happened, nothing that anybody wrote."""
    return {
        "type": event.kind,
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.pk,
            "subject": {
                "type": event.subject_type,
                "id": event.subject_id,
                "url": api_url(event),
            },
            "was": event.was,
            "became": event.became,
        },
    }


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def headers_for(delivery: WebhookDelivery, body: bytes, at: datetime) -> dict[str, str]:
    message_id, timestamp = f"msg_{delivery.key.hex}", int(at.timestamp())
    secrets = delivery.webhook.signing_secrets(at)
    signatures = [signature(secret, message_id, timestamp, body) for secret in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "sdg-partnership-registry-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def attempt(delivery: WebhookDelivery) -> None:
    """Make one attempt of a claimed delivery and store what came of it."""
    event, webhook = delivery.event, delivery.webhook
    if event.kind != TEST and not visible_subject(event, webhook.reader()):
        delivery.finish(Status.WITHHELD, error="Not the owner's to see any more.")
        return
    body = json.dumps(payload(event), separators=(",", ":")).encode()
    began = time.monotonic()
    try:
        answer = outgoing.post(webhook.url, body, headers_for(delivery, body, timezone.now()))
    except (outgoing.NoAnswer, DomainError) as error:
        took = round((time.monotonic() - began) * 1000)
        _failed(delivery, {"error": str(error)[:300], "duration_ms": took})
        return
    took = round((time.monotonic() - began) * 1000)
    _answered(delivery, answer, took)


def _answered(delivery: WebhookDelivery, answer: outgoing.Answer, took: int) -> None:
    came = {
        "response_code": answer.status,
        "response": answer.body,
        "duration_ms": took,
        "error": "",
    }
    if 200 <= answer.status < 300:
        if delivery.finish(Status.DELIVERED, **came):
            failing = Webhook.objects.filter(pk=delivery.webhook_id, failing_since__isnull=False)
            failing.update(failing_since=None)
        return
    came["error"] = f"The answer was {answer.status}."
    if answer.status == 410:
        with transaction.atomic():
            if delivery.finish(Status.FAILED, **came):
                _switch_off(delivery.webhook, "The receiver said that it is gone (410).")
        return
    asked = answer.retry_after if answer.status in (429, 503) else ""
    _failed(delivery, came, asked_wait=_seconds(asked))


@transaction.atomic
def _failed(
    delivery: WebhookDelivery, came: dict[str, Any], asked_wait: timedelta | None = None
) -> None:
    """Queue the next attempt, if one is left, and switch off what has failed for days."""
    came = {"response_code": None, "response": "", **came}
    if delivery.attempts < MAX_ATTEMPTS:
        wait = max(_delay(delivery.attempts), asked_wait or timedelta())
        stored = delivery.finish(Status.WAITING, next_attempt_at=Now() + wait, **came)
    else:
        stored = delivery.finish(Status.FAILED, **came)
    if not stored:
        return
    webhook = Webhook.objects.filter(pk=delivery.webhook_id)
    webhook.filter(failing_since=None).update(failing_since=Now())
    days = settings.WEBHOOKS_FAILING_DAYS
    if webhook.filter(failing_since__lte=Now() - timedelta(days=days)).exists():
        _switch_off(delivery.webhook, f"No delivery succeeded for {days} days.")


def _delay(attempts: int) -> timedelta:
    """Up to a fifth longer than the table says, so that retries do not come in waves."""
    return DELAYS[attempts - 1] * random.uniform(1, 1.2)


def _seconds(retry_after: str) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date, within limits; None if unreadable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), 10**6))
    else:
        try:
            wait = parsedate_to_datetime(text) - timezone.now()
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _switch_off(webhook: Webhook, reason: str) -> None:
    if event := webhook.disable(reason):
        Notice.tell(event, owners_of(webhook))


def owners_of(webhook: Webhook) -> Iterable[User]:
    """The people to whom a webhook belongs."""
    if webhook.partner_id is None:
        return telling.admins()
    return telling.managers_of([webhook.partner_id])
