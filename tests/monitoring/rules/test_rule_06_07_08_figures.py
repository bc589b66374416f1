"""RULES 6, 7 and 8: as of a period, over units, ratios; each row by an independent computation."""

from decimal import Decimal

import pytest

from tests import factories as f
from tests.monitoring import by_hand
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize(
    ("accumulation", "reports", "values"),
    [
        # One unit; reports by period; values as of periods 1 to 6, None: no value.
        ("flow", {1: 5, 3: 0}, [5, None, 0, None, None, None]),
        ("cumulative", {1: 5, 3: 9}, [5, 5, 9, 9, 9, 9]),
        ("cumulative", {2: 0}, [None, 0, 0, 0, 0, 0]),
        ("point_in_time", {1: 5, 4: 7}, [5, 5, None, 7, 7, None]),
        ("cumulative", {1: -4, 2: "-1.5"}, [-4, "-1.5", "-1.5", "-1.5", "-1.5", "-1.5"]),
    ],
)
def test_a_units_value_as_of_each_period(world, accumulation, reports, values):
    indicator = world.indicator(accumulation=accumulation)
    for period, value in reports.items():
        world.report(indicator, 0, period, value)

    found = [p.figure.value for p in world.figures(indicator).periods]
    assert found == [None if v is None else Decimal(v) for v in values]


def test_values_entered_late_count_by_the_order_of_periods(world):
    indicator = world.indicator(cumulative=True)
    world.report(indicator, 0, 4, 40)
    world.report(indicator, 0, 1, 10)

    assert [p.figure.value for p in world.figures(indicator).periods] == [10, 10, 10, 40, 40, 40]


def test_contributing_and_reported_units_are_both_given_and_carried_values_dated(world):
    indicator = world.indicator(point_in_time=True)
    world.report(indicator, 0, 1, 5)
    world.report(indicator, 1, 2, 7)

    figure = world.figures(indicator, period=2).to_date
    assert (figure.value, figure.units_contributing, figure.units_reported) == (12, 2, 1)
    assert figure.carried_from == world.periods[0].ends_on


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ("sum", [1, 2, None], 3),
        ("mean", [1, 2, None], "1.5"),
        ("mean", [0, 2, None], 1),
        ("min", [1, -2, None], -2),
        ("max", [1, -2, None], 1),
    ],
)
def test_over_units_those_without_a_value_are_left_out(world, rule, values, expected):
    indicator = world.indicator(combine=rule)
    for unit, value in enumerate(values):
        if value is not None:
            world.report(indicator, unit, 1, value)

    assert world.figures(indicator, period=1).to_date.value == Decimal(expected)
    known = [Decimal(v) for v in values if v is not None]
    assert by_hand.combine(known, rule) == Decimal(expected)


@pytest.mark.parametrize(
    ("parts", "value", "reason"),
    [
        ([(2, 5), (3, 6), (4, 9)], "0.45", ""),
        ([(1, 2), (0, 98)], "0.01", ""),
        ([(0, 0), (3, 6)], "0.5", ""),
        ([(0, 0), (0, 0)], None, "zero_denominator"),
        ([(-1, 4)], "-0.25", ""),
    ],
)
def test_a_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(world, parts, value, reason):
    indicator = world.indicator(ratio=True)
    for unit, pair in enumerate(parts):
        world.report(indicator, unit, 1, pair)

    figure = world.figures(indicator, period=1).to_date
    assert (figure.value, figure.reason) == (None if value is None else Decimal(value), reason)
    assert figure.value == by_hand.combine(parts, "ratio")


def test_two_people_who_report_for_one_unit_do_not_add_up(world):
    indicator = world.indicator(cumulative=True)
    world.report(indicator, 0, 1, 30)
    world.report(indicator, 0, 1, 31)

    assert world.figures(indicator, period=1).to_date.value == 31


def test_units_in_different_places_of_one_member_count_once_each(world):
    indicator = world.indicator(by_place=True, cumulative=True)
    world.units[0].place = "North"
    world.units[0].save()
    world.units[1] = f.ReportingUnitFactory(membership=world.members[0], place="South")
    world.report(indicator, 0, 1, 3)
    world.report(indicator, 1, 1, 4)
    world.report(indicator, 0, 2, 5)

    assert [p.figure.value for p in world.figures(indicator, period=2).periods] == [7, 9]
