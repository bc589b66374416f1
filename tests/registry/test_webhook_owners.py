"""Only a verified partner has the registry call out, however many ask at once."""

import pytest
from django.db import connection
from django.utils import timezone

from registry import outgoing
from registry.errors import DomainError
from registry.models import Event, Webhook, WebhookDelivery
from registry.services import webhooks as services
from registry.tasks import call_webhooks
from tests.factories import (
    EventFactory,
    PartnerFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.moves import race, refused

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


@pytest.mark.django_db(transaction=True)
def test_of_additions_at_once_only_as_many_stand_as_there_is_room_for():
    """Each has counted the others before it, and no lock is held while a name is looked up."""
    partner = PartnerFactory()
    manager = UserFactory(manages=partner)
    WebhookFactory.create_batch(Webhook.MOST_PER_OWNER - 1, partner=partner)

    def add():
        return services.add_webhook(by=manager, url=URL, kinds=["*"], partner=partner)

    outcomes = race(*[add] * 4)

    codes = [one.code for one in outcomes if isinstance(one, DomainError)]
    assert codes == ["too_many_webhooks"] * 3, outcomes
    assert Webhook.objects.filter(partner=partner).count() == Webhook.MOST_PER_OWNER


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_name_service_is_asked(api, monkeypatch):
    partner = PartnerFactory()
    api.force_authenticate(UserFactory(manages=partner))
    asked = []

    def lookup(host, port):
        asked.append(connection.in_atomic_block)
        return ["93.184.216.34"]

    monkeypatch.setattr(outgoing, "lookup", lookup)
    made = api.post(API, {"partner": partner.pk, "url": URL, "kinds": ["*"]})
    changed = api.patch(f"{API}{made.json()['id']}/", {"url": f"{URL}2"}, headers={"If-Match": "*"})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert asked == [False, False]


def test_a_name_is_not_looked_up_for_who_may_not_add(api, monkeypatch):
    monkeypatch.setattr(outgoing, "lookup", lambda *what: pytest.fail("looked up"))
    partner = PartnerFactory(suspended=True)
    for by in (UserFactory(), UserFactory(manages=partner)):
        api.force_authenticate(by)
        answer = api.post(API, {"partner": partner.pk, "url": URL, "kinds": ["*"]})
        assert answer.status_code in (400, 403, 409)
