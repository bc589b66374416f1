"""What was counted in a currency, or given by a member, stays so."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from partnerships.models import Commitment, Delivery
from partnerships.services.budget import edit_budget_line
from partnerships.services.commitments import edit_commitment
from partnerships.services.deliveries import correct_delivery
from partnerships.services.handovers import accept_commitment
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CommitmentHandoverFactory,
    CurrencyFactory,
    DeliveryFactory,
    ExpenditureFactory,
    MembershipFactory,
    PartnershipFactory,
    PlannedDisbursementFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return UserFactory(admin=True)


@pytest.fixture
def shillings():
    return CurrencyFactory(code="KES")


def test_a_line_of_which_something_was_spent_keeps_its_currency(by, shillings):
    line = BudgetLineFactory(partnership=PartnershipFactory())
    edit_budget_line(line, by=by, currency=shillings)
    ExpenditureFactory(line=line)
    with pytest.raises(ValidationError) as refusal:
        edit_budget_line(line, by=by, currency=CurrencyFactory(code="EUR"))
    assert list(refusal.value.message_dict) == ["currency"]


@pytest.mark.parametrize("counted", [DeliveryFactory, PlannedDisbursementFactory])
def test_a_promise_of_which_something_was_counted_keeps_its_currency(by, shillings, counted):
    promise = CommitmentFactory(partnership=PartnershipFactory())
    counted(commitment=promise)
    with pytest.raises(ValidationError) as refusal:
        edit_commitment(promise, by=by, currency=shillings)
    assert list(refusal.value.message_dict) == ["currency"]
    assert edit_commitment(promise, by=by, currency=promise.currency, title="Wells").title


@pytest.fixture
def handed_over(by):
    """A delivery of a promise that another member has taken over since."""
    delivery = DeliveryFactory()
    taker = MembershipFactory(partnership=delivery.partnership)
    offer = CommitmentHandoverFactory(commitment=delivery.commitment, taker=taker)
    accept_commitment(offer, by=by)
    assert Commitment.objects.get().membership == taker
    return Delivery.objects.get()


def test_what_was_delivered_is_its_givers_to_correct_after_a_hand_over(handed_over):
    giver = UserFactory(manages=handed_over.membership.partner)
    made = correct_delivery(handed_over, by=giver, reason="A slip.", amount=Decimal(5))
    assert made.membership == handed_over.membership


def test_who_took_the_promise_over_does_not_take_the_delivery_back(client, handed_over):
    taker = UserFactory(manages=handed_over.commitment.membership.partner)
    with refused("members_only"):
        handed_over.withdraw(by=taker, reason="Not mine.")
    client.force_login(taker)
    at = f"/partnerships/{handed_over.partnership.pk}/commitments/{handed_over.commitment.pk}/"
    assert f"deliveries/{handed_over.pk}/" not in client.get(at).content.decode()
