"""How often somebody may call: exact under concurrency, by token, by partner, by address."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection
from redis import Redis
from rest_framework.test import APIClient

from registry.api import limits
from registry.api.limits import Bucket, Counter
from tests.factories import PartnerFactory, TokenFactory, UserFactory

GOALS = "/api/v1/goals/"
ME = "/api/v1/me/"


@pytest.fixture
def limited(settings, monkeypatch):
    """`limited(token=3)`: limits of this test alone, and nobody counted yet.

    Other processes' tests call from the same address at the same time: ours have keys of their own.
    """
    monkeypatch.setattr(limits, "KEYS", f"rate-{uuid.uuid4().hex}")
    monkeypatch.setattr(limits, "PATIENCE", 30)  # a busy machine is not a Redis that is away
    limits.counter.cache_clear()
    link = Redis.from_url(settings.REDIS_URL)
    settings.RATE_LIMITS = dict.fromkeys(("anonymous", "token", "person", "partner"), 1000)

    def forget():
        for key in link.scan_iter(f"{limits.KEYS}:*"):
            link.delete(key)

    forget()
    yield settings.RATE_LIMITS.update
    forget()
    limits.counter.cache_clear()


def calls(client, number, url=GOALS, **headers):
    return [client.get(url, **headers).status_code for _ in range(number)]


def with_token(token):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    return client


def test_a_hundred_clients_at_once_get_exactly_what_there_is(limited, settings):
    limited(anonymous=250)
    bucket = Bucket("anonymous", uuid.uuid4().hex)

    def client(_):
        own = Counter(settings.REDIS_URL)  # a connection of its own, as a process has
        return [own.take([bucket]).passed for _ in range(5)]

    with ThreadPoolExecutor(100) as pool:
        answers = [passed for taken in pool.map(client, range(100)) for passed in taken]

    assert (len(answers), answers.count(True)) == (500, 250)


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_get_exactly_what_there_is(limited):
    limited(token=30)
    token = TokenFactory()

    def client(_):
        try:
            return calls(with_token(token), 5, ME)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = [code for codes in pool.map(client, range(20)) for code in codes]

    assert (answers.count(200), answers.count(429)) == (30, 70)


@pytest.mark.django_db
def test_says_what_is_left_and_when_to_come_again(api, limited):
    limited(anonymous=2)

    first, second, third = (api.get(GOALS) for _ in range(3))

    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 429)
    assert [a["RateLimit-Limit"] for a in (first, second, third)] == ["2"] * 3
    assert [a["RateLimit-Remaining"] for a in (first, second, third)] == ["1", "0", "0"]
    assert third["RateLimit-Policy"].startswith("2;w=60")
    assert 0 < int(third["RateLimit-Reset"]) <= 60
    assert third["Retry-After"] == third["RateLimit-Reset"]
    assert third.json()["errors"][0]["code"] == "throttled"


@pytest.mark.django_db
def test_a_window_slides(limited, settings, monkeypatch):
    monkeypatch.setattr(limits, "WINDOW", 0.05)
    limited(anonymous=1)
    counter, bucket = Counter(settings.REDIS_URL), Bucket("anonymous", uuid.uuid4().hex)

    assert counter.take([bucket]).passed
    assert not counter.take([bucket]).passed
    while not (later := counter.take([bucket])).passed:
        pass
    assert later.left == 0


@pytest.mark.django_db
def test_every_token_has_its_own_and_a_person_one_for_all(limited):
    limited(token=2, person=3)
    user = UserFactory()
    first, second = (with_token(TokenFactory(user=user)) for _ in range(2))

    assert calls(first, 3, ME) == [200, 200, 429]
    assert calls(second, 2, ME) == [200, 429]
    assert calls(with_token(TokenFactory()), 1, ME) == [200]


@pytest.mark.django_db
def test_a_partners_service_accounts_share_the_partners(limited):
    limited(partner=3)
    partner = PartnerFactory()
    accounts = [UserFactory(service=True, manages=partner) for _ in range(2)]
    first, second = (with_token(TokenFactory(user=account)) for account in accounts)
    other = UserFactory(service=True, manages=PartnerFactory())

    assert calls(first, 2, ME) == [200, 200]
    assert calls(second, 2, ME) == [200, 429]
    assert calls(with_token(TokenFactory(user=other)), 1, ME) == [200]


@pytest.mark.django_db
def test_a_refused_call_uses_up_nothing_of_its_other_limits(limited, settings):
    limited(token=1, person=5)
    token = TokenFactory()
    calls(with_token(token), 4, ME)

    another = with_token(TokenFactory(user=token.user))
    assert another.get(ME)["RateLimit-Remaining"] == "0"
    left = Redis.from_url(settings.REDIS_URL).zcard(f"{limits.KEYS}:person:{token.user.pk}")
    assert left == 2


@pytest.mark.django_db
def test_wrong_tokens_count_toward_the_address(api, limited):
    limited(anonymous=3)

    codes = calls(api, 5, ME, HTTP_AUTHORIZATION="Token 00")

    assert codes == [401, 401, 401, 429, 429]


@pytest.mark.django_db
def test_what_a_client_writes_into_headers_makes_it_nobody_else(api, limited):
    limited(anonymous=2)

    codes = [
        api.get(GOALS, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}", HTTP_X_REAL_IP=f"10.0.0.{n}")
        for n in range(4)
    ]

    assert [answer.status_code for answer in codes] == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
    ],
)
def test_an_address_is_counted_by_what_one_customer_holds(address, network, rf):
    request = rf.get("/", REMOTE_ADDR=address)

    assert limits.buckets_of(request, None, None) == [Bucket("anonymous", network)]


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/api/v1/", "/api/v1/schema/", "/api/v1/docs/", GOALS])
def test_holds_for_every_view(api, limited, url):
    limited(anonymous=1)

    assert calls(api, 2, url, HTTP_ACCEPT="*/*") == [200, 429]


@pytest.mark.django_db
def test_calls_go_on_while_redis_is_away(api, settings, monkeypatch, caplog):
    asked = []
    away = Counter("redis://127.0.0.1:1/0")
    script = away._script
    monkeypatch.setattr(away, "_script", lambda *a: asked.append(a) or script(*a))
    monkeypatch.setattr(limits, "counter", lambda url: away)
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 1)

    answers = [api.get(GOALS) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert not any("RateLimit-Limit" in answer for answer in answers)
    assert len(asked) == 1, "asked once, then given a rest"
    assert "not limited" in caplog.text


def test_everybody_is_counted_by_something(db):
    account = UserFactory(service=True)
    request = SimpleNamespace(META={"REMOTE_ADDR": "192.0.2.7"})

    assert limits.buckets_of(request, account, None) == [Bucket("partner", f"none-{account.pk}")]
