"""Signing up: confirmed by mail, and silent about who has an account."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from registry.models import Event, User
from registry.tasks import drop_unconfirmed_accounts
from tests.factories import PASSWORD, AffiliationFactory, UserFactory
from tests.signing_in import is_signed_in, last_mail, link_in, sign_in

pytestmark = pytest.mark.django_db
NEW = {"name": "Ana Ruiz", "email": "Ana@Example.org", "password1": "pump-lake-2030-xyz"}


@pytest.fixture(autouse=True)
def _no_requests_so_far():
    cache.clear()


def sign_up(client, **changes):
    return client.post("/sign-up/", {**NEW, **changes})


def test_signs_up_confirms_and_is_led_to_the_account(client):
    answer = sign_up(client)
    assert answer["Location"] == "/sign-up/sent/"
    assert not is_signed_in(client)

    link = link_in(last_mail())
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified  # a mail scanner's GET confirms nothing
    answer = client.post(link)

    user = User.objects.get()
    assert (user.email, user.name) == ("ana@example.org", "Ana Ruiz")
    assert answer["Location"] == "/account/"
    assert is_signed_in(client)
    kinds = set(Event.objects.about(user).values_list("kind", flat=True))
    assert kinds == {"user.signed_up", "user.email_confirmed"}
    assert "Find your organisation" in client.get("/account/").content.decode()


def test_the_link_confirms_in_another_browser_without_signing_in(client):
    from django.test import Client

    sign_up(Client())
    answer = client.post(link_in(last_mail()))

    assert answer["Location"] == "/sign-in/?next=/account/"
    assert not is_signed_in(client)
    assert EmailAddress.objects.get().verified


def test_a_link_confirms_once_and_not_after_three_days(client, time_machine):
    sign_up(client)
    link = link_in(last_mail())
    time_machine.move_to(timezone.now() + timedelta(days=3, minutes=1))
    assert client.post(link).status_code == 404
    assert not EmailAddress.objects.get().verified

    time_machine.move_to(timezone.now() - timedelta(days=2))
    assert client.post(link).status_code == 302
    assert client.post(link).status_code == 404


@pytest.mark.parametrize("forged", ["x", "MQ:1abc:sig", "MQ:1w:" + "a" * 43])
def test_a_forged_link_confirms_nothing(client, forged):
    sign_up(client)

    assert client.post(f"/confirm-email/{forged}/").status_code == 404
    assert "cannot be used" in client.get(f"/confirm-email/{forged}/").content.decode()


def test_without_confirmation_nobody_signs_in(client, api):
    sign_up(client)
    cache.clear()
    client.post("/sign-out/")

    answer = sign_in(client, User.objects.get(), NEW["password1"])
    assert answer["Location"] == "/sign-up/sent/"
    assert not is_signed_in(client)
    assert len(mail.outbox) == 2  # the link once more: only for who knows the password

    body = {"email": "ana@example.org", "password": NEW["password1"]}
    wrong = {**body, "password": "wrong"}
    refused = [api.post("/api/v1/sign-in/", b) for b in (body, wrong)]
    assert [r.status_code for r in refused] == [401, 401]
    assert refused[0].json() == refused[1].json()


def test_says_the_same_for_an_address_that_has_an_account(client):
    UserFactory(email="ana@example.org")
    known = sign_up(client)
    known_page = client.get(known["Location"]).content
    client.session.flush()
    client.cookies.clear()
    unknown = sign_up(client, email="other@example.org")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    strip = b"csrfmiddlewaretoken"
    assert strip not in known_page
    assert known_page == client.get(unknown["Location"]).content
    assert "There is an account with it already" in mail.outbox[0].body
    assert mail.outbox[0].to == ["ana@example.org"]
    assert User.objects.count() == 2


def test_takes_as_many_hashes_for_a_known_address_as_for_a_new_one(client, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    UserFactory(email="ana@example.org")
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k)
    )
    counts = []
    for email in ("ana@example.org", "other@example.org"):
        hashed.clear()
        sign_up(client, email=email)
        counts.append(len(hashed))

    assert counts[0] == counts[1] == 1


def test_whoever_is_faster_has_the_address_and_the_other_is_told_nothing(client, monkeypatch):
    from registry.forms.accounts import SignUpForm

    check = SignUpForm.validate_unique_email

    def raced(form, value):
        checked = check(form, value)
        UserFactory(email="ana@example.org")
        return checked

    monkeypatch.setattr(SignUpForm, "validate_unique_email", raced)
    assert sign_up(client)["Location"] == "/sign-up/sent/"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a@example.org\nBcc: all@example.org"),
        ("email", "a\x00@example.org"),
        ("email", f"{'a' * 250}@example.org"),
        ("name", ""),
        ("name", "A\x00na"),
        ("name", "A" * 151),
        ("password1", ""),
        ("password1", "12345678"),
        ("password1", "short"),
        ("password1", "ana@example.org"),
        ("password1", "x" * 1001),
        ("password1", "x" * 5_000_000),
    ],
)
def test_sends_a_faulty_form_back_with_the_field(client, field, value):
    answer = sign_up(client, **{field: value})

    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.exists()
    assert not mail.outbox


def test_ten_megabytes_of_password_are_refused(client):
    assert sign_up(client, password1="x" * 10_500_000).status_code == 400
    assert not User.objects.exists()


def test_a_name_puts_nothing_into_a_mails_head(client):
    sign_up(client, name="Ana\r\nBcc: all@example.org")

    [message] = mail.outbox
    assert message.recipients() == ["ana@example.org"]
    assert "Bcc" not in message.message()


def test_leads_to_no_other_host(client):
    sign_up(client, next="//evil.example/")
    answer = client.post(link_in(last_mail()))
    assert answer["Location"] == "/account/"


def test_one_address_signs_up_twenty_times_a_minute_at_most(client):
    answers = [sign_up(client, email=f"a{n}@example.org").status_code for n in range(22)]
    assert answers.count(302) == 20
    assert answers[-1] == 429


def test_an_account_that_nobody_confirms_goes_after_a_week(client, time_machine):
    sign_up(client)
    UserFactory(email="confirmed@example.org")
    invited = AffiliationFactory().user
    time_machine.move_to(timezone.now() + timedelta(days=6))
    drop_unconfirmed_accounts()
    assert User.objects.count() == 3
    time_machine.move_to(timezone.now() + timedelta(days=2))
    drop_unconfirmed_accounts()

    assert set(User.objects.values_list("email", flat=True)) == {
        "confirmed@example.org",
        invited.email,
    }


def test_a_mail_server_that_is_away_is_no_server_error(client, monkeypatch):
    from django.core.mail import EmailMessage

    def away(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", away)
    assert sign_up(client).status_code == 302
    assert client.post("/forgotten-password/", {"email": "x@example.org"}).status_code == 302


def test_the_password_still_signs_in_who_was_there_before(client):
    user = UserFactory()
    assert sign_in(client, user, PASSWORD).status_code == 302
    assert is_signed_in(client)
