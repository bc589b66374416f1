"""How promises stand on a day: figures and days by hand, by original and by revised dates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from partnerships.models import Commitment, Deliverable
from tests.factories import (
    CommitmentFactory,
    DeliverableFactory,
    DeliveryFactory,
    DueDateFactory,
)

pytestmark = pytest.mark.django_db
DUE = date(2025, 12, 31)
IN_2024 = datetime(2024, 7, 1, 12, tzinfo=UTC)


def deliver(commitment, amount, *parts, on=date(2024, 6, 30), at=IN_2024):
    made = DeliveryFactory(
        commitment=commitment, amount=Decimal(amount), delivered_on=on, confirmed_at=at
    )
    made.deliverables.set(parts)
    return made


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (date(2025, 11, 30), "on_time"),  # 31 days before
        (date(2025, 12, 1), "due_soon"),  # 30 days before
        (DUE, "due_soon"),
        (date(2026, 1, 1), "late"),
    ],
)
def test_a_promise_is_late_from_the_day_after_its_due_date(on, standing):
    assert CommitmentFactory(due_on=DUE).standing_on(on) == standing


@pytest.mark.parametrize(
    ("amounts", "standing"),
    [
        (["99999.9999"], "late"),
        ([100_000], "fulfilled"),
        ([60_000, 40_000], "fulfilled"),
        ([60_000, "40000.0001"], "over_fulfilled"),
    ],
)
def test_it_is_fulfilled_by_what_the_receiver_confirmed(amounts, standing):
    commitment = CommitmentFactory()
    for amount in amounts:
        deliver(commitment, amount)
    for state in ("disputed", "withdrawn"):
        DeliveryFactory(commitment=commitment, amount=500_000, **{state: True})
    DeliveryFactory(commitment=commitment, amount=500_000)

    assert commitment.standing_on(date(2026, 6, 1)) == standing


def test_what_was_delivered_or_confirmed_later_does_not_count_before():
    commitment = CommitmentFactory()
    deliver(commitment, 100_000, on=date(2026, 2, 1), at=datetime(2026, 3, 1, tzinfo=UTC))

    by_day = [
        commitment.standing_on(day)
        for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
    ]
    assert by_day == ["late", "late", "late", "fulfilled"]


def test_a_postponement_counts_from_the_day_on_which_it_was_stated():
    commitment = CommitmentFactory()
    stated = datetime(2026, 1, 10, 9, tzinfo=UTC)
    DueDateFactory(commitment=commitment, due_on=date(2026, 6, 30), held_from=stated)

    rows = [
        Commitment.objects.with_standing(day).values_list("standing", "standing_at_first").get()
        for day in (date(2026, 1, 9), date(2026, 1, 10), date(2026, 7, 1))
    ]
    assert rows == [("late", "late"), ("on_time", "late"), ("late", "late")]


def test_a_withdrawn_promise_is_withdrawn_from_its_day_on():
    commitment = CommitmentFactory(withdrawn=True)  # on 31 March 2025

    assert commitment.standing_on(date(2025, 3, 30)) == "on_time"
    assert commitment.standing_on(date(2025, 3, 31)) == "withdrawn"


def test_without_an_amount_it_is_fulfilled_when_every_deliverable_arrived():
    commitment = CommitmentFactory(kind="policy", amount=None, currency=None)
    first, second = DeliverableFactory.create_batch(2, commitment=commitment, created_at=IN_2024)
    on = date(2025, 7, 15)

    deliver(commitment, 0, first)
    assert commitment.standing_on(on) == "on_time"
    deliver(commitment, 0, second)
    assert commitment.standing_on(on) == "fulfilled"


def test_without_amount_and_deliverables_one_confirmed_delivery_is_all():
    commitment = CommitmentFactory(kind="policy", amount=None, currency=None)
    assert commitment.standing_on(date(2026, 1, 1)) == "late"

    deliver(commitment, 0)
    assert commitment.standing_on(date(2026, 1, 1)) == "fulfilled"


def test_the_whole_amount_without_a_deliverable_is_not_all():
    commitment = CommitmentFactory()
    DeliverableFactory(commitment=commitment, created_at=IN_2024)
    deliver(commitment, 150_000)

    assert commitment.standing_on(date(2026, 1, 1)) == "late"


def test_a_deliverable_stands_for_itself():
    commitment = CommitmentFactory()
    part = DeliverableFactory(commitment=commitment, due_on=date(2025, 6, 30))

    assert part.standing_on(date(2025, 6, 30)) == "due_soon"
    assert part.standing_on(date(2025, 7, 1)) == "late"
    deliver(commitment, 1, part)
    assert part.standing_on(date(2025, 7, 1)) == "fulfilled"
    assert Deliverable.objects.with_standing(date(2024, 6, 29)).get().standing == "on_time"


def test_property_list_and_filter_say_the_same(api):
    late = CommitmentFactory(due_on=date(2025, 1, 31))
    CommitmentFactory(due_on=date(2026, 12, 31), title="later")

    found = api.get("/api/v1/commitments/?standing=late").json()["results"]
    assert [(row["id"], row["standing"]) for row in found] == [(late.pk, "late")]
    assert Commitment.objects.get(pk=late.pk).standing == "late"
    assert api.get("/api/v1/commitments/?standing=soon").status_code == 400


def test_a_reports_cut_off_leaves_out_what_was_written_after_it():
    commitment = CommitmentFactory()
    deliver(commitment, 100_000)
    before = IN_2024 - timedelta(seconds=1)

    row = Commitment.objects.with_standing(date(2026, 1, 1), known_at=before).get()
    assert (row.standing, row.arrived) == ("late", 0)
