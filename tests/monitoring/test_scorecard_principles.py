"""G1 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.reports.accountability import principles
from registry.models import Event
from tests.factories import (
    AgreementFactory,
    ClauseFactory,
    DueDiligenceFactory,
    MembershipFactory,
    PartnerIdentifierFactory,
    PartnershipFactory,
    TenPrinciplesCommitmentFactory,
)
from tests.monitoring.subjects import at, ids, subject_of

pytestmark = pytest.mark.django_db
LATE = at(2026, 2, 28)  # after the cut-off
CLEARED = {
    "status": "decided",
    "outcome": "cleared",
    "decided_on": date(2025, 2, 1),
    "expires_on": date(2026, 2, 1),
    "created_at": at(2025, 1, 15),
}


@pytest.fixture
def partnership():
    """Led by a civil society organisation: nothing of it is checked."""
    return PartnershipFactory(active=True)


def company(partnership, **fields):
    return MembershipFactory(partnership=partnership, partner__company=True, **fields)


def with_clause(partnership, bound_at):
    """An agreement in force with the clause on the Ten Principles, written while it was a draft."""
    made = AgreementFactory(partnership=partnership)
    ClauseFactory(agreement=made, kind="ten_principles")
    made.change(
        status="binding", text="We keep them.", sha256="0" * 64, proposed_at=bound_at,
        bound_at=bound_at,
    )  # fmt: skip


def g1(partnership, **dates):
    return principles.ten_principles(subject_of(partnership, **dates))


def test_g1_is_not_applicable_without_any_check(partnership):
    assert g1(partnership).state == "not_applicable"


def test_g1_checks_companies_un_entities_and_the_agreement(partnership):
    partnership.change(kind="un_business")
    committed, participant, _bare = (company(partnership) for _ in range(3))
    DueDiligenceFactory(partner=committed.partner, **CLEARED)
    DueDiligenceFactory(partner=participant.partner, **CLEARED | {"expires_on": date(2025, 12, 30)})
    TenPrinciplesCommitmentFactory(membership=committed)
    PartnerIdentifierFactory(partner=participant.partner, scheme="UNGC", value="12345")
    confirmed, _silent = (
        MembershipFactory(partnership=partnership, partner__kind="un_entity") for _ in range(2)
    )
    stated = TenPrinciplesCommitmentFactory(membership=confirmed)
    with_clause(partnership, at(2024, 2, 1))

    outcome = g1(partnership)

    # Due diligence 1 of 3 (one expired the day before), commitment 2 of 3,
    # UN entities 1 of 2, clause 1 of 1.
    assert (outcome.numerator, outcome.denominator) == (5, 9)
    assert outcome.beside == {
        "failed": {"due_diligence": 2, "committed": 1, "clause": 0, "confirmed": 1},
        "waiting_for_reviewer": 0,
    }
    assert ("tenprinciplescommitment", stated.pk) in ids(outcome)
    # Reviews of partners are no public rows.
    assert "duediligence" not in {kind for kind, _ in ids(outcome)}


def test_g1_does_not_say_which_check_of_a_single_company_failed():
    one, other = (PartnershipFactory(active=True) for _ in range(2))
    reviewed, committed = company(one), company(other)
    DueDiligenceFactory(partner=reviewed.partner, **CLEARED)
    TenPrinciplesCommitmentFactory(membership=committed)

    outcomes = [g1(one), g1(other)]

    # One of two checks each: it has not committed; it is not reviewed.
    assert [(said.numerator, said.denominator) for said in outcomes] == [(1, 2), (1, 2)]
    assert [said.beside for said in outcomes] == [{"waiting_for_reviewer": 0}] * 2
    assert [said.next_step for said in outcomes] == [principles.SOME] * 2
    assert [ids(said) for said in outcomes] == [[], []]


@pytest.mark.parametrize(("reviewed", "is_told"), [(0, False), (1, True), (2, True), (3, False)])
def test_g1_tells_how_many_reviews_are_missing_unless_it_is_all_or_none(
    partnership, reviewed, is_told
):
    companies = [company(partnership) for _ in range(3)]
    for one in companies[:reviewed]:
        DueDiligenceFactory(partner=one.partner, **CLEARED)

    outcome = g1(partnership)

    assert (outcome.numerator, outcome.denominator) == (reviewed, 6)  # and 3 have not committed
    said = {"due_diligence": 3 - reviewed, "committed": 3, "clause": 0, "confirmed": 0}
    assert outcome.beside.get("failed") == (said if is_told else None)
    assert ("for the due diligence of" in outcome.next_step) is is_told
    assert bool(ids(outcome)) is is_told


def test_g1_a_un_business_partnership_needs_an_agreement_with_the_clause(partnership):
    partnership.change(kind="un_business")
    assert g1(partnership).value == 0  # none in force
    AgreementFactory(partnership=partnership, binding=True)
    assert g1(partnership).value == 0
    without = partnership.agreements.get()
    without.change(status="superseded", superseded_at=at(2025, 11, 1))
    with_clause(partnership, at(2025, 11, 1))
    assert g1(partnership).value == 1
    assert g1(partnership, on=date(2025, 10, 31)).value == 0


def test_g1_a_review_under_way_is_the_secretariats(partnership):
    member = company(partnership)
    TenPrinciplesCommitmentFactory(membership=member)
    assert g1(partnership).value == Decimal("0.5")
    DueDiligenceFactory(partner=member.partner, created_at=at(2025, 12, 1), outcome="")
    outcome = g1(partnership)
    assert (outcome.value, outcome.beside["waiting_for_reviewer"]) == (1, 1)


def test_g1_reads_the_review_that_was_valid_on_the_day(partnership):
    member = company(partnership)
    first = DueDiligenceFactory(partner=member.partner, **CLEARED)
    first.change(status="superseded", superseded_at=at(2026, 1, 10))
    DueDiligenceFactory(
        partner=member.partner, **CLEARED | {"outcome": "not_cleared", "created_at": at(2026, 1, 2),
                                             "decided_on": date(2026, 1, 10)}
    )  # fmt: skip
    assert g1(partnership).value == Decimal("0.5")
    later = g1(partnership, on=date(2026, 1, 31), cutoff_at=at(2026, 2, 28))
    assert later.value == 0


def test_g1_reads_commitments_of_the_day(partnership):
    member = company(partnership)
    stated = TenPrinciplesCommitmentFactory(membership=member, committed_on=date(2025, 6, 1))
    assert g1(partnership, on=date(2025, 5, 31)).value == 0
    assert g1(partnership).value == Decimal("0.5")
    stated.change(withdrawn_at=LATE, withdrawal_reason="No more.")
    assert g1(partnership).value == Decimal("0.5")  # withdrawn after the cut-off


def test_g1_reads_identifiers_of_the_day_from_the_events(partnership):
    member = company(partnership)
    PartnerIdentifierFactory(partner=member.partner, scheme="UNGC", value="777")
    Event.log(member.partner, "identified", reason="UNGC 777", at=at(2025, 11, 1))
    assert g1(partnership).value == Decimal("0.5")
    assert g1(partnership, on=date(2025, 10, 31)).value == 0

    member.partner.identifiers.all().delete()
    Event.log(member.partner, "unidentified", reason="UNGC 777", at=at(2026, 1, 5))
    assert g1(partnership).value == Decimal("0.5")  # it was there on 31 December
    assert g1(partnership, on=date(2026, 1, 31), cutoff_at=at(2026, 2, 28)).value == 0


def test_g1_does_not_ask_a_member_that_left(partnership):
    company(partnership, left=True)
    assert g1(partnership).state == "not_applicable"


@pytest.mark.parametrize("size", [2, 20])
def test_g1_costs_the_same_at_any_size(partnership, size, django_assert_num_queries):
    partnership.change(kind="un_business")
    for _ in range(size):
        TenPrinciplesCommitmentFactory(membership=company(partnership))
    subject = subject_of(partnership)
    assert subject.said
    assert subject.accepted

    # reviews valid, reviews under way, commitments, agreements, identifiers, their events
    with django_assert_num_queries(6):
        principles.ten_principles(subject)
