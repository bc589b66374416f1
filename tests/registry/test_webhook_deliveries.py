"""One attempt after the other: what is sent, what comes back, what happens then."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from registry import outgoing, sealing
from registry.errors import DomainError
from registry.models import Event, Notice, Webhook, WebhookDelivery
from registry.models.webhooks import MAX_ATTEMPTS
from registry.services import webhooks as services
from registry.tasks import call_webhooks
from tests.factories import EventFactory, UserFactory, WebhookDeliveryFactory, WebhookFactory
from tests.factories.events import SECRET

pytestmark = pytest.mark.django_db


class Receiver:
    """Answers in the order given; the last answer again and again."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def post(self, url, body, headers):
        self.sent.append((url, body, headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return outgoing.Answer(*answer) if isinstance(answer, tuple) else answer


@pytest.fixture
def receive(monkeypatch):
    def receive(*answers):
        receiver = Receiver(*answers)
        monkeypatch.setattr(outgoing, "post", receiver.post)
        return receiver

    return receive


def status(code, body="", retry_after=""):
    return (code, body, retry_after)


def make_due(delivery):
    """The database's clock is real: what waits is moved instead."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        next_attempt_at=datetime(2020, 1, 1, tzinfo=UTC)
    )


def signatures_by_hand(secret, headers, body):
    """As standardwebhooks.com describes it, from nothing of ours."""
    key = base64.b64decode(secret[len("whsec_") :])
    content = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode()
    made = hmac.new(key, content + b"." + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def test_sends_what_happened_signed(receive, settings):
    receiver = receive(status(204))
    event = EventFactory(was="pending", became="verified", reason="Private.", facts={"x": "secret"})
    delivery = WebhookDeliveryFactory(event=event)

    assert call_webhooks() == 1

    [(url, body, headers)] = receiver.sent
    assert url == delivery.webhook.url
    assert json.loads(body) == {
        "type": "partner.changed",
        "timestamp": "2024-01-15T12:00:00+00:00",
        "data": {
            "event": event.pk,
            "subject": {
                "type": "registry.partner",
                "id": event.subject_id,
                "url": f"{settings.SITE_URL}/api/v1/partners/{event.subject_id}/",
            },
            "was": "pending",
            "became": "verified",
        },
    }
    assert headers["webhook-signature"] == signatures_by_hand(SECRET, headers, body)
    assert headers["webhook-id"] == f"msg_{delivery.key.hex}"
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.response_code) == ("delivered", 1, 204)
    assert delivery.finished_at
    assert call_webhooks() == 0


def test_both_secrets_sign_for_a_day_after_a_rotation(receive):
    receiver = receive(status(200))
    webhook, admin = WebhookFactory(), UserFactory(admin=True)
    new = services.rotate_secret(webhook, by=admin)
    started = datetime.now(UTC)
    for hours, secrets in ((23, [new, SECRET]), (25, [new])):
        WebhookDeliveryFactory(webhook=webhook)
        with time_machine.travel(started + timedelta(hours=hours), tick=False):
            call_webhooks()

        _, body, headers = receiver.sent[-1]
        assert headers["webhook-signature"].split() == [
            signatures_by_hand(secret, headers, body) for secret in secrets
        ]


def test_tries_eight_times_within_a_day_under_one_id(receive):
    receiver = receive(outgoing.NoAnswer("No answer in time."))
    delivery = WebhookDeliveryFactory()
    waits = []
    for _ in range(MAX_ATTEMPTS):
        make_due(delivery)
        assert call_webhooks() == 1
        delivery.refresh_from_db()
        waits.append(delivery.next_attempt_at - delivery.attempted_at)

    assert (delivery.status, delivery.attempts, delivery.error) == (
        "failed",
        8,
        "No answer in time.",
    )
    for wait, least in zip(waits[:-1], [10, 60, 300, 1800, 7200, 21600, 54000], strict=True):
        assert least <= wait.total_seconds() <= least * 1.2 + 2
    assert timedelta(hours=23) < sum(waits[:-1], timedelta()) < timedelta(hours=29)
    assert len({headers["webhook-id"] for _, _, headers in receiver.sent}) == 1
    make_due(delivery)
    assert call_webhooks() == 0


@pytest.mark.parametrize(
    ("code", "asked", "least", "most"),
    [
        (429, "600", 600, 600),
        (503, "600", 600, 600),
        (503, "Mon, 02 Mar 2026 09:20:00 GMT", 1200, 1200),
        (429, "999999999999", 6 * 3600, 6 * 3600),
        (429, "3", 10, 12),
        (429, "-5", 10, 12),
        (429, "soon", 10, 12),
        (429, "²", 10, 12),
        (500, "600", 10, 12),
        (404, "", 10, 12),
        (302, "", 10, 12),
    ],
)
def test_waits_as_long_as_the_receiver_asks_within_limits(receive, code, asked, least, most):
    receive(status(code, "no", asked))
    delivery = WebhookDeliveryFactory()
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        assert call_webhooks() == 1

    delivery.refresh_from_db()
    assert (delivery.status, delivery.response_code, delivery.response) == ("waiting", code, "no")
    wait = (delivery.next_attempt_at - delivery.attempted_at).total_seconds()
    assert least <= wait <= most + 2


def test_gone_switches_the_webhook_off_and_tells_its_managers(receive):
    receive(status(410))
    delivery, waiting = WebhookDeliveryFactory(), WebhookDeliveryFactory()
    WebhookDelivery.objects.filter(pk=waiting.pk).update(webhook=delivery.webhook)
    manager = UserFactory(manages=delivery.webhook.partner)
    UserFactory(admin=True)

    assert call_webhooks() == 1

    webhook = Webhook.objects.get(pk=delivery.webhook_id)
    assert (webhook.is_active, webhook.disabled_reason) == (
        False,
        "The receiver said that it is gone (410).",
    )
    assert set(webhook.deliveries.values_list("status", flat=True)) == {"failed"}
    assert [(n.user, n.kind) for n in Notice.objects.all()] == [(manager, "webhook.disabled")]


def test_days_of_failure_switch_it_off_once(receive):
    receive(status(500))
    webhook = WebhookFactory(partner=None)
    admin = UserFactory(admin=True)
    for days, active in ((0, True), (4.9, True), (5.1, False)):
        if days:
            since = datetime.now(UTC) - timedelta(days=days)
            Webhook.objects.update(failing_since=since)
        WebhookDeliveryFactory(webhook=webhook)
        assert call_webhooks() == 1
        webhook.refresh_from_db()
        assert webhook.is_active is active

    assert [n.user for n in Notice.objects.filter(kind="webhook.disabled")] == [admin]


def test_a_success_forgets_earlier_failures(receive):
    receive(status(500), status(200))
    delivery = WebhookDeliveryFactory()
    call_webhooks()
    assert Webhook.objects.get().failing_since

    make_due(delivery)
    call_webhooks()

    assert Webhook.objects.get().failing_since is None
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == ("delivered", "")


def test_a_worker_that_died_leaves_its_lease_to_end(receive):
    receiver = receive(status(200))
    WebhookDeliveryFactory()
    dead = WebhookDelivery.objects.claim_next()  # and then the worker is killed

    assert call_webhooks() == 0
    WebhookDelivery.objects.update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    assert call_webhooks() == 1

    assert len(receiver.sent) == 1
    assert dead.finish("failed") is False  # should it come back, it may not write
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.fence) == ("delivered", 2, 2)


def test_a_delivery_that_kills_its_workers_is_given_up(receive):
    receive(status(200))
    ended = {"status": "sending", "lease_until": datetime(2020, 1, 1, tzinfo=UTC)}
    delivery = WebhookDeliveryFactory(attempts=MAX_ATTEMPTS, **ended)

    assert call_webhooks() == 0

    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_a_webhook_is_called_one_delivery_at_a_time():
    webhook = WebhookFactory()
    first, _second = WebhookDeliveryFactory.create_batch(2, webhook=webhook)
    other = WebhookDeliveryFactory()

    claimed = [WebhookDelivery.objects.claim_next() for _ in range(3)]

    assert claimed == [first, other, None]


def test_an_inactive_webhook_is_not_called(receive):
    receiver = receive(status(200))
    WebhookDeliveryFactory(webhook__is_active=False)

    assert call_webhooks() == 0
    assert receiver.sent == []


def test_the_secret_is_not_in_the_database_log_or_events(receive, caplog):
    receive(status(200))
    admin = UserFactory(admin=True)
    webhook, secret = services.add_webhook(by=admin, url="https://a.example.org/", kinds=["*"])
    services.test_webhook(webhook, by=admin)
    call_webhooks()

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text FROM registry_webhook w")
        rows = cursor.fetchall()
    stored = f"{rows} {list(Event.objects.values())} {caplog.text}"
    assert secret.removeprefix("whsec_") not in stored
    assert sealing.unseal(webhook.secret_sealed) == secret


def test_a_changed_key_of_the_product_fails_in_words(receive, settings):
    receive(status(200))
    delivery = WebhookDeliveryFactory()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-one"
    with pytest.raises(DomainError):
        sealing.unseal(delivery.webhook.secret_sealed)

    call_webhooks()

    delivery.refresh_from_db()
    assert (delivery.status, "rotate it" in delivery.error) == ("waiting", True)
    settings.SECRET_KEY_FALLBACKS = [old]
    make_due(delivery)
    call_webhooks()
    delivery.refresh_from_db()
    assert delivery.status == "delivered"
