"""Needs, budgets, funds and groups are read as of the report's day, whatever was changed since."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from monitoring.reports.snapshot import digest
from partnerships.aggregation.funding import funding_map
from tests.factories import (
    AffectedGroupFactory,
    BudgetLineFactory,
    CountryFactory,
    CurrencyFactory,
    FundFactory,
    MatchFactory,
    NeedFactory,
    PartnershipCountryFactory,
    PartnershipVersionFactory,
)
from tests.monitoring import scored
from tests.monitoring.reported import built, partnership

pytestmark = pytest.mark.django_db
EARLY = datetime(2025, 1, 2, tzinfo=UTC)
DURING = datetime(2025, 8, 1, tzinfo=UTC)  # after the reference date, before the cut-off
LATER = datetime(2025, 9, 2, tzinfo=UTC)


@pytest.fixture
def dollar():
    return CurrencyFactory(code="USD")


@pytest.fixture
def made():
    return partnership()


def usd(*names):
    found = built("portfolio")["funding"]["usd"]
    return tuple(found[name] for name in names)


@pytest.mark.parametrize("at", [DURING, LATER])
def test_the_budget_is_that_of_the_version_that_held_on_the_day(made, dollar, at):
    line = BudgetLineFactory(partnership=made, amount=1000, currency=dollar, created_at=EARLY)
    PartnershipVersionFactory(partnership=made, why="registered", at=EARLY)
    before = digest(built("portfolio"))

    line.change(amount=Decimal(5000))
    BudgetLineFactory(partnership=made, amount=70, currency=dollar, created_at=at)
    PartnershipVersionFactory(partnership=made, why="submitted", at=at)
    PartnershipVersionFactory(partnership=made, why="amended", at=at)

    assert usd("need", "gap") == ("1000", "1000")
    assert digest(built("portfolio")) == before


def test_of_what_was_imported_the_first_version_says_what_stood_before(made, dollar):
    line = BudgetLineFactory(partnership=made, amount=1000, currency=dollar, created_at=EARLY)
    assert usd("need") == ("1000",)

    PartnershipVersionFactory(partnership=made, why="registered", at=LATER)
    line.change(amount=Decimal(5000))
    PartnershipVersionFactory(partnership=made, why="amended", at=LATER)

    assert usd("need") == ("1000",)


def test_a_budget_that_was_withdrawn_since_is_needed_still(made, dollar):
    line = BudgetLineFactory(partnership=made, amount=1000, currency=dollar, created_at=EARLY)
    PartnershipVersionFactory(partnership=made, why="registered", at=EARLY)
    line.delete()
    PartnershipVersionFactory(partnership=made, why="amended", at=LATER)

    assert usd("need", "with_need") == ("1000", 1)


def test_needs_and_funds_are_what_they_were(made, dollar):
    euro = CurrencyFactory(code="EUR")  # no rate: would be in no sum
    need = NeedFactory(
        partnership=made, kind="finance", amount=1000, currency=dollar, created_at=EARLY
    )
    other = NeedFactory(
        partnership=made, kind="finance", amount=200, currency=dollar, created_at=EARLY
    )
    fund = FundFactory(currency=dollar, most=400)
    MatchFactory(need=need, solution=None, fund=fund, accepted=True)
    before = digest(built("portfolio"))

    need.change(amount=Decimal(7000))
    need.change(amount=Decimal(9000))
    other.change(kind="technology", amount=None, currency=None)
    fund.change(most=Decimal(100), currency=euro)

    # needed 1,000 + 200; the fund gives at most 400
    assert usd("need", "matched", "gap") == ("1200", "400", "800")
    assert digest(built("portfolio")) == before


def test_what_was_accepted_after_the_day_was_not_matched_then(made, dollar):
    need = NeedFactory(
        partnership=made, kind="finance", amount=1000, currency=dollar, created_at=EARLY
    )
    fund = FundFactory(currency=dollar, most=400)
    MatchFactory(need=need, solution=None, fund=fund, status="accepted", answered_at=DURING)

    assert usd("matched", "gap") == ("0", "1000")


def test_d3_and_the_map_take_the_fund_as_it_was(made, dollar):
    need = NeedFactory(
        partnership=made, kind="finance", amount=1000, currency=dollar, created_at=EARLY
    )
    fund = FundFactory(currency=dollar, most=800)
    MatchFactory(need=need, solution=None, fund=fund, accepted=True)

    fund.change(most=Decimal(100))

    outcome = scored.outcome_of("D3", scored.subject_of(made, made.frameworks.get()))
    assert outcome.value == Decimal("0.8")
    assert funding_map(on=date(2025, 12, 31)).total.matched == 800


def test_a_group_is_of_the_people_that_were_said_by_the_cutoff(made):
    kenya = CountryFactory(alpha2="KE")
    PartnershipCountryFactory(partnership=made, country=kenya)
    group = AffectedGroupFactory(
        partnership=made, people="women", mapped_on=date(2025, 3, 1), created_at=EARLY
    )
    named = AffectedGroupFactory(
        partnership=made, people="", mapped_on=date(2025, 3, 1), created_at=EARLY
    )

    group.amend(people="youth")
    named.amend(people="migrants")

    assert built("country", country=kenya)["groups"] == [{"people": "women", "partnerships": 1}]
