"""D1 to D4 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.reports.accountability import working
from partnerships.models import Declaration
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    ConflictOfInterestFactory,
    CurrencyFactory,
    DeclarationFactory,
    DeliveryFactory,
    ExchangeRateFactory,
    FundFactory,
    MatchFactory,
    MembershipFactory,
    NeedFactory,
    PartnershipFactory,
    PartnershipVersionFactory,
)
from tests.monitoring.subjects import ON, at, ids, subject_of

pytestmark = pytest.mark.django_db
LATE = at(2026, 2, 28)  # after the cut-off
JUNE = at(2025, 6, 2)
AFTER = at(2026, 1, 5)  # after the reference date, before the cut-off


@pytest.fixture
def partnership():
    """Active since 1 March 2025, with the lead as its only member."""
    return PartnershipFactory(active=True, activated_at=at(2025, 3, 1))


def declared(member, *when, **fields):
    for moment in when:
        DeclarationFactory(membership=member, declared_at=moment, **fields)


@pytest.mark.parametrize("compute", [working.aligned_interests, working.self_interest_mitigated])
def test_d1_and_d2_have_no_data_without_members(compute):
    alone = PartnershipFactory(active=True, lead=False)
    assert compute(subject_of(alone)).state == "no_data"


def test_d1_asks_before_the_activation_and_in_the_last_24_months(partnership):
    members = [partnership.memberships.get()]
    members += MembershipFactory.create_batch(5, partnership=partnership)
    ahead, renewed, old, late, half, left = members
    declared(ahead, at(2025, 2, 1))
    declared(renewed, at(2023, 12, 15), at(2025, 6, 1))
    declared(old, at(2023, 12, 31))  # the last 24 months begin on 1 January 2024
    declared(late, at(2025, 3, 2))
    declared(half, at(2025, 2, 1), expected_benefit="")
    declared(left, at(2025, 2, 1))
    left.change(status="left", ended_on=date(2025, 12, 30))

    outcome = working.aligned_interests(subject_of(partnership))

    # `ahead` and `renewed`, of the five that are members on 31 December.
    assert (outcome.numerator, outcome.denominator) == (2, 5)
    assert outcome.beside == {"not_ahead_of_time": 2, "not_lately": 2}
    assert ids(outcome) == [("membership", member.pk) for member in members[:5]]
    assert outcome.next_step.startswith("Ask 3 member(s)")


def test_d1_whoever_joined_later_had_until_the_end_of_that_day(partnership):
    joined = MembershipFactory(partnership=partnership, accepted_on=date(2025, 9, 10))
    tardy = MembershipFactory(partnership=partnership, accepted_on=date(2025, 9, 10))
    declared(joined, at(2025, 9, 10, 23))
    declared(tardy, at(2025, 9, 11, 1))
    declared(partnership.memberships.order_by("pk").first(), at(2025, 2, 1))

    outcome = working.aligned_interests(subject_of(partnership))

    assert (outcome.numerator, outcome.denominator) == (2, 3)


def test_d1_before_the_activation_it_is_until_the_reference_date(partnership):
    member = partnership.memberships.get()
    declared(member, at(2024, 6, 1), AFTER)
    assert working.aligned_interests(subject_of(partnership, on=date(2024, 5, 31))).value == 0
    assert working.aligned_interests(subject_of(partnership, on=date(2024, 6, 30))).value == 1


def test_d2_asks_for_a_statement_of_12_months_and_for_mitigated_conflicts(partnership):
    members = [partnership.memberships.get()]
    members += MembershipFactory.create_batch(6, partnership=partnership)
    none, mitigated, resolved, bare, overdue, old, _silent = members
    said = {"declared_at": at(2025, 6, 1)}
    ConflictOfInterestFactory(membership=none, none=True, **said)
    ConflictOfInterestFactory(membership=mitigated, review_on=ON, **said)
    ConflictOfInterestFactory(
        membership=resolved, mitigation="", ended_at=at(2025, 9, 1), ending="resolved",
        outcome="Sold.", **said,
    )  # fmt: skip
    ConflictOfInterestFactory(membership=bare, review_on=ON, owner="", **said)
    ConflictOfInterestFactory(membership=overdue, review_on=date(2025, 12, 30), **said)
    ConflictOfInterestFactory(membership=old, none=True, declared_at=at(2024, 12, 31))

    outcome = working.self_interest_mitigated(subject_of(partnership))

    # `none`, `mitigated` and `resolved`, of seven members.
    assert (outcome.numerator, outcome.denominator) == (3, 7)
    assert outcome.beside == {"not_stated_lately": 2, "not_mitigated": 2}
    # Which member has a conflict is not for everybody: the evidence names members only.
    assert {kind for kind, _ in ids(outcome)} == {"membership"}


@pytest.mark.parametrize(
    ("members", "bare", "is_told"),
    [(1, 1, False), (2, 1, False), (3, 0, False), (3, 1, True), (3, 2, True), (3, 3, False)],
)
def test_d2_tells_how_many_conflicts_are_open_only_where_it_is_nobody_s_own(
    partnership, members, bare, is_told
):
    every = [partnership.memberships.get()]
    every += MembershipFactory.create_batch(members - 1, partnership=partnership)
    for number, member in enumerate(every):
        review_on = date(2025, 12, 30) if number < bare else ON
        ConflictOfInterestFactory(
            membership=member, review_on=review_on, declared_at=at(2025, 6, 1)
        )

    outcome = working.self_interest_mitigated(subject_of(partnership))

    assert (outcome.numerator, outcome.denominator) == (members - bare, members)
    counts = {"not_stated_lately": 0, "not_mitigated": bare}
    assert outcome.beside == (counts if is_told else {})
    assert bool(ids(outcome)) is (is_told or not bare)


def test_d2_reads_what_held_on_the_day(partnership):
    member = partnership.memberships.get()
    ConflictOfInterestFactory(
        membership=member, mitigation="", declared_at=at(2025, 6, 1), ended_at=AFTER,
        ending="resolved", outcome="Sold.",
    )  # fmt: skip
    assert working.self_interest_mitigated(subject_of(partnership)).value == 0
    assert working.self_interest_mitigated(subject_of(partnership, on=date(2025, 5, 31))).value == 0
    later = subject_of(partnership, on=date(2026, 1, 31), cutoff_at=at(2026, 2, 28))
    assert working.self_interest_mitigated(later).value == 1


def test_d3_divides_what_is_promised_and_matched_by_the_budget(partnership):
    usd, euro, franc = (CurrencyFactory(code=code) for code in ("USD", "EUR", "XOF"))
    ExchangeRateFactory(currency=euro, usd=Decimal("1.25"), on=date(2024, 1, 1))
    BudgetLineFactory(partnership=partnership, amount=500, currency=usd)
    line = BudgetLineFactory(partnership=partnership, amount=400, currency=euro)  # 500
    BudgetLineFactory(partnership=partnership, amount=9, currency=franc)  # no rate
    member = partnership.memberships.get()

    def promise(amount, currency=usd, **fields):
        return CommitmentFactory(
            partnership=partnership, membership=member, amount=amount, currency=currency, **fields
        )

    promise(200)
    promise(80, euro)  # 100
    promise(1000, stage="pledge")
    promise(1000, withdrawn=True)
    promise(1000, committed_on=date(2026, 1, 1), due_on=date(2026, 5, 1))
    promise(1000, created_at=LATE)
    need = NeedFactory(partnership=partnership, finance=True, amount=300, currency=usd,
                       created_at=at(2025, 5, 1))  # fmt: skip
    fund = FundFactory(most=50, currency=usd)
    MatchFactory(need=need, solution=None, fund=fund, accepted=True)

    outcome = working.funds_mapped(subject_of(partnership))

    # (200 + 100 + 50) / (500 + 500)
    assert outcome.value == Decimal("0.35")
    assert outcome.beside == {
        "basis": "budget",
        "committed": 300,
        "matched": 50,
        "left_out": [{"what": "budget", "currency": "XOF", "amount": 9, "reason": "no_rate"}],
    }
    assert ("budgetline", line.pk) in ids(outcome)


def test_d3_without_a_budget_divides_by_the_stated_needs(partnership):
    usd = CurrencyFactory(code="USD")
    stated = {"partnership": partnership, "finance": True, "currency": usd}
    need = NeedFactory(**stated, amount=300, created_at=at(2025, 5, 1))
    NeedFactory(**stated, amount=100, created_at=at(2025, 5, 1), met=True,
                ended_on=date(2025, 9, 1))  # fmt: skip
    gone = {"status": "withdrawn", "ended_on": date(2025, 9, 1)}
    NeedFactory(**stated, amount=900, created_at=at(2025, 5, 1), **gone)
    NeedFactory(**stated, amount=900, created_at=AFTER)
    NeedFactory(partnership=partnership, created_at=at(2025, 5, 1))  # not of money
    need.change(amount=Decimal(5000))  # written today: on the reference date it was 300

    outcome = working.funds_mapped(subject_of(partnership))

    # 100 met, of 300 + 100
    assert outcome.value == Decimal("0.25")
    assert outcome.beside["basis"] == "stated_needs"


def test_d3_is_capped_and_has_no_data_without_a_need(partnership):
    usd = CurrencyFactory(code="USD")
    member = partnership.memberships.get()
    CommitmentFactory(partnership=partnership, membership=member, amount=700, currency=usd)
    assert working.funds_mapped(subject_of(partnership)).state == "no_data"
    BudgetLineFactory(partnership=partnership, amount=500, currency=usd)
    outcome = working.funds_mapped(subject_of(partnership))
    assert (outcome.numerator, outcome.value) == (500, 1)


def test_d3_says_when_there_is_a_need_and_no_rate(partnership):
    BudgetLineFactory(partnership=partnership, amount=5, currency=CurrencyFactory(code="XOF"))
    outcome = working.funds_mapped(subject_of(partnership))
    assert (outcome.state, outcome.why) == ("no_data", "no need has a stored rate")
    (apart,) = outcome.beside["left_out"]
    assert (apart["currency"], apart["amount"]) == ("XOF", 5)


def test_d3_reads_the_budget_as_it_was_registered_by_the_day(partnership):
    usd = CurrencyFactory(code="USD")
    line = BudgetLineFactory(partnership=partnership, amount=400, currency=usd)
    member = partnership.memberships.get()
    CommitmentFactory(partnership=partnership, membership=member, amount=100, currency=usd)
    PartnershipVersionFactory(partnership=partnership)
    line.change(amount=Decimal(1000))
    PartnershipVersionFactory(partnership=partnership, why="amended", at=at(2025, 11, 1))

    assert working.funds_mapped(subject_of(partnership, on=date(2025, 10, 31))).value == Decimal(
        "0.25"
    )
    assert working.funds_mapped(subject_of(partnership)).value == Decimal("0.1")


def delivered(partnership, amount, arrived, currency="USD", confirmed_at=JUNE, **fields):
    made = CommitmentFactory(
        partnership=partnership,
        membership=partnership.memberships.first(),
        currency=CurrencyFactory(code=currency),
        amount=amount,
        due_on=date(2025, 6, 30),
        **fields,
    )
    DeliveryFactory(
        commitment=made, amount=arrived, delivered_on=date(2025, 6, 1), confirmed_at=confirmed_at
    )
    return made


def test_d4_a_withdrawal_by_agreement_counts_from_its_day(partnership):
    delivered(partnership, 100, 100)
    let_go = {"withdrawn": True, "receiver_agreed": True, "withdrawn_on": date(2025, 11, 1)}
    delivered(partnership, 300, 0, **let_go)
    delivered(partnership, 100, 0, withdrawn=True)  # nobody agreed: it stays in

    # 100 / 500 on the day before; then 100 / 200
    before = working.promises_kept(subject_of(partnership, on=date(2025, 10, 31)))
    assert before.value == Decimal("0.2")
    assert working.promises_kept(subject_of(partnership)).value == Decimal("0.5")


def test_d4_reads_what_the_receiver_had_confirmed_by_the_cutoff(partnership):
    delivered(partnership, 100, 100, confirmed_at=at(2026, 2, 2))
    assert working.promises_kept(subject_of(partnership)).value == 0
    known = subject_of(partnership, cutoff_at=at(2026, 2, 3))
    assert working.promises_kept(known).value == 1


def test_d4_counts_no_delivery_in_another_currency(partnership):
    made = delivered(partnership, 100, 40)
    euro = CurrencyFactory(code="EUR")
    DeliveryFactory(commitment=made, amount=60, currency=euro, confirmed_at=at(2025, 6, 2))
    assert working.promises_kept(subject_of(partnership)).value == Decimal("0.4")


def test_d4_with_no_rate_at_all_is_not_applicable_and_names_what_is_left_out(partnership):
    made = delivered(partnership, 100, 100, "XOF")
    outcome = working.promises_kept(subject_of(partnership))
    assert outcome.state == "not_applicable"
    assert outcome.why == "all that was due is in currencies without a stored rate"
    assert outcome.beside["left_out"] == [
        {"type": "partnerships.commitment", "id": made.pk, "reason": "no_rate"}
    ]


@pytest.mark.parametrize("size", [2, 20])
def test_group_d_costs_the_same_at_any_size(partnership, size, django_assert_num_queries):
    euro = CurrencyFactory(code="EUR")
    ExchangeRateFactory(currency=euro)
    for member in MembershipFactory.create_batch(size, partnership=partnership):
        declared(member, at(2025, 2, 1))
        ConflictOfInterestFactory(membership=member, none=True)
        promise = CommitmentFactory(partnership=partnership, membership=member, currency=euro)
        DeliveryFactory(commitment=promise, confirmed=True)
        NeedFactory(partnership=partnership, finance=True, currency=euro, created_at=at(2025, 5, 1))
    subject = subject_of(partnership)
    assert subject.said
    assert subject.accepted
    assert subject.has(Declaration)

    with django_assert_num_queries(1):  # declarations
        working.aligned_interests(subject)
    with django_assert_num_queries(1):  # statements
        working.self_interest_mitigated(subject)
    with django_assert_num_queries(5):  # needs, what they were, matches, promises, rates
        working.funds_mapped(subject)
    with django_assert_num_queries(4):  # promises, deliveries, due dates, rates
        working.promises_kept(subject)
