"""Joining and leaving: only the partner itself says yes or goes, on the day it happens."""

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction

from partnerships.models import Membership
from partnerships.services.members import invite
from registry.errors import DomainError, NotAllowed
from registry.models import Event
from tests.factories import MembershipFactory, PartnerFactory, PartnershipFactory, UserFactory
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
MOVES = {
    "accept": lambda m, by: m.accept(by=by),
    "decline": lambda m, by: m.decline(by=by),
    "leave": lambda m, by: m.leave(by=by),
}
FROM = {
    "accept": {"invited": "accepted"},
    "decline": {"invited": "declined"},
    "leave": {"accepted": "left"},
}
STATES = ["invited", "accepted", "declined", "left"]
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]


def member_that_is(status):
    return MembershipFactory(
        partnership__active=True, **({} if status == "accepted" else {status: True})
    )


def stored(membership):
    return Membership.objects.get(pk=membership.pk)


@pytest.mark.parametrize("who", ["manager", "admin"])
@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_the_partners_manager_or_an_admin_moves_it(move, was, to, who):
    membership = member_that_is(was)
    admin = UserFactory(admin=True)
    by = admin if who == "admin" else UserFactory(manages=membership.partner)

    MOVES[move](membership, by)

    assert (stored(membership).status, stored(membership).version) == (to, 2)
    assert moves_of(membership) == [(was, to)]
    assert Event.objects.about(membership).get().by == by


@pytest.mark.parametrize(("move", "was"), WRONG)
def test_refuses_a_move_from_the_wrong_state(move, was):
    membership = member_that_is(was)

    with refused("invalid_transition"):
        MOVES[move](membership, UserFactory(admin=True))

    assert stored(membership).status == was
    assert moves_of(membership) == []


@pytest.mark.parametrize("who", ["lead_manager", "manager", "evaluator", "observer", "outsider"])
@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_not_even_the_lead_answers_for_another_partner(move, was, to, who):
    membership = member_that_is(was)

    with refused("members_only", NotAllowed):
        MOVES[move](membership, People(membership.partnership)[who])

    assert stored(membership).status == was


@pytest.mark.parametrize("role", ["evaluates", "observes"])
def test_a_partners_other_people_do_not_answer_for_it(role):
    membership = member_that_is("invited")

    with refused("members_only", NotAllowed):
        membership.accept(by=UserFactory(**{role: membership.partner}))


@pytest.mark.parametrize(("first", "second"), [("accept", "decline"), ("decline", "accept")])
def test_of_two_answers_the_first_stands(first, second):
    membership = member_that_is("invited")
    manager = UserFactory(manages=membership.partner)
    one, other = read_twice(membership)

    MOVES[first](one, manager)
    with refused("invalid_transition"):
        MOVES[second](other, manager)

    assert moves_of(membership) == [("invited", FROM[first]["invited"])]


@time_machine.travel("2025-03-31T23:00:00Z", tick=False)
def test_joining_and_leaving_are_dated_by_the_day_they_happen():
    membership = member_that_is("invited")
    manager = UserFactory(manages=membership.partner)

    membership.accept(by=manager)
    membership.leave(by=manager)

    assert stored(membership).accepted_on == date(2025, 3, 31)
    assert stored(membership).ended_on == date(2025, 3, 31)
    on = Membership.objects.accepted_on
    assert membership in on(date(2025, 3, 31))
    assert membership not in on(date(2025, 3, 30))
    assert membership not in on(date(2025, 4, 1))


def test_the_lead_does_not_leave():
    lead = PartnershipFactory(active=True).memberships.get()

    with refused("lead_stays", NotAllowed):
        lead.leave(by=UserFactory(manages=lead.partner))

    assert stored(lead).status == "accepted"


def test_a_partnership_has_one_lead():
    partnership = PartnershipFactory()

    with pytest.raises(IntegrityError, match="membership_one_lead"), transaction.atomic():
        MembershipFactory(partnership=partnership, roles=["lead"])


def test_a_partner_is_asked_once():
    partnership = PartnershipFactory()
    people = People(partnership)

    with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
        invite(
            partnership,
            partner=people.membership.partner,
            roles=["funding"],
            by=people.lead_manager,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_invitations_at_once_one_stands():
    partnership, partner = PartnershipFactory(), PartnerFactory()
    by = People(partnership).lead_manager

    def ask():
        return invite(partnership, partner=partner, roles=["funding"], by=by)

    outcomes = race(ask, ask)

    assert [type(o) for o in outcomes if isinstance(o, Exception)] == [IntegrityError]
    assert partner.memberships.get().status == "invited"


def test_a_partner_that_declined_may_be_asked_again_and_the_answers_stay_logged():
    partnership, partner = PartnershipFactory(), PartnerFactory()
    lead_manager = People(partnership).lead_manager
    membership = invite(partnership, partner=partner, roles=["funding"], by=lead_manager)
    membership.decline(by=UserFactory(manages=partner), reason="Not this year.")

    again = invite(partnership, partner=partner, roles=["technical"], by=lead_manager)

    assert (again.pk, again.status, again.roles) == (membership.pk, "invited", ["technical"])
    again.accept(by=UserFactory(manages=partner))
    assert moves_of(membership) == [
        ("invited", "declined"),
        ("declined", "invited"),
        ("invited", "accepted"),
    ]


def test_a_member_that_left_may_come_back_under_a_new_membership():
    former = MembershipFactory(left=True)
    people = People(former.partnership)

    back = invite(
        former.partnership, partner=former.partner, roles=["funding"], by=people.lead_manager
    )

    assert back.pk != former.pk
    assert stored(former).ended_on is not None


@pytest.mark.parametrize("who", ["lead_evaluator", "lead_observer", "manager", "outsider"])
def test_only_the_leads_managers_invite(who):
    partnership = PartnershipFactory()

    with refused("lead_only", NotAllowed):
        invite(
            partnership, partner=PartnerFactory(), roles=["funding"], by=People(partnership)[who]
        )


@pytest.mark.parametrize("state", ["pending", "suspended"])
def test_only_verified_partners_are_invited(state):
    partnership = PartnershipFactory()

    with refused("partner_not_verified"):
        invite(
            partnership,
            partner=PartnerFactory(**{state: True}),
            roles=["funding"],
            by=People(partnership).lead_manager,
        )


@pytest.mark.parametrize("state", ["registered", "active", "suspended", "inactive"])
def test_a_registered_partnership_invites_by_an_amendment_only(state):
    partnership = PartnershipFactory(active=True, status=state)
    by = People(partnership).lead_manager

    with refused("needs_amendment"):
        invite(partnership, partner=PartnerFactory(), roles=["funding"], by=by)

    assert not Membership.objects.filter(status="invited").exists()


@pytest.mark.parametrize("state", ["completed", "terminated"])
def test_a_closed_partnership_takes_no_more_members(state):
    membership = MembershipFactory(partnership__active=True, invited=True)
    partnership = membership.partnership
    partnership.change(status=state)
    people = People(partnership)

    with refused("partnership_closed"):
        invite(partnership, partner=PartnerFactory(), roles=["funding"], by=people.lead_manager)
    with refused("partnership_closed"):
        membership.accept(by=UserFactory(manages=membership.partner))

    assert stored(membership).status == "invited"


@pytest.mark.parametrize("roles", [[], ["emperor"]])
def test_a_member_has_a_known_role(roles):
    partnership = PartnershipFactory()
    by = People(partnership).lead_manager

    with pytest.raises(Exception, match=r"roles|role|blank|valid") as refusal:
        invite(partnership, partner=PartnerFactory(), roles=roles, by=by)

    assert not isinstance(refusal.value, DomainError)
    assert not Membership.objects.filter(status="invited").exists()
