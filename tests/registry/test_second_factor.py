"""TOTP: set up, asked for, each code once; and demanded of admins where a setting says so."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from registry.models import Event
from registry.second_factor import has_second_factor
from tests.factories import PASSWORD, TokenFactory, UserFactory
from tests.signing_in import SECRET, activate, code, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
API = "/api/v1/sign-in/"


@pytest.fixture(autouse=True)
def _no_requests_so_far():
    cache.clear()


@pytest.fixture
def user(client):
    user = UserFactory()
    sign_in(client, user, PASSWORD)
    client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/"})
    return user


def set_up(client):
    page = client.get("/account/two-factor/activate/").content.decode()
    secret = re.search(r'<p class="hash">(\w+)</p>', page)[1]
    return client.post("/account/two-factor/activate/", {"code": code(secret=secret)})


@pytest.mark.django_db(transaction=True)
def test_is_set_up_with_an_app_and_gives_recovery_codes(client, user):
    page = client.get("/account/two-factor/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page

    answer = set_up(client)

    assert answer["Location"] == "/account/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get(answer["Location"]).content.decode())
    assert len(set(codes)) == 10
    assert mail.outbox[-1].subject == "Two-factor authentication is on"
    assert Event.objects.about(user).filter(kind="user.second_factor_added").count() == 2
    download = client.get("/account/recovery-codes/download/")
    assert codes[0] in download.content.decode()
    assert download["Content-Type"].startswith("text/plain")


def test_its_secrets_are_not_readable_in_the_database():
    codes = activate(UserFactory())

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert not any(c in stored for c in codes)


def test_a_former_secret_key_still_opens_them(settings):
    user = UserFactory()
    activate(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8

    way = Authenticator.objects.get(user=user, type="totp").wrap()
    assert way.validate_code(code())


@pytest.mark.parametrize("wrong", ["", "000000", "abc", "1" * 21, "12\x0034"])
def test_a_wrong_first_code_switches_nothing_on(client, user, wrong):
    client.get("/account/two-factor/activate/")
    answer = client.post("/account/two-factor/activate/", {"code": wrong})

    assert "code" in answer.context["form"].errors
    assert not has_second_factor(user)


def test_signs_in_by_password_and_code(client):
    user = UserFactory()
    activate(user)

    answer = sign_in(client, user, PASSWORD, next="/submissions/")
    assert answer["Location"].startswith("/sign-in/code/")
    assert not is_signed_in(client)
    assert client.get("/account/").status_code == 302
    answer = client.post("/sign-in/code/", {"code": code()})

    assert is_signed_in(client)
    assert answer["Location"] == "/submissions/"


def test_a_code_works_once(client, api):
    user = UserFactory()
    activate(user)
    used = code()
    sign_in(client, user, PASSWORD)
    client.post("/sign-in/code/", {"code": used})

    other = Client()
    sign_in(other, user, PASSWORD)
    assert other.post("/sign-in/code/", {"code": used}).status_code == 200
    assert not is_signed_in(other)
    body = {"email": user.email, "password": PASSWORD, "totp": used}
    assert api.post(API, body).status_code == 401
    following = {**body, "totp": code(1)}
    assert api.post(API, following).status_code == 201
    assert api.post(API, following).status_code == 401


def test_a_recovery_code_works_once(client):
    user = UserFactory()
    recovery = activate(user)[3]
    for browser, signed_in in ((client, True), (Client(), False)):
        sign_in(browser, user, PASSWORD)
        browser.post("/sign-in/code/", {"code": recovery})
        assert is_signed_in(browser) is signed_in


def test_a_code_too_old_is_refused(client):
    user = UserFactory()
    activate(user)
    sign_in(client, user, PASSWORD)

    assert client.post("/sign-in/code/", {"code": code(-3)}).status_code == 200
    assert not is_signed_in(client)


def test_the_code_page_is_for_who_has_given_the_password(client):
    assert client.post("/sign-in/code/", {"code": "123456"})["Location"] == "/sign-in/"


def test_the_api_asks_for_the_code_only_after_the_right_password(api):
    user = UserFactory()
    activate(user)
    body = {"email": user.email, "password": PASSWORD}

    def first(changes):
        answer = api.post(API, {**body, **changes})
        return answer.status_code, answer.json()["errors"][0]["code"]

    assert first({"password": "wrong"}) == (401, "wrong_credentials")
    assert first({"password": "wrong", "totp": code()}) == (401, "wrong_credentials")
    assert first({}) == (401, "totp_required")
    assert first({"totp": "000000"}) == (401, "wrong_totp")
    assert first({"totp": "1" * 21}) == (400, "max_length")
    assert api.post(API, {**body, "totp": code()}).status_code == 201


def test_is_switched_off_after_the_password(client, user):
    set_up(client)
    other = Client()
    other.force_login(user)
    assert other.post("/account/two-factor/deactivate/")["Location"].startswith("/account/confirm/")
    assert has_second_factor(user)

    client.post("/account/two-factor/deactivate/")

    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].subject == "Two-factor authentication is off"
    verbs = Event.objects.about(user).values_list("kind", flat=True)
    assert "user.second_factor_removed" in set(verbs)


def test_new_recovery_codes_end_the_old_ones(client, user):
    set_up(client)
    old = client.get("/account/recovery-codes/").context["unused_codes"]
    client.post("/account/recovery-codes/new/")
    new = client.get("/account/recovery-codes/").context["unused_codes"]

    assert not set(old) & set(new)


def test_confirming_by_code_is_as_good_as_by_password(client):
    user = UserFactory()
    activate(user)
    client.force_login(user)
    answer = client.post("/account/confirm/code/", {"code": code(), "next": "/account/email/"})

    assert answer["Location"] == "/account/email/"
    assert client.get("/account/recovery-codes/").status_code == 200


# Where the installation demands it of admins.


@pytest.fixture
def demanded(settings):
    settings.ADMINS_NEED_TOTP = True


@pytest.mark.parametrize(
    "path",
    ["/", "/admin/", "/account/", "/partners/", "/account/email/", "/account/two-factor/"],
)
def test_an_admin_without_it_gets_only_the_page_to_set_it_up(client, demanded, path):
    client.force_login(UserFactory(admin=True))

    for method in (client.get, client.post):
        assert method(path)["Location"] == "/account/two-factor/activate/"


def test_an_admin_sets_it_up_and_goes_on(client, demanded):
    admin = UserFactory(admin=True)
    answer = sign_in(client, admin, PASSWORD)
    assert is_signed_in(client)
    answer = client.get("/account/two-factor/activate/")
    confirm = answer["Location"]
    answer = client.post(confirm, {"password": PASSWORD, "next": "/account/two-factor/activate/"})
    assert answer["Location"] == "/account/two-factor/activate/"
    set_up(client)

    assert client.get("/admin/").status_code == 200
    assert client.get("/account/recovery-codes/").status_code == 200


@pytest.mark.parametrize("way", ["session", "token"])
def test_the_api_refuses_an_admin_without_it(client, api, demanded, way):
    token = TokenFactory(user=UserFactory(is_staff=True))
    if way == "session":
        api.force_login(token.user)
    else:
        api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")

    for answer in (api.get("/api/v1/me/"), api.post("/api/v1/partners/", {})):
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["code"] == "totp_required"
    activate(token.user)
    assert api.get("/api/v1/me/").status_code == 200


def test_an_admin_without_it_gets_no_token(api, demanded):
    admin = UserFactory(admin=True)
    answer = api.post(API, {"email": admin.email, "password": PASSWORD})

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "totp_required"


def test_other_people_need_not_have_it(client, api, demanded):
    user = UserFactory()
    sign_in(client, user, PASSWORD)

    assert client.get("/account/").status_code == 200
    assert api.post(API, {"email": user.email, "password": PASSWORD}).status_code == 201


def test_who_becomes_an_admin_needs_it_on_the_next_request(client, demanded):
    user = UserFactory()
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    user.is_staff = True
    user.save()

    assert client.get("/account/").status_code == 302


def test_a_confirmation_by_password_lasts_five_minutes(client, user, time_machine):
    assert client.get("/account/two-factor/activate/").status_code == 200
    time_machine.move_to(timezone.now() + timedelta(minutes=6))

    assert client.get("/account/two-factor/activate/").status_code == 302


def test_an_address_that_waits_for_confirmation_stands_in_nobodys_way(client, demanded):
    admin = UserFactory(admin=True)
    sign_in(client, admin, PASSWORD)
    admin.emailaddress_set.create(email="new@example.org")
    client.post("/account/confirm/", {"password": PASSWORD})
    set_up(client)
    answer = client.post("/account/email/", {"email": "newer@example.org", "action_add": "1"})

    assert has_second_factor(admin)
    assert answer.status_code == 302
    assert mail.outbox[-1].to == ["newer@example.org"]


def test_the_code_that_switched_it_on_signs_nobody_in(client, user, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    page = client.get("/account/two-factor/activate/").content.decode()
    used = code(secret=re.search(r'<p class="hash">(\w+)</p>', page)[1])
    client.post("/account/two-factor/activate/", {"code": used})
    assert has_second_factor(user)

    other = Client()
    sign_in(other, user, PASSWORD)
    other.post("/sign-in/code/", {"code": used})
    assert not is_signed_in(other)
