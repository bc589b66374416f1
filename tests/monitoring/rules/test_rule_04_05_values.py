"""RULES 4 and 5: corrections replace for good; a ratio is stored in its parts, unscaled."""

from decimal import Decimal

import pytest
from django.utils import timezone

from monitoring.errors import RowErrors
from monitoring.services.submissions import record_observations, start_submission
from registry.errors import DomainError
from tests import factories as f
from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def admin():
    return f.UserFactory(admin=True)


def test_a_second_submission_is_a_conflict(world, admin):
    world.report(world.indicator(), 0, 1, 5)
    with pytest.raises(DomainError) as refused:
        start_submission(world.units[0], world.periods[0], by=admin)
    assert refused.value.code == "submission_exists"


def test_withdrawing_a_correction_does_not_revive_what_it_replaced(world, admin):
    indicator = world.indicator()
    world.report(indicator, 0, 1, 5)
    correction = world.report(indicator, 0, 1, 6)
    assert world.figures(indicator, period=1).to_date.value == 6

    correction.withdraw(by=admin, reason="Wrong too.")
    figures = world.figures(indicator, period=1, cutoff_at=timezone.now())
    assert figures.to_date.value is None


def test_a_correction_changes_only_the_rows_it_carries(world):
    one, other = world.indicator(), world.indicator()
    f.approve(
        f.SubmissionFactory(unit=world.units[0], period=world.periods[0], values={one: 5, other: 7})
    )
    world.report(one, 0, 1, 6)

    assert world.figures(one, period=1).to_date.value == 6
    assert world.figures(other, period=1).to_date.value == 7


def test_a_value_is_taken_away_only_by_an_explicit_withdrawal(world):
    indicator = world.indicator(cumulative=True)
    world.report(indicator, 0, 1, 5)
    world.report(indicator, 0, 2, 9)
    draft = f.SubmissionFactory(unit=world.units[0], period=world.periods[1])
    f.ObservationFactory(submission=draft, indicator=indicator, value=None, withdraws=True)
    f.approve(draft)

    assert world.figures(indicator, period=2).to_date.value == 5


def test_a_ratio_is_stored_unscaled_and_its_target_is_on_the_same_scale(world):
    indicator = world.indicator(
        ratio=True, baseline_numerator=Decimal(1), baseline_denominator=Decimal(5)
    )
    world.target(indicator, 1, 1, "0.6")
    world.report(indicator, 0, 1, (2, 5))

    figures = world.figures(indicator, period=1)
    assert figures.to_date.value == Decimal("0.4")
    assert figures.baseline == Decimal("0.2")
    assert figures.toward_end.value == Decimal("0.5")


def test_a_ratio_reported_as_a_bare_percentage_is_refused(world, admin):
    indicator = world.indicator(ratio=True)
    draft = f.SubmissionFactory(unit=world.units[0], period=world.periods[0])
    with pytest.raises(RowErrors):
        record_observations(draft, [{"indicator": indicator.pk, "value": 40}], by=admin)
    assert not draft.observations.exists()
