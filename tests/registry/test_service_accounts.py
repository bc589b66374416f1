"""Systems of a partner: made and kept by its managers, with tokens and no password."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registry.errors import NotAllowed
from registry.models import Affiliation, Event, Token, User
from registry.services import people, service_accounts
from tests.factories import (
    PASSWORD,
    PartnerFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    TokenFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


@pytest.fixture
def account(partner, manager):
    return service_accounts.make_service_account(
        partner, name="Ledger", role="evaluator", by=manager
    )


def test_a_manager_makes_one_for_the_own_partner(partner, manager, account):
    assert account.is_service
    assert account.has_role(partner.pk, "evaluator")
    assert list(User.objects.services_kept_by(manager)) == [account]
    assert not User.objects.services_kept_by(UserFactory(manages=PartnerFactory())).exists()
    with refused("managers_only", NotAllowed):
        service_accounts.make_service_account(
            PartnerFactory(), name="Spy", role="manager", by=manager
        )


@pytest.mark.parametrize(("name", "role"), [("", "observer"), (" ", "observer"), ("A", "owner")])
def test_bad_names_and_roles_save_nothing(partner, manager, name, role):
    with pytest.raises(ValidationError), transaction.atomic():
        service_accounts.make_service_account(partner, name=name, role=role, by=manager)
    assert not User.objects.filter(is_service=True).exists()


def test_not_for_a_suspended_partner(partner, manager):
    partner.suspend(by=UserFactory(admin=True), reason="Because.")

    with refused("partner_suspended"):
        service_accounts.make_service_account(partner, name="A", role="observer", by=manager)


def test_it_has_no_password_whoever_sets_one(account):
    account.set_password(PASSWORD)
    account.save()

    assert not account.check_password(PASSWORD)
    with pytest.raises(IntegrityError, match="service_has_no_password"), transaction.atomic():
        User.objects.filter(pk=account.pk).update(password=UserFactory().password)


def test_it_belongs_to_one_partner_only(account):
    with refused("service_of_another"):
        Affiliation.give(account, PartnerFactory(), "observer", by=UserFactory(admin=True))


def test_it_neither_keeps_accounts_nor_tokens_not_even_its_own(partner, manager):
    boss = service_accounts.make_service_account(partner, name="Boss", role="manager", by=manager)
    token, _ = service_accounts.issue_token(boss, by=manager, name="t")

    for act in (
        lambda: service_accounts.issue_token(boss, by=boss, name="more"),
        lambda: service_accounts.revoke_token(token, by=boss),
        lambda: service_accounts.make_service_account(partner, name="B", role="manager", by=boss),
        lambda: service_accounts.remove_service_account(boss, by=boss),
        lambda: people.remove_affiliation(manager.affiliations.get(), by=boss),
    ):
        with refused("people_only", NotAllowed):
            act()
    assert not User.objects.services_kept_by(boss).exists()


def test_tokens_are_made_and_ended_by_any_manager_of_the_partner(partner, manager, account):
    token, secret = service_accounts.issue_token(account, by=manager, name="nightly", days=5)
    outsider = UserFactory(manages=PartnerFactory())
    assert (token.issued_by, token.shown_key) == (manager, secret[:8])
    assert secret not in Event.objects.get(kind="user.token_issued").facts.values()

    for by in (outsider, UserFactory(evaluates=partner)):
        with refused("managers_only", NotAllowed):
            service_accounts.revoke_token(token, by=by)
        with refused("managers_only", NotAllowed):
            service_accounts.issue_token(account, by=by, name="x")
    with refused("managers_only", NotAllowed):
        service_accounts.issue_token(outsider, by=manager, name="x")
    service_accounts.revoke_token(token, by=UserFactory(manages=partner))

    assert not Token.objects.exists()


def test_an_admin_ends_anybodys_token_and_others_only_their_own(manager):
    token = TokenFactory()

    with refused("managers_only", NotAllowed):
        service_accounts.revoke_token(token, by=manager)
    service_accounts.revoke_token(token, by=UserFactory(admin=True))

    assert not Token.objects.exists()


def test_removed_it_leaves_no_token_and_no_role_and_its_drafts_to_who_removed_it(
    partner, manager, account
):
    service_accounts.issue_token(account, by=manager, name="nightly")
    unit = ReportingUnitFactory(membership__partner=partner)
    draft = SubmissionFactory(unit=unit, created_by=account)

    service_accounts.remove_service_account(account, by=manager)

    account.refresh_from_db()
    draft.refresh_from_db()
    assert not account.is_active
    assert not account.affiliations.exists()
    assert not Token.objects.filter(user=account).exists()
    assert draft.in_charge == manager
    assert not User.objects.services_kept_by(manager).exists()


def test_it_counts_as_no_manager_of_the_partner(partner, manager):
    service_accounts.make_service_account(partner, name="Boss", role="manager", by=manager)

    assert partner.needs_second_manager()
    with refused("last_manager"):
        people.remove_affiliation(manager.affiliations.get(), by=manager)
