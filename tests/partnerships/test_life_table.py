"""Every state × move × role of a partnership's life, as docs/models/lifecycle.md has it.

`pytest -s tests/partnerships/test_life_table.py` prints the table. What is expected is written
down here, cell by cell from the rules, and not read from the product.
"""

import sys

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from registry.errors import DomainError, NotAllowed
from tests.factories import MembershipFactory, UserFactory
from tests.moves import People, race
from tests.partnerships.living import (
    ALLOWED,
    FROM,
    MOVES,
    OF_ADMINS,
    STATES,
    partnership_that_is,
    stored,
)

ROLES = (
    "admin",
    "lead_manager",
    "lead_evaluator",
    "lead_observer",
    "manager",
    "evaluator",
    "observer",
    "invited",
    "outsider",
    "anonymous",
)
SHORT = {
    "invalid_transition": "state",
    "admins_only": "admins",
    "lead_only": "lead",
}


def expected(state, move, role):
    """The new state, or the code of the refusal: first who may, then from where."""
    if role != "admin":
        if move in OF_ADMINS:
            return "admins_only"
        if role != "lead_manager":
            return "lead_only"
        if (move, state) == ("terminate", "suspended"):
            return "admins_only"
    return FROM[move].get(state, "invalid_transition")


def attempt(partnership, move, person):
    """What came of it; nothing stays of it."""
    try:
        with transaction.atomic():
            one = stored(partnership)
            MOVES[move](one, person)
            became = stored(one).status
            transaction.set_rollback(True)
            return became
    except NotAllowed as refusal:
        return refusal.code
    except DomainError as refusal:
        return refusal.code


def people_around(partnership):
    people = People(partnership)
    invited = MembershipFactory(partnership=partnership, invited=True).partner
    named = {role: people[role] for role in ROLES if role not in ("invited", "anonymous")}
    return named | {"invited": UserFactory(manages=invited), "anonymous": AnonymousUser()}


def write(*cells):
    sys.stdout.write(" ".join(str(cell).ljust(11) for cell in cells) + "\n")


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_each_role_makes_exactly_the_moves_that_the_table_gives_it(state):
    partnership = partnership_that_is(state)
    people = people_around(partnership)
    write("\n" + state.ljust(10), *(role.replace("lead_", "l. ") for role in ROLES))
    wrong = []

    for move in MOVES:
        came = {role: attempt(partnership, move, people[role]) for role in ROLES}
        write(move, *(f"→{c}" if c in STATES else SHORT.get(c, c) for c in came.values()))
        wrong += [
            (move, role, answer)
            for role, answer in came.items()
            if answer != expected(state, move, role)
        ]

    assert wrong == []
    assert stored(partnership).status == state


def test_the_table_has_every_state_move_and_role():
    assert len(STATES) * len(MOVES) * len(ROLES) == 9 * 10 * 10
    assert len(ALLOWED) == 17


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_of_four_at_once_exactly_one_makes_the_move(move, was, to):
    partnership = partnership_that_is(was)
    admin = UserFactory(admin=True)
    copies = [stored(partnership) for _ in range(4)]

    outcomes = race(*[lambda one=one: MOVES[move](one, admin) for one in copies])

    codes = sorted(getattr(outcome, "code", "won") for outcome in outcomes)
    write(f"raced {move} from {was}: {codes}")
    assert codes == ["invalid_transition"] * 3 + ["won"]
    assert stored(partnership).status == to
    assert stored(partnership).version == 2
