"""Leaving, and what becomes of promises and of the lead: by agreement of both, dated."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Commitment, CommitmentHandover, LeadHandover
from partnerships.services.handovers import (
    Becomes,
    Fate,
    accept_commitment,
    accept_lead,
    decline_handover,
    leave,
    offer_commitment,
    offer_lead,
    withdraw_handover,
)
from registry.errors import NotAllowed
from registry.models import Event, Notice
from registry.tasks import tell_events
from tests.factories import (
    CommitmentFactory,
    CommitmentHandoverFactory,
    DeliveryFactory,
    LeadHandoverFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, field_of, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def commitment(people):
    return CommitmentFactory(partnership=people.partnership, membership=people.membership)


@pytest.fixture
def taker(people):
    return MembershipFactory(partnership=people.partnership)


def stored(row):
    return type(row).objects.get(pk=row.pk)


def test_a_promise_passes_once_the_other_agrees_and_deliveries_stay(people, commitment, taker):
    delivery = DeliveryFactory(commitment=commitment)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        offer = offer_commitment(commitment, to=taker, by=people.manager)
        assert stored(commitment).membership == people.membership
    with time_machine.travel("2025-05-02T12:00:00Z", tick=False):
        accept_commitment(offer, by=UserFactory(manages=taker.partner))

    assert stored(commitment).membership == taker
    assert stored(delivery).membership == people.membership
    assert moves_of(offer) == [("proposed", "accepted")]
    assert stored(offer).answered_at == datetime(2025, 5, 2, 12, tzinfo=UTC)
    now = stored(commitment)
    before, then = (datetime(2025, 5, 2, hour, tzinfo=UTC) for hour in (11, 12))
    giver = people.membership
    for moment, owner, other in ((before, giver, taker), (then, taker, giver)):
        assert list(Commitment.objects.owed_at([owner.pk], moment)) == [now]
        assert not Commitment.objects.owed_at([other.pk], moment).exists()


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "observer", "outsider"])
def test_only_the_member_that_owes_it_offers_it(people, commitment, taker, who):
    with refused("members_only", NotAllowed):
        offer_commitment(commitment, to=taker, by=people[who])

    assert not CommitmentHandover.objects.exists()


@pytest.mark.parametrize("who", ["lead_manager", "manager", "evaluator", "outsider"])
@pytest.mark.parametrize("answer", [accept_commitment, decline_handover])
def test_only_the_member_that_is_asked_answers(people, commitment, taker, who, answer):
    offer = CommitmentHandoverFactory(commitment=commitment, taker=taker)

    with refused("members_only", NotAllowed):
        answer(offer, by=people[who])

    assert stored(offer).status == "proposed"


def test_an_offer_is_taken_back_by_who_made_it(people, commitment, taker):
    offer = CommitmentHandoverFactory(commitment=commitment, taker=taker)

    with refused("members_only", NotAllowed):
        withdraw_handover(offer, by=UserFactory(manages=taker.partner))
    withdraw_handover(offer, by=people.manager)
    with refused("invalid_transition"):
        accept_commitment(offer, by=UserFactory(manages=taker.partner))

    assert stored(commitment).membership == people.membership


def test_nobody_takes_over_what_is_owed_to_it(people, taker):
    commitment = CommitmentFactory(
        partnership=people.partnership, membership=people.membership, receiver=taker
    )

    with pytest.raises(ValidationError) as refusal:
        offer_commitment(commitment, to=taker, by=people.manager)

    assert field_of(refusal.value) == "taker"


def test_only_an_accepted_member_of_the_same_partnership_takes_over(people, commitment):
    invited = MembershipFactory(partnership=people.partnership, invited=True)
    elsewhere = MembershipFactory()

    with refused("not_accepted"):
        offer_commitment(commitment, to=invited, by=people.manager)
    with pytest.raises(ValidationError) as refusal:
        offer_commitment(commitment, to=elsewhere, by=people.manager)
    assert field_of(refusal.value) == "taker"
    with pytest.raises(ValidationError):
        offer_commitment(commitment, to=people.membership, by=people.manager)


def test_one_offer_at_a_time(people, commitment, taker):
    CommitmentHandoverFactory(commitment=commitment, taker=taker)

    with pytest.raises(IntegrityError, match="one_offer"), transaction.atomic():
        CommitmentHandoverFactory(commitment=commitment, taker=people.lead_membership)


def test_nobody_leaves_promises_behind_in_silence(people, commitment):
    with refused("open_commitments") as refusal:
        leave(people.membership, by=people.manager)

    assert refusal.value.extra == {"commitments": [commitment.pk]}
    assert stored(people.membership).status == "accepted"


def test_leaving_says_what_becomes_of_each(people, taker):
    stays, gone, passed = CommitmentFactory.create_batch(
        3, partnership=people.partnership, membership=people.membership
    )

    leave(
        people.membership,
        by=people.manager,
        reason="We close.",
        commitments=[
            Fate(stays, Becomes.STAYS),
            Fate(gone, Becomes.WITHDRAWN, reason="No funds."),
            Fate(passed, Becomes.HANDED_OVER, to=taker),
        ],
    )

    assert stored(people.membership).status == "left"
    assert stored(gone).status == "withdrawn"
    assert stored(stays).membership == people.membership
    left = Event.objects.about(people.membership).get(became="left")
    assert left.facts == {"still_owed": sorted([stays.pk, passed.pk])}
    offer = CommitmentHandover.objects.get(commitment=passed)
    accept_commitment(offer, by=UserFactory(manages=taker.partner))
    assert stored(passed).membership == taker


@pytest.mark.parametrize("becomes", [Becomes.WITHDRAWN, Becomes.HANDED_OVER])
def test_a_fate_that_is_half_said_lets_nobody_go(people, commitment, becomes):
    with pytest.raises(ValidationError) as refusal:
        leave(people.membership, by=people.manager, commitments=[Fate(commitment, becomes)])

    assert field_of(refusal.value) in {"reason", "commitments"}
    assert stored(people.membership).status == "accepted"
    assert stored(commitment).status == "open"


def test_decides_about_its_own_promises_only(people, commitment):
    other = CommitmentFactory(partnership=people.partnership, membership=people.lead_membership)

    with pytest.raises(ValidationError) as refusal:
        leave(people.membership, by=people.manager, commitments=[Fate(other, Becomes.STAYS)])

    assert field_of(refusal.value) == "commitments"


def test_who_has_left_is_asked_no_more(people, taker):
    offer = CommitmentHandoverFactory(
        commitment__partnership=people.partnership,
        commitment__membership=people.lead_membership,
        taker=taker,
    )

    leave(taker, by=UserFactory(manages=taker.partner))

    assert stored(offer).status == "declined"


def test_the_lead_changes_hands_in_one_step_and_may_leave_then(people):
    offer = offer_lead(people.partnership, to=people.membership, by=people.lead_manager)
    with refused("lead_stays", NotAllowed):
        leave(people.lead_membership, by=people.lead_manager)

    accept_lead(offer, by=people.manager)

    assert stored(people.membership).roles == ["lead", "implementing"]
    assert stored(people.lead_membership).roles == ["implementing"]
    assert people.partnership.is_editable_by(people.manager)
    assert not people.partnership.is_editable_by(people.lead_manager)
    changed = Event.objects.about(people.membership).get(kind="membership.roles_changed")
    assert changed.facts["was"] == ["implementing"]
    leave(stored(people.lead_membership), by=people.lead_manager)


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "observer", "outsider"])
def test_only_the_leads_managers_offer_the_lead(people, who):
    with refused("lead_only", NotAllowed):
        offer_lead(people.partnership, to=people.membership, by=people[who])


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "outsider"])
def test_nobody_is_made_the_lead_by_others(people, who):
    offer = LeadHandoverFactory(giver=people.lead_membership, taker=people.membership)

    with refused("members_only", NotAllowed):
        accept_lead(offer, by=people[who])

    assert stored(people.membership).roles == ["implementing"]


def test_a_closed_partnership_changes_nothing(people, commitment, taker):
    offer = CommitmentHandoverFactory(commitment=commitment, taker=taker)
    people.partnership.change(status="completed")

    with refused("partnership_closed"):
        accept_commitment(stored(offer), by=UserFactory(manages=taker.partner))
    with refused("partnership_closed"):
        offer_lead(people.partnership, to=taker, by=people.lead_manager)


def test_who_is_asked_is_told(people, commitment, taker):
    asked = UserFactory(manages=taker.partner)
    offer = offer_commitment(commitment, to=taker, by=people.manager)
    tell_events()
    accept_commitment(offer, by=asked)
    tell_events()

    assert Notice.objects.get(user=asked).kind == "commitmenthandover.proposed"
    kinds = set(Notice.objects.filter(user=people.manager).values_list("kind", flat=True))
    assert "commitmenthandover.accepted" in kinds


def test_public_once_it_has_happened(api, people, commitment, taker):
    offer = offer_commitment(commitment, to=taker, by=people.manager, reason="We move.")
    url = f"/api/v1/commitment-handovers/{offer.pk}/"
    assert api.get(url).status_code == 404

    accept_commitment(offer, by=UserFactory(manages=taker.partner))

    assert api.get(url).json()["reason"] == ""
    api.force_authenticate(people.observer)
    assert api.get(url).json()["reason"] == "We move."


@pytest.mark.django_db(transaction=True)
def test_taken_over_and_taken_back_at_once_one_stands():
    people = People(PartnershipFactory(active=True))
    offer = LeadHandoverFactory(giver=people.lead_membership, taker=people.membership)
    one, other = read_twice(offer)
    lead, member = people.lead_manager, people.manager

    outcomes = race(lambda: accept_lead(one, by=member), lambda: withdraw_handover(other, by=lead))

    assert len([o for o in outcomes if isinstance(o, Exception)]) == 1
    accepted = stored(offer).status == "accepted"
    assert ("lead" in stored(people.membership).roles) == accepted
    assert ("lead" in stored(people.lead_membership).roles) != accepted


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts():
    people = People(PartnershipFactory(active=True))
    offer = LeadHandoverFactory(giver=people.lead_membership, taker=people.membership)
    copies, member = read_twice(offer), people.manager

    outcomes = race(*[lambda one=one: accept_lead(one, by=member) for one in copies])

    assert [o.code for o in outcomes if isinstance(o, Exception)] == ["invalid_transition"]
    assert LeadHandover.objects.get().status == "accepted"
    assert Commitment.objects.count() == 0
    assert stored(people.membership).roles == ["lead", "implementing"]


def test_an_answer_has_its_date(people):
    with pytest.raises(IntegrityError, match="answered_dated"), transaction.atomic():
        LeadHandoverFactory(status="accepted")
