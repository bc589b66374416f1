"""RULES 16, 17 and 18: how far, and how far it should be; expected values by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tests.monitoring import by_hand
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize(
    ("actual", "baseline", "target", "direction", "expected"),
    [
        (15, 10, 20, "increase", "0.5"),
        (25, 10, 20, "increase", "1.5"),  # not clipped
        (5, 10, 20, "increase", "-0.5"),
        (50, 80, 20, "decrease", "0.5"),  # falling: progress rises as the value falls
        (90, 80, 20, "decrease", "-0.1666666666666666666666666667"),
        (50, 80, 20, "increase", "0.5"),  # direction never changes the sign
        (0, 10, 20, "increase", "-1"),
    ],
)
def test_progress(world, actual, baseline, target, direction, expected):
    indicator = world.indicator(
        point_in_time=True, direction=direction, baseline_value=Decimal(baseline)
    )
    world.target(indicator, 1, 1, target)
    world.report(indicator, 0, 1, actual)

    figures = world.figures(indicator, period=1)
    assert figures.periods[0].progress.value == Decimal(expected)
    assert by_hand.progress(actual, baseline, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("actual", "baseline", "target", "reason"),
    [
        (None, 10, 20, "no_actual"),
        (15, None, 20, "no_baseline"),
        (15, 10, None, "no_target"),
        (15, 10, 10, "target_equals_baseline"),
    ],
)
def test_no_progress_and_why(world, actual, baseline, target, reason):
    indicator = world.indicator(cumulative=True, baseline_value=baseline)
    if target is not None:
        world.target(indicator, 1, 1, target)
    if actual is not None:
        world.report(indicator, 0, 1, actual)

    assert world.figures(indicator, period=1).periods[0].progress.reason == reason


@pytest.mark.parametrize(
    ("direction", "actual", "colour"),
    [
        ("maintain_up", 98, "met"),
        ("maintain_up", "97.9", "off_track"),
        ("maintain_up", 120, "met"),
        ("maintain_down", 102, "met"),
        ("maintain_down", "102.1", "off_track"),
    ],
)
def test_an_indicator_to_maintain_has_a_tolerance_instead(world, direction, actual, colour):
    indicator = world.indicator(point_in_time=True, direction=direction, tolerance=Decimal(2))
    world.target(indicator, 1, 1, 100)
    world.report(indicator, 0, 1, Decimal(actual))

    assert world.figures(indicator, period=1).light.colour == colour


def test_a_flow_over_the_spans_that_have_ended(world):
    indicator = world.indicator()
    world.target(indicator, 1, 2, 100)
    world.target(indicator, 3, 4, 50)
    world.report(indicator, 0, 1, 30)
    assert world.figures(indicator, period=1).progress.reason == "span_open"

    world.report(indicator, 0, 2, 50)
    world.report(indicator, 0, 3, 40)
    assert world.figures(indicator, period=3).progress.value == by_hand.divide(80, 100)
    world.report(indicator, 0, 4, 40)
    assert world.figures(indicator, period=4).progress.value == by_hand.divide(160, 150)


def test_a_flow_with_a_baseline_of_an_equal_span(world):
    indicator = world.indicator(baseline_value=Decimal(20))
    world.target(indicator, 1, 1, 40)
    world.target(indicator, 2, 2, 60)
    world.report(indicator, 0, 1, 30)
    world.report(indicator, 0, 2, 50)

    # (30 + 50 - 2 x 20) / (40 + 60 - 2 x 20)
    assert world.figures(indicator, period=2).progress.value == by_hand.divide(40, 60)


def test_a_ratios_spans_are_not_added(world):
    indicator = world.indicator(
        ratio=True,
        accumulation="flow",
        baseline_numerator=Decimal(1),
        baseline_denominator=Decimal(5),
    )
    world.target(indicator, 1, 1, "0.4")
    world.target(indicator, 2, 2, "0.6")
    world.report(indicator, 0, 1, (1, 10))
    world.report(indicator, 0, 2, (5, 10))

    # The last span alone: (0.5 - 0.2) / (0.6 - 0.2)
    assert world.figures(indicator, period=2).progress.value == Decimal("0.75")


@pytest.mark.parametrize("period", range(1, 7))
def test_expected_of_a_flow_by_days(world, period):
    indicator = world.indicator()
    spans = [(1, 2, 100), (3, 6, 300)]
    for first, last, value in spans:
        world.target(indicator, first, last, value)

    days = [(world.periods[a - 1].starts_on, world.periods[b - 1].ends_on, v) for a, b, v in spans]
    expected = by_hand.expected_flow(days, world.periods[period - 1].ends_on)
    assert world.figures(indicator, period=period).expected == expected


@pytest.mark.parametrize("period", range(1, 7))
def test_expected_on_the_line_through_each_target(world, period):
    indicator = world.indicator(
        cumulative=True, baseline_value=Decimal(10), baseline_on=date(2023, 6, 30)
    )
    world.target(indicator, 1, 2, 20)
    world.target(indicator, 3, 5, 60)

    points = [(world.periods[1].ends_on, 20), (world.periods[4].ends_on, 60)]
    on = world.periods[period - 1].ends_on
    expected = by_hand.expected_on_line(points, 10, date(2023, 6, 30), on)
    assert world.figures(indicator, period=period).expected == expected


@pytest.mark.parametrize(
    ("year", "on"),
    [(2022, date(2022, 12, 31)), (2023, date(2023, 12, 31)), (2024, date(2024, 1, 1))],
)
def test_a_baseline_with_only_a_year(world, year, on):
    indicator = world.indicator(cumulative=True, baseline_value=Decimal(0), baseline_year=year)
    world.target(indicator, 1, 4, 100)

    points = [(world.periods[3].ends_on, 100)]
    expected = by_hand.expected_on_line(points, 0, on, world.periods[0].ends_on)
    assert world.figures(indicator, period=1).expected == expected


def test_yes_or_no_is_expected_when_due(world):
    indicator = world.indicator(yes_no=True, baseline_value=Decimal(0))
    world.target(indicator, 1, 3, 1)

    assert [world.figures(indicator, period=n).expected for n in (2, 3)] == [0, 1]
