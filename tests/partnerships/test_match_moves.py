"""Both sides of a match answer it: each for itself, once."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.models import Match, Need
from registry.errors import NotAllowed
from registry.models import Event, Notice
from registry.services.merging import merge_partners
from registry.telling import tell
from tests.factories import (
    CommitmentFactory,
    FundFactory,
    MatchFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    SolutionFactory,
    UserFactory,
)
from tests.moves import moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def match():
    return MatchFactory()


def sides(match):
    return (
        UserFactory(manages=match.need.partner),
        UserFactory(manages=match.offering_partner),
    )


def test_the_needs_owner_accepts_and_the_offering_side_is_told(match):
    needing, offering = sides(match)
    match.accept(by=needing, reason="Just what we lack.")

    assert moves_of(match) == [("proposed", "accepted")]
    assert Match.objects.get().answer_reason == "Just what we lack."
    assert Need.objects.with_accepted_match().get() == match.need
    tell(Event.objects.about(match).get())
    assert Notice.objects.get().user == offering


def test_it_declines_with_a_reason(match):
    needing, _ = sides(match)
    with pytest.raises(ValidationError):
        match.decline(by=needing, reason=" ")
    match.decline(by=needing, reason="Too far.")

    assert (match.status, match.answer_reason) == ("declined", "Too far.")
    assert not Need.objects.with_accepted_match().exists()


@pytest.mark.parametrize("role", ["evaluates", "observes"])
def test_nobody_else_answers_for_a_side(match, role):
    needing, offering = sides(match)
    others = (
        offering,
        UserFactory(**{role: match.need.partner}),
        UserFactory(manages=PartnerFactory()),
    )
    for by in others:
        with refused("need_owner_only", NotAllowed):
            match.accept(by=by)
        with refused("need_owner_only", NotAllowed):
            match.decline(by=by, reason="No.")
    others = (
        needing,
        UserFactory(**{role: match.offering_partner}),
        UserFactory(manages=PartnerFactory()),
    )
    for by in others:
        with refused("offering_side_only", NotAllowed):
            match.confirm(by=by)
        with refused("offering_side_only", NotAllowed):
            match.refuse(by=by, reason="No.")


def test_the_offering_side_confirms_before_or_after(match):
    needing, offering = sides(match)
    match.accept(by=needing)
    match.confirm(by=offering)

    stored = Match.objects.get()
    assert (stored.status, stored.offer_answer) == ("accepted", "confirmed")
    with refused("already_answered"):
        match.refuse(by=offering, reason="No longer.")


def test_what_the_offering_side_refuses_ends_and_is_not_accepted(match):
    needing, offering = sides(match)
    match.refuse(by=offering, reason="Fully used.")

    assert (match.status, match.offer_reason) == ("ended", "Fully used.")
    with refused("invalid_transition"):
        match.accept(by=needing)


def test_an_accepted_match_stays_accepted_when_the_other_side_refuses(match):
    needing, offering = sides(match)
    match.accept(by=needing)
    match.refuse(by=offering, reason="Fully used.")
    assert (match.status, match.offer_answer) == ("accepted", "refused")


@pytest.mark.parametrize("status", ["accepted", "declined", "ended"])
def test_an_answered_match_is_not_answered_again(status):
    match = MatchFactory(**{status: True} if status != "ended" else {"status": "ended"})
    admin = UserFactory(admin=True)
    with refused("invalid_transition"):
        match.accept(by=admin)
    with refused("invalid_transition"):
        match.decline(by=admin, reason="No.")


def test_a_match_of_a_closed_need_is_not_accepted():
    with refused("need_closed"):
        MatchFactory(need__met=True).accept(by=UserFactory(admin=True))


def test_the_lead_answers_for_a_partnership_and_the_member_for_its_commitment():
    partnership = PartnershipFactory(active=True)
    lead = partnership.memberships.get().partner
    need = NeedFactory(partnership=partnership, partner=lead)
    commitment = CommitmentFactory()
    match = MatchFactory(need=need, solution=None, commitment=commitment)

    match.confirm(by=UserFactory(manages=commitment.membership.partner))
    match.accept(by=UserFactory(manages=lead))
    assert (match.status, match.side) == ("accepted", "commitment")


def test_matches_are_seen_by_both_sides_and_once_accepted_by_all(match):
    fund = MatchFactory(solution=None, fund=FundFactory())
    outsider = UserFactory(manages=PartnerFactory())
    for one in (match, fund):
        for by in sides(one):
            assert list(Match.objects.visible_to(by)) == [one]
    assert not Match.objects.visible_to(outsider).exists()
    assert Match.objects.visible_to(UserFactory(admin=True)).count() == 2

    match.accept(by=UserFactory(admin=True))
    assert list(Match.objects.visible_to(outsider)) == [match]
    type(match.need.partner).objects.update(status="suspended")
    assert not Match.objects.visible_to(outsider).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "moves",
    [
        (lambda m, by: m.accept(by=by), lambda m, by: m.accept(by=by)),
        (lambda m, by: m.accept(by=by), lambda m, by: m.decline(by=by, reason="No.")),
        (lambda m, by: m.accept(by=by), lambda m, by: m.refuse(by=by, reason="No.")),
    ],
)
def test_of_two_answers_at_once_one_counts(moves):
    match, by = MatchFactory(), UserFactory(admin=True)
    copies = read_twice(match)
    outcomes = race(
        *(lambda m=m, move=move: move(m, by) for m, move in zip(copies, moves, strict=True))
    )

    assert outcomes.count(None) == 1, outcomes
    assert Event.objects.about(match).count() == 1


def test_what_a_merged_partner_offers_and_needs_goes_to_the_survivor():
    into = PartnerFactory()
    duplicate = PartnerFactory()
    rows = [
        SolutionFactory(owner=duplicate),
        NeedFactory(partner=duplicate),
        FundFactory(partner=duplicate),
    ]
    merge_partners(
        duplicate, into=into, by=UserFactory(admin=True), reason="The same organisation twice."
    )
    for row in rows:
        row.refresh_from_db()
        assert into in (getattr(row, "owner", None), getattr(row, "partner", None))
