"""Who is named as the receiver of a promise: a member, as promises are public."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from partnerships.services.commitments import add_commitment, edit_commitment
from tests.factories import CommitmentFactory, MembershipFactory, PartnershipFactory, UserFactory
from tests.moves import field_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def by():
    return UserFactory(admin=True)


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_an_accepted_member_is_named(partnership, by, state):
    giver = MembershipFactory(partnership=partnership)
    receiver = MembershipFactory(partnership=partnership, **{state: True})
    fields = {"title": "Pumps", "kind": "technology", "due_on": date(2025, 6, 30)}
    with pytest.raises(ValidationError) as refusal:
        add_commitment(
            partnership,
            membership=giver,
            by=by,
            receiver=receiver,
            committed_on=date(2024, 1, 1),
            **fields,
        )
    assert field_of(refusal.value) == "receiver"
    assert not partnership.commitments.exists()

    promise = CommitmentFactory(partnership=partnership, membership=giver)
    with pytest.raises(ValidationError):
        edit_commitment(promise, by=by, receiver=receiver)


def test_one_who_has_left_since_stays_named(partnership, by):
    giver = MembershipFactory(partnership=partnership)
    receiver = MembershipFactory(partnership=partnership, left=True)
    promise = CommitmentFactory(partnership=partnership, membership=giver, receiver=receiver)
    assert edit_commitment(promise, by=by, receiver=receiver, title="New").title == "New"
