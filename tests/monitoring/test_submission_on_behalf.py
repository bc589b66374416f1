"""One member reports for another: the unit stays whose data it is (RULES 4)."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.services.submissions import (
    correct_submission,
    record_observations,
    start_submission,
)
from registry.errors import NotAllowed
from tests.factories import MembershipFactory, PeriodFactory, UserFactory
from tests.monitoring.sending import Unit
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return Unit()


def start(unit, sent_for, by):
    period = PeriodFactory(framework=unit.period.framework)
    return start_submission(unit.unit, period, by=by, sent_for=sent_for)


def test_the_unit_stays_and_the_sender_is_named(unit):
    people = unit.people

    sent = start(unit, people.membership, people.evaluator)
    record_observations(sent, [{"indicator": unit.first.pk, "value": 3}], by=people.evaluator)
    sent.submit(by=people.evaluator)

    assert (sent.unit, sent.sent_for) == (unit.unit, people.membership)
    assert sent.observations.get().unit == unit.unit


def test_the_sender_need_be_one_of_the_senders_people(unit):
    for user in (unit.own, unit.people.observer, unit.people.outsider):
        with refused("unit_only", NotAllowed):
            start(unit, unit.people.membership, user)


def test_an_observer_of_the_sender_does_not_write(unit):
    sent = start(unit, unit.people.membership, unit.people.evaluator)

    with refused("unit_only", NotAllowed):
        record_observations(
            sent, [{"indicator": unit.first.pk, "value": 3}], by=unit.people.observer
        )


def test_a_member_of_another_partnership_does_not_send(unit):
    stranger = MembershipFactory()

    with pytest.raises(ValidationError) as refusal:
        start(unit, stranger, UserFactory(manages=stranger.partner))

    assert "sent_for" in refusal.value.message_dict


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_an_accepted_member_sends(unit, state):
    sender = MembershipFactory(partnership=unit.people.partnership, **{state: True})

    with refused("not_accepted"):
        start(unit, sender, UserFactory(manages=sender.partner))


def test_a_correction_by_the_units_own_people_is_no_longer_on_behalf(unit):
    sent = start(unit, unit.people.membership, unit.people.evaluator)
    record_observations(sent, [{"indicator": unit.first.pk, "value": 3}], by=unit.people.evaluator)
    sent.submit(by=unit.people.evaluator)
    sent.approve(by=unit.people.lead_manager)

    assert correct_submission(sent, by=unit.own).sent_for is None
