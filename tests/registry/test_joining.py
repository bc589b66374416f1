"""Acting for a partner: asked for by the user, given by a manager, and no e-mail is looked up."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registry.errors import NotAllowed
from registry.models import Affiliation, JoinRequest
from registry.services.people import affiliate, ask_to_join
from tests.factories import JoinRequestFactory, PartnerFactory, UserFactory
from tests.moves import moves_of, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_to_join():
    return JoinRequestFactory(role="evaluator")


def test_asking_gives_no_right_and_accepting_does(request_to_join):
    user, partner = request_to_join.user, request_to_join.partner
    assert not user.has_role(partner.pk)

    request_to_join.accept(by=UserFactory(manages=partner))

    assert user.has_role(partner.pk, "evaluator")
    assert moves_of(request_to_join) == [("asked", "accepted")]


@pytest.mark.parametrize("move", ["decline", "withdraw"])
def test_a_request_that_came_to_nothing_gives_no_right(request_to_join, move):
    user, partner = request_to_join.user, request_to_join.partner
    by = user if move == "withdraw" else UserFactory(manages=partner)

    getattr(request_to_join, move)(by=by)

    with refused("invalid_transition"):
        request_to_join.accept(by=UserFactory(manages=partner))
    assert not user.has_role(partner.pk)


@pytest.mark.parametrize("role", ["evaluates", "observes", "manages"])
def test_only_managers_of_that_partner_let_people_in(request_to_join, role):
    partner = PartnerFactory() if role == "manages" else request_to_join.partner

    for by in (UserFactory(**{role: partner}), request_to_join.user):
        with refused("managers_only", NotAllowed):
            request_to_join.accept(by=by)
        with refused("managers_only", NotAllowed):
            request_to_join.decline(by=by)

    assert not request_to_join.user.affiliations.exists()


def test_of_an_acceptance_and_a_withdrawal_read_at_once_one_stands(request_to_join):
    first, second = read_twice(request_to_join)

    first.withdraw(by=first.user)
    with refused("invalid_transition"):
        second.accept(by=UserFactory(admin=True))

    assert not Affiliation.objects.exists()


def test_only_who_has_asked_withdraws(request_to_join):
    with refused("own_request_only", NotAllowed):
        request_to_join.withdraw(by=UserFactory(manages=request_to_join.partner))


def test_one_role_is_asked_for_once_at_a_time():
    partner, user = PartnerFactory(), UserFactory()
    ask_to_join(partner, by=user, role="manager").decline(by=UserFactory(admin=True))
    ask_to_join(partner, by=user, role="manager")

    with pytest.raises(IntegrityError, match="join_request_once"), transaction.atomic():
        ask_to_join(partner, by=user, role="manager")

    assert JoinRequest.objects.filter(status="asked").count() == 1


def test_a_role_that_one_has_or_that_is_none_is_not_asked_for():
    partner = PartnerFactory()

    with refused("already_affiliated"):
        ask_to_join(partner, by=UserFactory(observes=partner), role="observer")
    with pytest.raises(ValidationError):
        ask_to_join(partner, by=UserFactory(), role="owner")


def test_a_role_for_an_address_is_an_admins_to_give():
    partner, user = PartnerFactory(), UserFactory()

    with refused("admins_only", NotAllowed):
        affiliate(user, partner, "observer", by=UserFactory(manages=partner))
    affiliate(user, partner, "observer", by=UserFactory(admin=True))

    assert user.has_role(partner.pk, "observer")


def test_a_manager_cannot_find_out_who_has_an_account(api):
    partner = PartnerFactory()
    api.force_authenticate(UserFactory(manages=partner))

    answers = [
        api.post(
            "/api/v1/affiliations/",
            {"email": email, "partner": partner.pk, "role": "observer"},
            format="json",
        )
        for email in (UserFactory().email, "nobody@example.org")
    ]

    assert answers[0].status_code == 403
    assert answers[0].json() == answers[1].json()


def test_over_the_api_a_user_asks_and_a_manager_accepts(api):
    partner, user = PartnerFactory(), UserFactory()
    api.force_authenticate(user)
    asked = api.post(
        "/api/v1/join-requests/", {"partner": partner.pk, "role": "evaluator"}, format="json"
    )
    assert (asked.status_code, asked.json()["status"]) == (201, "asked")
    api.force_authenticate(UserFactory(manages=partner))

    answer = api.post(f"/api/v1/join-requests/{asked.json()['id']}/accept/")

    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert user.has_role(partner.pk, "evaluator")


def test_a_suspended_partner_takes_nobody_in(request_to_join):
    request_to_join.partner.suspend(by=UserFactory(admin=True), reason="Because.")

    with refused("partner_suspended"):
        request_to_join.accept(by=UserFactory(manages=request_to_join.partner))
    request_to_join.refresh_from_db()

    assert request_to_join.status == "asked"
    assert not Affiliation.objects.filter(user=request_to_join.user).exists()


def test_who_has_closed_the_account_is_not_let_in(request_to_join):
    type(request_to_join.user).objects.filter(pk=request_to_join.user_id).update(is_active=False)

    with refused("account_closed"):
        request_to_join.accept(by=UserFactory(manages=request_to_join.partner))

    assert not Affiliation.objects.filter(user=request_to_join.user).exists()
