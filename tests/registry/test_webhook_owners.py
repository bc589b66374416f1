"""Only a verified partner has the registry call out, however many ask at once."""

import pytest
from django.utils import timezone

from registry import outgoing
from registry.models import Event, Webhook, WebhookDelivery
from registry.services import webhooks as services
from registry.tasks import call_webhooks
from tests.factories import (
    EventFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db
API = "/api/v1/webhooks/"
URL = "https://b.example.org/in"


@pytest.fixture
def webhook():
    """Of a partner that was suspended since."""
    return suspended(WebhookFactory())


def suspended(webhook):
    webhook.partner.suspend(by=UserFactory(admin=True), reason="Because.")
    return webhook


@pytest.mark.parametrize("change", [{"url": URL}, {"is_active": True}])
def test_a_suspended_partners_webhook_is_not_moved_nor_switched_on(api, webhook, change):
    for by in (UserFactory(manages=webhook.partner), UserFactory(admin=True)):
        api.force_authenticate(by)
        answer = api.patch(f"{API}{webhook.pk}/", change, headers={"If-Match": "*"})
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["code"] == "partner_not_verified"

    assert Webhook.objects.get().url == webhook.url
    assert not Event.objects.filter(kind="webhook.edited").exists()


def test_it_can_be_switched_off_and_taken_away(webhook):
    manager = UserFactory(manages=webhook.partner)

    assert not services.edit_webhook(webhook, by=manager, is_active=False).is_active
    services.remove_webhook(webhook, by=manager)

    assert not Webhook.objects.exists()


def test_it_is_neither_tested_nor_sent_anything_again(webhook):
    manager = UserFactory(manages=webhook.partner)
    delivery = WebhookDeliveryFactory(webhook=webhook, status="failed")

    with refused("partner_not_verified"):
        services.test_webhook(webhook, by=manager)
    with refused("partner_not_verified"):
        services.redeliver(delivery, by=manager)

    assert list(WebhookDelivery.objects.values_list("status", flat=True)) == ["failed"]


def test_it_wants_nothing_while_the_registrys_own_and_others_do(webhook):
    others = {WebhookFactory().pk, WebhookFactory(partner=None).pk}

    wanting = Webhook.objects.wanting(EventFactory(at=timezone.now()))

    assert {one.pk for one in wanting} == others


def test_what_waited_when_it_was_suspended_is_sent_once_it_is_back(webhook, monkeypatch):
    called = []
    monkeypatch.setattr(
        outgoing, "post", lambda url, *rest: called.append(url) or outgoing.Answer(200, "", "")
    )
    event = EventFactory(subject=webhook.partner)
    WebhookDeliveryFactory(webhook=webhook, event=event)
    own = WebhookDeliveryFactory(webhook=WebhookFactory(partner=None), event=event)
    assert list(WebhookDelivery.objects.due()) == [own]

    while call_webhooks():
        pass
    assert called == [own.webhook.url]
    webhook.partner.reinstate(by=UserFactory(admin=True), reason="Mended.")
    while call_webhooks():
        pass

    assert called == [own.webhook.url, webhook.url]
