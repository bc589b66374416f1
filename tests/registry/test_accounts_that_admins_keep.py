"""Accounts that an admin makes, changes, or erases."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from registry.models import User
from registry.services.accounts import forget_sign_in
from registry.tasks import forget_old_attempts
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
TWICE = {"password1": "pump-lake-2030-xyz", "password2": "pump-lake-2030-xyz"}


@pytest.fixture(autouse=True)
def _no_requests_so_far():
    cache.clear()


@pytest.fixture
def office(client):
    client.force_login(UserFactory(admin=True))
    return client


def send(office, path, form):
    """Send a form of the back office, with no rows below it."""
    below = {
        f"{rows.formset.prefix}-{name}": 0
        for rows in office.get(path).context["inline_admin_formsets"]
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return office.post(path, {**form, **below})


def test_who_is_added_in_the_back_office_sets_a_first_password_by_mail(office):
    form = {"email": "New@example.org", "usable_password": "false"}
    assert send(office, "/admin/registry/user/add/", form).status_code == 302
    user = User.objects.get(email__iexact="new@example.org")
    assert not user.has_usable_password()

    browser = Client()
    browser.post("/forgotten-password/", {"email": "new@example.org"})
    browser.post(open_reset_link(browser, link_in(last_mail())), TWICE)
    assert is_signed_in(browser)


def test_an_address_changed_in_the_back_office_signs_in_and_the_old_one_does_not(office):
    user = UserFactory(email="old@example.org")
    form = {"email": "new@example.org", "is_active": "on", "name": "N"}
    assert send(office, f"/admin/registry/user/{user.pk}/change/", form).status_code == 302

    for email, signed_in in (("old@example.org", False), ("new@example.org", True)):
        browser = Client()
        browser.post("/sign-in/", {"login": email, "password": PASSWORD})
        assert is_signed_in(browser) is signed_in


def test_a_session_holds_no_address(client):
    user = UserFactory()
    activate(user)
    sign_in(client, user, PASSWORD)
    client.post("/sign-in/code/", {"code": code()})

    assert is_signed_in(client)
    assert user.email not in str(Session.objects.get().get_decoded())


def test_nothing_is_left_of_how_somebody_signed_in(client):
    user = UserFactory()
    half = Client()
    sign_in(client, user, PASSWORD)
    activate(user)
    sign_in(half, user, PASSWORD)  # waits for the code
    sign_in(Client(), user, "wrong")
    TokenFactory(user=user)
    other = Client()
    other.force_login(UserFactory())

    forget_sign_in(user)

    assert not AccessAttempt.objects.exists()
    assert not Authenticator.objects.exists()
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not user.auth_token_set.exists()
    sessions = [s.get_decoded() for s in Session.objects.all()]
    assert [s["_auth_user_id"] for s in sessions] == [other.session["_auth_user_id"]]
    assert client.get("/account/").status_code == 302
    sign_in(client, user, PASSWORD)
    assert not is_signed_in(client)


def test_sessions_that_have_ended_go_at_night(client):
    client.force_login(UserFactory())
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")

    forget_old_attempts()
    assert not Session.objects.exists()
