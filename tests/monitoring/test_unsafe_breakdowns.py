"""Where breaking down is not safe: stated with a unit's data, counts once approved, is lifted by
a correction, and stays as it was handed in (RULES 15)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import UnsafeBreakdown
from monitoring.services.submissions import record_observations
from monitoring.services.unsafe import state_unsafe
from registry.errors import NotAllowed
from tests.factories import (
    NOON,
    CategoryFactory,
    SubmissionFactory,
    UnsafeBreakdownFactory,
    UserFactory,
    approve,
)
from tests.monitoring.entering import Entering

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = Entering()
    world.women = CategoryFactory()
    world.number.dimensions.add(world.women.dimension)
    world.place = (world.number.pk, world.women.dimension.pk)
    return world


@pytest.fixture
def draft(world):
    return SubmissionFactory(unit=world.unit, period=world.period)


def test_it_counts_from_approval_until_it_is_withdrawn(world, draft):
    state_unsafe(draft, {world.place: "Dangerous."}, by=world.evaluator)
    assert not UnsafeBreakdown.objects.counting().exists()

    approve(draft, at=NOON)

    assert UnsafeBreakdown.objects.counting().count() == 1
    assert not UnsafeBreakdown.objects.counting(NOON - timedelta(days=1)).exists()
    assert UnsafeBreakdown.objects.counting(NOON).count() == 1
    draft.withdraw(by=world.evaluator, reason="Wrong.")
    assert not UnsafeBreakdown.objects.counting().exists()
    assert UnsafeBreakdown.objects.counting(NOON).count() == 1


def test_a_correction_lifts_it_and_its_withdrawal_revives_nothing(world, draft):
    state_unsafe(draft, {world.place: "Dangerous."}, by=world.evaluator)
    approve(draft, at=NOON)
    later = SubmissionFactory(unit=world.unit, period=world.period, revision=2)
    state_unsafe(later, {}, by=world.evaluator, lifted={world.place: "No longer."})
    assert UnsafeBreakdown.objects.counting().count() == 1

    approve(later, at=NOON + timedelta(days=5))

    assert not UnsafeBreakdown.objects.counting().exists()
    assert UnsafeBreakdown.objects.counting(NOON + timedelta(days=1)).count() == 1
    later.withdraw(by=world.evaluator, reason="Wrong.")
    assert not UnsafeBreakdown.objects.counting().exists()


def test_stated_twice_it_is_one_statement(world, draft):
    state_unsafe(draft, {world.place: "Dangerous."}, by=world.evaluator)
    state_unsafe(draft, {world.place: "More dangerous."}, by=world.evaluator)

    assert draft.unsafe_breakdowns.get().reason == "More dangerous."


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_it_needs_a_reason(world, draft, reason):
    with pytest.raises(ValidationError):
        state_unsafe(draft, {world.place: reason}, by=world.evaluator)
    assert not UnsafeBreakdown.objects.exists()


def test_only_for_what_the_unit_is_asked(world, draft):
    other = world.indicator(by_place=True)
    other.dimensions.add(world.women.dimension)
    with pytest.raises(ValidationError):
        state_unsafe(draft, {(other.pk, world.place[1]): "Dangerous."}, by=world.evaluator)


def test_not_beside_values_of_the_same_breakdown(world, draft):
    rows = [{"indicator": world.number.pk, "category": world.women.pk, "value": 3}]
    record_observations(draft, rows, by=world.evaluator)
    with pytest.raises(ValidationError):
        state_unsafe(draft, {world.place: "Dangerous."}, by=world.evaluator)


def test_strangers_state_nothing(world, draft):
    with pytest.raises(NotAllowed):
        state_unsafe(draft, {world.place: "Dangerous."}, by=UserFactory())


def test_the_database_keeps_what_was_handed_in(world, draft):
    row = UnsafeBreakdownFactory(submission=draft, indicator=world.number, approved=True)
    rows = UnsafeBreakdown.objects.filter(pk=row.pk)
    for write in (rows.delete, lambda: rows.update(reason="x"), lambda: rows.update(lifts=True)):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    with pytest.raises(IntegrityError), transaction.atomic():
        UnsafeBreakdownFactory(submission=draft)
