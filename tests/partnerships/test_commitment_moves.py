"""Promises: made by the member itself, postponed and taken back with a reason, confirmed once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import Commitment, Delivery
from partnerships.services.commitments import add_commitment
from partnerships.services.deliveries import record_delivery
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    MembershipFactory,
    UserFactory,
)
from tests.moves import People, moves_of, read_twice, refused

pytestmark = pytest.mark.django_db
LATER = date(2026, 6, 30)


@pytest.fixture
def promise():
    return CommitmentFactory()


def people_of(commitment):
    people = People(commitment.partnership)
    people.promiser = UserFactory(manages=commitment.membership.partner)
    return people


def withdraw(commitment, by, **more):
    commitment.withdraw(by=by, reason="Budget cut.", **more)


@pytest.mark.parametrize("who", ["promiser", "admin"])
def test_a_promise_is_taken_back_with_a_reason_and_a_date(promise, who):
    withdraw(promise, people_of(promise)[who])

    stored = Commitment.objects.get(pk=promise.pk)
    assert (stored.status, stored.withdrawn_on) == ("withdrawn", timezone.localdate())
    assert moves_of(promise) == [("open", "withdrawn")]
    assert Event.objects.about(promise).get().reason == "Budget cut."


@pytest.mark.parametrize(
    "who", ["lead_manager", "lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"]
)
def test_others_neither_withdraw_nor_postpone_it(promise, who):
    by = people_of(promise)[who]

    with refused("members_only", NotAllowed):
        withdraw(promise, by)
    with refused("members_only", NotAllowed):
        promise.postpone(LATER, by=by, reason="Customs.")

    assert not Event.objects.about(promise).exists()


def test_a_withdrawn_promise_is_neither_withdrawn_again_nor_postponed():
    promise = CommitmentFactory(withdrawn=True)
    admin = UserFactory(admin=True)

    with refused("invalid_transition"):
        withdraw(promise, admin)
    with refused("withdrawn"):
        promise.postpone(LATER, by=admin, reason="Customs.")


def test_a_reason_is_given_for_either(promise):
    admin = UserFactory(admin=True)

    for move in (
        lambda: promise.withdraw(by=admin, reason=" "),
        lambda: promise.postpone(LATER, by=admin, reason=""),
    ):
        with pytest.raises(ValidationError) as refusal:
            move()
        assert "reason" in refusal.value.message_dict


def test_of_two_withdrawals_read_at_once_one_is_logged(promise):
    admin = UserFactory(admin=True)
    first, second = read_twice(promise)

    withdraw(first, admin)
    with refused("invalid_transition"):
        withdraw(second, admin)

    assert len(moves_of(promise)) == 1


def test_a_postponement_after_a_withdrawal_read_at_once_is_stale(promise):
    admin = UserFactory(admin=True)
    first, second = read_twice(promise)

    withdraw(first, admin)
    with refused("stale_version", StaleVersion):
        second.postpone(LATER, by=admin, reason="Customs.")

    assert not promise.due_dates.exists()


def test_only_the_receiver_says_that_it_agreed_to_a_withdrawal():
    promise = CommitmentFactory()
    people = people_of(promise)

    with refused("receiver_only", NotAllowed):
        withdraw(promise, people.promiser, receiver_agreed=True)
    withdraw(promise, people.lead_manager, receiver_agreed=True)

    assert Commitment.objects.get(pk=promise.pk).receiver_agreed


def test_a_postponement_keeps_what_was_promised_at_first(promise):
    first_promise = promise.due_on

    promise.postpone(LATER, by=people_of(promise).promiser, reason="Customs took longer.")

    stored = Commitment.objects.get(pk=promise.pk)
    assert stored.due_on == first_promise
    assert [d.due_on for d in stored.due_dates.all()] == [LATER]
    assert Event.objects.about(promise).get().kind == "commitment.postponed"


@pytest.mark.parametrize("days", [0, -1, -10_000])
def test_a_postponement_is_to_a_later_date(promise, days):
    with pytest.raises(ValidationError) as refusal:
        promise.postpone(
            promise.due_on + timedelta(days=days), by=UserFactory(admin=True), reason="Customs."
        )

    assert "due_on" in refusal.value.message_dict
    assert not promise.due_dates.exists()


def test_a_second_postponement_is_later_than_the_first(promise):
    admin = UserFactory(admin=True)
    promise.postpone(LATER, by=admin, reason="Customs.")

    with pytest.raises(ValidationError):
        promise.postpone(LATER - timedelta(days=1), by=admin, reason="Customs.")

    assert promise.due_dates.count() == 1


FIELDS = {
    "title": "Pumps",
    "kind": "in_kind",
    "amount": Decimal(40),
    "unit": "pumps",
    "committed_on": date(2024, 2, 1),
    "due_on": date(2025, 1, 31),
}


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"kind": "hope"},
        {"amount": Decimal(-1)},
        {"unit": ""},
        {"due_on": None},
        {"due_on": date(2024, 1, 31)},
        {"due_on": date(2027, 1, 1)},
        {"committed_on": date(2025, 2, 1)},
        {"currency": "USD"},
    ],
)
def test_a_vague_or_contradictory_promise_is_refused(change):
    people = People(MembershipFactory(partnership__active=True).partnership)
    if "currency" in change:
        change = {"currency": CurrencyFactory()}

    with pytest.raises(ValidationError):
        add_commitment(
            people.partnership,
            membership=people.membership,
            by=people.manager,
            **FIELDS | change,
        )

    assert not Commitment.objects.exists()


def test_a_receiver_is_another_member_of_the_same_partnership():
    people = People(MembershipFactory(partnership__active=True).partnership)

    for receiver in (people.membership, MembershipFactory()):
        with pytest.raises(ValidationError):
            add_commitment(
                people.partnership,
                membership=people.membership,
                by=people.manager,
                receiver=receiver,
                **FIELDS,
            )


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "observer", "outsider"])
def test_nobody_promises_for_another_member(who):
    people = People(MembershipFactory(partnership__active=True).partnership)

    with refused("members_only", NotAllowed):
        add_commitment(people.partnership, membership=people.membership, by=people[who], **FIELDS)


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_accepted_members_promise(state):
    membership = MembershipFactory(partnership__active=True, **{state: True})

    with refused("not_accepted"):
        add_commitment(
            membership.partnership,
            membership=membership,
            by=UserFactory(manages=membership.partner),
            **FIELDS,
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"delivered_on": date(2999, 1, 1), "amount": 1}, "delivered_on"),
        ({"delivered_on": date(2024, 3, 1), "amount": -1}, "amount"),
    ],
)
def test_a_delivery_in_the_future_or_below_zero_is_refused(promise, fields, field):
    with pytest.raises(ValidationError) as refusal:
        record_delivery(promise, by=people_of(promise).promiser, **fields)

    assert field in refusal.value.message_dict
    assert not Delivery.objects.exists()


def test_a_delivery_comes_in_the_currency_of_its_promise(promise):
    with pytest.raises(ValidationError) as refusal:
        record_delivery(
            promise,
            by=people_of(promise).promiser,
            delivered_on=date(2024, 3, 1),
            amount=Decimal(5),
            currency=CurrencyFactory(code="EUR"),
        )

    assert "currency" in refusal.value.message_dict


@pytest.mark.parametrize("who", ["lead_manager", "manager", "evaluator", "outsider"])
def test_only_the_promising_member_records_a_delivery(promise, who):
    with refused("members_only", NotAllowed):
        record_delivery(promise, by=people_of(promise)[who], delivered_on=date(2024, 3, 1))


def test_the_receiver_confirms_a_delivery_once():
    delivery = DeliveryFactory()
    by = people_of(delivery.commitment).lead_manager
    first, second = read_twice(delivery)

    first.confirm(by=by)
    with refused("invalid_transition"):
        second.confirm(by=by)
    with refused("already_confirmed"):
        Delivery.objects.get(pk=delivery.pk).confirm(by=by)

    stored = Delivery.objects.get(pk=delivery.pk)
    assert stored.confirmed_by == by
    assert [e.kind for e in Event.objects.about(delivery)] == ["delivery.confirmed"]


@pytest.mark.parametrize("who", ["promiser", "manager", "lead_evaluator", "outsider"])
def test_neither_the_giver_nor_a_bystander_confirms(who):
    delivery = DeliveryFactory()

    with refused("receiver_only", NotAllowed):
        delivery.confirm(by=people_of(delivery.commitment)[who])

    assert Delivery.objects.get(pk=delivery.pk).confirmed_at is None


def test_a_named_receiver_confirms_and_the_lead_does_not():
    partnership = MembershipFactory(partnership__active=True).partnership
    people = People(partnership)
    commitment = CommitmentFactory(partnership=partnership, receiver=people.membership)
    delivery = DeliveryFactory(commitment=commitment)

    with refused("receiver_only", NotAllowed):
        delivery.confirm(by=people.lead_manager)
    delivery.confirm(by=people.manager)

    assert Delivery.objects.get(pk=delivery.pk).confirmed_by == people.manager
