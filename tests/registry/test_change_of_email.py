"""A new address counts once a link that was sent to it has been opened."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from registry.models import Event
from tests.factories import PASSWORD, UserFactory
from tests.signing_in import is_signed_in, last_mail, link_in, sign_in

pytestmark = pytest.mark.django_db
NEW = "new@example.org"


@pytest.fixture(autouse=True)
def _no_requests_so_far():
    cache.clear()


@pytest.fixture
def user(client):
    user = UserFactory(email="old@example.org")
    sign_in(client, user, PASSWORD)
    return user


def confirm_password(client):
    return client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/email/"})


def change(client, email=NEW):
    return client.post("/account/email/", {"email": email, "action_add": "1"})


def test_asks_for_the_password_first(client, user):
    answer = change(client)

    assert answer["Location"].startswith("/account/confirm/?next=")
    assert not mail.outbox
    resumed = client.post(answer["Location"], {"password": PASSWORD, "next": "/account/email/"})
    assert resumed.status_code == 302
    assert last_mail().to == [NEW]


def test_changes_the_address_by_a_link_to_the_new_one(client, user):
    confirm_password(client)
    change(client)
    assert sign_in(Client(), user, PASSWORD).status_code == 302
    user.refresh_from_db()
    assert user.email == "old@example.org"

    client.post(link_in(mail.outbox[0]))

    user.refresh_from_db()
    assert user.email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    assert last_mail().to == ["old@example.org"]
    event = Event.objects.about(user).get(kind="user.email_changed")
    assert "@" not in f"{event.facts} {event.reason} {event.was} {event.became}"
    browser = Client()
    sign_in(browser, user, PASSWORD)
    assert is_signed_in(browser)


def test_the_change_can_be_called_off(client, user):
    confirm_password(client)
    change(client)
    link = link_in(last_mail())
    client.post("/account/email/", {"email": NEW, "action_remove": ""})

    assert client.post(link).status_code == 404
    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_the_page_says_nothing_about_an_address_of_somebody_else(client, user):
    UserFactory(email=NEW)
    confirm_password(client)
    assert change(client).status_code == 302

    client.post(link_in(last_mail()))
    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_an_address_that_somebody_signs_up_with_meanwhile_is_no_server_error(client, user):
    confirm_password(client)
    change(client)
    squatter = UserFactory(email=NEW)
    squatter.emailaddress_set.update(verified=False)

    assert client.post(link_in(last_mail())).status_code in (200, 302)
    user.refresh_from_db()
    assert user.email == "old@example.org"


@pytest.mark.parametrize("email", ["", "x", "a\x00@b.org", "a@b.org\r\nBcc: c@d.org", "a" * 300])
def test_refuses_what_is_no_address(client, user, email):
    confirm_password(client)
    answer = change(client, email)

    assert "email" in answer.context["form"].errors
    assert not mail.outbox


def test_changes_the_name_and_says_where_it_cannot(client, user):
    client.post("/account/", {"name": "Eva"})
    user.refresh_from_db()
    assert user.name == "Eva"
    for name in ("E" * 151, "E\x00va"):
        assert "name" in client.post("/account/", {"name": name}).context["form"].errors
    user.refresh_from_db()
    assert user.name == "Eva"
    event = Event.objects.about(user).get(kind="user.renamed")
    assert "Eva" not in f"{event.facts}{event.reason}"
