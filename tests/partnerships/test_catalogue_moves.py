"""Solutions and needs: who moves them, from where, once."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import Solution
from partnerships.services.catalogue import (
    edit_need,
    edit_solution,
)
from registry.errors import NotAllowed
from tests.factories import (
    NeedFactory,
    PartnerFactory,
    SolutionFactory,
    UserFactory,
)
from tests.moves import moves_of, race, read_twice, refused
from tests.partnerships.cataloguing import enter, strangers

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def test_a_solution_goes_from_proposed_to_scaling_and_is_retired(partner, manager, admin):
    solution = enter("solution", partner, manager)
    solution.screen(by=admin)
    with pytest.raises(ValidationError, match="where it was tried"):
        solution.pilot(by=manager)
    solution = edit_solution(solution, by=manager, worked_where="Kisumu, 2023", evidence="Counts.")
    solution.pilot(by=manager)
    solution.scale(by=manager)
    solution.retire(by=manager, reason="Something better.")

    assert [became for _, became in moves_of(solution)] == [
        "screened",
        "piloted",
        "scaling",
        "retired",
    ]
    with refused("retired"):
        edit_solution(solution, by=manager, title="Again")


@pytest.mark.parametrize("status", Solution.Stage.values)
@pytest.mark.parametrize("move", ["screen", "pilot", "scale", "retire"])
def test_only_the_next_stage_is_reached(status, move, admin):
    to = {"screen": "screened", "pilot": "piloted", "scale": "scaling", "retire": "retired"}[move]
    solution = SolutionFactory(status=status, worked_where="Here", evidence="Counted.")
    more = {"reason": "Old."} if move == "retire" else {}
    if to in Solution.MOVES[status]:
        getattr(solution, move)(by=admin, **more)
        assert Solution.objects.get().status == to
    else:
        with refused("invalid_transition"):
            getattr(solution, move)(by=admin, **more)


def test_only_admins_screen_and_only_owners_move_it(partner, manager, admin):
    solution = enter("solution", partner, manager)
    for by in (manager, *strangers(partner)):
        with refused("admins_only", NotAllowed):
            solution.screen(by=by)
        with refused("admins_only", NotAllowed):
            solution.send_back(by=by, reason="Short.")
    solution.screen(by=admin)
    for by in strangers(partner):
        for move in (solution.pilot, solution.scale):
            with refused("owner_only", NotAllowed):
                move(by=by)
        with refused("owner_only", NotAllowed):
            solution.retire(by=by, reason="Old.")


def test_one_that_was_sent_back_waits_again_once_it_was_edited(partner, manager, admin):
    solution = enter("solution", partner, manager)
    assert list(Solution.objects.to_screen()) == [solution]
    solution.send_back(by=admin, reason="Where did it work?")
    assert not Solution.objects.to_screen().exists()

    edit_solution(solution, by=manager, worked_where="Kisumu")
    assert list(Solution.objects.to_screen()) == [solution]


def test_an_unverified_owners_solution_is_not_screened(admin):
    with refused("partner_not_verified"):
        SolutionFactory(proposed=True, owner__status="pending").screen(by=admin)


def test_a_need_is_met_or_withdrawn_by_its_owner_once():
    for move, more in (("meet", {}), ("withdraw", {"reason": "Solved."})):
        need = NeedFactory()
        for by in strangers(need.partner):
            with refused("owner_only", NotAllowed):
                getattr(need, move)(by=by, **more)
        by = UserFactory(manages=need.partner)
        getattr(need, move)(by=by, **more)
        assert need.ended_on == timezone.localdate()
        with refused("invalid_transition"):
            need.meet(by=by)
        with refused("need_closed"):
            edit_need(need, by=by, title="Again")


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_one_wins(admin):
    solution = SolutionFactory(status="piloted", evidence="Counted.")
    one, other = read_twice(solution)
    outcomes = race(lambda: one.scale(by=admin), lambda: other.retire(by=admin, reason="Old."))
    assert outcomes.count(None) == 1 or Solution.objects.get().status == "retired"
