"""A forgotten password, a first one, a new one."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from registry.models import Event, Token, User
from tests.factories import PASSWORD, TokenFactory, UserFactory
from tests.signing_in import (
    activate,
    code,
    is_signed_in,
    last_mail,
    link_in,
    open_reset_link,
    sign_in,
)

pytestmark = pytest.mark.django_db
NEW = "pump-lake-2030-xyz"
TWICE = {"password1": NEW, "password2": NEW}


@pytest.fixture(autouse=True)
def _no_requests_so_far():
    cache.clear()


def ask(client, email):
    return client.post("/forgotten-password/", {"email": email})


def reset(client, user):
    ask(client, user.email)
    return client.post(open_reset_link(client, link_in(last_mail())), TWICE)


def test_a_link_from_the_mailbox_sets_a_new_password_and_signs_in(client):
    user = UserFactory()

    assert reset(client, user).status_code == 302

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert is_signed_in(client)
    assert "was changed" in last_mail().subject
    assert Event.objects.about(user).filter(kind="user.password_changed").exists()


def test_the_first_password_of_an_account_that_an_admin_made(client):
    user = User.objects.create_user("new@example.org")
    assert not user.has_usable_password()

    reset(client, user)

    assert is_signed_in(client)
    other = Client()
    sign_in(other, user, NEW)
    assert is_signed_in(other)


def test_a_link_works_once_and_for_a_day(client, time_machine):
    user = UserFactory()
    ask(client, user.email)
    link = link_in(last_mail())
    assert client.post(open_reset_link(client, link), TWICE).status_code == 302

    again = Client().get(link)
    assert "cannot be used" in again.content.decode()

    ask(client, user.email)
    link = link_in(last_mail())
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert "cannot be used" in Client().get(link).content.decode()


@pytest.mark.parametrize("key", ["1-x", "zzz-c1-abc", "0-set-password", "99999999999-a-b"])
def test_a_forged_link_opens_nothing(client, key):
    assert "cannot be used" in client.get(f"/forgotten-password/{key}/").content.decode()
    answer = client.post(f"/forgotten-password/{key}/", TWICE)
    assert "cannot be used" in answer.content.decode()


def test_says_the_same_for_an_address_without_an_account(client):
    user = UserFactory()
    answers = [ask(client, user.email), ask(client, "nobody@example.org")]

    assert answers[0]["Location"] == answers[1]["Location"] == "/forgotten-password/sent/"
    assert [m.to for m in mail.outbox] == [[user.email], ["nobody@example.org"]]
    assert "no account with this address" in mail.outbox[1].body


@pytest.mark.parametrize("values", [{"is_active": False}, {"service": True}])
def test_sends_no_link_to_whom_may_not_sign_in(client, values):
    user = UserFactory(password=None, **values)
    ask(client, user.email)

    assert "no account" in last_mail().body


def test_sends_no_link_to_an_address_that_waits_for_confirmation(client):
    user = UserFactory()
    user.emailaddress_set.create(email="mistyped@example.org")
    ask(client, "mistyped@example.org")

    assert "no account" in last_mail().body


def test_one_address_is_asked_for_five_times_an_hour_at_most(client):
    answers = [ask(client, "ana@example.org").status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_a_new_password_signs_out_everywhere_else_and_ends_tokens(client, api):
    user = UserFactory()
    token, others = TokenFactory(user=user), TokenFactory()
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, user, PASSWORD)

    answer = client.post("/account/password/", {"oldpassword": PASSWORD, **TWICE})

    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert list(Token.objects.all()) == [others]
    api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    assert api.get("/api/v1/me/").status_code == 401


def test_a_reset_signs_out_everywhere_else(client):
    user = UserFactory()
    elsewhere = Client()
    sign_in(elsewhere, user, PASSWORD)
    reset(client, user)

    assert elsewhere.get("/account/").status_code == 302


def test_a_reset_still_asks_for_the_second_factor(client):
    user = UserFactory()
    activate(user)

    assert reset(client, user)["Location"] == "/sign-in/code/"
    assert not is_signed_in(client)
    client.post("/sign-in/code/", {"code": code()})
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"oldpassword": "wrong", **TWICE}, "oldpassword"),
        ({"oldpassword": PASSWORD, **TWICE, "password2": "other"}, "password2"),
        ({"oldpassword": PASSWORD, "password1": "12345", "password2": "12345"}, "password1"),
        ({"oldpassword": "x" * 1001, **TWICE}, "oldpassword"),
        ({"oldpassword": f"{PASSWORD}\x00", **TWICE}, "oldpassword"),
        ({}, "oldpassword"),
    ],
)
def test_a_faulty_change_changes_nothing(client, form, field):
    user = UserFactory()
    client.force_login(user)

    answer = client.post("/account/password/", form)

    assert field in answer.context["form"].errors
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("values", [{"is_active": False}, {"is_staff": False}])
def test_what_an_account_loses_is_lost_on_the_next_request(client, values):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200

    User.objects.filter(pk=user.pk).update(**values)

    assert client.get("/admin/").status_code == 302
