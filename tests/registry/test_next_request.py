"""Over real HTTP: what is taken away is gone with the next request; tokens keep their limits."""

import json
import urllib.error
import urllib.request

import pytest

from registry.models import Token, User
from registry.services import people, service_accounts
from tests.factories import AssignmentFactory, MembershipFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def partner():
    return PartnerFactory(pending=True)


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


@pytest.fixture
def call(live_server):
    def send(secret, path, method="GET", body=None, **headers):
        request = urllib.request.Request(
            f"{live_server.url}/api/v1/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": f"Token {secret}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    return send


def test_a_role_that_was_taken_away_opens_nothing(call, partner, manager):
    person = UserFactory(observes=partner)
    _, secret = Token.issue(person, name="x")
    assert call(secret, f"partners/{partner.pk}/") == 200

    people.remove_affiliation(person.affiliations.get(), by=manager)

    assert call(secret, f"partners/{partner.pk}/") == 404


def test_a_role_that_was_changed_allows_no_more_than_the_new_one(call, partner, manager):
    person = UserFactory(manages=partner)
    _, secret = Token.issue(person, name="x")
    edit = (f"partners/{partner.pk}/", "PATCH", {"summary": "New."})
    assert call(secret, *edit, **{"If-Match": "*"}) == 200

    people.change_role(person.affiliations.get(), "observer", by=manager)

    assert call(secret, *edit, **{"If-Match": "*"}) == 403


def test_a_role_that_was_narrowed_opens_only_what_is_left(call):
    partner = PartnerFactory()
    here, there = MembershipFactory(partner=partner), MembershipFactory(partner=partner)
    person = UserFactory(evaluates=partner)
    _, secret = Token.issue(person, name="x")
    paths = [f"partnerships/{row.partnership_id}/" for row in (here, there)]
    assert [call(secret, path) for path in paths] == [200, 200]

    AssignmentFactory(affiliation=person.affiliations.get(), partnership=here.partnership)

    assert [call(secret, path) for path in paths] == [200, 404]


def test_a_token_that_was_revoked_is_no_token(call, partner, manager):
    account = service_accounts.make_service_account(
        partner, name="Ledger", role="observer", by=manager
    )
    token, secret = service_accounts.issue_token(account, by=manager, name="nightly")
    assert call(secret, "me/") == 200

    service_accounts.revoke_token(token, by=manager)

    assert call(secret, "me/") == 401


def test_a_system_that_was_removed_is_out(call, partner, manager):
    account = service_accounts.make_service_account(
        partner, name="Ledger", role="observer", by=manager
    )
    _, secret = service_accounts.issue_token(account, by=manager, name="nightly")

    service_accounts.remove_service_account(account, by=manager)

    assert call(secret, "me/") == 401


def test_a_closed_account_is_out_with_all_its_tokens(call):
    person = UserFactory()
    _, secret = Token.issue(person, name="x")
    assert call(secret, "me/") == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert call(secret, "me/") == 401


def test_reading_and_addresses_hold_over_the_wire(call, partner):
    person = UserFactory()
    _, reading = Token.issue(person, name="x", read_only=True)
    _, elsewhere = Token.issue(person, name="x", allowed_addresses=["192.0.2.0/24"])
    _, here = Token.issue(person, name="x", allowed_addresses=["127.0.0.0/8"])
    new = {"name": "New", "kind": "academia"}

    assert call(reading, "me/") == 200
    assert call(reading, "partners/", "POST", new) == 403
    assert call(elsewhere, "me/", **{"X-Forwarded-For": "192.0.2.1"}) == 401
    assert call(here, "me/") == 200
