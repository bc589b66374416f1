"""Figures against a computation that shares no code with the product."""

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from monitoring.aggregation import partnership_figures
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.monitoring import by_hand

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 11, 1, tzinfo=UTC)
KINDS = ["flow", "cumulative", "point_in_time"]
CASES = [
    *itertools.product(["number"], KINDS, ["sum", "mean", "min", "max"]),
    *itertools.product(["ratio"], KINDS, ["ratio"]),
    ("rating", "point_in_time", "mean"),
    ("percent", "point_in_time", "none"),
    ("yes_no", "point_in_time", "sum"),
]


class World:
    """A partnership with three reporting units and six quarters."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        members = [self.partnership.memberships.get()]
        members += MembershipFactory.create_batch(2, partnership=self.partnership)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.periods = [PeriodFactory(framework=self.framework) for _ in range(6)]
        self.units = [ReportingUnitFactory(membership=member) for member in members]

    def indicator(self, **fields):
        return IndicatorFactory(result__framework=self.framework, **fields)

    def report(self, indicator, cells):
        for unit, period, parts in cells:
            SubmissionFactory(
                unit=self.units[unit],
                period=self.periods[period - 1],
                values={indicator: parts},
                approved=True,
            )

    def figures(self, indicator, period=6, cutoff_at=LATER):
        on = self.periods[period - 1].ends_on
        found = partnership_figures(self.partnership, reference_on=on, cutoff_at=cutoff_at)
        return next(i for i in found.indicators if i.indicator.pk == indicator.pk)


@pytest.fixture
def world():
    return World()


def cells_for(measure, seed):
    """Gaps, zeros, negatives and decimals, the same for the same seed."""
    state, cells = seed * 7919 + 13, []
    for unit, period in itertools.product(range(3), range(1, 7)):
        state = (state * 1103515245 + 12345) % 2**31
        if state % 3 == 0:
            continue
        number = Decimal(state % 2001 - 1000) / 8
        parts = {
            "ratio": (abs(number), Decimal(state % 7)),
            "rating": Decimal(state % 5 + 1),
            "yes_no": Decimal(state % 2),
            "percent": abs(number),
        }.get(measure, number)
        cells.append((unit, period, parts))
    return cells


@pytest.mark.parametrize(("measure", "accumulation", "rule"), CASES)
def test_each_period_and_the_total_to_date_are_as_by_hand(world, measure, accumulation, rule):
    indicator = world.indicator(measure=measure, accumulation=accumulation, combine=rule)
    cells = cells_for(measure, CASES.index((measure, accumulation, rule)))
    world.report(indicator, cells)

    figures = world.figures(indicator)

    by_period = [p.figure.value for p in figures.periods]
    assert by_period == [by_hand.figure(cells, n, accumulation, rule) for n in range(1, 7)]
    if accumulation == "flow":
        assert figures.to_date.value == by_hand.flow_to_date(cells, 6, rule)
        assert figures.year.value == by_hand.flow_to_date(cells, 6, rule, first=5)
    else:
        assert figures.to_date.value == by_hand.figure(cells, 6, accumulation, rule)


def test_zero_is_a_value_and_missing_is_not_zero(world):
    zero, empty = world.indicator(), world.indicator()
    world.report(zero, [(0, 6, Decimal(0))])

    assert world.figures(zero).to_date.value == 0
    missing = world.figures(empty).to_date
    assert (missing.value, missing.reason) == (None, "no_actual")


def test_a_ratio_over_zero_has_no_value(world):
    indicator = world.indicator(ratio=True)
    world.report(indicator, [(0, 6, (Decimal(0), Decimal(0)))])

    figure = world.figures(indicator).to_date
    assert (figure.value, figure.reason) == (None, "zero_denominator")


def test_a_bare_percentage_of_two_units_has_no_value(world):
    indicator = world.indicator(percent=True)
    world.report(indicator, [(0, 6, Decimal(40)), (1, 6, Decimal(60))])

    figure = world.figures(indicator).to_date
    assert (figure.value, figure.reason) == (None, "no_denominator")


def test_a_state_is_carried_over_one_period_and_then_stale(world):
    indicator = world.indicator(point_in_time=True)
    world.report(indicator, [(0, 4, Decimal(9))])

    carried = world.figures(indicator, period=5).to_date
    assert (carried.value, carried.carried_from) == (9, world.periods[3].ends_on)
    assert (carried.units_contributing, carried.units_reported) == (1, 0)
    assert world.figures(indicator, period=6).to_date.reason == "stale"


def test_a_late_value_for_an_early_period_changes_the_running_total_after_it(world):
    indicator = world.indicator(cumulative=True)
    world.report(indicator, [(0, 3, Decimal(30)), (1, 1, Decimal(5))])

    assert [p.figure.value for p in world.figures(indicator).periods] == [5, 5, 35, 35, 35, 35]


def test_unique_persons_of_overlapping_units_are_a_range(world):
    indicator = world.indicator(people=True, counts_new_people=True)
    world.report(indicator, [(0, 1, Decimal(10)), (0, 2, Decimal(5)), (1, 1, Decimal(8))])

    figure = world.figures(indicator).to_date
    assert (figure.value, figure.low, figure.high) == (None, 15, 23)


def test_persons_who_may_come_again_are_a_range_over_periods_too(world):
    indicator = world.indicator(people=True, units_overlap=False)
    world.report(indicator, [(0, 1, Decimal(10)), (0, 2, Decimal(6)), (1, 1, Decimal(8))])

    figure = world.figures(indicator).to_date
    assert (figure.low, figure.high) == (18, 24)


def test_a_member_that_left_keeps_totals_and_ends_states(world):
    state, total = world.indicator(point_in_time=True), world.indicator(cumulative=True)
    for indicator in (state, total):
        world.report(indicator, [(1, 4, Decimal(7))] if indicator is total else [])
    SubmissionFactory(
        unit=world.units[1], period=world.periods[4], values={state: Decimal(3)}, approved=True
    )
    membership = world.units[1].membership
    membership.change(status="left", ended_on=date(2025, 4, 1))

    assert world.figures(total).to_date.value == 7
    assert world.figures(state, period=5).to_date.value == 3
    assert world.figures(state, period=6).to_date.value is None


def hand_over(unit, to, since, at=datetime(2024, 10, 5, tzinfo=UTC)):
    unit.successor, unit.successor_since, unit.handed_over_at = to, since, at
    unit.save()


def test_a_handed_over_state_is_carried_until_the_successor_reports(world):
    indicator = world.indicator(point_in_time=True)
    world.report(indicator, [(1, 3, Decimal(4))])
    world.units[1].membership.change(status="left", ended_on=date(2024, 10, 1))
    hand_over(world.units[1], world.units[0], since=date(2024, 10, 2))

    assert world.figures(indicator, period=6).to_date.value == 4
    world.report(indicator, [(0, 6, Decimal(5))])
    assert world.figures(indicator, period=6).to_date.value == 5


def test_falling_indicators_progress_upwards(world):
    indicator = world.indicator(
        point_in_time=True,
        falling=True,
        baseline_value=Decimal(80),
        baseline_on=date(2023, 12, 31),
    )
    target = PeriodTargetFactory(indicator=indicator, ends_on=date(2025, 12, 31), value=20)
    world.report(indicator, [(0, 6, Decimal(50))])

    figures = world.figures(indicator)
    assert figures.toward_end.value == by_hand.progress(50, 80, 20) == Decimal("0.5")
    points = [(target.ends_on, 20)]
    expected = by_hand.expected_on_line(points, 80, date(2023, 12, 31), date(2025, 6, 30))
    assert figures.expected == expected
    assert figures.light.colour == "at_risk"  # 0.748 expected, 0.5 reached


def test_a_flow_is_measured_over_ended_spans_and_expected_by_days(world):
    indicator = world.indicator()
    spans = [
        (date(2024, 1, 1), date(2024, 12, 31), 100),
        (date(2025, 1, 1), date(2025, 12, 31), 200),
    ]
    for first, last, value in spans:
        PeriodTargetFactory(indicator=indicator, starts_on=first, ends_on=last, value=value)
    world.report(indicator, [(0, n, Decimal(20)) for n in range(1, 7)])

    figures = world.figures(indicator)
    assert figures.progress.value == by_hand.divide(80, 100)
    assert figures.toward_end.value == by_hand.divide(120, 300)
    assert figures.expected == by_hand.expected_flow(spans, date(2025, 6, 30))


def test_a_falling_flow_is_measured_from_its_baseline(world):
    """Deaths: 100 a year before; 80 and 60 are the targets. Fewer is further on, not behind."""
    indicator = world.indicator(falling=True, baseline_value=Decimal(100))
    for year, value in ((2024, 80), (2025, 60)):
        PeriodTargetFactory(
            indicator=indicator,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            value=value,
        )
    world.report(indicator, [(0, n, Decimal(20)) for n in range(1, 5)])  # 80 in 2024
    world.report(indicator, [(0, n, Decimal(15)) for n in range(5, 7)])  # 30 in half of 2025

    figures = world.figures(indicator)
    half = by_hand.divide(181, 365)  # of 2025, by days
    saved = (100 - 80) + (100 * half - 30)
    reached = by_hand.divide(saved, (100 - 80) + (100 - 60))
    assert round(figures.toward_end.value, 20) == round(reached, 20)
    assert round(figures.expected, 20) == round(by_hand.divide(20 + 40 * half, 60), 20)
    assert figures.light.colour == "on_track"


def test_a_falling_flow_without_baseline_has_no_light(world):
    indicator = world.indicator(falling=True)
    PeriodTargetFactory(indicator=indicator, ends_on=date(2025, 12, 31), value=10)
    world.report(indicator, [(0, 6, Decimal(5))])

    assert world.figures(indicator).toward_end.reason == "no_baseline"
    assert world.figures(indicator).light.colour == "no_data"


def test_no_baseline_is_no_progress_and_not_zero(world):
    indicator = world.indicator(cumulative=True)
    PeriodTargetFactory(indicator=indicator, ends_on=date(2025, 12, 31), value=10)
    world.report(indicator, [(0, 6, Decimal(5))])

    assert world.figures(indicator).toward_end.reason == "no_baseline"
    assert world.figures(indicator).light.colour == "no_data"


def test_target_equal_to_the_baseline_has_no_progress(world):
    indicator = world.indicator(cumulative=True, baseline_value=Decimal(10))
    PeriodTargetFactory(indicator=indicator, ends_on=date(2025, 12, 31), value=10)
    world.report(indicator, [(0, 6, Decimal(5))])

    assert world.figures(indicator).toward_end.reason == "target_equals_baseline"


def test_an_indicator_to_maintain_is_met_within_its_tolerance(world):
    indicator = world.indicator(point_in_time=True, maintained=True)
    PeriodTargetFactory(indicator=indicator, ends_on=date(2025, 12, 31), value=100)
    world.report(indicator, [(0, 5, Decimal("97.9")), (0, 6, Decimal(98))])

    assert world.figures(indicator, period=5).light.colour == "off_track"
    assert world.figures(indicator, period=6).light.colour == "met"
