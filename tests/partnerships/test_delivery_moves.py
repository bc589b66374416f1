"""Deliveries: recorded by the giver, answered by the receiver, corrected by a row of their own."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from partnerships.models import Commitment, Delivery
from partnerships.services.deliveries import correct_delivery, record_delivery
from registry.errors import NotAllowed
from tests.factories import (
    NOON,
    CommitmentFactory,
    DeliverableFactory,
    DeliveryFactory,
    ImportBatchFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
MOVES = {
    "recorded": ["confirm", "dispute", "withdraw", "correct"],
    "disputed": ["confirm", "withdraw", "correct"],
    "confirmed": ["correct"],
    "withdrawn": [],
}
LEFT = {"confirm": "confirmed", "dispute": "disputed", "withdraw": "withdrawn"}


@pytest.fixture
def delivery():
    return DeliveryFactory()


def people_of(delivery):
    people = People(delivery.partnership)
    people.giver = UserFactory(manages=delivery.commitment.membership.partner)
    return people


def act(delivery, move, by):
    return {
        "confirm": lambda: delivery.confirm(by=by),
        "dispute": lambda: delivery.dispute(by=by, reason="Half of it is missing."),
        "withdraw": lambda: delivery.withdraw(by=by, reason="Booked twice."),
        "correct": lambda: correct_delivery(delivery, by=by, reason="A slip.", amount=Decimal(9)),
    }[move]()


@pytest.mark.parametrize("move", ["confirm", "dispute", "withdraw", "correct"])
@pytest.mark.parametrize("state", MOVES)
def test_moves_from_the_states_that_allow_it_and_from_no_other(state, move):
    row = DeliveryFactory(**({} if state == "recorded" else {state: True}))
    admin = UserFactory(admin=True)

    if move in MOVES[state]:
        act(row, move, admin)
        kept = "confirmed" if state == "confirmed" else "replaced"
        assert Delivery.objects.get(pk=row.pk).status == LEFT.get(move, kept)
    else:
        codes = {"confirm": "already_confirmed", "correct": "delivery_ended"}
        confirmed = state == "confirmed" or move == "correct"
        with refused(codes.get(move, "invalid_transition") if confirmed else "invalid_transition"):
            act(row, move, admin)
        assert Delivery.objects.get(pk=row.pk).status == state


@pytest.mark.parametrize(
    ("move", "who", "code"),
    [
        *((move, who, "receiver_only") for move in ("confirm", "dispute")
          for who in ("giver", "manager", "lead_evaluator", "lead_observer", "outsider")),
        *((move, who, "members_only") for move in ("withdraw", "correct")
          for who in ("lead_manager", "manager", "evaluator", "observer", "outsider")),
    ],
)  # fmt: skip
def test_only_the_receiver_answers_and_only_the_giver_takes_back(delivery, move, who, code):
    with refused(code, NotAllowed):
        act(delivery, move, people_of(delivery)[who])

    assert Delivery.objects.get().status == "recorded"
    assert not moves_of(delivery)


def test_a_dispute_and_a_withdrawal_have_a_reason(delivery):
    admin = UserFactory(admin=True)

    for call in (
        lambda: delivery.dispute(by=admin, reason=" "),
        lambda: delivery.withdraw(by=admin, reason=""),
        lambda: correct_delivery(delivery, by=admin, reason="", amount=Decimal(9)),
    ):
        with pytest.raises(ValidationError) as refusal:
            call()
        assert list(refusal.value.message_dict) == ["reason"]
    assert Delivery.objects.get().status == "recorded"


def test_of_two_disputes_read_at_once_one_is_told_so(delivery):
    by = people_of(delivery).lead_manager
    first, second = read_twice(delivery)

    first.dispute(by=by, reason="Half of it is missing.")
    with refused("invalid_transition"):
        second.dispute(by=by, reason="All of it.")

    assert Delivery.objects.get().disputed_because == "Half of it is missing."


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_once_one_wins(delivery):
    by = people_of(delivery).lead_manager
    first, second = read_twice(delivery)

    outcomes = race(lambda: first.confirm(by=by), lambda: second.confirm(by=by))

    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    assert moves_of(delivery) == [("recorded", "confirmed")]


def test_what_was_disputed_is_confirmed_later_and_its_reason_stays(delivery):
    by = people_of(delivery).lead_manager

    delivery.dispute(by=by, reason="Half of it is missing.")
    delivery.confirm(by=by)

    assert moves_of(delivery) == [("recorded", "disputed"), ("disputed", "confirmed")]
    assert Delivery.objects.get().disputed_because == "Half of it is missing."


def test_a_correction_replaces_what_nobody_confirmed_at_once(delivery):
    made = act(delivery, "correct", people_of(delivery).giver)

    was = Delivery.objects.get(pk=delivery.pk)
    assert (made.status, made.amount, made.delivered_on) == ("recorded", 9, delivery.delivered_on)
    assert made.replaces == was
    assert (was.status, was.amount) == ("replaced", Decimal(25_000))
    assert was.ended_at is not None


def test_a_confirmed_one_counts_until_its_correction_is_confirmed():
    delivery = DeliveryFactory(confirmed=True)
    people = people_of(delivery)
    arrived = lambda: Commitment.objects.with_standing().get().arrived  # noqa: E731

    made = act(delivery, "correct", people.giver)
    assert arrived() == 25_000
    with refused("correction_waits"):
        act(delivery, "correct", people.giver)
    made.confirm(by=people.lead_manager)

    was = Delivery.objects.get(pk=delivery.pk)
    assert arrived() == 9
    assert (was.status, was.amount, was.ended_at) == ("replaced", 25_000, made.confirmed_at)
    assert Commitment.objects.with_standing(date(2025, 1, 1)).get().arrived == 25_000


def test_a_correction_that_is_withdrawn_makes_room_for_another():
    delivery = DeliveryFactory(confirmed=True)
    giver = people_of(delivery).giver

    act(delivery, "correct", giver).withdraw(by=giver, reason="It was right.")

    assert act(delivery, "correct", giver).replaces == delivery


def test_a_published_transaction_is_not_corrected_here():
    row = DeliveryFactory(
        commitment=None,
        partnership=PartnershipFactory(active=True),
        membership=None,
        currency=None,
        import_batch=ImportBatchFactory(),
    )

    with refused("published_elsewhere", NotAllowed):
        act(row, "withdraw", UserFactory(admin=True))


def test_it_names_the_deliverables_of_its_own_commitment():
    mine, other = DeliverableFactory(), DeliverableFactory()
    fields = {"by": UserFactory(admin=True), "delivered_on": date(2024, 6, 1), "amount": 1}

    made = record_delivery(mine.commitment, deliverables=[mine], **fields)
    assert list(made.deliverables.all()) == [mine]
    with pytest.raises(ValidationError) as refusal:
        record_delivery(mine.commitment, deliverables=[other], **fields)
    assert list(refusal.value.message_dict) == ["deliverables"]
    assert Delivery.objects.count() == 1


def test_a_quantity_is_stated_in_the_unit_of_the_promise():
    promise = CommitmentFactory(in_kind=True)

    with pytest.raises(ValidationError) as refusal:
        record_delivery(promise, by=UserFactory(admin=True), delivered_on=date(2024, 6, 1))

    assert refusal.value.message_dict == {"amount": ["State the amount in pumps."]}


@pytest.mark.parametrize("state", ["completed", "terminated"])
def test_nothing_is_recorded_in_a_closed_partnership(state):
    promise = CommitmentFactory(partnership=PartnershipFactory(**{state: True}))

    with refused("partnership_closed"):
        record_delivery(promise, by=UserFactory(admin=True), delivered_on=date(2024, 6, 1))


@pytest.mark.parametrize(
    "change", ["amount = 1", "delivered_on = '2024-01-02'", "confirmed_at = now()"]
)
def test_the_database_keeps_a_confirmed_delivery_as_it_was(change):
    DeliveryFactory(confirmed=True)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE partnerships_delivery SET {change}")


@pytest.mark.parametrize(
    "values",
    [{"status": "confirmed"}, {"status": "withdrawn"}, {"confirmed_at": NOON}, {"ended_at": NOON}],
)
def test_the_database_dates_each_state(delivery, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**values)


def test_why_it_is_disputed_is_for_members(api):
    row = DeliveryFactory(disputed=True)
    url = f"/api/v1/deliveries/{row.pk}/"

    assert (api.get(url).json()["status"], api.get(url).json()["disputed_because"]) == (
        "disputed",
        "",
    )
    api.force_authenticate(
        UserFactory(manages=MembershipFactory(partnership=row.partnership).partner)
    )
    assert api.get(url).json()["disputed_because"] == "Half of it is missing."


def test_numbers_of_deliverables_are_those_one_sees(api):
    part = DeliverableFactory()
    api.force_authenticate(UserFactory(manages=part.commitment.membership.partner))
    hidden = DeliverableFactory(commitment__partnership=PartnershipFactory())
    body = {"commitment": part.commitment_id, "delivered_on": "2024-06-01", "amount": "1"}

    made = api.post("/api/v1/deliveries/", {**body, "deliverables": [part.pk]})
    assert (made.status_code, made.json()["deliverables"]) == (201, [part.pk])
    for wrong in ([hidden.pk], [2**64], ["x"], [True], "x", [0]):
        refused = api.post("/api/v1/deliveries/", {**body, "deliverables": wrong})
        assert refused.status_code == 400
    assert api.get(f"/api/v1/deliveries/?deliverable={part.pk}").json()["results"]
    assert api.get(f"/api/v1/deliveries/?deliverable={10**30}").json()["results"] == []
