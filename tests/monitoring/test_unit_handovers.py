"""A reporting unit passes to another member from a day on: RULES 11 and 20."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.aggregation import partnership_figures
from monitoring.models import ReportingUnit, UnitHandover
from monitoring.services.handovers import (
    accept_unit,
    decline_handover,
    hand_over_unit,
    withdraw_handover,
)
from monitoring.services.submissions import start_submission
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.locked import refused_by
from tests.moves import moves_of, race, refused

pytestmark = pytest.mark.django_db
SINCE = date(2024, 7, 1)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


class World:
    """Two members with a unit each, an agreed framework with a state, and four quarters."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.state = IndicatorFactory(result__framework=self.framework, point_in_time=True)
        self.total = IndicatorFactory(result__framework=self.framework, cumulative=True)
        self.periods = [PeriodFactory(framework=self.framework) for _ in range(4)]
        self.giver, self.taker = MembershipFactory.create_batch(2, partnership=self.partnership)
        self.unit = ReportingUnitFactory(membership=self.giver)
        self.heir = ReportingUnitFactory(membership=self.taker)
        self.lead = UserFactory(
            manages=self.partnership.memberships.get(roles__contains=["lead"]).partner
        )
        self.giving = UserFactory(manages=self.giver.partner)
        self.taking = UserFactory(manages=self.taker.partner)

    def hand_over(self, by=None, **fields):
        values = {"to": self.heir, "since_on": SINCE} | fields
        return hand_over_unit(self.unit, by=by or self.lead, **values)

    def report(self, unit, quarter, value, indicator=None):
        indicator = indicator or self.state
        SubmissionFactory(
            unit=unit,
            period=self.periods[quarter - 1],
            values={indicator: Decimal(value)},
            approved=True,
        )

    def as_of(self, quarter, indicator=None, cutoff_at=LATER):
        on = self.periods[quarter - 1].ends_on
        figures = partnership_figures(self.partnership, reference_on=on, cutoff_at=cutoff_at)
        wanted = (indicator or self.state).pk
        (found,) = [i for i in figures.indicators if i.indicator.pk == wanted]
        return found.to_date.value

    def stored(self):
        return ReportingUnit.objects.get(pk=self.unit.pk)


@pytest.fixture
def world():
    return World()


def test_the_lead_decides_at_once(world):
    offer = world.hand_over(reason="The member leaves.")

    assert offer.status == "accepted"
    unit = world.stored()
    assert (unit.successor, unit.successor_since) == (world.heir, SINCE)
    assert unit.handed_over_at == offer.answered_at
    assert moves_of(offer) == [("proposed", "accepted")]
    event = Event.objects.about(unit).get(kind="reportingunit.handed_over")
    assert event.facts == {"to": world.heir.pk, "since_on": "2024-07-01"}


def test_else_both_members_agree(world):
    offer = world.hand_over(by=world.giving)
    assert (offer.status, world.stored().successor) == ("proposed", None)

    accept_unit(offer, by=world.taking)

    assert world.stored().successor == world.heir


def test_the_one_that_is_asked_says_no_and_the_one_that_offered_takes_it_back(world):
    decline_handover(world.hand_over(by=world.giving), by=world.taking, reason="Too far.")
    withdraw_handover(world.hand_over(by=world.giving), by=world.giving)

    statuses = UnitHandover.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["declined", "withdrawn"]
    assert world.stored().successor is None


def test_nobody_else_offers_answers_or_takes_back(world):
    other = UserFactory(manages=MembershipFactory(partnership=world.partnership).partner)
    with refused("members_only", NotAllowed):
        world.hand_over(by=other)
    with refused("members_only", NotAllowed):
        world.hand_over(by=world.taking)
    offer = world.hand_over(by=world.giving)

    for by in (other, world.giving, UserFactory(evaluates=world.taker.partner)):
        with refused("members_only", NotAllowed):
            accept_unit(offer, by=by)
        with refused("members_only", NotAllowed):
            decline_handover(offer, by=by)
    with refused("members_only", NotAllowed):
        withdraw_handover(offer, by=world.taking)


def test_the_leads_decision_ends_an_open_offer(world):
    offer = world.hand_over(by=world.giving)

    world.hand_over()

    assert UnitHandover.objects.get(pk=offer.pk).status == "withdrawn"
    with refused("invalid_transition"):
        accept_unit(UnitHandover.objects.get(pk=offer.pk), by=world.taking)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda w: {"to": ReportingUnitFactory(membership=w.taker, place="Kitui")}, "successor"),
        (lambda w: {"to": ReportingUnitFactory()}, "taker"),
        (lambda w: {"to": w.unit}, "taker"),
        (lambda w: {"since_on": date(2023, 1, 1)}, "since_on"),
    ],
    ids=["a place for none", "another partnership's", "itself", "before it reported"],
)
def test_what_makes_no_sense_is_refused(world, change, field):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        world.hand_over(**change(world))

    assert field in refusal.value.message_dict
    assert not UnitHandover.objects.exists()


def test_a_member_that_left_hands_over_from_the_day_after(world):
    world.giver.change(status="left", ended_on=date(2024, 6, 30))
    world.unit.refresh_from_db()

    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        world.hand_over(since_on=date(2024, 6, 30))
    assert "since_on" in refusal.value.message_dict
    world.hand_over(since_on=date(2024, 7, 1))

    assert world.stored().successor == world.heir


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_a_member_takes_over(world, state):
    other = MembershipFactory(partnership=world.partnership, **{state: True})

    with refused("not_accepted"):
        world.hand_over(to=ReportingUnitFactory(membership=other))


def test_it_is_handed_over_once_and_in_no_ring(world):
    world.hand_over()

    with refused("handed_over_already"):
        world.hand_over()
    with refused("handed_in_a_ring"):
        hand_over_unit(world.heir, to=world.unit, since_on=SINCE, by=world.lead)


def test_what_was_begun_for_later_periods_is_settled_first(world):
    begun = SubmissionFactory(unit=world.unit, period=world.periods[2])

    with refused("has_data_from_then_on") as refusal, transaction.atomic():
        world.hand_over()

    assert refusal.value.extra == {"submission": begun.pk}


def test_from_then_on_it_owes_and_reports_nothing(world):
    world.hand_over()
    unit = world.stored()

    assert [unit.owes(p) for p in world.periods] == [True, True, False, False]
    with refused("unit_handed_over"):
        start_submission(unit, world.periods[2], by=world.giving)


@pytest.mark.django_db(transaction=True)
def test_of_two_acceptances_at_once_one_counts():
    world = World()
    offer = world.hand_over(by=world.giving)
    first, second = (UnitHandover.objects.get(pk=offer.pk) for _ in range(2))

    outcomes = race(
        lambda: accept_unit(first, by=world.taking), lambda: accept_unit(second, by=world.taking)
    )

    assert sorted(type(o).__name__ for o in outcomes) == ["DomainError", "NoneType"]
    assert moves_of(offer) == [("proposed", "accepted")]


def test_a_state_is_carried_under_the_successor_until_it_reports(world):
    world.report(world.unit, 2, 8)
    world.giver.change(status="left", ended_on=date(2024, 6, 30))
    world.unit.refresh_from_db()
    assert world.as_of(3) is None

    world.hand_over()

    assert [world.as_of(2), world.as_of(3), world.as_of(4)] == [8, 8, 8]
    world.report(world.heir, 4, 5)
    assert [world.as_of(3), world.as_of(4)] == [8, 5]


def test_a_member_that_stays_is_not_counted_beside_its_successor(world):
    world.report(world.unit, 2, 8)
    world.hand_over()

    world.report(world.heir, 3, 5)

    assert world.as_of(3) == 5


def test_running_totals_stay(world):
    world.report(world.unit, 2, 8, world.total)
    world.hand_over()

    world.report(world.heir, 3, 5, world.total)

    assert world.as_of(3, world.total) == 13


def test_what_was_decided_later_does_not_change_figures_of_an_earlier_cutoff(world):
    world.report(world.unit, 2, 8)
    world.giver.change(status="left", ended_on=date(2024, 6, 30))
    world.unit.refresh_from_db()
    before = datetime(2025, 1, 10, tzinfo=UTC)
    world.hand_over()
    ReportingUnit.objects.filter(pk=world.unit.pk).update(
        handed_over_at=datetime(2025, 2, 1, tzinfo=UTC)
    )

    assert world.as_of(4, cutoff_at=before) is None
    assert world.as_of(4) == 8


def test_a_day_after_the_period_changes_nothing_for_it(world):
    world.report(world.unit, 2, 8)
    world.giver.change(status="left", ended_on=date(2024, 6, 30))
    world.unit.refresh_from_db()

    world.hand_over(since_on=date(2024, 10, 15))

    assert [world.as_of(3), world.as_of(4)] == [None, 8]


def test_from_when_on_it_is_anothers_is_history(world):
    world.hand_over()

    for change in ({"successor_since": date(2024, 1, 1)}, {"successor": None}):
        with refused_by("is history"):
            ReportingUnit.objects.filter(pk=world.unit.pk).update(
                **({"successor_since": None, "handed_over_at": None} | change)
            )


def test_a_successor_that_was_merged_with_another_unit_still_carries_it(world):
    """Its own membership ended with the merge of partners; that of the line it is in goes on."""
    world.report(world.unit, 1, 40)
    world.hand_over(since_on=world.periods[1].starts_on)
    survivor = ReportingUnitFactory(membership=MembershipFactory(partnership=world.partnership))
    ReportingUnit.objects.filter(pk=world.heir.pk).update(merged_into=survivor)
    world.taker.change(status="left", ended_on=world.periods[1].ends_on)

    assert [world.as_of(quarter) for quarter in (1, 2, 3)] == [40, 40, 40]
