"""Solutions, needs and funds: who enters, moves and sees them."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnerships.models import Fund, Need, Solution
from partnerships.services.catalogue import (
    edit_fund,
    edit_need,
    edit_solution,
    offer_fund,
    propose_solution,
    state_need,
)
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    CurrencyFactory,
    FundFactory,
    MembershipFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    SolutionFactory,
    TargetFactory,
    UserFactory,
)
from tests.moves import field_of, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
SOLUTION = {"title": "S", "problem": "P", "approach": "A", "kinds": ["technology"]}
NEED = {"title": "N", "description": "D", "kind": "technology"}
FUND = {"title": "F", "description": "D", "opens_on": date(2024, 1, 1), "currency_id": "USD"}


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def strangers(partner):
    return [
        UserFactory(evaluates=partner),
        UserFactory(observes=partner),
        UserFactory(manages=PartnerFactory()),
    ]


def enter(what, partner, by, **changes):
    """Make one by its service."""
    CurrencyFactory()
    targets = changes.pop("targets", None)
    targets = [TargetFactory()] if targets is None else targets
    if what == "solution":
        return propose_solution(partner, by=by, targets=targets, **{**SOLUTION, **changes})
    if what == "need":
        return state_need(partner=partner, by=by, targets=targets, **{**NEED, **changes})
    return offer_fund(partner, by=by, targets=targets, **{**FUND, **changes})


WHAT = ["solution", "need", "fund"]


@pytest.mark.parametrize("what", WHAT)
def test_a_partners_managers_and_admins_enter_it(what, partner, manager, admin):
    for by in (manager, admin):
        made = enter(what, partner, by)
        assert [t.code for t in made.targets.all()] == ["6.1"]
        assert Event.objects.about(made).get().by == by


@pytest.mark.parametrize("what", WHAT)
def test_others_do_not(what, partner):
    for by in strangers(partner):
        with refused("managers_only", NotAllowed):
            enter(what, partner, by)


@pytest.mark.parametrize("what", WHAT)
def test_an_unverified_partners_may_and_a_suspended_ones_may_not(what):
    pending, suspended = PartnerFactory(pending=True), PartnerFactory(suspended=True)
    made = enter(what, pending, UserFactory(manages=pending))
    assert not type(made).objects.public().exists(), "public with its partner"
    with refused("partner_suspended"):
        enter(what, suspended, UserFactory(manages=suspended))


@pytest.mark.parametrize(
    ("what", "change", "field"),
    [
        ("solution", {"cost_low": 5, "cost_high": 4, "currency_id": "USD"}, "cost_high"),
        ("solution", {"kinds": []}, "kinds"),
        ("solution", {"kinds": ["data", "data"]}, "kinds"),
        ("solution", {"kinds": ["magic"]}, "kinds"),
        ("solution", {"problem": "x" * 4001}, "problem"),
        ("solution", {"targets": []}, "targets"),
        ("need", {"targets": []}, "targets"),
        ("need", {"kind": "magic"}, "kind"),
        ("need", {"needed_by": date(1066, 1, 1)}, "needed_by"),
        ("fund", {"closes_on": date(2023, 12, 31)}, "closes_on"),
        ("fund", {"least": 5, "most": 4}, "most"),
        ("fund", {"for_kinds": ["club"]}, "for_kinds"),
    ],
)
def test_wrong_input_names_its_field_and_nothing_is_saved(what, change, field, partner, manager):
    with pytest.raises(ValidationError) as error:
        enter(what, partner, manager, **change)

    assert field_of(error.value) == field
    assert not any(model.objects.exists() for model in (Solution, Need, Fund))


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("solution", {"cost_low": 5}),
        ("solution", {"cost_low": -1, "currency_id": "USD"}),
        ("need", {"amount": 5}),
        ("need", {"amount": 5, "unit": "pumps", "currency_id": "USD"}),
        ("need", {"kind": "finance", "amount": 5, "unit": "pumps"}),
        ("need", {"amount": -5, "unit": "pumps"}),
        ("fund", {"amount": -1}),
    ],
)
def test_what_only_the_row_as_a_whole_can_refuse(what, change, partner, manager):
    with pytest.raises(ValidationError):
        enter(what, partner, manager, **change)
    assert not any(model.objects.exists() for model in (Solution, Need, Fund))


@pytest.mark.parametrize(
    ("factory", "change"),
    [
        (SolutionFactory, {"cost_low": Decimal(5), "cost_high": Decimal(4), "currency_id": "USD"}),
        (SolutionFactory, {"cost_low": Decimal(5)}),
        (SolutionFactory, {"screened_at": None}),
        (NeedFactory, {"amount": Decimal(5)}),
        (NeedFactory, {"ended_on": date(2024, 1, 1)}),
        (FundFactory, {"closes_on": date(2023, 1, 1)}),
        (FundFactory, {"least": Decimal(5), "most": Decimal(4)}),
    ],
)
def test_the_database_refuses_it_from_whoever_writes(factory, change):
    CurrencyFactory()
    row = factory()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**change)


def test_a_partnerships_need_is_stated_by_its_lead_alone(manager, partner):
    partnership = PartnershipFactory(active=True)
    lead = partnership.memberships.get().partner
    by = UserFactory(manages=lead)
    targets = [TargetFactory()]
    need = state_need(partnership=partnership, by=by, targets=targets, **NEED)
    assert need.partner == lead

    with refused("lead_only", NotAllowed):
        state_need(partnership=partnership, by=manager, targets=targets, **NEED)
    with pytest.raises(ValidationError, match="stated by its lead"):
        state_need(partnership=partnership, partner=partner, by=by, targets=targets, **NEED)
    with pytest.raises(ValidationError, match="Name the partner"):
        state_need(by=by, targets=targets, **NEED)


def test_a_closed_partnership_states_no_needs(admin):
    with refused("partnership_closed"):
        state_need(
            partnership=PartnershipFactory(completed=True),
            by=admin,
            targets=[TargetFactory()],
            **NEED,
        )


def test_a_partnership_brings_in_what_a_member_owns(partner, manager):
    partnership = PartnershipFactory(active=True)
    with pytest.raises(ValidationError, match="not a member"):
        enter("solution", partner, manager, partnership=partnership)
    MembershipFactory(partnership=partnership, partner=partner)
    assert enter("solution", partner, manager, partnership=partnership).partnership == partnership


@pytest.mark.parametrize(
    ("factory", "edit", "owner"),
    [
        (SolutionFactory, edit_solution, "owner"),
        (NeedFactory, edit_need, "partner"),
        (FundFactory, edit_fund, "partner"),
    ],
)
def test_its_owner_edits_it_and_two_writers_do_not_overwrite_each_other(factory, edit, owner):
    row = factory()
    first, second = read_twice(row)
    by = UserFactory(manages=getattr(row, owner))
    edit(first, by=by, title="New", targets=[TargetFactory(code="3.1")])
    with pytest.raises(StaleVersion):
        edit(second, by=by, title="Other")
    for stranger in strangers(getattr(row, owner)):
        with refused("owner_only", NotAllowed):
            edit(first, by=stranger, title="Theirs")

    row.refresh_from_db()
    assert (row.title, [t.code for t in row.targets.all()]) == ("New", ["3.1"])


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


def test_what_is_not_public_is_seen_by_its_own_people_and_admins(admin):
    proposed = SolutionFactory(proposed=True)
    never_screened = SolutionFactory(status="retired", screened_at=None)
    hidden = FundFactory(partner__status="pending")
    draft = PartnershipFactory()
    lead = draft.memberships.get().partner
    need = NeedFactory(partnership=draft, partner=lead)
    outsider = UserFactory(manages=PartnerFactory())

    for row, owner in (
        (proposed, proposed.owner),
        (never_screened, never_screened.owner),
        (hidden, hidden.partner),
        (need, lead),
    ):
        rows = type(row).objects
        assert rows.visible_to(UserFactory(observes=owner)).filter(pk=row.pk).exists()
        assert rows.visible_to(admin).filter(pk=row.pk).exists()
        assert not rows.visible_to(outsider).exists()
        assert not rows.public().exists()


def test_words_find_it_in_any_script():
    for text in ("Réparer les pompes", "修理水泵", "إصلاح المضخات", "Насосы"):
        SolutionFactory(title=text, problem="x")
    for asked in ("reparer pomp", "水泵", "المضخات", "насос"):
        assert Solution.objects.found(asked).count() == 1, asked
    assert not Solution.objects.found("%").exists()


def test_past_screening_and_local_are_told_apart():
    local = SolutionFactory(owner__kind="community")
    SolutionFactory(owner__kind="large_company")
    SolutionFactory(proposed=True, owner__level="community")
    past = Solution.objects.past_screening(timezone.now())
    assert past.count() == 2
    assert list(past.from_local()) == [local]


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_at_once_one_wins(admin):
    solution = SolutionFactory(status="piloted", evidence="Counted.")
    one, other = read_twice(solution)
    outcomes = race(lambda: one.scale(by=admin), lambda: other.retire(by=admin, reason="Old."))
    assert outcomes.count(None) == 1 or Solution.objects.get().status == "retired"
