"""Totals by hand: in the original currencies, and in US dollars only where rates are loaded."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from partnerships.aggregation.money import money_totals, totals_of
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    ExchangeRateFactory,
    ExpenditureFactory,
    PartnershipFactory,
    PlannedDisbursementFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ON = date(2025, 6, 30)
LOADED = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def eur():
    return CurrencyFactory(code="EUR")


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


def rate(currency, on, usd, loaded_at=LOADED):
    ExchangeRateFactory(currency=currency, on=on, usd=Decimal(usd), loaded_at=loaded_at)


def promise(partnership, amount, currency=None, **fields):
    return CommitmentFactory(
        partnership=partnership,
        amount=Decimal(amount),
        currency=currency or CurrencyFactory(),
        **fields,
    )


def test_each_amount_at_the_rate_of_its_own_day(partnership, eur):
    rate(eur, date(2024, 1, 1), "1.10")
    rate(eur, date(2024, 6, 1), "1.20")
    promise(partnership, 100, eur, committed_on=date(2024, 1, 1))
    promise(partnership, 10, eur, committed_on=date(2024, 5, 31))
    promise(partnership, 1, eur, committed_on=date(2024, 6, 1))
    promise(partnership, 1000)

    total = money_totals(partnership, ON)["committed"]

    assert total.by_currency == {"EUR": 111, "USD": 1000}
    assert total.usd == Decimal("1122.20")  # 1000 + 110 × 1.10 + 1 × 1.20
    assert total.without_rate == []


def test_no_rate_no_total_and_it_says_which_is_missing(partnership, eur):
    rate(eur, date(2024, 6, 1), "1.20")
    promise(partnership, 100, eur, committed_on=date(2024, 5, 31))
    promise(partnership, 1000)

    total = money_totals(partnership, ON)["committed"]

    assert (total.usd, total.without_rate) == (None, [("EUR", date(2024, 5, 31))])
    assert total.by_currency == {"EUR": 100, "USD": 1000}


def test_a_rate_loaded_later_changes_no_earlier_day(partnership, eur):
    rate(eur, date(2024, 1, 1), "1.10")
    rate(eur, date(2024, 1, 1), "1.50", loaded_at=datetime(2025, 7, 1, tzinfo=UTC))
    promise(partnership, 100, eur)

    assert money_totals(partnership, ON)["committed"].usd == 110
    assert money_totals(partnership, date(2025, 7, 1))["committed"].usd == 150


def test_pledges_apart_from_commitments_and_withdrawn_ones_out(partnership):
    promise(partnership, 500, stage="pledge")
    promise(partnership, 200, stage="commitment")
    promise(partnership, 70, withdrawn=True)  # on 31 March 2025
    CommitmentFactory(partnership=partnership, in_kind=True)

    now, before = money_totals(partnership, ON), money_totals(partnership, date(2025, 3, 30))

    assert (now["pledged"].usd, now["committed"].usd) == (500, 200)
    assert before["committed"].usd == 270


def test_disbursed_is_what_was_paid_and_confirmed_a_part_of_it(partnership):
    commitment = promise(partnership, 1000)
    for amount, state in ((1, "confirmed"), (20, None), (300, "disputed"), (4000, "withdrawn")):
        traits = {state: True} if state else {}
        DeliveryFactory(commitment=commitment, amount=amount, **traits)
    DeliveryFactory(commitment=commitment, amount=50_000, delivered_on=date(2025, 7, 1))
    DeliveryFactory(commitment=commitment, amount=600_000, flow="expenditure")

    totals = money_totals(partnership, ON)

    assert (totals["disbursed"].usd, totals["confirmed"].usd) == (21, 1)


def test_plans_budget_and_spending(partnership, eur):
    rate(eur, date(2024, 1, 1), "1.10")
    commitment = promise(partnership, 1000)
    for amount in (40, 2):
        PlannedDisbursementFactory(commitment=commitment, amount=amount)
    gone = promise(partnership, 9, withdrawn=True)
    PlannedDisbursementFactory(commitment=gone, amount=9)
    line = BudgetLineFactory(partnership=partnership, amount=500, currency=eur)
    ExpenditureFactory(line=line, amount=30)
    ExpenditureFactory(
        line=line, amount=9, starts_on=date(2025, 6, 1), ends_on=date(2025, 7, 1)
    )  # not ended yet

    totals = money_totals(partnership, ON)

    assert totals["planned"].by_currency == {"USD": 42}
    assert totals["budget"].usd == 550
    assert (totals["spent"].by_currency, totals["spent"].usd) == ({"EUR": 30}, 33)


def test_nothing_recorded_is_not_zero(partnership):
    totals = money_totals(partnership)

    assert {(total.usd, len(total.by_currency)) for total in totals.values()} == {(None, 0)}


@pytest.mark.parametrize("count", [1, 12])
def test_many_partnerships_cost_eight_queries(django_assert_num_queries, count, eur):
    made = PartnershipFactory.create_batch(count, active=True)
    for partnership in made:
        promise(partnership, 100, eur)
        BudgetLineFactory(partnership=partnership)

    # pledged, committed, planned, disbursed, confirmed, budget, spent; rates
    with django_assert_num_queries(8):
        totals = totals_of([partnership.pk for partnership in made], ON)

    assert {pk: total["budget"].usd for pk, total in totals.items()} == {
        partnership.pk: 50_000 for partnership in made
    }


def test_the_api_answers_sums_and_what_is_missing(api, partnership, eur):
    promise(partnership, "12.5", eur)
    url = f"/api/v1/partnerships/{partnership.pk}/money/"

    answer = api.get(f"{url}?on=2025-06-30").json()

    committed = next(total for total in answer["totals"] if total["kind"] == "committed")
    assert answer["on"] == "2025-06-30"
    assert committed == {
        "kind": "committed",
        "amounts": [{"currency": "EUR", "amount": "12.5000"}],
        "usd": None,
        "without_rate": [{"currency": "EUR", "on": "2024-01-01"}],
    }
    for wrong in ("x", "", "0001-01-01", "2025-13-01"):
        refused = api.get(f"{url}?on={wrong}")
        assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "on")


def test_money_of_a_draft_is_its_members_own(api):
    draft = PartnershipFactory()
    url = f"/api/v1/partnerships/{draft.pk}/money/"

    assert api.get(url).status_code == 404
    api.force_authenticate(UserFactory(manages=draft.memberships.get().partner))
    assert api.get(url).status_code == 200
