"""What a token allows: networks, reading, time; and that it makes none that allows more."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone

from registry import tasks
from registry.errors import NotAllowed
from registry.models import Event, Notice, Token
from registry.services.service_accounts import issue_token
from tests.factories import NOON, PartnerFactory, TokenFactory, UserFactory
from tests.moves import refused

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


@pytest.mark.parametrize(
    ("allowed", "caller", "fits"),
    [
        ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.0/24", "192.0.3.0", False),
        ("192.0.2.7/24", "192.0.2.9", True),  # the host's bits do not matter
        ("192.0.2.0/24", "::ffff:192.0.2.5", True),
        ("::ffff:192.0.2.0/120", "192.0.2.5", True),
        ("::ffff:192.0.2.0/120", "192.0.3.5", False),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("2001:db8::/32", "32.1.13.184", False),
        ("0.0.0.0/0", "198.51.100.1", True),
        ("0.0.0.0/0", "2001:db8::1", False),
        ("::/0", "2001:db8::1", True),
        ("192.0.2.7", "", False),
        ("192.0.2.7", "not an address", False),
        ("192.0.2.7", "192.0.2.7, 6.6.6.6", False),
    ],
)
def test_addresses_and_networks(allowed, caller, fits):
    token, _ = Token.issue(UserFactory(), name="x", allowed_addresses=[allowed])

    assert token.allows(caller) is fits


@pytest.mark.parametrize("wrong", ["", "x", "192.0.2", "192.0.2.0/33", "::/129", "192.0.2.1/x"])
def test_what_is_no_network_is_refused(api, wrong):
    with pytest.raises(ValidationError):
        Token.issue(UserFactory(), name="x", allowed_addresses=[wrong])
    api.force_authenticate(UserFactory())
    answer = api.post("/api/v1/tokens/", {"name": "x", "allowed_addresses": [wrong]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"].startswith("allowed_addresses")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("limits", "asked", "allowed"),
    [
        ({"allowed_addresses": ["192.0.2.0/24"]}, {"allowed_addresses": ["192.0.2.128/25"]}, True),
        ({"allowed_addresses": ["192.0.2.0/24"]}, {"allowed_addresses": ["192.0.0.0/16"]}, False),
        ({"allowed_addresses": ["192.0.2.0/24"]}, {"allowed_addresses": ["2001:db8::1"]}, False),
        ({"allowed_addresses": ["192.0.2.0/24"]}, {}, False),
        ({"read_only": True}, {"read_only": True}, True),
        ({"read_only": True}, {}, False),
        ({"days": 5}, {"days": 4}, True),
        ({"days": 5}, {"days": 6}, False),
        ({"days": 5}, {}, True),  # then as long as the one that asks
    ],
)
def test_a_token_makes_no_stronger_one(limits, asked, allowed):
    user = UserFactory()
    through, _ = Token.issue(user, name="first", **limits)

    if not allowed:
        with refused("limited_token", NotAllowed):
            issue_token(user, by=user, name="second", through=through, **asked)
        assert Token.objects.count() == 1
        return
    made, _ = issue_token(user, by=user, name="second", through=through, **asked)
    assert made.expiry - through.expiry < timedelta(seconds=1)


def test_the_use_is_noted_once_a_minute(api, django_assert_num_queries):
    token = TokenFactory()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    assert api.get(ME).status_code == 200
    token.refresh_from_db()
    first = token.last_used_at
    assert timezone.now() - first < timedelta(minutes=1)

    # the token with its user, and what the page shows: the person, the roles
    with django_assert_num_queries(3):
        api.get(ME)
    token.refresh_from_db()
    assert token.last_used_at == first

    Token.objects.update(last_used_at=first - timedelta(seconds=61))
    api.get(ME)
    token.refresh_from_db()
    assert token.last_used_at > first


def test_a_use_that_cannot_be_noted_is_no_failure(api, monkeypatch):
    def refuse(*given, **named):
        raise DatabaseError("cannot execute UPDATE in a read-only transaction")

    token = TokenFactory()
    monkeypatch.setattr(type(Token.objects.all()), "update", refuse)
    api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")

    assert api.get(ME).status_code == 200
    token.refresh_from_db()
    assert token.last_used_at is None


def test_what_was_read_from_a_replica_is_not_written(django_assert_num_queries):
    token = Token.objects.get(pk=TokenFactory().pk)
    token._state.db = "replica"

    with django_assert_num_queries(0):
        token.note_use()


def ending_in(days, **values):
    token = TokenFactory(**values)
    now = timezone.now()
    Token.objects.filter(pk=token.pk).update(created=NOON, expiry=now + timedelta(days=days))
    return token


def test_its_owner_is_told_14_and_3_days_before_each_once():
    token = ending_in(13)
    assert [tasks.remind_of_expiring_tokens() for _ in range(2)] == [1, 0]
    Token.objects.update(expiry=timezone.now() + timedelta(days=2))
    assert [tasks.remind_of_expiring_tokens() for _ in range(2)] == [1, 0]

    told = Notice.objects.filter(user=token.user).order_by("pk")
    assert [notice.event.facts["days"] for notice in told] == [14, 3]
    assert {notice.event.facts["token"] for notice in told} == {token.shown_key}


@pytest.mark.parametrize("days", [-1, 15])
def test_nobody_is_told_too_early_or_too_late(days):
    ending_in(days)

    assert tasks.remind_of_expiring_tokens() == 0


def test_of_a_token_made_for_a_week_one_is_told_once():
    user = UserFactory()
    Token.issue(user, name="short", days=7)
    assert tasks.remind_of_expiring_tokens() == 0
    Token.objects.update(created=timezone.now() - timedelta(days=5))
    Token.objects.update(expiry=timezone.now() + timedelta(days=2))

    assert tasks.remind_of_expiring_tokens() == 1


def test_of_a_systems_token_the_partners_managers_are_told():
    partner = PartnerFactory()
    managers = [UserFactory(manages=partner) for _ in range(2)]
    UserFactory(evaluates=partner)
    ending_in(10, user=UserFactory(service=True, evaluates=partner))

    assert tasks.remind_of_expiring_tokens() == 1

    event = Event.objects.get(kind="user.token_expiring")
    assert {notice.user for notice in event.notices.all()} == set(managers)
