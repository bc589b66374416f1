"""RULES 19, 20 and 21: lights, and the dates of a report; see also test_lights.py."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from monitoring.aggregation import lights, progress
from monitoring.aggregation.figures import Light, Progress
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import digest
from tests.monitoring import by_hand
from tests.monitoring.measured import World

COLOURS = ("on_track", "at_risk", "off_track", "no_data")


@pytest.mark.parametrize("gap", ["-0.5", "0", "0.10", "0.1000001", "0.30", "0.3000001", "1"])
def test_an_indicators_colour_by_the_gap(gap):
    reached = Decimal("0.5") - Decimal(gap)
    _, light = progress.indicator_light(Progress(value=reached), Decimal("0.5"))
    assert light.colour == by_hand.light("0.5", reached)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_partnerships_colour_for_every_mixture(count):
    for colours in itertools.combinations_with_replacement(COLOURS, count):
        for outcome in range(count):
            items = [
                SimpleNamespace(
                    light=Light(colour, ""),
                    begins_on=None,
                    indicator=SimpleNamespace(
                        result=SimpleNamespace(level="outcome" if n == outcome else "output")
                    ),
                )
                for n, colour in enumerate(colours)
            ]
            found = lights.achievement(items, on=None, has_ended_period=True).colour
            expected = by_hand.partnership_light(colours, [colours[outcome]])
            assert found == expected, (colours, outcome)


@pytest.fixture
def world(db):
    return World()


def test_the_same_two_dates_give_the_same_content_whatever_came_later(world):
    indicator = world.indicator()
    world.report(indicator, 0, 1, 5)
    period = world.periods[0]
    dates = {"reference_on": period.ends_on, "cutoff_at": datetime(2024, 6, 1, tzinfo=UTC)}
    first = digest(partnership_report(period, **dates))

    world.report(indicator, 0, 1, 6, at=datetime(2024, 7, 1, tzinfo=UTC))
    world.report(indicator, 1, 1, 9, at=datetime(2024, 7, 1, tzinfo=UTC))
    assert digest(partnership_report(period, **dates)) == first
    later = {**dates, "cutoff_at": datetime(2024, 8, 1, tzinfo=UTC)}
    assert digest(partnership_report(period, **later)) != first


def test_a_cutoff_counts_what_was_approved_by_then(world):
    indicator = world.indicator()
    world.report(indicator, 0, 1, 5, at=datetime(2024, 5, 1, 12, tzinfo=UTC))
    at = datetime(2024, 5, 1, 12, tzinfo=UTC)

    assert world.figures(indicator, period=1, cutoff_at=at).to_date.value == 5
    before = datetime(2024, 5, 1, 11, 59, tzinfo=UTC)
    assert world.figures(indicator, period=1, cutoff_at=before).to_date.value is None


def test_what_was_due_then_counts_as_it_was_due_then(world):
    world.indicator()
    world.units[0].membership.change(status="left", ended_on=world.periods[1].ends_on)

    items = lights.due_items(
        world.framework,
        reference_on=world.periods[3].ends_on,
        cutoff_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    of_left = [item.period_id for item in items if item.unit_id == world.units[0].pk]
    assert of_left == [world.periods[0].pk, world.periods[1].pk]
    assert len(items) == 2 + 4 + 4
