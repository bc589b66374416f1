"""A partner is verified and suspended by admins, once, with a trace."""

import pytest
from django.core.exceptions import ValidationError

from registry.errors import NotAllowed, StaleVersion
from registry.models import Event, Partner
from tests.factories import PartnerFactory, UserFactory
from tests.moves import moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
MOVES = {
    "verify": lambda partner, by: partner.verify(by=by),
    "reinstate": lambda partner, by: partner.reinstate(by=by, reason="It mended its ways."),
    "suspend": lambda partner, by: partner.suspend(by=by, reason="Exclusion criteria met."),
}
FROM = {
    "verify": {"pending": "verified"},
    "reinstate": {"suspended": "verified"},
    "suspend": {"verified": "suspended"},
}
STATES = ["pending", "verified", "suspended"]
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]


def partner_that_is(status):
    return PartnerFactory(**({} if status == "verified" else {status: True}))


@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_an_admin_moves_it_and_leaves_a_trace(move, was, to):
    partner, admin = partner_that_is(was), UserFactory(admin=True)

    MOVES[move](partner, admin)

    stored = Partner.objects.get(pk=partner.pk)
    assert (stored.status, stored.version) == (to, 2)
    assert moves_of(partner) == [(was, to)]
    assert Event.objects.about(partner).get().by == admin


@pytest.mark.parametrize(("move", "was"), WRONG)
def test_refuses_a_move_from_the_wrong_state(move, was):
    partner, admin = partner_that_is(was), UserFactory(admin=True)

    with refused("invalid_transition"):
        MOVES[move](partner, admin)

    assert Partner.objects.get(pk=partner.pk).status == was
    assert moves_of(partner) == []


@pytest.mark.parametrize("role", ["manages", "evaluates", "observes"])
@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_not_even_its_own_people_move_it(move, was, to, role):
    partner = partner_that_is(was)

    with refused("admins_only", NotAllowed):
        MOVES[move](partner, UserFactory(**{role: partner}))

    assert Partner.objects.get(pk=partner.pk).status == was


def test_an_outsider_does_not_verify():
    partner = partner_that_is("pending")

    with refused("admins_only", NotAllowed):
        partner.verify(by=UserFactory(manages=PartnerFactory()))


def test_of_two_admins_who_read_it_at_once_one_verifies():
    partner, admin = partner_that_is("pending"), UserFactory(admin=True)
    first, second = read_twice(partner)

    first.verify(by=admin)
    with refused("invalid_transition"):
        second.verify(by=admin)

    assert moves_of(partner) == [("pending", "verified")]


@pytest.mark.django_db(transaction=True)
def test_of_ten_admins_at_once_exactly_one_verifies():
    partner, admin = partner_that_is("pending"), UserFactory(admin=True)
    copies = [Partner.objects.get(pk=partner.pk) for _ in range(10)]

    outcomes = race(*[lambda copy=copy: copy.verify(by=admin) for copy in copies])

    assert outcomes.count(None) == 1
    assert {getattr(o, "code", o) for o in outcomes} == {None, "invalid_transition"}
    assert moves_of(partner) == [("pending", "verified")]


def test_a_move_after_somebody_elses_edit_is_stale():
    partner, admin = partner_that_is("pending"), UserFactory(admin=True)
    first, second = read_twice(partner)

    first.amend(summary="New")
    with refused("stale_version", StaleVersion):
        second.verify(by=admin)

    assert Partner.objects.get(pk=partner.pk).summary == "New"
    assert moves_of(partner) == []


def test_an_edit_after_a_move_is_stale_and_does_not_undo_it():
    partner = partner_that_is("pending")
    first, second = read_twice(partner)

    first.verify(by=UserFactory(admin=True))
    with refused("stale_version", StaleVersion):
        second.amend(summary="Old form")

    stored = Partner.objects.get(pk=partner.pk)
    assert (stored.status, stored.summary) == ("verified", "")


def test_the_reporting_basis_follows_the_kind_and_an_admin_may_override_it_with_a_reason():
    company = PartnerFactory(kind="large_company", size="large")
    assert company.reporting_basis == "esg"
    assert PartnerFactory(kind="financial").reporting_basis == "esg"
    assert PartnerFactory(kind="msme").reporting_basis == "sdg_targets"
    assert PartnerFactory(kind="start_up").reporting_basis == "sdg_targets"
    assert PartnerFactory(kind="community").reporting_basis == "results"

    company.override_basis("results", reason="State programme", by=UserFactory(admin=True))

    assert Partner.objects.get(pk=company.pk).reporting_basis == "results"


def test_an_override_is_taken_back_with_a_reason():
    company, admin = PartnerFactory(kind="large_company", size="large"), UserFactory(admin=True)
    company.override_basis("results", reason="State programme", by=admin)

    company.override_basis("", reason="The programme has ended", by=admin)

    stored = Partner.objects.get(pk=company.pk)
    assert (stored.reporting_basis, stored.basis_reason) == ("esg", "")


@pytest.mark.django_db(transaction=True)
def test_of_ten_reinstatements_at_once_exactly_one_counts():
    partner, admin = partner_that_is("suspended"), UserFactory(admin=True)
    copies = [Partner.objects.get(pk=partner.pk) for _ in range(10)]

    outcomes = race(*[lambda copy=copy: MOVES["reinstate"](copy, admin) for copy in copies])

    assert outcomes.count(None) == 1
    assert moves_of(partner) == [("suspended", "verified")]


def test_only_an_admin_overrides_the_reporting_basis():
    company = PartnerFactory(kind="large_company", size="large")

    with refused("admins_only", NotAllowed):
        company.override_basis("results", reason="x", by=UserFactory(manages=company))


@pytest.mark.parametrize(
    ("basis", "reason", "field"), [("results", " ", "reason"), ("hope", "Because.", "basis")]
)
def test_an_override_names_a_known_basis_and_its_reason(basis, reason, field):
    company = PartnerFactory(kind="large_company", size="large")

    with pytest.raises(ValidationError) as refusal:
        company.override_basis(basis, reason=reason, by=UserFactory(admin=True))

    assert field in refusal.value.message_dict
    assert Partner.objects.get(pk=company.pk).reporting_basis == "esg"


@pytest.mark.parametrize(("move", "was"), [("suspend", "verified"), ("reinstate", "suspended")])
def test_a_suspension_and_its_end_give_their_reason(move, was):
    partner = partner_that_is(was)

    with pytest.raises(ValidationError) as refusal:
        getattr(partner, move)(by=UserFactory(admin=True), reason=" ")

    assert "reason" in refusal.value.message_dict
    assert moves_of(partner) == []
