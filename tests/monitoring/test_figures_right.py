"""What must be right in figures, as a report computes them and as they are kept ready."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from monitoring.aggregation import partnership_figures
from monitoring.aggregation.refreshing import refresh
from monitoring.aggregation.rollups import figures_now
from tests.factories import (
    CategoryFactory,
    CountryFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    approve,
)
from tests.monitoring import by_hand

pytestmark = pytest.mark.django_db
YEAR_END = date(2024, 12, 31)


class World:
    """A partnership, three units of three members, four quarters."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        members = [self.partnership.memberships.get()]
        members += MembershipFactory.create_batch(2, partnership=self.partnership)
        self.units = [ReportingUnitFactory(membership=member) for member in members]
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.periods = PeriodFactory.create_batch(4, framework=self.framework)

    def indicator(self, **kind):
        return IndicatorFactory(result__framework=self.framework, **kind)

    def send(self, unit, period, values, **state):
        return SubmissionFactory(
            unit=self.units[unit],
            period=self.periods[period - 1],
            values=values,
            **{"approved": True} | state,
        )

    def figures(self, indicator, on=YEAR_END, framework=None):
        """By period and to date; the same computed, kept ready, and in a report."""
        framework = framework or self.framework
        report = partnership_figures(
            self.partnership, reference_on=on, cutoff_at=timezone.now(), framework=framework
        )
        (item,) = (i for i in report.indicators if i.indicator.pk == indicator.pk)
        expected = [*(p.figure for p in item.periods), item.to_date]
        for _ in range(2):  # computed, for the queue holds it; then read
            now = figures_now([self.partnership.pk], on=on)
            periods = [now.as_of(indicator.pk, p.period.pk) for p in item.periods]
            assert [*periods, now.to_date(indicator.pk)] == expected
            refresh()
        return expected

    def values(self, indicator, **at):
        return [figure.value for figure in self.figures(indicator, **at)]


@pytest.fixture
def world():
    return World()


def test_a_zero_is_in_the_mean_and_what_is_missing_is_not(world):
    indicator = world.indicator(combine="mean")
    world.send(0, 1, {indicator: Decimal(0)})
    world.send(1, 1, {indicator: Decimal(10)})

    assert world.values(indicator)[0] == 5
    assert world.figures(indicator)[0].units_contributing == 2


@pytest.mark.parametrize(
    "number", ["-12.5", "-0.0000000001", "0.0000000001", "12345678901234567890.0123456789"]
)
def test_negatives_and_decimals_survive(world, number):
    indicator = world.indicator()
    world.send(0, 1, {indicator: Decimal(number)})

    assert world.values(indicator)[0] == Decimal(number)
    assert world.values(indicator)[-1] == Decimal(number)


def test_a_ratio_is_the_sum_of_numerators_over_that_of_denominators_from_nothing_on(world):
    indicator = world.indicator(ratio=True)
    world.send(0, 1, {indicator: (Decimal(0), Decimal(0))})
    first = world.figures(indicator)[0]
    assert (first.value, first.reason, first.numerator) == (None, "zero_denominator", 0)

    world.send(1, 1, {indicator: (Decimal(1), Decimal(2))})
    world.send(2, 1, {indicator: (Decimal(1), Decimal(10))})

    assert world.values(indicator)[0] == by_hand.divide(2, 12)  # no mean of 0.5 and 0.1


def test_of_a_running_total_the_units_latest_counts_whoever_sends_it(world):
    indicator = world.indicator(cumulative=True)
    lead = world.units[2].membership
    world.send(0, 1, {indicator: Decimal(100)})
    world.send(0, 2, {indicator: Decimal(120)}, sent_for=lead)
    correction = world.send(0, 2, {indicator: Decimal(130)}, approved=False)
    approve(correction)

    assert world.values(indicator) == [100, 130, 130, 130, 130]


def test_a_late_correction_of_the_first_quarter_runs_through_the_year(world):
    flow, total = world.indicator(), world.indicator(cumulative=True)
    for period in (1, 2, 3):
        world.send(0, period, {flow: Decimal(10)})
    world.send(1, 1, {total: Decimal(7)})
    refresh()

    world.send(0, 1, {flow: Decimal(25), total: Decimal(3)})

    assert world.values(flow) == [25, 10, 10, None, 45]
    assert world.values(total) == [10, 10, 10, 10, 10]


@pytest.mark.parametrize(("rule", "expected"), [("min", -3), ("max", 9), ("mean", 3)])
def test_least_most_and_mean_hold_at_every_level_and_leave_empty_units_out(world, rule, expected):
    """Of units in a period; of flows' sums over periods; of running totals."""
    kinds = [world.indicator(combine=rule), world.indicator(combine=rule, cumulative=True)]
    world.send(0, 1, {kinds[0]: Decimal(-3)})
    world.send(1, 1, {kinds[0]: Decimal(9), kinds[1]: Decimal(9)})
    world.send(2, 2, {kinds[1]: Decimal(-3)})

    assert world.values(kinds[0])[0] == expected
    assert world.values(kinds[0])[-1] == expected
    assert world.values(kinds[1])[1:] == [expected] * 4
    assert world.figures(kinds[1])[0].value == 9  # one unit has reported, two are empty


def test_a_mean_to_date_is_of_the_units_sums_and_not_of_periods(world):
    indicator = world.indicator(combine="mean")
    for period, value in ((1, 4), (2, 6)):
        world.send(0, period, {indicator: Decimal(value)})
    world.send(1, 1, {indicator: Decimal(20)})

    assert world.values(indicator) == [12, 6, None, None, 15]


def test_only_approved_values_count_and_superseded_or_withdrawn_ones_no_more(world):
    indicator = world.indicator()
    submission = world.send(0, 1, {indicator: Decimal(5)}, approved=False)
    assert world.values(indicator)[0] is None

    approve(submission)
    assert world.values(indicator)[0] == 5

    correction = world.send(0, 1, {indicator: Decimal(8)})
    assert world.values(indicator)[0] == 8

    correction.withdraw(by=UserFactory(admin=True), reason="Wrong.")
    assert world.values(indicator)[0] is None  # what it replaced is not revived


def test_parts_neither_double_the_total_nor_stand_in_for_it(world):
    indicator = world.indicator()
    women, men = CategoryFactory(code="F"), CategoryFactory(code="M")
    world.send(0, 1, {indicator: Decimal(10), (indicator, women): Decimal(6)})
    world.send(1, 1, {(indicator, women): Decimal(3), (indicator, men): Decimal(4)})

    assert world.values(indicator)[0] == 10
    now = figures_now([world.partnership.pk], on=YEAR_END)
    period = world.periods[0].pk
    assert now.as_of(indicator.pk, period, women.pk).value == 9
    assert now.as_of(indicator.pk, period, men.pk).value == 4
    assert now.to_date(indicator.pk, women.pk).value == 9
    assert now.categories(indicator.pk) == {women.pk, men.pk}


def test_a_running_total_without_its_parts_takes_the_older_parts_away(world):
    indicator = world.indicator(cumulative=True)
    women = CategoryFactory(code="F")
    world.send(0, 1, {indicator: Decimal(10), (indicator, women): Decimal(6)})
    world.send(0, 3, {indicator: Decimal(12)})
    refresh()

    now = figures_now([world.partnership.pk], on=YEAR_END)
    parts = [now.as_of(indicator.pk, p.pk, women.pk).value for p in world.periods]
    assert parts == [6, 6, None, None]
    assert now.to_date(indicator.pk, women.pk).reason == "stale"


def test_units_in_different_places_of_one_member_count_once_each(world):
    indicator = world.indicator(by_place=True, cumulative=True)
    member = world.units[0].membership
    for number, code in enumerate(("KE", "UG")):
        country = CountryFactory(alpha2=code)
        world.units.append(ReportingUnitFactory(membership=member, country=country))
        world.send(3 + number, 1, {indicator: Decimal(10)})
        world.send(3 + number, 2, {indicator: Decimal(15)})

    assert world.values(indicator) == [20, 30, 30, 30, 30]
    assert world.figures(indicator)[1].units_contributing == 2


def test_a_period_of_a_superseded_edition_keeps_its_figures(world):
    old = world.indicator(cumulative=True)
    world.send(0, 1, {old: Decimal(10)})
    world.send(0, 2, {old: Decimal(20)})
    world.framework.agreement.change(status="superseded")
    world.framework.change(status="superseded", superseded_at=timezone.now())
    later = FrameworkFactory(partnership=world.partnership, agreed=True, starts_on=date(2025, 1, 1))
    new = IndicatorFactory(result__framework=later, cumulative=True)  # a break in the series
    period = PeriodFactory(framework=later)
    SubmissionFactory(unit=world.units[0], period=period, values={new: Decimal(1)}, approved=True)

    on = date(2025, 3, 31)
    assert world.values(old, on=on, framework=world.framework) == [10, 20, 20, 20, 20]
    assert world.values(new, on=on, framework=later) == [1, 1]
