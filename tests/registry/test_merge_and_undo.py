"""A merge that is taken back leaves every table as it was, whatever hangs on the partners."""

import itertools

import pytest

from registry.models import Partner
from registry.services.merging import merge_partners
from registry.services.unmerging import undo_merge
from tests.config.world import build
from tests.factories import (
    AffiliationFactory,
    ConflictOfInterestFactory,
    DeclarationFactory,
    JoinRequestFactory,
    MembershipFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.factories.due_diligence import DueDiligenceFactory
from tests.merging import dump, merge, partners_of

pytestmark = pytest.mark.django_db
WHO = ["lead_partner", "member_partner", "third_partner", "pending"]
PAIRS = [(a, b) for a, b in itertools.permutations(WHO, 2) if b != "pending"]


@pytest.mark.parametrize(("duplicate", "into"), PAIRS)
def test_within_one_world_it_comes_back(duplicate, into):
    names, _, _ = build()
    admin = UserFactory(admin=True)
    one, other = partners_of(names, duplicate, into)
    before = dump()

    made = merge(one, other, admin)
    assert dump() != before
    undo_merge(made, by=admin, reason="They are two after all.")

    assert dump() == before
    assert made.kept == []


def test_a_merge_on_a_merge_comes_back_in_turn():
    names, _, _ = build()
    admin = UserFactory(admin=True)
    member, third, lead = partners_of(names, "member_partner", "third_partner", "lead_partner")
    before = dump()

    first = merge(third, member, admin)
    second = merge(member, lead, admin)
    assert Partner.objects.get(pk=third.pk).merged_into == lead
    undo_merge(second, by=admin, reason="They are two after all.")
    undo_merge(first, by=admin, reason="They are two after all.")

    assert dump() == before


@pytest.mark.parametrize("seed", range(6))
def test_whatever_both_have(seed):
    """Memberships, roles, requests and reviews of both in every combination, by turns."""
    one, other = PartnerFactory.create_batch(2, company=True)
    states = ["accepted", "invited", "declined", "left"]
    pairs = list(itertools.product(states, states))[seed::6]
    for mine, yours in pairs:
        partnership = PartnershipFactory(active=True)
        for partner, state in ((one, mine), (other, yours)):
            membership = MembershipFactory(
                partnership=partnership,
                partner=partner,
                **({} if state == "accepted" else {state: True}),
            )
            DeclarationFactory(membership=membership)
            ConflictOfInterestFactory(membership=membership, none=True)
    people = UserFactory.create_batch(3)
    for partner, user in itertools.product((one, other), people[: 1 + seed % 3]):
        AffiliationFactory(partner=partner, user=user)
        JoinRequestFactory(partner=partner, user=user)
    PartnerIdentifierFactory(partner=one)
    DueDiligenceFactory(partner=one, cleared=True)
    if seed % 2:
        DueDiligenceFactory(partner=other, cleared=True)
    admin = UserFactory(admin=True)
    before = dump()

    made = merge_partners(one, into=other, by=admin, reason="The same organisation twice.")
    undo_merge(made, by=admin, reason="They are two after all.")

    assert dump() == before
