"""What a report and an explanation call a flow's progress: of a period's own span, and so far."""

from decimal import Decimal

import pytest

from monitoring.aggregation.explaining import explain
from monitoring.aggregation.series import series
from tests.factories import UserFactory
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


def test_a_period_is_held_against_its_own_target_and_explanations_against_all_that_ended():
    world = World(units=1, periods=3)
    indicator = world.indicator()
    for quarter, (target, actual) in enumerate([(10, 5), (10, 10), (20, 20)], start=1):
        world.target(indicator, quarter, quarter, target)
        world.report(indicator, 0, quarter, actual)
    admin = UserFactory(is_staff=True)

    found = world.figures(indicator)
    own = [one.progress.value for one in found.periods]
    so_far = [explain(indicator, p, user=admin).progress.value for p in world.periods]
    drawn = [cell.progress.value for cell in series(indicator, axes=["period"], user=admin).cells]

    # each period's own: 5 / 10, 10 / 10, 20 / 20
    assert own == [Decimal("0.5"), 1, 1]
    # so far: 5 / 10, (5 + 10) / 20, (5 + 10 + 20) / 40
    assert so_far == drawn == [Decimal("0.5"), Decimal("0.75"), Decimal("0.875")]
    assert found.progress.value == so_far[-1]


def test_both_say_the_same_where_one_target_has_ended():
    world = World(units=1, periods=2)
    indicator = world.indicator()
    world.target(indicator, 1, 2, 40)
    world.report(indicator, 0, 1, 10)
    world.report(indicator, 0, 2, 20)

    found = world.figures(indicator)
    last = world.periods[-1]

    assert found.as_of(last).progress.value == Decimal("0.75")  # (10 + 20) / 40
    assert explain(indicator, last, user=UserFactory(is_staff=True)).progress.value == Decimal(
        "0.75"
    )
