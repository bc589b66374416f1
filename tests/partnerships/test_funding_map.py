"""The funding map: every amount once, in US dollars at its own day's rate, split as stated."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.aggregation.funding import funding_map
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CountryFactory,
    CurrencyFactory,
    DeliveryFactory,
    ExchangeRateFactory,
    FundFactory,
    GoalFactory,
    MatchFactory,
    NeedFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
)
from tests.factories.base import NOON

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 30)


@pytest.fixture
def partnership():
    """Goals 6 and 3; 60 % in Kenya, 30 % in Peru. Budget 100,000, committed 40,000 EUR."""
    made = PartnershipFactory(active=True)
    made.goals.add(GoalFactory(number=3))
    for code, share in (("KE", 60), ("PE", 30)):
        PartnershipCountryFactory(
            partnership=made, country=CountryFactory(alpha2=code), percentage=share
        )
    BudgetLineFactory(partnership=made, amount=Decimal(100_000))
    ExchangeRateFactory()  # 1.25
    euro = CurrencyFactory(code="EUR")
    promise = CommitmentFactory(partnership=made, amount=Decimal(40_000), currency=euro)
    DeliveryFactory(commitment=promise, amount=Decimal(8_000), flow="disbursement")
    return made


def sums(line):
    return (line.need, line.committed, line.disbursed, line.matched, line.gap)


def test_a_partnerships_money_is_split_equally_over_its_goals(partnership):
    found = funding_map("goal", ON)

    half = (50_000, 25_000, 5_000, 0, 25_000)
    assert {goal: sums(line) for goal, line in found.lines.items()} == {3: half, 6: half}
    assert sums(found.total) == (100_000, 50_000, 10_000, 0, 50_000)
    assert found.split_equally == 1


def test_by_country_the_stated_percentages_hold_and_the_rest_is_not_stated(partnership):
    found = funding_map("country", ON)

    assert {code: sums(line)[:2] for code, line in found.lines.items()} == {
        "KE": (60_000, 30_000),
        "PE": (30_000, 15_000),
        None: (10_000, 5_000),
    }
    assert found.split_equally == 0


def test_without_every_percentage_it_is_split_equally(partnership):
    partnership.places.filter(country__alpha2="PE").update(percentage=None)
    found = funding_map("country", ON)

    assert {code: line.need for code, line in found.lines.items()} == {"KE": 50_000, "PE": 50_000}
    assert found.split_equally == 1


def test_an_amount_without_a_rate_is_listed_apart(partnership):
    BudgetLineFactory(
        partnership=partnership, amount=Decimal(7), currency=CurrencyFactory(code="KES")
    )
    found = funding_map("goal", ON)

    assert found.without_rate == {"need": {"KES": 7}}
    assert found.total.need == 100_000


def test_stated_needs_count_where_there_is_no_budget_and_never_twice(partnership):
    lead = partnership.memberships.get(roles__contains=["lead"]).partner
    NeedFactory(finance=True, partnership=partnership, partner=lead, created_at=NOON)
    assert funding_map("goal", ON).total.need == 100_000, "a part of the budget"

    partnership.budget_lines.all().delete()
    found = funding_map("goal", ON)
    assert sums(found.total) == (50_000, 50_000, 10_000, 0, 0)
    assert found.without_need == 0


def test_too_much_in_one_place_fills_no_gap_elsewhere(partnership):
    other = PartnershipFactory(active=True)
    BudgetLineFactory(partnership=other, amount=Decimal(10))
    CommitmentFactory(partnership=other, amount=Decimal(1_000_000))
    assert funding_map("goal", ON).total.gap == 50_000


def test_a_partnership_without_a_need_has_no_gap():
    CommitmentFactory(amount=Decimal(5))
    found = funding_map("goal", ON)
    assert (found.total.gap, found.without_need) == (0, 1)


def test_an_accepted_fund_covers_a_partners_need_as_far_as_it_goes():
    need = NeedFactory(finance=True, created_at=NOON, targets=["6.1", "3.1"])
    fund = FundFactory(most=Decimal(30_000))
    match = MatchFactory(need=need, solution=None, fund=fund)
    assert funding_map("goal", ON).total.matched == 0, "only proposed"

    type(match).objects.update(status="accepted", answered_at=NOON)
    found = funding_map("goal", ON)
    assert sums(found.lines[3]) == (25_000, 0, 0, 15_000, 10_000)
    assert sums(found.total) == (50_000, 0, 0, 30_000, 20_000)


def test_drafts_and_withdrawn_needs_are_in_no_sum():
    BudgetLineFactory()
    NeedFactory(finance=True, status="withdrawn", ended_on=date(2024, 2, 1), created_at=NOON)
    assert funding_map("goal", ON).total.need == 0


def test_costs_as_many_queries_for_many_as_for_few(partnership):
    counts = []
    for more in (1, 8):
        for _ in range(more):
            BudgetLineFactory(partnership=PartnershipFactory(active=True))
            NeedFactory(finance=True)
        with CaptureQueriesContext(connection) as queries:
            funding_map("country", ON)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18


@pytest.mark.parametrize("by", ["goal", "country"])
def test_page_and_api_say_the_same(client, api, partnership, by):
    answer = api.get(f"/api/v1/funding-map/?by={by}").json()
    page = client.get(f"/funding/?by={by}")
    assert answer["total"]["need"] == "100000.0000"
    assert "100,000" in page.content.decode()
    assert api.get("/api/v1/funding-map/?by=mood").status_code == 400
