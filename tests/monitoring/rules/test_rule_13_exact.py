"""RULES 13: exact arithmetic; nothing is computed from a rounded figure."""

from decimal import Decimal

import pytest

from registry import display
from tests import factories as f
from tests.monitoring import by_hand
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def said(api, indicator, period):
    api.force_authenticate(f.UserFactory(admin=True))
    url = f"/api/v1/indicators/{indicator.pk}/explain/"
    return api.get(url, {"period": period.pk}).json()["figure"]


@pytest.mark.parametrize(
    ("values", "total"),
    [
        (["0.1", "0.2"], "0.3"),
        (["0.0000000001", "0.0000000002"], "0.0000000003"),
        (["12345678901234567890.0123456789"], "12345678901234567890.0123456789"),
        (["-1.5", "0.25"], "-1.25"),
        (["99999999999999999999", "0.0000000001"], "99999999999999999999.0000000001"),
    ],
)
def test_every_digit_survives(api, world, values, total):
    indicator = world.indicator()
    for unit, value in enumerate(values):
        world.report(indicator, unit, 1, Decimal(value))

    assert said(api, indicator, world.periods[0])["value"] == total


def test_a_quotient_has_at_least_twelve_significant_digits(api, world):
    indicator = world.indicator(ratio=True)
    world.report(indicator, 0, 1, (2, 3))

    found = said(api, indicator, world.periods[0])["value"]
    assert Decimal(found) == by_hand.divide(2, 3)
    assert len(found.removeprefix("0.")) >= 12


@pytest.mark.parametrize(("value", "shown"), [("2.345", "2.35"), ("2.344", "2.34"), ("0.5", "0.5")])
def test_rounding_is_half_up_and_for_display_only(value, shown):
    assert display.number(Decimal(value)) == shown


def test_progress_is_not_computed_from_rounded_figures(world):
    indicator = world.indicator(
        ratio=True, baseline_numerator=Decimal(0), baseline_denominator=Decimal(1)
    )
    world.target(indicator, 1, 1, "0.333")
    world.report(indicator, 0, 1, (1, 3))

    reached = world.figures(indicator, period=1).toward_end.value
    assert reached == by_hand.progress(by_hand.divide(1, 3), Decimal(0), Decimal("0.333"))
