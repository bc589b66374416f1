"""Who guesses too often is locked out for a while, by every door; the owner is not, for long."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from registry.lockout import forget_attempts
from registry.models import Event
from registry.tasks import forget_old_attempts
from tests.factories import PASSWORD, TokenFactory, UserFactory
from tests.signing_in import activate, code, is_signed_in, last_mail, link_in, open_reset_link

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "10.0.0.1", "10.9.9.9"
LIMIT = 10


@pytest.fixture(autouse=True)
def _no_requests_so_far():
    cache.clear()


@pytest.fixture
def user():
    return UserFactory(email="eva@example.org")


def by_page(email, password, address=HERE, **headers):
    form = {"login": email, "password": password}
    return Client().post("/sign-in/", form, REMOTE_ADDR=address, **headers)


def by_api(email, password, address=HERE, **headers):
    body = {"email": email, "password": password}
    return APIClient().post("/api/v1/sign-in/", body, REMOTE_ADDR=address, **headers)


def guess(email, times=LIMIT, door=by_page, **more):
    return [door(email, f"wrong-{n}", **more).status_code for n in range(times)]


@pytest.mark.parametrize("door", [by_page, by_api])
def test_after_ten_guesses_not_even_the_right_password_passes(user, door):
    statuses = guess(user.email, LIMIT + 2, door)
    assert statuses[LIMIT:] == [429, 429]
    assert 429 not in statuses[:LIMIT]

    answer = door(user.email, PASSWORD)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 900


def test_pages_and_api_count_together(user):
    guess(user.email, 5, by_page)
    guess(user.email, 5, by_api)

    assert by_page(user.email, PASSWORD).status_code == 429
    assert by_api(user.email, PASSWORD).status_code == 429


@pytest.mark.parametrize("door", [by_page, by_api])
def test_a_lock_does_not_say_whether_there_is_an_account(user, door):
    answers = []
    for email in (user.email, "nobody@example.org"):
        guess(email, LIMIT, door)
        answers.append(door(email, "wrong"))

    assert answers[0].status_code == answers[1].status_code == 429
    assert answers[0].content == answers[1].content


def test_case_and_spaces_make_no_other_account(user):
    for n, email in enumerate(["eva@example.org", "EVA@example.org", " Eva@Example.org "] * 4):
        by_api(email, f"wrong-{n}")

    assert by_api(user.email, PASSWORD).status_code == 429


def test_the_lock_ends_after_the_cool_off_however_often_one_knocks(user, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    guess(user.email)
    time_machine.move_to(start + timedelta(minutes=14), tick=False)
    assert guess(user.email, 3) == [429] * 3
    time_machine.move_to(start + timedelta(minutes=15, seconds=1), tick=False)

    assert by_page(user.email, PASSWORD).status_code == 302


def test_a_success_begins_anew_here_only(user):
    guess(user.email, 9)
    guess(user.email, 9, address=ELSEWHERE)
    assert by_page(user.email, PASSWORD).status_code == 302
    assert guess(user.email, 9)[-1] == 200

    assert guess(user.email, 2, address=ELSEWHERE) == [200, 429]


def test_a_lock_here_is_none_elsewhere_until_all_guesses_together_are_too_many(user):
    guess(user.email)
    assert by_page(user.email, PASSWORD, ELSEWHERE).status_code == 302

    for n in range(4):
        guess(user.email, address=f"10.0.1.{n}")
    assert by_page(user.email, PASSWORD, "10.7.7.7").status_code == 429


def test_one_address_has_a_hundred_guesses_at_all_accounts(user):
    statuses = [by_api(f"u{n}@example.org", "Winter2030").status_code for n in range(102)]

    assert statuses == [401] * 100 + [429] * 2
    assert by_api(user.email, PASSWORD).status_code == 429
    assert by_api(user.email, PASSWORD, ELSEWHERE).status_code == 201


@pytest.mark.parametrize(
    ("proxies", "header", "locked"),
    [
        (0, "10.1.1.{n}", True),
        (0, "10.1.1.{n}, 127.0.0.1", True),
        (1, "10.1.1.{n}, 7.7.7.7", True),
        (1, "7.7.7.7, 10.1.1.{n}", False),  # what the trusted proxy saw
        (2, "1.1.{n}.1, 7.7.7.7, 8.8.8.8", True),
    ],
)
def test_a_header_makes_no_other_address(user, settings, proxies, header, locked):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    for n in range(LIMIT):
        by_page(user.email, "wrong", HTTP_X_FORWARDED_FOR=header.format(n=n))

    answer = by_page(user.email, PASSWORD, HTTP_X_FORWARDED_FOR=header.format(n=99))
    assert (answer.status_code == 429) is locked


def test_a_neighbour_in_the_same_ipv6_network_is_the_same_guesser(user):
    for n in range(LIMIT):
        guess(user.email, 1, address=f"2001:db8:0:1::{n}")

    assert by_page(user.email, PASSWORD, "2001:db8:0:1:ffff::1").status_code == 429
    assert by_page(user.email, PASSWORD, "2001:db8:0:2::1").status_code == 302
    guess(user.email, LIMIT, address="::ffff:10.3.3.3")
    assert by_page(user.email, PASSWORD, "10.3.3.3").status_code == 429


def test_sessions_and_tokens_go_on(user, client):
    client.force_login(user)
    token = TokenFactory(user=user)
    guess(user.email)

    assert client.get("/account/").status_code == 200
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    assert api.get("/api/v1/me/").status_code == 200


def test_the_owner_is_told_once_and_nobody_else(user):
    guess(user.email, LIMIT + 5)
    guess("nobody@example.org", LIMIT + 5)

    assert [m.to for m in mail.outbox] == [[user.email]]
    assert "15 minutes" in last_mail().body


def test_a_reset_by_mail_ends_the_lock(user, client):
    for n in range(5):
        guess(user.email, address=f"10.0.1.{n}")
    client.post("/forgotten-password/", {"email": user.email})
    new = {"password1": "pump-lake-2030-xyz", "password2": "pump-lake-2030-xyz"}
    client.post(open_reset_link(client, link_in(last_mail())), new)

    assert is_signed_in(client)
    assert by_page(user.email, "pump-lake-2030-xyz").status_code == 302


def test_an_admin_unlocks_in_the_back_office(user, client):
    guess(user.email)
    client.force_login(UserFactory(admin=True))
    form = {"action": "unlock", "_selected_action": user.pk}
    client.post("/admin/registry/user/", form)

    assert by_page(user.email, PASSWORD).status_code == 302
    assert Event.objects.about(user).filter(kind="user.unlocked").exists()


def test_the_back_office_has_no_door_of_its_own(user, client):
    form = {"username": user.email, "password": PASSWORD}
    for answer in (client.get("/admin/login/"), client.post("/admin/login/", form)):
        assert answer["Location"].startswith("/sign-in/")
    client.force_login(user)
    assert client.get("/admin/login/").status_code == 403
    client.force_login(UserFactory(admin=True))
    assert client.get("/admin/password_change/")["Location"] == "/account/password/"


def test_guesses_with_an_open_session_count_too(user, client):
    client.force_login(user)
    form = {"oldpassword": "wrong", "password1": "x", "password2": "x"}
    for _ in range(5):
        client.post("/account/password/", form, REMOTE_ADDR=HERE)
        client.post("/account/confirm/", {"password": "wrong"}, REMOTE_ADDR=HERE)

    right = {"password": PASSWORD}
    assert client.post("/account/confirm/", right, REMOTE_ADDR=HERE).status_code == 429
    right = {"oldpassword": PASSWORD, "password1": "a-b-c-d-9", "password2": "a-b-c-d-9"}
    assert client.post("/account/password/", right, REMOTE_ADDR=HERE).status_code == 429
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_codes_are_counted_apart_and_by_every_door_together(user, client):
    recovery = activate(user)
    guess(user.email, 9)
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD}, REMOTE_ADDR=HERE)
    for n in range(5):
        client.post("/sign-in/code/", {"code": f"00000{n}"}, REMOTE_ADDR=HERE)
    open_already = Client()
    open_already.force_login(user)
    AccessAttempt.objects.filter(failures_since_start=10).delete()  # the password's
    for n in range(5):
        open_already.post("/account/confirm/code/", {"code": f"1000000{n}"}, REMOTE_ADDR=HERE)

    for right in (code(), recovery[0]):
        answer = client.post("/sign-in/code/", {"code": right}, REMOTE_ADDR=HERE)
        assert answer.status_code == 429
        body = {"email": user.email, "password": PASSWORD, "totp": right}
        assert APIClient().post("/api/v1/sign-in/", body, REMOTE_ADDR=HERE).status_code == 429
    assert not is_signed_in(client)


def test_who_does_not_know_the_password_cannot_use_up_the_codes(user, client):
    activate(user)
    for n in range(5):
        guess(user.email, address=f"10.0.1.{n}")
    client.post("/forgotten-password/", {"email": user.email})
    new = {"password1": "pump-lake-2030-xyz", "password2": "pump-lake-2030-xyz"}
    client.post(open_reset_link(client, link_in(last_mail())), new)
    for n in range(5):
        guess(user.email, address=f"10.0.1.{n}")

    client.post("/sign-in/code/", {"code": code()})
    assert is_signed_in(client)


def test_a_right_password_alone_does_not_begin_anew(user):
    activate(user)
    for _ in range(LIMIT):
        assert by_api(user.email, PASSWORD).status_code == 401

    assert by_api(user.email, PASSWORD).status_code == 429


def test_keeps_no_mail_address_path_browser_or_password(user):
    guess(user.email, 2, HTTP_USER_AGENT="Netscape")
    by_page("my-secret-password", "x")
    by_api("my-secret-password", "x")

    for row in AccessAttempt.objects.all():
        kept = {k for k, v in vars(row).items() if v and not k.startswith("_")}
        assert kept == {"id", "username", "ip_address", "attempt_time", "failures_since_start"}
        assert set(row.username) <= set("0123456789abcdef")


def test_what_is_kept_goes_after_a_day_or_when_asked(user, time_machine):
    guess(user.email, 2)
    guess("other@example.org", 2)
    assert forget_attempts("Eva@example.org ") == 1
    assert forget_old_attempts() == 0
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))

    assert forget_old_attempts() == 1
    assert not AccessAttempt.objects.exists()


def test_without_a_queue_sign_in_still_answers(user, monkeypatch):
    from kombu.exceptions import OperationalError

    from registry import lockout

    def away(*args):
        raise OperationalError

    monkeypatch.setattr(lockout.tell_of_lock, "delay", away)
    assert guess(user.email, LIMIT + 1)[-1] == 429


@pytest.mark.parametrize("password", ["x\x00y", "x" * 1001, ""])
def test_a_password_that_cannot_be_one_is_not_looked_at(user, password):
    assert by_page(user.email, password).status_code == 200
    assert not AccessAttempt.objects.exists()
