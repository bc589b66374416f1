"""RULES 9: to date, the calendar's year, the framework's year; reported of due."""

from datetime import date

import pytest

from tests.monitoring import by_hand
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A framework whose years begin in April: Q1 ends in June 2024, Q4 in March 2025."""
    return World(starts_on=date(2024, 4, 1))


@pytest.mark.parametrize(
    ("period", "to_date", "year", "framework_year"),
    [
        (1, 1, 1, 1),
        (3, 111, 111, 111),  # December 2024
        (4, 1111, 1000, 1111),  # March 2025: a new calendar year, the framework's first ends
        (5, 11111, 11000, 10000),  # June 2025
    ],
)
def test_a_flow(world, period, to_date, year, framework_year):
    indicator = world.indicator()
    for n in range(1, 7):
        world.report(indicator, 0, n, 10 ** (n - 1))

    figures = world.figures(indicator, period=period)
    found = (figures.to_date.value, figures.year.value, figures.framework_year.value)
    assert found == (to_date, year, framework_year)


def test_each_units_sum_and_only_then_the_combine_rule(world):
    indicator = world.indicator(combine="max")
    cells = [(0, 1, 5), (0, 2, 5), (1, 1, 8)]
    for unit, period, value in cells:
        world.report(indicator, unit, period, value)

    assert world.figures(indicator, period=2).to_date.value == 10
    assert by_hand.flow_to_date(cells, 2, "max") == 10


@pytest.mark.parametrize("accumulation", ["cumulative", "point_in_time"])
def test_states_and_running_totals_are_as_of_the_last_period(world, accumulation):
    indicator = world.indicator(accumulation=accumulation)
    world.report(indicator, 0, 3, 7)
    world.report(indicator, 0, 4, 9)

    figures = world.figures(indicator, period=4)
    assert [figures.to_date.value, figures.year.value, figures.framework_year.value] == [9] * 3


def test_as_published_has_figures_of_single_periods_only(world):
    indicator = world.indicator(accumulation="as_published")
    world.report(indicator, 0, 1, 7)

    figures = world.figures(indicator, period=2)
    assert figures.to_date.reason == figures.framework_year.reason == "accumulation_unknown"
    assert figures.periods[0].figure.value == 7
