"""Merges that cross, or meet other work: one winner, no deadlock, nothing left behind."""

import pytest

from partnerships.models import Membership
from partnerships.services.members import invite
from registry.errors import DomainError, StaleVersion
from registry.models import Affiliation, JoinRequest, Partner, PartnerMerge
from registry.services.merging import merge_partners
from registry.services.unmerging import undo_merge
from tests.factories import (
    AffiliationFactory,
    JoinRequestFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.merging import merge
from tests.moves import race

pytestmark = pytest.mark.django_db(transaction=True)
ALLOWED = {"survivor_merged", "already_merged", "partners_busy", "partner_merged"}


def codes(outcomes):
    """What was refused; anything but a refusal of ours is no answer."""
    refusals = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in refusals), refusals
    return [one.code for one in refusals]


def merging(duplicate, into, by):
    def call():
        one, other = (Partner.objects.get(pk=row.pk) for row in (duplicate, into))
        return merge_partners(one, into=other, by=by, reason="The same organisation twice.")

    return call


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_that_cross_exactly_one_wins(attempt):
    one, other = PartnerFactory.create_batch(2)
    admin = UserFactory(admin=True)
    for partner in (one, other):
        AffiliationFactory(partner=partner)
    for _ in range(3):
        partnership = PartnershipFactory(active=True)
        for partner in (one, other):
            MembershipFactory(partner=partner, partnership=partnership)

    outcomes = race(merging(one, other, admin), merging(other, one, admin))

    assert len(codes(outcomes)) == 1
    assert set(codes(outcomes)) <= ALLOWED
    assert Partner.objects.filter(status="merged").count() == 1
    survivor = Partner.objects.exclude(status="merged").get(pk__in=[one.pk, other.pk])
    assert Affiliation.objects.filter(partner=survivor).count() == 2


def test_of_ten_at_once_one_merges():
    one, other = PartnerFactory.create_batch(2)
    admin = UserFactory(admin=True)
    MembershipFactory(partner=one)

    outcomes = race(*[merging(one, other, admin)] * 10)

    assert len(codes(outcomes)) == 9
    assert PartnerMerge.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_acceptance_comes_before_the_merge_or_is_refused(attempt):
    one, other = PartnerFactory.create_batch(2)
    admin, manager = UserFactory(admin=True), UserFactory(manages=one)
    invitation = MembershipFactory(
        partner=one, invited=True, partnership=PartnershipFactory(active=True)
    )

    accepted, merged = race(
        lambda: Membership.objects.get(pk=invitation.pk).accept(by=manager),
        merging(one, other, admin),
    )

    assert isinstance(merged, PartnerMerge)
    invitation.refresh_from_db()
    assert invitation.partner == other
    if isinstance(accepted, Exception):
        assert isinstance(accepted, StaleVersion | DomainError)
        assert invitation.status == "invited"
    else:
        assert invitation.status == "accepted"


@pytest.mark.parametrize("attempt", range(3))
def test_an_invitation_or_a_role_is_never_left_with_what_was_merged(attempt):
    one, other = PartnerFactory.create_batch(2)
    admin, manager = UserFactory(admin=True), UserFactory(manages=one)
    request = JoinRequestFactory(partner=one)
    partnership = PartnershipFactory(active=True)

    outcomes = race(
        lambda: invite(partnership, partner=one, roles=["technical"], by=admin),
        lambda: JoinRequest.objects.get(pk=request.pk).accept(by=manager),
        merging(one, other, admin),
    )

    refusals = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError | StaleVersion) for one in refusals), refusals
    invited, joined, merged = outcomes
    if isinstance(merged, Exception):
        assert merged.code == "partners_busy"
        merging(one, other, admin)()  # as it says: tried again
    assert not Membership.objects.filter(partner=one).exists()
    assert not Affiliation.objects.filter(partner=one, user=request.user).exists()
    if not isinstance(invited, Exception):
        assert Membership.objects.filter(partner=other, partnership=partnership).exists()
    if not isinstance(joined, Exception):
        assert Affiliation.objects.filter(partner=other, user=request.user).exists()


def test_of_two_who_take_it_back_one_does():
    one, other = PartnerFactory.create_batch(2)
    admin = UserFactory(admin=True)
    MembershipFactory(partner=one)
    made = merge(one, other, admin)

    def undo():
        return undo_merge(PartnerMerge.objects.get(pk=made.pk), by=admin, reason="Two after all.")

    outcomes = race(undo, undo)

    assert codes(outcomes) in (["already_undone"], ["partners_busy"])
    assert Partner.objects.get(pk=one.pk).status == "verified"
