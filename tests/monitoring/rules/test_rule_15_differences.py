"""RULES 15: what the parts lack of the total, and its states."""

from decimal import Decimal

import pytest

from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def sex(world):
    return world.dimension()[0]


@pytest.mark.parametrize(
    ("total", "parts", "state", "difference"),
    [
        (100, {"F": 60, "M": 40}, "complete", 0),
        (100, {"F": 60, "M": 30, "_U": 10}, "complete", 0),
        (100, {"F": 60, "M": 30}, "incomplete", 10),
        (100, {"F": 60, "M": 50}, "incomplete", -10),
        (100, {}, "not_broken_down", 100),
        (0, {"F": 0, "M": 0}, "complete", 0),
        (Decimal("1.5"), {"F": Decimal("0.7"), "M": Decimal("0.8")}, "complete", 0),
        (-5, {"F": -2, "M": -3}, "complete", 0),
    ],
)
def test_a_unit_alone(world, sex, total, parts, state, difference):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, total, **parts)

    broken = world.breakdown(indicator, sex, 1)
    assert (broken.state, broken.difference.value) == (state, difference)


def test_parts_without_a_total_have_no_difference(world, sex):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, None, F=60)

    broken = world.breakdown(indicator, sex, 1)
    assert (broken.state, broken.difference) == ("no_total", None)
    assert [unit.unit_id for unit in broken.without_total] == [world.units[0].pk]


def test_differences_that_cancel_leave_the_aggregate_incomplete(world, sex):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=60, M=30)
    world.report(indicator, 1, 1, 100, F=60, M=50)

    broken = world.breakdown(indicator, sex, 1)
    assert (broken.state, broken.difference.value) == ("incomplete", 0)


def test_periods_whose_differences_cancel_leave_the_year_incomplete(world, sex):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=60, M=30)
    world.report(indicator, 0, 2, 100, F=60, M=50)

    assert world.breakdown(indicator, sex, 2, first=1).state == "incomplete"


def test_one_unit_that_breaks_nothing_down_leaves_the_aggregate_incomplete(world, sex):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=60, M=40)
    world.report(indicator, 1, 1, 20)

    broken = world.breakdown(indicator, sex, 1)
    assert (broken.state, broken.difference.value) == ("incomplete", 20)
    assert {unit.state for unit in broken.units} == {"complete", "not_broken_down"}


def test_a_ratio_is_compared_in_both_parts(world, sex):
    indicator = world.indicator(sex, ratio=True)
    world.report(indicator, 0, 1, (5, 10), F=(2, 6), M=(3, 4))
    assert world.breakdown(indicator, sex, 1).state == "complete"

    world.report(indicator, 0, 2, (5, 10), F=(2, 5), M=(3, 4))
    broken = world.breakdown(indicator, sex, 2)
    assert broken.state == "incomplete"
    assert (broken.difference.numerator, broken.difference.denominator) == (0, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"combine": "mean"},
        {"combine": "min"},
        {"combine": "max"},
        {"rating": True},
        {"yes_no": True},
    ],
)
def test_what_does_not_add_up_has_no_difference(world, sex, fields):
    indicator = world.indicator(sex, **fields)
    world.report(indicator, 0, 1, 1, F=1, M=1)

    broken = world.breakdown(indicator, sex, 1)
    assert (broken.state, broken.difference) == ("", None)


def test_a_unit_that_is_not_safe_to_break_down_is_set_apart_and_named(world, sex):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=60, M=40)
    world.report(indicator, 1, 1, 30, unsafe={sex: "Too few live there."})

    broken = world.breakdown(indicator, sex, 1)
    assert broken.state == "complete"
    (apart,) = broken.not_safe
    assert (apart.unit_id, apart.reason) == (world.units[1].pk, "Too few live there.")


def test_all_units_not_safe_is_a_state_of_its_own(world, sex):
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 30, unsafe={sex: "Too few."})

    assert world.breakdown(indicator, sex, 1).state == "not_safe_to_collect"
