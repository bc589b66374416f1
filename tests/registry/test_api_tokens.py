"""Who calls the API: tokens, their limits, signing in, and sessions."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from registry.models import Token
from tests.factories import PASSWORD, PartnerFactory, TokenFactory, UserFactory

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"
SIGN_IN = "/api/v1/sign-in/"


@pytest.fixture(autouse=True)
def _no_attempts_so_far():
    cache.clear()


def use(api, secret):
    api.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return api


def test_a_token_speaks_for_its_user(api):
    token = TokenFactory()

    me = use(api, token.secret).get(ME).json()
    assert me["email"] == token.user.email
    assert token.secret not in (token.digest, token.token_key)


@pytest.mark.parametrize(
    "header",
    ["Token", "Token a b", "Token unknown", "Token \xff\xfe", "Token é", "Token " + "0" * 64],
)
def test_refuses_what_is_no_token(api, header):
    answer = api.get(ME, HTTP_AUTHORIZATION=header)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


def test_refuses_an_expired_token_and_an_inactive_user(api):
    expired, idle = TokenFactory(), TokenFactory()
    Token.objects.filter(pk=expired.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    idle.user.is_active = False
    idle.user.save()

    assert use(api, expired.secret).get("/api/v1/goals/").status_code == 401
    assert use(api, idle.secret).get("/api/v1/goals/").status_code == 401


def test_a_read_only_token_reads(api):
    token = TokenFactory(read_only=True)

    assert use(api, token.secret).get(ME).status_code == 200
    answer = api.post("/api/v1/partners/", {"name": "New", "kind": "academia"})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "read_only_token"


@pytest.mark.parametrize(
    ("caller", "forwarded", "proxies", "status"),
    [
        ("10.0.0.7", "", 0, 200),
        ("10.0.0.8", "", 0, 401),
        ("10.0.0.8", "10.0.0.7", 0, 401),  # nobody is trusted to say so
        ("10.0.0.8", "6.6.6.6, 10.0.0.7", 1, 200),
        ("10.0.0.8", "10.0.0.7, 6.6.6.6", 1, 401),
        ("::ffff:0a00:0007", "", 0, 200),  # the same address, written in IPv6
        ("::ffff:0a00:0008", "", 0, 401),
        ("", "", 0, 401),
    ],
)
def test_a_token_counts_from_its_addresses_only(api, settings, caller, forwarded, proxies, status):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    token = TokenFactory(allowed_addresses=["10.0.0.7"])
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    answer = use(api, token.secret).get(ME, REMOTE_ADDR=caller, **headers)
    assert answer.status_code == status


def test_signs_in_with_email_and_password(api):
    user = UserFactory()
    body = {"email": user.email.upper(), "password": PASSWORD, "name": "laptop"}

    answer = api.post(SIGN_IN, body)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert use(api, answer.json()["token"]).get(ME).json()["email"] == user.email
    listed = api.get("/api/v1/tokens/").json()["results"]
    assert [row["name"] for row in listed] == ["laptop"]
    assert answer.json()["token"] not in str(listed)


@pytest.mark.parametrize("password", ["wrong", "", " "])
def test_wrong_credentials_are_401_and_give_nothing_away(api, password):
    user = UserFactory()
    known = api.post(SIGN_IN, {"email": user.email, "password": password or "x"})
    unknown = api.post(SIGN_IN, {"email": "nobody@example.org", "password": "x"})

    assert known.status_code == unknown.status_code == 401
    assert known.json() == unknown.json()


def test_guessing_is_slowed_down(api):
    body = {"email": "somebody@example.org", "password": "guess"}
    statuses = [api.post(SIGN_IN, body).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


def test_a_token_is_made_shown_once_and_revoked(api):
    api.force_authenticate(UserFactory())
    made = api.post("/api/v1/tokens/", {"name": "robot", "days": 7, "read_only": True}).json()

    stored = Token.objects.get()
    assert stored.read_only
    assert timedelta(days=6) < stored.expiry - timezone.now() <= timedelta(days=7)
    assert "token" not in api.get(f"/api/v1/tokens/{made['id']}/").json()

    assert api.delete(f"/api/v1/tokens/{made['id']}/").status_code == 204
    api.force_authenticate(None)
    assert use(api, made["token"]).get(ME).status_code == 401


def test_a_limited_token_makes_no_freer_one(api):
    token = TokenFactory(allowed_addresses=["127.0.0.1"])
    use(api, token.secret)

    free = api.post("/api/v1/tokens/", {"name": "free"})
    bound = api.post("/api/v1/tokens/", {"name": "bound", "allowed_addresses": ["127.0.0.1"]})
    assert (free.status_code, bound.status_code) == (403, 201)


@pytest.mark.parametrize("days", [0, 366, "x", None])
def test_a_token_lives_a_year_at_most(api, days):
    api.force_authenticate(UserFactory())
    assert api.post("/api/v1/tokens/", {"name": "x", "days": days}).status_code == 400


def test_a_session_writes_only_with_the_csrf_token():
    from rest_framework.test import APIClient

    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    assert client.get(ME).status_code == 200
    answer = client.post("/api/v1/partners/", {"name": "New", "kind": "academia"})
    assert answer.status_code == 403


def test_tells_for_whom_one_acts(api):
    partner = PartnerFactory()
    api.force_authenticate(UserFactory(evaluates=partner))

    me = api.get(ME).json()
    assert me["is_admin"] is False
    assert [(r["partner"], r["role"]) for r in me["affiliations"]] == [(partner.pk, "evaluator")]
