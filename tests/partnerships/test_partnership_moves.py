"""A partnership's life from draft to closed books: who moves it, from where, once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    CommitmentFactory,
    DeliveryFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import People, moves_of, race, read_twice, refused
from tests.partnerships.living import ALLOWED, FROM, MOVES, STATES, partnership_that_is, stored

pytestmark = pytest.mark.django_db
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]


@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_an_admin_moves_it_and_leaves_a_trace(move, was, to):
    partnership = partnership_that_is(was)
    admin = People(partnership).admin

    MOVES[move](partnership, admin)

    assert (stored(partnership).status, stored(partnership).version) == (to, 2)
    assert moves_of(partnership) == [(was, to)]
    assert Event.objects.about(partnership).get().by == admin


@pytest.mark.parametrize(("move", "was"), WRONG)
def test_refuses_a_move_from_the_wrong_state(move, was):
    partnership = partnership_that_is(was)

    with refused("invalid_transition"):
        MOVES[move](partnership, People(partnership).admin)

    assert stored(partnership).status == was
    assert moves_of(partnership) == []


def test_an_outsider_does_not_learn_what_a_draft_lacks():
    partnership = PartnershipFactory()

    with refused("lead_only", NotAllowed):
        partnership.submit(by=People(partnership).outsider)


@pytest.mark.parametrize(
    ("move", "was"),
    [
        ("send_back", "submitted"),
        ("suspend", "active"),
        ("terminate", "active"),
        ("reopen", "completed"),
        ("activate", "inactive"),
    ],
)
def test_a_move_that_needs_a_reason_is_not_made_without_one(move, was):
    partnership = partnership_that_is(was)

    with pytest.raises(ValidationError) as refusal:
        getattr(partnership, move)(by=People(partnership).admin, reason="  ")

    assert "reason" in refusal.value.message_dict
    assert moves_of(partnership) == []


def test_an_unfinished_draft_is_told_everything_it_lacks_at_once():
    partnership = PartnershipFactory()

    with pytest.raises(ValidationError) as refusal:
        partnership.submit(by=People(PartnershipFactory()).admin)

    assert set(refusal.value.message_dict) == {"objectives", "targets", "members", "commitments"}
    assert stored(partnership).status == "draft"


@pytest.mark.parametrize(
    ("first", "second", "was"),
    [
        ("submit", "submit", "draft"),
        ("register", "register", "submitted"),
        ("register", "send_back", "submitted"),
        ("complete", "terminate", "active"),
        ("suspend", "complete", "active"),
        ("activate", "terminate", "registered"),
    ],
)
def test_of_two_moves_read_at_once_the_first_wins(first, second, was):
    partnership = partnership_that_is(was)
    admin = People(partnership).admin
    one, other = read_twice(partnership)

    MOVES[first](one, admin)
    with refused("invalid_transition"):
        MOVES[second](other, admin)

    assert moves_of(partnership) == [(was, FROM[first][was])]


@pytest.mark.django_db(transaction=True)
def test_of_ten_admins_at_once_exactly_one_registers_with_one_reference():
    partnership = partnership_that_is("submitted")
    admin = People(partnership).admin
    copies = [stored(partnership) for _ in range(10)]

    outcomes = race(*[lambda copy=copy: copy.register(by=admin) for copy in copies])

    assert outcomes.count(None) == 1
    assert {getattr(o, "code", o) for o in outcomes} == {None, "invalid_transition"}
    assert moves_of(partnership) == [("submitted", "registered")]
    assert stored(partnership).reference == f"P-{timezone.now().year}-00001"


@pytest.mark.django_db(transaction=True)
def test_partnerships_registered_at_once_get_references_without_a_gap_or_a_double():
    partnerships = [partnership_that_is("submitted") for _ in range(6)]
    admin = People(partnerships[0]).admin

    outcomes = race(*[lambda p=p: p.register(by=admin) for p in partnerships])

    assert outcomes == [None] * 6
    given = sorted(stored(p).reference for p in partnerships)
    assert given == [f"P-{timezone.now().year}-{n:05}" for n in range(1, 7)]


def test_a_reference_is_for_good():
    partnership = partnership_that_is("submitted")
    admin = People(partnership).admin
    partnership.register(by=admin)
    reference = partnership.reference

    partnership.activate(by=admin)
    partnership.suspend(by=admin, reason="Under review.")
    partnership.reinstate(by=admin)

    assert stored(partnership).reference == reference
    assert moves_of(partnership) == [
        ("submitted", "registered"),
        ("registered", "active"),
        ("active", "suspended"),
        ("suspended", "active"),
    ]


@pytest.mark.parametrize(
    ("move", "was", "moment"),
    [
        ("submit", "returned", "submitted_at"),
        ("register", "submitted", "registered_at"),
        ("activate", "registered", "activated_at"),
        ("activate", "inactive", "resumed_at"),
        ("reinstate", "suspended", "resumed_at"),
        ("complete", "active", "closed_at"),
        ("terminate", "active", "closed_at"),
    ],
)
def test_records_when_it_happened(move, was, moment):
    partnership = partnership_that_is(was)
    before = timezone.now()

    MOVES[move](partnership, People(partnership).admin)

    assert before <= getattr(stored(partnership), moment) <= timezone.now()


def test_one_that_is_reopened_is_not_closed_any_more():
    partnership = partnership_that_is("completed", closed_at=timezone.now())

    partnership.reopen(by=People(partnership).admin, reason="A report was still missing.")

    assert stored(partnership).closed_at is None


def test_a_suspension_before_it_had_begun_leads_back_to_registered():
    partnership = partnership_that_is("suspended", activated_at=None)

    partnership.reinstate(by=People(partnership).admin)

    assert stored(partnership).status == "registered"


def test_is_not_registered_once_a_member_that_made_it_complete_has_left():
    partnership = partnership_that_is("submitted")
    members = partnership.memberships.exclude(roles__contains=["lead"])
    members.update(status="left", ended_on=timezone.localdate())

    with refused("incomplete") as refusal:
        partnership.register(by=People(PartnershipFactory()).admin)

    codes = [finding["code"] for finding in refusal.value.extra["findings"]]
    assert codes == ["too_few_members", "not_by_a_member", "no_commitment"]
    assert stored(partnership).reference is None


def test_is_not_registered_while_the_lead_is_not_verified():
    partnership = partnership_that_is("submitted", lead__partner__suspended=True)

    with refused("lead_not_verified"):
        partnership.register(by=People(partnership).admin)


@pytest.mark.parametrize(("days", "code"), [(30, None), (31, "too_early")])
def test_becomes_active_at_most_thirty_days_before_it_starts(days, code):
    starts_on = timezone.localdate() + timedelta(days=days)
    partnership = PartnershipFactory(registered=True, starts_on=starts_on, ends_on=None)
    lead = People(partnership).lead_manager

    if code is None:
        partnership.activate(by=lead)
    else:
        with refused(code):
            partnership.activate(by=lead)

    assert stored(partnership).status == ("registered" if code else "active")


def test_does_not_begin_with_one_member():
    partnership = PartnershipFactory(registered=True)
    MembershipFactory(partnership=partnership, invited=True)

    with refused("too_few_members"):
        partnership.activate(by=UserFactory(admin=True))


def test_completes_without_words_when_it_is_over_and_everything_arrived():
    partnership = PartnershipFactory(active=True, ends_on=timezone.localdate())
    DeliveryFactory(commitment__partnership=partnership, confirmed=True)

    partnership.complete(by=People(partnership).lead_manager)

    assert stored(partnership).status == "completed"


@pytest.mark.parametrize("days", [0, 1])
def test_completes_early_or_with_open_promises_only_with_the_reason(days):
    ends_on = timezone.localdate() + timedelta(days=days)
    partnership = PartnershipFactory(active=True, ends_on=ends_on)
    if not days:
        CommitmentFactory(partnership=partnership)

    with pytest.raises(ValidationError) as refusal:
        partnership.complete(by=People(partnership).lead_manager)

    assert list(refusal.value.message_dict) == ["reason"]
    assert stored(partnership).status == "active"
