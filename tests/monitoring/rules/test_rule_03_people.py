"""RULES 3: unique persons over periods and units are a range; by place or not."""

from decimal import Decimal

import pytest

from monitoring.errors import RowErrors
from monitoring.services.submissions import record_observations
from registry.errors import DomainError
from tests import factories as f
from tests.monitoring import by_hand
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db
CELLS = [(0, 1, 10), (0, 2, 6), (1, 1, 8), (1, 3, 9), (2, 2, 4)]


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize("overlap", [True, False])
@pytest.mark.parametrize("new", [True, False])
def test_a_flow_of_unique_persons(world, overlap, new):
    indicator = world.indicator(people=True, units_overlap=overlap, counts_new_people=new)
    for unit, period, value in CELLS:
        world.report(indicator, unit, period, value)

    figure = world.figures(indicator, period=3).to_date
    low, high = by_hand.unique_range(CELLS, 3, overlap, not new)
    assert (figure.low or figure.value, figure.high or figure.value) == (low, high)
    assert (figure.value is None) == (low != high)


def test_contacts_add_up(world):
    indicator = world.indicator(counts_people="contacts")
    for unit, period, value in CELLS:
        world.report(indicator, unit, period, value)

    assert world.figures(indicator, period=3).to_date.value == sum(v for _, _, v in CELLS)


def test_the_progress_of_a_range_is_a_range_and_its_light_that_of_the_low_end(world):
    indicator = world.indicator(people=True, cumulative=True, baseline_value=Decimal(0))
    world.target(indicator, 1, 3, 20)
    world.report(indicator, 0, 3, 10)
    world.report(indicator, 1, 3, 6)

    figures = world.figures(indicator, period=3)
    assert (figures.toward_end.low, figures.toward_end.high) == (Decimal("0.5"), Decimal("0.8"))
    assert figures.light.colour == by_hand.light(1, Decimal("0.5")) == "off_track"


@pytest.mark.parametrize("by_place", [True, False])
def test_a_unit_that_does_not_fit_is_refused(by_place):
    world = World(units=1)
    indicator = world.indicator(by_place=by_place)
    unit = world.units[0]
    if not by_place:
        unit.place = "Kisumu"
        unit.save()
    draft = f.SubmissionFactory(unit=unit, period=world.periods[0])
    sender = f.UserFactory(evaluates=unit.membership.partner)
    with pytest.raises((RowErrors, DomainError)):
        record_observations(draft, [{"indicator": indicator.pk, "value": 1}], by=sender)
    assert not draft.observations.exists()
