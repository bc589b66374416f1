"""Two members that turn out to be one: one membership goes on, and nothing is lost or doubled."""

from datetime import date

import pytest

from partnerships.models import Assignment, Membership
from tests.factories import (
    NOON,
    AffiliationFactory,
    AgreementFactory,
    CommitmentFactory,
    CommitmentHandoverFactory,
    ConflictOfInterestFactory,
    DeclarationFactory,
    DeliveryFactory,
    EndorsementFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.factories.due_diligence import DueDiligenceFactory
from tests.merging import merge
from tests.moves import moves_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def two():
    return PartnerFactory.create_batch(2)


def join(partnership, partner, **values):
    return MembershipFactory(partnership=partnership, partner=partner, **values)


def current(partnership, partner):
    return partnership.memberships.get(partner=partner, ended_on=None)


def test_a_membership_of_the_duplicate_alone_is_the_survivors(partnership, two):
    membership = join(partnership, two[0])

    merge(*two)

    assert current(partnership, two[1]) == membership


def test_of_two_members_the_older_membership_goes_on_with_the_roles_of_both(partnership, two):
    older = join(partnership, two[0], roles=["funding"], accepted_on=date(2024, 1, 1))
    newer = join(partnership, two[1], roles=["technical"], accepted_on=date(2025, 1, 1))

    merge(*two)

    older.refresh_from_db()
    newer.refresh_from_db()
    assert current(partnership, two[1]) == older
    assert set(older.roles) == {"funding", "technical"}
    assert (newer.partner, newer.status) == (two[1], "left")
    assert newer.ended_on is not None
    assert moves_of(newer) == [("accepted", "left")]
    assert partnership.memberships.accepted().filter(partner__in=two).count() == 1


def test_who_leads_goes_on_leading(two):
    partnership = PartnershipFactory(active=True, lead=two[0])
    join(partnership, two[1], accepted_on=date(2023, 1, 1))

    merge(*two)

    assert "lead" in current(partnership, two[1]).roles


STATES = {
    # of the duplicate, of the survivor: what the survivor is afterwards
    ("accepted", "invited"): "accepted",
    ("accepted", "declined"): "accepted",
    ("invited", "accepted"): "accepted",
    ("declined", "accepted"): "accepted",
    ("invited", "invited"): "invited",
    ("invited", "declined"): "invited",
    ("declined", "invited"): "invited",
    ("declined", "declined"): "declined",
    ("left", "accepted"): "accepted",
    ("accepted", "left"): "accepted",
    ("left", "invited"): "invited",
}


@pytest.mark.parametrize(("states", "after"), STATES.items())
def test_the_further_state_goes_on(partnership, two, states, after):
    for partner, state in zip(two, states, strict=True):
        join(partnership, partner, **({} if state == "accepted" else {state: True}))

    merge(*two)

    assert current(partnership, two[1]).status == after
    parked = Membership.objects.filter(partnership=partnership, partner=two[0])
    assert not parked.exclude(status="declined").exists()


def test_an_invitation_left_behind_is_not_accepted_by_anybody(partnership, two):
    invitation = join(partnership, two[0], invited=True)
    join(partnership, two[1])
    merge(*two)
    invitation.refresh_from_db()

    with refused("partner_merged"):
        invitation.accept(by=UserFactory(admin=True))


def test_an_open_invitation_goes_along_and_is_accepted(partnership, two):
    invitation = join(partnership, two[0], invited=True)
    merge(*two)
    invitation.refresh_from_db()

    invitation.accept(by=UserFactory(manages=two[1]))

    assert current(partnership, two[1]).status == "accepted"


def test_promises_and_deliveries_go_along(partnership, two):
    gone = join(partnership, two[0], accepted_on=date(2025, 1, 1))
    kept = join(partnership, two[1], accepted_on=date(2024, 1, 1))
    promise = CommitmentFactory(partnership=partnership, membership=gone)
    delivery = DeliveryFactory(commitment=promise)
    expected = CommitmentFactory(
        partnership=partnership, membership=join(partnership, PartnerFactory()), receiver=gone
    )

    merge(*two)

    for row in (promise, delivery, expected):
        row.refresh_from_db()
    assert (promise.membership, delivery.membership, expected.receiver) == (kept, kept, kept)


def test_a_promise_between_the_two_stays_as_it_was_made(partnership, two):
    gone = join(partnership, two[0], accepted_on=date(2025, 1, 1))
    kept = join(partnership, two[1], accepted_on=date(2024, 1, 1))
    promise = CommitmentFactory(partnership=partnership, membership=gone, receiver=kept)
    delivery = DeliveryFactory(commitment=promise)

    made = merge(*two)

    promise.refresh_from_db()
    delivery.refresh_from_db()
    assert (promise.membership, promise.receiver) == (gone, kept)
    assert delivery.membership == gone
    assert {row["id"] for row in made.stayed} == {promise.pk, delivery.pk}


def test_endorsements_go_along_and_of_two_each_stays_where_it_was_given(partnership, two):
    gone = join(partnership, two[0], accepted_on=date(2025, 1, 1))
    kept = join(partnership, two[1], accepted_on=date(2024, 1, 1))
    by_one = AgreementFactory(partnership=partnership, proposed=True)
    by_both = AgreementFactory(partnership=partnership, proposed=True, kind="engagement")
    alone = EndorsementFactory(agreement=by_one, membership=gone)
    first = EndorsementFactory(agreement=by_both, membership=gone)
    second = EndorsementFactory(agreement=by_both, membership=kept)

    merge(*two)

    for row in (alone, first, second):
        row.refresh_from_db()
    assert (alone.membership, first.membership, second.membership) == (kept, gone, kept)
    assert alone.sha256 == by_one.sha256


def test_the_last_missing_yes_is_not_missing_any_more(partnership, two):
    lead = partnership.memberships.get(roles__contains=["lead"])
    agreement = AgreementFactory(partnership=partnership, proposed=True)
    join(partnership, two[0], accepted_on=date(2025, 1, 1))
    kept = join(partnership, two[1], accepted_on=date(2024, 1, 1))
    for membership in (lead, kept):
        EndorsementFactory(agreement=agreement, membership=membership)
    assert not agreement.is_endorsed_by_all()

    merge(*two)

    assert agreement.is_endorsed_by_all()


def test_a_company_does_not_get_in_by_a_merge():
    duplicate, company = PartnerFactory(), PartnerFactory(company=True)
    membership = MembershipFactory(
        partner=duplicate, partnership=PartnershipFactory(active=True, kind="ppp")
    )

    with refused("merge_refused") as refusal:
        merge(duplicate, company)
    (reason,) = refusal.value.extra["settle"]
    assert (reason["code"], reason["membership"]) == ("due_diligence_required", membership.pk)

    DueDiligenceFactory(partner=company, cleared=True)
    merge(duplicate, company)


@pytest.mark.parametrize("limited", [(True, True), (True, False), (False, True), (False, False)])
def test_an_evaluators_limits_are_never_widened_nor_narrowed(two, limited):
    user = UserFactory()
    roles = [AffiliationFactory(user=user, partner=p, role="evaluator") for p in two]
    for role, is_limited in zip(roles, limited, strict=True):
        partnership = PartnershipFactory(active=True)
        join(partnership, role.partner)
        if is_limited:
            Assignment.objects.create(affiliation=role, partnership=partnership)

    merge(*two)

    of_survivor = Assignment.objects.filter(affiliation=roles[1]).count()
    assert of_survivor == {(True, True): 2, (False, True): 1}.get(limited, 0)


def test_what_was_declared_goes_on_and_a_hand_over_between_the_two_stays():
    partnership = PartnershipFactory(active=True)
    one, other = MembershipFactory.create_batch(2, partnership=partnership)
    commitment = CommitmentFactory(partnership=partnership, membership=one)
    between = CommitmentHandoverFactory(
        commitment=commitment, taker=other, status="accepted", answered_at=NOON
    )
    declared = DeclarationFactory(membership=one)
    conflict = ConflictOfInterestFactory(membership=one)

    merge(one.partner, other.partner, UserFactory(admin=True))

    goes_on = other.partner.memberships.get(ended_on=None)
    for row in (declared, conflict, between):
        row.refresh_from_db()
    assert (declared.membership, conflict.membership) == (goes_on, goes_on)
    assert (between.giver, between.taker) == (one, other)
