"""RULES 11: flows and running totals of a member that left stay, its states end with its day."""

from datetime import timedelta

import pytest

from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def leave(world, unit, on):
    world.units[unit].membership.change(status="left", ended_on=on)


@pytest.mark.parametrize(
    ("accumulation", "before", "after"),
    [("flow", 5, None), ("cumulative", 5, 5), ("point_in_time", 5, None)],
)
def test_as_of_the_period_it_left_in_and_the_next(world, accumulation, before, after):
    indicator = world.indicator(accumulation=accumulation)
    world.report(indicator, 0, 2, 5)
    leave(world, 0, world.periods[1].ends_on)  # that day counts

    figures = world.figures(indicator, period=3).periods
    assert (figures[1].figure.value, figures[2].figure.value) == (before, after)


def test_a_state_ends_for_periods_that_end_after_its_last_day(world):
    indicator = world.indicator(point_in_time=True)
    world.report(indicator, 0, 2, 5)
    leave(world, 0, world.periods[1].ends_on - timedelta(days=1))

    assert world.figures(indicator, period=2).to_date.value is None


def test_a_flow_to_date_keeps_what_it_gave(world):
    indicator = world.indicator()
    world.report(indicator, 0, 1, 5)
    leave(world, 0, world.periods[1].ends_on)

    assert world.figures(indicator, period=6).to_date.value == 5
