"""An amendment from draft to force: who moves it, from where, once."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Amendment, Partnership
from partnerships.services.amendments import approve_amendment, draft_amendment, edit_amendment
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    AgreementFactory,
    AmendmentEndorsementFactory,
    AmendmentFactory,
    MembershipFactory,
    PartnershipFactory,
    PartnershipVersionFactory,
    UserFactory,
)
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
TITLE = {"about": {"title": "Wells and pipes"}}
MOVES = {
    "submit": lambda a, by: a.submit(by=by),
    "approve": lambda a, by: approve_amendment(a, by=by),
    "send_back": lambda a, by: a.send_back(by=by, reason="Say more."),
    "withdraw": lambda a, by: a.withdraw(by=by),
}
FROM = {
    "submit": {"draft": "submitted", "returned": "submitted"},
    "approve": {"submitted": "approved"},
    "send_back": {"submitted": "returned"},
    "withdraw": {"draft": "withdrawn", "submitted": "withdrawn", "returned": "withdrawn"},
}
STATES = ["draft", "submitted", "returned", "approved", "withdrawn"]
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]
BY_ADMINS = ("approve", "send_back")


def amendment_that_is(status):
    partnership = PartnershipFactory(active=True, title="Wells")
    MembershipFactory(partnership=partnership)
    trait = {} if status == "draft" else {status: True}
    return AmendmentFactory(partnership=partnership, **trait)


def stored(amendment):
    return Amendment.objects.get(pk=amendment.pk)


@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_moves_as_the_table_says(move, was, to):
    amendment = amendment_that_is(was)
    MOVES[move](amendment, UserFactory(admin=True))
    assert stored(amendment).status == to
    assert moves_of(amendment) == [(was, to)]


@pytest.mark.parametrize(("move", "was"), WRONG)
def test_moves_from_nowhere_else(move, was):
    amendment = amendment_that_is(was)
    with refused("invalid_transition"):
        MOVES[move](amendment, UserFactory(admin=True))
    assert stored(amendment).status == was


@pytest.mark.parametrize(("move", "was"), [(m, was) for m, was, _ in ALLOWED if m not in BY_ADMINS])
@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_the_leads_managers_ask(move, was, who):
    amendment = amendment_that_is(was)
    with refused("lead_only", NotAllowed):
        MOVES[move](amendment, People(amendment.partnership)[who])
    assert stored(amendment).status == was


@pytest.mark.parametrize("move", BY_ADMINS)
@pytest.mark.parametrize("who", ["lead_manager", "manager", "outsider"])
def test_only_admins_decide(move, who):
    amendment = amendment_that_is("submitted")
    with refused("admins_only", NotAllowed):
        MOVES[move](amendment, People(amendment.partnership)[who])
    assert stored(amendment).status == "submitted"


@pytest.mark.parametrize("move", BY_ADMINS)
def test_no_admin_decides_on_a_partnership_of_their_own(move):
    amendment = amendment_that_is("submitted")
    own = UserFactory(admin=True, observes=amendment.partnership.memberships.first().partner)
    with refused("own_partnership", NotAllowed):
        MOVES[move](amendment, own)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("against", ["withdraw", "send_back", "approve"])
def test_of_two_moves_at_once_one_wins(against):
    amendment = amendment_that_is("submitted")
    first, second = read_twice(amendment)
    one, other = UserFactory.create_batch(2, admin=True)
    outcomes = race(lambda: MOVES["approve"](first, one), lambda: MOVES[against](second, other))
    errors = [o for o in outcomes if isinstance(o, Exception)]
    assert len(errors) == 1
    assert stored(amendment).status in ("approved", FROM[against]["submitted"])
    title = Partnership.objects.get(pk=amendment.partnership_id).title
    assert title == ("Wells and pipes" if stored(amendment).status == "approved" else "Wells")


@pytest.mark.parametrize("state", ["draft", "submitted", "completed", "terminated", "inactive"])
def test_only_what_is_registered_and_open_is_amended(state):
    public = {} if state in ("draft", "submitted") else {"active": True}
    partnership = PartnershipFactory(**public)
    MembershipFactory(partnership=partnership)
    partnership.change(status=state)
    with refused("not_amendable"):
        draft_amendment(partnership, by=UserFactory(admin=True), changes=TITLE, reason="Because.")


def test_a_partnership_that_was_closed_meanwhile_is_not_amended():
    amendment = amendment_that_is("submitted")
    amendment.partnership.change(status="completed")
    with refused("not_amendable"):
        approve_amendment(stored(amendment), by=UserFactory(admin=True))


def test_one_at_a_time():
    amendment = amendment_that_is("returned")
    by = UserFactory(admin=True)
    with refused("amendment_open"):
        draft_amendment(amendment.partnership, by=by, changes=TITLE, reason="Another.")
    with pytest.raises(IntegrityError, match="amendment_one_open"), transaction.atomic():
        AmendmentFactory(partnership=amendment.partnership)


@pytest.mark.django_db(transaction=True)
def test_of_two_begun_at_once_one_stands():
    partnership = PartnershipFactory(active=True)
    by = People(partnership).lead_manager

    def begin():
        return draft_amendment(partnership, by=by, changes=TITLE, reason="Because.")

    outcomes = race(begin, begin)
    assert [o.code for o in outcomes if isinstance(o, Exception)] == ["amendment_open"]


def test_two_who_write_it_at_once_do_not_overwrite_each_other():
    amendment = amendment_that_is("draft")
    first, second = read_twice(amendment)
    by = UserFactory(admin=True)
    edit_amendment(first, by=by, reason="The first one's.")
    with pytest.raises(StaleVersion):
        edit_amendment(second, by=by, reason="The second one's.")
    assert stored(amendment).reason == "The first one's."


@pytest.mark.parametrize("status", ["submitted", "approved", "withdrawn"])
def test_is_written_while_it_is_a_draft_only(status):
    with refused("not_a_draft"):
        edit_amendment(amendment_that_is(status), by=UserFactory(admin=True), reason="New.")


def test_a_reason_is_given():
    partnership = PartnershipFactory(active=True)
    by = UserFactory(admin=True)
    with pytest.raises(ValidationError, match="reason"):
        draft_amendment(partnership, by=by, changes=TITLE, reason=" ")
    with pytest.raises(ValidationError, match="reason"):
        amendment_that_is("submitted").send_back(by=by, reason="")


def test_what_changes_nothing_is_refused():
    partnership = PartnershipFactory(active=True, title="Wells")
    with refused("changes_nothing"):
        draft_amendment(
            partnership,
            by=UserFactory(admin=True),
            changes={"about": {"title": "Wells"}},
            reason="Because.",
        )


@pytest.mark.parametrize("move", ["submit", "approve"])
def test_names_the_sections_that_changed_meanwhile(move):
    amendment = amendment_that_is("draft" if move == "submit" else "submitted")
    amendment.partnership.amend(summary="Corrected by an import.")
    with refused("changed_meanwhile") as refusal:
        MOVES[move](stored(amendment), UserFactory(admin=True))
    assert refusal.value.extra == {"sections": ["about"]}
    assert "About the partnership" in refusal.value.detail


def test_what_changed_elsewhere_does_not_stand_in_the_way():
    amendment = amendment_that_is("submitted")
    MembershipFactory(partnership=amendment.partnership)
    approve_amendment(amendment, by=UserFactory(admin=True))
    assert stored(amendment).status == "approved"


def test_written_anew_it_stands_on_what_holds_now():
    amendment = amendment_that_is("draft")
    amendment.partnership.amend(summary="Corrected by an import.")
    by = UserFactory(admin=True)
    again = edit_amendment(stored(amendment), by=by, changes=TITLE)
    again.submit(by=by)
    assert stored(amendment).status == "submitted"


def needs_endorsement():
    amendment = amendment_that_is("draft")
    AgreementFactory(
        partnership=amendment.partnership, binding=True, amendments_need_endorsement=True
    )
    amendment.submit(by=UserFactory(admin=True))
    return amendment


def test_where_the_agreement_asks_for_it_every_member_endorses_first():
    amendment = needs_endorsement()
    admin = UserFactory(admin=True)
    assert amendment.needs_endorsement
    first, second = amendment.partnership.memberships.accepted().order_by("pk")
    amendment.endorse(first, by=UserFactory(manages=first.partner), sha256=amendment.sha256)
    with refused("endorsements_missing") as refusal:
        approve_amendment(stored(amendment), by=admin)
    assert str(second.partner) in refusal.value.detail
    amendment.endorse(second, by=UserFactory(manages=second.partner))
    approve_amendment(stored(amendment), by=admin)


def test_an_endorsement_is_of_what_was_read():
    amendment = needs_endorsement()
    member = amendment.partnership.memberships.first()
    with refused("outdated_text"):
        amendment.endorse(member, by=UserFactory(admin=True), sha256="0" * 64)


def test_what_was_endorsed_before_it_was_written_anew_does_not_count():
    amendment = needs_endorsement()
    for member in amendment.partnership.memberships.accepted():
        AmendmentEndorsementFactory(amendment=amendment, membership=member)
    admin = UserFactory(admin=True)
    amendment.send_back(by=admin, reason="The title is too long.")
    edit_amendment(amendment, by=admin, changes={"about": {"title": "Pipes"}})
    amendment.submit(by=admin)
    with refused("endorsements_missing"):
        approve_amendment(stored(amendment), by=admin)


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "observer", "outsider"])
def test_nobody_endorses_for_another_member(who):
    amendment = amendment_that_is("submitted")
    people = People(amendment.partnership)
    with refused("members_only", NotAllowed):
        amendment.endorse(people.membership, by=people[who])


def test_only_what_is_submitted_is_endorsed():
    amendment = amendment_that_is("draft")
    with refused("not_submitted"):
        amendment.endorse(amendment.partnership.memberships.first(), by=UserFactory(admin=True))


def test_members_of_others_and_those_who_left_do_not_endorse():
    amendment = amendment_that_is("submitted")
    admin = UserFactory(admin=True)
    with refused("not_a_member"):
        amendment.endorse(MembershipFactory(), by=admin)
    with refused("not_accepted"):
        amendment.endorse(MembershipFactory(partnership=amendment.partnership, left=True), by=admin)


def test_what_is_proposed_is_the_insiders_what_is_approved_everybodys():
    pending, approved = amendment_that_is("submitted"), amendment_that_is("approved")
    people = People(pending.partnership)
    for who in ("manager", "evaluator", "observer", "lead_manager"):
        assert pending in Amendment.objects.visible_to(people[who])
    assert list(Amendment.objects.visible_to(people.outsider)) == [approved]


def test_approval_logs_who_when_and_why():
    amendment = amendment_that_is("submitted")
    PartnershipVersionFactory(partnership=amendment.partnership)
    admin = UserFactory(admin=True)
    approve_amendment(amendment, by=admin)
    event = Event.objects.about(amendment.partnership).get(kind="partnership.amended")
    assert (event.by, event.reason) == (admin, amendment.reason)
