"""Amendments where partners merge, and what waits for a member's managers."""

import pytest

from partnerships.models import AmendmentEndorsement
from partnerships.models.waiting import tasks_of
from tests.factories import (
    AgreementFactory,
    AmendmentEndorsementFactory,
    AmendmentFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.merging import merge

pytestmark = pytest.mark.django_db


def test_of_two_members_that_become_one_one_endorsement_stands_for_both():
    partnership = PartnershipFactory(active=True)
    two = PartnerFactory.create_batch(2)
    first, second = (MembershipFactory(partnership=partnership, partner=one) for one in two)
    amendment = AmendmentFactory(partnership=partnership, submitted=True)
    for member in (first, second):
        AmendmentEndorsementFactory(amendment=amendment, membership=member)
    merge(*two)
    kept = partnership.memberships.get(partner=two[1], ended_on=None)
    assert AmendmentEndorsement.objects.filter(membership=kept).count() == 1
    assert kept not in amendment.waiting_for()


def test_an_endorsement_of_the_duplicate_alone_is_the_survivors():
    partnership = PartnershipFactory(active=True)
    two = PartnerFactory.create_batch(2)
    first, _second = (MembershipFactory(partnership=partnership, partner=one) for one in two)
    amendment = AmendmentFactory(partnership=partnership, submitted=True)
    AmendmentEndorsementFactory(amendment=amendment, membership=first)
    merge(*two)
    kept = partnership.memberships.get(partner=two[1], ended_on=None)
    assert kept not in amendment.waiting_for()


def test_waits_for_each_members_managers_until_they_have_endorsed():
    partnership = PartnershipFactory(active=True)
    member = MembershipFactory(partnership=partnership)
    AgreementFactory(partnership=partnership, binding=True, amendments_need_endorsement=True)
    amendment = AmendmentFactory(partnership=partnership)
    manager = UserFactory(manages=member.partner)

    def waiting():
        found = tasks_of(manager, member.partner)
        return [task.kind for task in found if task.kind == "amendment"]

    assert waiting() == []
    amendment.submit(by=UserFactory(admin=True))
    assert waiting() == ["amendment"]
    amendment.endorse(member, by=manager)
    assert waiting() == []
