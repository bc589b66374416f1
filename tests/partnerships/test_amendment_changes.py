"""What an amendment may change, how it is read, and what approval makes of it."""

from datetime import date
from decimal import Decimal

import pytest

from partnerships.models import document_of
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    GoalFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnerFactory,
    PartnershipFactory,
    TargetFactory,
    UserFactory,
)
from tests.partnerships.amending import amend, propose, slips

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    made = PartnershipFactory(active=True, title="Wells", ends_on=date(2026, 12, 31))
    MembershipFactory(partnership=made)
    MembershipFactory(partnership=made)
    return made


@pytest.fixture
def by():
    return UserFactory(admin=True)


def test_facts_change_on_approval_and_count_the_version_up(partnership, by):
    now = amend(partnership, by, about={"title": "Pipes", "level": "community"})
    assert (now.title, now.level, now.version) == ("Pipes", "community", 2)


def test_goals_and_targets_are_replaced(partnership, by):
    partnership.targets.add(TargetFactory(code="6.1"))
    TargetFactory(code="6.2")
    GoalFactory(number=13)
    now = amend(partnership, by, targets={"primary_goal": 13, "targets": ["6.2"]})
    assert now.primary_goal_id == 13
    assert [target.code for target in now.targets.all()] == ["6.2"]


def test_rows_named_stay_those_without_a_number_are_new_the_others_go(partnership, by):
    kept = ObjectiveFactory(partnership=partnership, text="Old words.")
    gone = ObjectiveFactory(partnership=partnership)
    amend(
        partnership,
        by,
        objectives=[
            {"id": kept.pk, "text": "New words.", "goal_value": "60"},
            {"text": "Another one.", "reach_by": "2026-06-30"},
        ],
    )
    first, second = partnership.objectives.order_by("pk")
    assert (first.pk, first.text, first.goal_value) == (kept.pk, "New words.", Decimal(60))
    assert (first.measure, first.version) == (kept.measure, 2)
    assert second.text == "Another one."
    assert not partnership.objectives.filter(pk=gone.pk).exists()


def test_rows_that_do_not_change_keep_their_version(partnership, by):
    line = BudgetLineFactory(partnership=partnership)
    rows = [*document_of(partnership)["budget"], {**document_of(partnership)["budget"][0]}]
    del rows[1]["id"]
    rows[1]["title"] = "Pipes"
    amend(partnership, by, budget=rows)
    line.refresh_from_db()
    assert line.version == 1
    assert partnership.budget_lines.count() == 2


def test_a_later_end_alone_is_a_no_cost_extension(partnership, by):
    assert propose(partnership, by, about={"ends_on": "2027-12-31"}).kinds == ["extension"]


def test_lines_may_move_in_it_as_long_as_they_sum_to_the_same(partnership, by):
    first = BudgetLineFactory(partnership=partnership, amount=Decimal(60))
    money = first.currency.code

    def row(amount, **more):
        days = {"starts_on": "2024-01-01", "ends_on": "2027-06-30"}
        return {"title": "A", "amount": amount, "currency": money, **days, **more}

    longer = {"ends_on": "2027-12-31"}
    same = propose(partnership, by, about=longer, budget=[row("25"), row("35")])
    assert same.kinds == ["extension"]
    same.withdraw(by=by)
    more = propose(partnership, by, about=longer, budget=[row("25"), row("36")])
    assert more.kinds == ["scope", "budget"]


def test_kinds_follow_what_changes(partnership, by):
    third = PartnerFactory()
    members = {"invite": [{"partner": third.pk, "roles": ["funding"]}]}
    amendment = propose(partnership, by, about={"title": "Pipes"}, members=members)
    assert amendment.kinds == ["scope", "members"]


def test_an_end_before_the_start_is_refused(partnership, by):
    assert slips(partnership, by, about={"ends_on": "2023-01-01"}) == ["changes.about.ends_on"]


@pytest.mark.parametrize("what", ["commitment", "objective", "line"])
def test_an_end_before_what_is_promised_is_refused(partnership, by, what):
    if what == "commitment":
        CommitmentFactory(partnership=partnership, due_on=date(2026, 6, 30))
    elif what == "objective":
        ObjectiveFactory(partnership=partnership, reach_by=date(2026, 6, 30))
    else:
        BudgetLineFactory(partnership=partnership, ends_on=date(2026, 6, 30))
    assert slips(partnership, by, about={"ends_on": "2026-06-29"}) == ["changes.about.ends_on"]


def test_each_slip_is_said_at_its_place(partnership, by):
    CurrencyFactory(code="USD")
    wrong = {"title": "", "amount": "-1", "currency": "ZZZ", "starts_on": "soon", "colour": "red"}
    assert slips(partnership, by, budget=[wrong]) == [
        "changes.budget.0.colour",
        "changes.budget.0.currency",
        "changes.budget.0.starts_on",
        "changes.budget.0.title",
    ]


def test_rows_of_another_partnership_are_not_its_own(partnership, by):
    other = ObjectiveFactory()
    objectives = [{"id": other.pk, "text": "Mine now."}]
    assert slips(partnership, by, objectives=objectives) == ["changes.objectives.0.id"]


def test_what_was_registered_before_versions_were_kept_is_kept_first(partnership, by):
    amend(partnership, by, about={"title": "Pipes"})
    kept = [v.document["about"]["title"] for v in partnership.versions.order_by("number")]
    assert kept == ["Wells", "Pipes"]
