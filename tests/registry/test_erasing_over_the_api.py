"""Erasing one's account over the API, and what is kept of answers."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.utils import timezone

from registry.models import IdempotentAnswer, User
from registry.tasks import forget_old_answers
from registry.traces import find_traces
from tests.factories import PASSWORD, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Wanjiru Njoroge-Smith", "wanjiru.njoroge@example.org"


def test_guesses_at_the_password_are_counted_and_end(api):
    user = UserFactory(email=EMAIL)
    api.force_authenticate(user)
    bodies = [{"password": "guess", "confirm": EMAIL}] * 11
    codes = [api.post("/api/v1/me/erase/", body).status_code for body in bodies]

    assert codes == [400] * 10 + [429]
    right = api.post("/api/v1/me/erase/", {"password": PASSWORD, "confirm": EMAIL})
    assert right.status_code == 429
    assert User.objects.get(pk=user.pk).is_active


def test_a_wrong_address_tells_nothing_of_the_password(api):
    api.force_authenticate(UserFactory(email=EMAIL))
    answers = [
        api.post("/api/v1/me/erase/", {"password": password, "confirm": "other@example.org"})
        for password in (PASSWORD, "wrong")
    ]

    assert answers[0].content == answers[1].content
    assert not AccessAttempt.objects.exists()


def test_a_second_factor_is_asked_for(api):
    user = UserFactory(email=EMAIL)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    api.force_authenticate(user)

    answer = api.post("/api/v1/me/erase/", {"password": PASSWORD, "confirm": EMAIL})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "totp_required")
    assert User.objects.get(pk=user.pk).is_active


def test_kept_answers_forget_a_removed_contact_and_an_ended_invitation(api):
    manager = UserFactory(manages=(partner := PartnerFactory()))
    api.force_authenticate(manager)
    key = {"HTTP_IDEMPOTENCY_KEY": "k"}
    body = {"partner": partner.pk, "name": NAME, "email": EMAIL}
    contact = api.post("/api/v1/contacts/", body, **key).json()["id"]
    invited = {"partner": partner.pk, "email": "new@example.org", "role": "observer"}
    invitation = api.post("/api/v1/invitations/", invited, **key).json()["id"]
    assert IdempotentAnswer.objects.count() == 2

    api.delete(f"/api/v1/contacts/{contact}/")
    assert find_traces([EMAIL, NAME]) == []
    api.post(f"/api/v1/invitations/{invitation}/withdraw/")
    assert find_traces(["new@example.org"]) == []


def test_answers_whose_time_is_over_are_forgotten():
    old, kept = (
        IdempotentAnswer.objects.create(
            user=UserFactory(),
            route="/x",
            key="k",
            body_sha256="",
            standing=[],
            status_code=201,
            expires_at=timezone.now() + timedelta(hours=hours),
        )
        for hours in (-1, 1)
    )

    assert forget_old_answers() == 1
    assert list(IdempotentAnswer.objects.all()) == [kept]
    assert old != kept


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"password": "wrong", "confirm": EMAIL}, "password"),
        ({"password": PASSWORD, "confirm": "other@example.org"}, "confirm"),
        ({"confirm": EMAIL}, "password"),
        ({"password": PASSWORD}, "confirm"),
    ],
)
def test_erasing_over_the_api_wants_password_and_address(api, body, attr):
    api.force_authenticate(user := UserFactory(name=NAME, email=EMAIL))

    answer = api.post("/api/v1/me/erase/", body)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert User.objects.get(pk=user.pk).email == EMAIL
