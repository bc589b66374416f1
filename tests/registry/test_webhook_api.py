import pytest

from registry import outgoing
from registry.models import Event, Webhook, WebhookDelivery
from tests.factories import (
    NoticeFactory,
    PartnerFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)

pytestmark = pytest.mark.django_db
API = "/api/v1/webhooks/"


@pytest.fixture
def webhook():
    return WebhookFactory()


@pytest.fixture
def manager(api, webhook):
    person = UserFactory(manages=webhook.partner)
    api.force_authenticate(person)
    return person


def body(partner, values=()):
    filled = {"partner": partner.pk, "url": "https://a.example.org/in", "kinds": ["*"]}
    return {**filled, **dict(values)}


def test_shows_the_secret_once(api, webhook, manager):
    made = api.post(API, body(webhook.partner))

    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    assert made["Cache-Control"] == "no-store"
    for url in (API, f"{API}{made.json()['id']}/"):
        text = api.get(url).content.decode()
        assert "secret_sealed" not in text
        assert "whsec_" not in text
    rotated = api.post(f"{API}{made.json()['id']}/rotate/")
    assert rotated.json()["secret"] != secret
    assert rotated.json()["old_secret_until"]


def test_keeps_no_answer_that_holds_a_secret(api, webhook, manager):
    answer = api.post(API, body(webhook.partner), headers={"Idempotency-Key": "one"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "no_idempotency_here"
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"url": "http://a.example.org/"}, "url", "bad_scheme"),
        ({"url": "https://127.0.0.1/"}, "url", "bad_host"),
        ({"url": "https://a.example.org:22/"}, "url", "bad_port"),
        ({"url": "https://a.example.org/" + "a" * 500}, "url", "max_length"),
        ({"url": ""}, "url", "blank"),
        ({"kinds": []}, "kinds", "empty"),
        ({"kinds": ["**"]}, "kinds", "invalid"),
        ({"kinds": ["partner.* x"]}, "kinds", "invalid"),
        ({"kinds": ["partner.*"] * 51}, "kinds", None),
        ({"kinds": "*"}, "kinds", "not_a_list"),
        ({"secret": "whsec_AAAA"}, "secret", "unknown_field"),
        ({"secret_sealed": "x"}, "secret_sealed", "unknown_field"),
        ({"is_active": False}, "is_active", "unknown_field"),
        ({"partner": 10**9}, "partner", "does_not_exist"),
    ],
)
def test_refuses_what_makes_no_webhook(api, webhook, manager, wrong, field, code):
    answer = api.post(API, body(webhook.partner, wrong))

    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["attr"].partition(".")[0] == field
    assert code in (None, error["code"])
    assert Webhook.objects.count() == 1
    assert not Event.objects.filter(kind="webhook.added").exists()


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "::1"], []])
def test_asks_the_name_service_at_once(api, webhook, manager, monkeypatch, addresses):
    """The answer is the same for a name that leads nowhere and one that leads inside."""
    monkeypatch.setattr(outgoing, "lookup", lambda *what: addresses)

    for answer in (
        api.post(API, body(webhook.partner)),
        api.patch(
            f"{API}{webhook.pk}/", {"url": "https://b.example.org/"}, headers={"If-Match": "*"}
        ),
    ):
        assert answer.status_code == 400
        error = answer.json()["errors"][0]
        assert (error["attr"], error["code"]) == ("url", "address_refused")
        assert error["detail"] == "The host has no address that may be called."
    assert list(Webhook.objects.values_list("url", flat=True)) == [webhook.url]


def test_only_a_verified_partner_adds_one_and_not_without_end(api):
    for trait in ("pending", "suspended"):
        partner = PartnerFactory(**{trait: True})
        api.force_authenticate(UserFactory(manages=partner))
        assert api.post(API, body(partner)).json()["errors"][0]["code"] == "partner_not_verified"
    partner = PartnerFactory()
    WebhookFactory.create_batch(Webhook.MOST_PER_OWNER, partner=partner)
    api.force_authenticate(UserFactory(manages=partner))

    assert api.post(API, body(partner)).json()["errors"][0]["code"] == "too_many_webhooks"


def test_switched_off_gives_up_what_waits_and_on_starts_afresh(api, webhook, manager):
    delivery = WebhookDeliveryFactory(webhook=webhook)
    url, match = f"{API}{webhook.pk}/", {"If-Match": "*"}
    assert api.patch(url, {"is_active": False}, headers=match).json()["is_active"] is False
    delivery.refresh_from_db()
    assert delivery.status == "failed"
    assert api.post(f"{url}test/").json()["errors"][0]["code"] == "webhook_inactive"
    Webhook.objects.update(disabled_reason="Gone.", failing_since="2020-01-01T00:00Z")

    shown = api.patch(url, {"is_active": True}, headers=match).json()

    assert (shown["is_active"], shown["disabled_reason"], shown["failing_since"]) == (
        True,
        "",
        None,
    )


def test_a_webhook_stays_with_its_owner(api, webhook, manager):
    other = PartnerFactory()
    answer = api.patch(f"{API}{webhook.pk}/", {"partner": other.pk}, headers={"If-Match": "*"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "partner"


def test_a_stale_change_is_refused(api, webhook, manager):
    answer = api.patch(f"{API}{webhook.pk}/", {"kinds": ["*"]}, headers={"If-Match": '"7"'})

    assert answer.status_code == 412


def test_a_test_is_sent_at_once_to_this_webhook_alone(
    api, webhook, manager, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(
        outgoing, "post", lambda url, *rest: sent.append(url) or outgoing.Answer(200, "ok", "")
    )
    WebhookFactory(partner=None)
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.post(f"{API}{webhook.pk}/test/")

    assert answer.json()["kind"] == "webhook.test"
    assert sent == [webhook.url]
    shown = api.get(f"/api/v1/webhook-deliveries/{answer.json()['id']}/").json()
    assert (shown["status"], shown["response_code"], shown["response"]) == ("delivered", 200, "ok")


def test_sends_again_only_what_has_ended(api, webhook, manager):
    delivery = WebhookDeliveryFactory(webhook=webhook, status="failed", attempts=8, error="No.")
    url = f"/api/v1/webhook-deliveries/{delivery.pk}/redeliver/"

    again = api.post(url).json()

    assert (again["status"], again["attempts"], again["key"]) == ("waiting", 0, str(delivery.key))
    assert api.post(url).json()["errors"][0]["code"] == "still_under_way"


@pytest.mark.parametrize("size", [1, 20])
def test_lists_cost_the_same_at_any_size(api, webhook, manager, size, django_assert_num_queries):
    WebhookFactory.create_batch(size, partner=webhook.partner)
    WebhookDeliveryFactory.create_batch(size, webhook=webhook)
    NoticeFactory.create_batch(size, user=manager)

    with django_assert_num_queries(1):  # webhooks
        assert len(api.get(API).json()["results"]) == size + 1
    with django_assert_num_queries(1):  # deliveries with webhook and event
        assert len(api.get("/api/v1/webhook-deliveries/").json()["results"]) == size
    with django_assert_num_queries(2):  # notices with their events; the partners that are seen
        assert len(api.get("/api/v1/notices/").json()["results"]) == size


def test_removing_one_takes_its_log_along(api, webhook, manager):
    WebhookDeliveryFactory(webhook=webhook)

    assert api.delete(f"{API}{webhook.pk}/").status_code == 204

    assert not WebhookDelivery.objects.exists()
    assert Event.objects.filter(kind="webhook.removed", by=manager).exists()
