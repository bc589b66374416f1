"""A thousand attempts at once, each from another address if one believes its headers."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ATTEMPTS, THREADS = 1000, 20
HEADERS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_X_CLIENT_IP",
    "HTTP_CLIENT_IP",
    "HTTP_TRUE_CLIENT_IP",
    "HTTP_CF_CONNECTING_IP",
    "HTTP_X_CLUSTER_CLIENT_IP",
    "HTTP_X_ORIGINATING_IP",
    "HTTP_FORWARDED",
    "HTTP_USER_AGENT",
)


@pytest.fixture
def looked_at(monkeypatch):
    """How often a password was looked at, by any door."""
    seen, lock = [], Lock()
    authenticate = AuthenticationBackend.authenticate

    def counted(backend, request, **credentials):
        with lock:
            seen.append(credentials["email"])
        return authenticate(backend, request, **credentials)

    monkeypatch.setattr(AuthenticationBackend, "authenticate", counted)
    return seen


def attempt(n, email, address="10.0.0.1"):
    faked = f"{n % 250 + 1}.{n // 250 + 1}.7.{n % 200 + 1}"
    headers = dict.fromkeys(HEADERS, faked) | {"HTTP_FORWARDED": f"for={faked}"}
    headers |= {"REMOTE_ADDR": address}
    secret = PASSWORD if n > ATTEMPTS // 2 else f"wrong-{n}"
    try:
        if n % 2:
            body = {"email": email, "password": secret}
            return APIClient().post("/api/v1/sign-in/", body, **headers).status_code
        form = {"login": email, "password": secret}
        return Client().post("/sign-in/", form, **headers).status_code
    finally:
        connection.close()


def at_once(calls):
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda call: attempt(*call), calls))


def test_of_a_thousand_with_rotating_headers_ten_are_looked_at(looked_at):
    cache.clear()
    user = UserFactory()

    statuses = at_once((n, user.email) for n in range(ATTEMPTS))

    assert len(looked_at) == 10
    assert statuses.count(429) == ATTEMPTS - 10
    assert 201 not in statuses
    assert 302 not in statuses


def test_of_a_hundred_and_twenty_from_as_many_addresses_fifty_are_looked_at(looked_at):
    user = UserFactory()

    at_once((n, user.email, f"10.1.{n // 100}.{n % 100}") for n in range(120))

    assert len(looked_at) == 50


def test_of_a_hundred_and_fifty_at_as_many_accounts_a_hundred_are_looked_at(looked_at):
    at_once((n, f"u{n}@example.org") for n in range(150))

    assert len(looked_at) == 100
