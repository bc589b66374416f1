"""A partnership's life from draft to closed books: who moves it, from where, once."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import Partnership
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import CommitmentFactory, PartnershipFactory, TargetFactory
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
MOVES = {
    "submit": lambda p, by: p.submit(by=by),
    "register": lambda p, by: p.register(by=by),
    "send_back": lambda p, by: p.send_back(by=by, reason="Name the targets."),
    "activate": lambda p, by: p.activate(by=by),
    "complete": lambda p, by: p.complete(by=by),
    "suspend": lambda p, by: p.suspend(by=by, reason="Under review."),
    "terminate": lambda p, by: p.terminate(by=by, reason="Funds ended."),
}
FROM = {
    "submit": {"draft": "submitted", "returned": "submitted"},
    "register": {"submitted": "registered"},
    "send_back": {"submitted": "returned"},
    "activate": {"registered": "active", "suspended": "active", "inactive": "active"},
    "complete": {"active": "completed"},
    "suspend": {"active": "suspended"},
    "terminate": {
        "registered": "terminated",
        "active": "terminated",
        "suspended": "terminated",
        "inactive": "terminated",
    },
}
STATES = [
    "draft",
    "submitted",
    "returned",
    "registered",
    "active",
    "completed",
    "suspended",
    "terminated",
    "inactive",
]
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]
BY_ADMINS_ONLY = [
    ("register", "submitted"),
    ("send_back", "submitted"),
    ("suspend", "active"),
    ("activate", "suspended"),
]
BY_THE_LEAD = [(m, was) for m, was, _ in ALLOWED if (m, was) not in BY_ADMINS_ONLY]


def partnership_that_is(status):
    """Complete enough to be submitted."""
    if status == "inactive":
        partnership = PartnershipFactory(active=True, status="inactive")
    else:
        partnership = PartnershipFactory(**({} if status == "draft" else {status: True}))
    partnership.targets.add(TargetFactory())
    CommitmentFactory(partnership=partnership)
    return partnership


def stored(partnership):
    return Partnership.objects.get(pk=partnership.pk)


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


@pytest.mark.parametrize(("move", "was"), BY_THE_LEAD)
def test_the_leads_managers_move_it(move, was):
    partnership = partnership_that_is(was)

    MOVES[move](partnership, People(partnership).lead_manager)

    assert len(moves_of(partnership)) == 1


@pytest.mark.parametrize(("move", "was"), BY_ADMINS_ONLY)
def test_only_admins_admit_return_and_suspend_it_or_lift_a_suspension(move, was):
    partnership = partnership_that_is(was)

    with refused("admins_only", NotAllowed):
        MOVES[move](partnership, People(partnership).lead_manager)

    assert stored(partnership).status == was


@pytest.mark.parametrize(
    "who", ["lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"]
)
@pytest.mark.parametrize("move", MOVES)
def test_others_do_not_move_it(move, who):
    was = next(iter(FROM[move]))
    partnership = partnership_that_is(was)

    with pytest.raises(NotAllowed):
        MOVES[move](partnership, People(partnership)[who])

    assert stored(partnership).status == was
    assert moves_of(partnership) == []


def test_an_outsider_does_not_learn_what_a_draft_lacks():
    partnership = PartnershipFactory()

    with refused("lead_only", NotAllowed):
        partnership.submit(by=People(partnership).outsider)


@pytest.mark.parametrize("move", ["send_back", "suspend", "terminate"])
def test_a_move_against_the_partners_gives_its_reason(move):
    partnership = partnership_that_is("submitted" if move == "send_back" else "active")

    with pytest.raises(ValidationError) as refusal:
        getattr(partnership, move)(by=People(partnership).admin, reason="  ")

    assert "reason" in refusal.value.message_dict
    assert moves_of(partnership) == []


def test_an_unfinished_draft_is_told_everything_it_lacks_at_once():
    partnership = PartnershipFactory()

    with pytest.raises(ValidationError) as refusal:
        partnership.submit(by=People(PartnershipFactory()).admin)

    assert set(refusal.value.message_dict) == {"targets", "memberships", "commitments"}
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
    partnership.activate(by=admin)

    assert stored(partnership).reference == reference
    assert moves_of(partnership) == [
        ("submitted", "registered"),
        ("registered", "active"),
        ("active", "suspended"),
        ("suspended", "active"),
    ]
