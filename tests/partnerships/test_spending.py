"""Budget, expenditure and plans: who may, in which spans, and what is flagged."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnerships.models import BudgetLine, Expenditure, PlannedDisbursement
from partnerships.services.budget import (
    add_budget_line,
    edit_budget,
    edit_budget_line,
    remove_budget_line,
    write_budget,
)
from partnerships.services.spending import (
    edit_expenditure,
    edit_planned,
    plan_disbursement,
    remove_expenditure,
    report_expenditure,
)
from registry.errors import NotAllowed
from tests.factories import (
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    ExpenditureFactory,
    MembershipFactory,
    PartnershipFactory,
    PlannedDisbursementFactory,
    UserFactory,
)
from tests.moves import People, refused

pytestmark = pytest.mark.django_db
LINE = {
    "title": "Wells",
    "amount": Decimal(100),
    "starts_on": date(2024, 1, 1),
    "ends_on": date(2024, 12, 31),
}
QUARTER = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 3, 31)}


@pytest.fixture
def usd():
    return CurrencyFactory()


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def field_of(act):
    with pytest.raises(ValidationError) as refusal:
        act()
    return list(getattr(refusal.value, "error_dict", ["__all__"]))


def test_the_lead_writes_the_budget_of_a_draft_and_nobody_else(usd):
    people = People(PartnershipFactory())
    made = add_budget_line(people.partnership, by=people.lead_manager, currency=usd, **LINE)

    for who in ("manager", "lead_evaluator", "observer", "outsider"):
        for act in (
            lambda by: add_budget_line(people.partnership, by=by, currency=usd, **LINE),
            lambda by: edit_budget_line(made, by=by, amount=Decimal(1)),
            lambda by: remove_budget_line(made, by=by),
            lambda by: edit_budget(people.partnership, [], by=by),
        ):
            with refused("lead_only", NotAllowed):
                act(people[who])
    assert BudgetLine.objects.get().amount == 100


@pytest.mark.parametrize("state", ["submitted", "registered", "active", "completed"])
def test_a_registered_budget_stands(admin, usd, state):
    line = BudgetLineFactory(partnership=PartnershipFactory(**{state: True}))

    for act in (
        lambda: add_budget_line(line.partnership, by=admin, currency=usd, **LINE),
        lambda: edit_budget_line(line, by=admin, amount=Decimal(1)),
        lambda: remove_budget_line(line, by=admin),
        lambda: edit_budget(line.partnership, [], by=admin),
    ):
        with refused("not_a_draft"):
            act()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(-1)}, "amount"),
        ({"title": ""}, "title"),
        ({"ends_on": date(2023, 12, 31)}, "ends_on"),
        ({"starts_on": date(2023, 12, 31)}, "starts_on"),
        ({"ends_on": date(2027, 1, 1)}, "starts_on"),
    ],
)
def test_a_line_is_of_its_partnerships_time(admin, usd, change, field):
    act = lambda: add_budget_line(  # noqa: E731
        PartnershipFactory(), by=admin, currency=usd, **LINE | change
    )

    assert field in field_of(act)
    assert not BudgetLine.objects.exists()


def test_a_line_is_spent_by_a_member_of_the_partnership(admin, usd):
    draft, other = PartnershipFactory(), MembershipFactory()

    act = lambda: add_budget_line(draft, by=admin, currency=usd, membership=other, **LINE)  # noqa: E731
    assert field_of(act) == ["membership"]


def test_the_whole_budget_is_written_at_once_and_keeps_rows_that_are_named(admin, usd):
    draft = PartnershipFactory()
    kept, gone = BudgetLineFactory.create_batch(2, partnership=draft)

    edit_budget(
        draft,
        [{"id": kept.pk, "amount": Decimal(7)}, {**LINE, "currency": usd}],
        by=admin,
    )

    rows = draft.budget_lines.order_by("amount").values_list("pk", "amount", "title")
    assert rows[0] == (kept.pk, 7, kept.title)
    assert [row[2] for row in rows[1:]] == ["Wells"]
    assert not BudgetLine.objects.filter(pk=gone.pk).exists()


def test_a_wrong_line_is_told_by_its_number_and_nothing_is_written(usd):
    partnership = PartnershipFactory(active=True)
    stands = BudgetLineFactory(partnership=partnership)
    good, bad = {**LINE, "currency": usd}, {**LINE, "currency": usd, "amount": Decimal(-1)}

    with pytest.raises(ValidationError) as refusal:
        write_budget(partnership, [good, bad])
    assert refusal.value.message_dict["lines"][0].startswith("Line 2: ")
    assert field_of(lambda: write_budget(partnership, [{"id": 999_999}])) == ["lines"]
    assert list(partnership.budget_lines.all()) == [stands]


def test_a_line_of_which_something_was_spent_stays():
    line = ExpenditureFactory().line

    with refused("line_in_use"):
        write_budget(line.partnership, [])


@pytest.mark.parametrize("who", ["manager", "lead_manager", "admin"])
def test_who_spends_a_line_or_leads_reports_on_it(who):
    people = People(PartnershipFactory(active=True))
    line = BudgetLineFactory(partnership=people.partnership, membership=people.membership)

    made = report_expenditure(line, by=people[who], amount=Decimal(10), **QUARTER)

    edit_expenditure(made, by=people[who], amount=Decimal(11))
    assert BudgetLine.objects.with_spent().get().spent == 11
    remove_expenditure(made, by=people[who])
    assert not Expenditure.objects.exists()


@pytest.mark.parametrize("who", ["evaluator", "observer", "lead_observer", "outsider"])
def test_nobody_else_reports(who):
    people = People(PartnershipFactory(active=True))
    line = BudgetLineFactory(partnership=people.partnership, membership=people.membership)

    with refused("lead_only", NotAllowed):
        report_expenditure(line, by=people[who], amount=Decimal(10), **QUARTER)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(-1)}, "amount"),
        ({"starts_on": date(2023, 12, 31)}, "starts_on"),
        ({"ends_on": date(2999, 1, 1)}, "ends_on"),
        ({"ends_on": date(2023, 1, 1)}, "ends_on"),
    ],
)
def test_what_is_reported_has_happened_within_the_line(admin, change, field):
    line = BudgetLineFactory()
    fields = {"amount": Decimal(10), **QUARTER, **change}

    assert field in field_of(lambda: report_expenditure(line, by=admin, **fields))


def test_a_span_that_has_not_ended_is_not_reported(admin):
    today = timezone.localdate()
    line = BudgetLineFactory()
    fields = {"starts_on": date(2024, 1, 1), "amount": Decimal(1)}

    tomorrow = today + timedelta(days=1)
    act = lambda: report_expenditure(line, by=admin, ends_on=tomorrow, **fields)  # noqa: E731
    assert field_of(act) == ["ends_on"]
    assert report_expenditure(line, by=admin, ends_on=today, **fields).pk


def test_spans_of_a_line_do_not_overlap(admin):
    spent = ExpenditureFactory()

    act = lambda: report_expenditure(  # noqa: E731
        spent.line,
        by=admin,
        amount=Decimal(1),
        starts_on=date(2024, 3, 31),
        ends_on=date(2024, 4, 30),
    )
    assert field_of(act) == ["starts_on"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpenditureFactory(line=spent.line)
    assert ExpenditureFactory(amount=1).line != spent.line


def test_spending_more_than_budgeted_is_flagged(api):
    line = BudgetLineFactory(partnership=PartnershipFactory(active=True), amount=100)
    ExpenditureFactory(line=line, amount=100)
    url = f"/api/v1/budget-lines/{line.pk}/"
    assert api.get(url).json()["is_overspent"] is False

    ExpenditureFactory(
        line=line, amount="0.01", starts_on=date(2024, 4, 1), ends_on=date(2024, 4, 1)
    )
    shown = api.get(url).json()
    assert (shown["spent"], shown["is_overspent"]) == ("100.0100", True)


def test_notes_on_spending_are_for_members(api):
    row = ExpenditureFactory(
        line__partnership=PartnershipFactory(active=True), note="Paid to Ana in cash."
    )
    url = f"/api/v1/expenditures/{row.pk}/"

    assert api.get(url).json()["note"] == ""
    api.force_authenticate(UserFactory(admin=True))
    assert api.get(url).json()["note"] == "Paid to Ana in cash."


PLAN = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 3, 31), "amount": Decimal(10)}


def test_the_member_that_owes_money_plans_its_payment():
    commitment = CommitmentFactory()
    people = People(commitment.partnership)
    promiser = UserFactory(manages=commitment.membership.partner)

    made = plan_disbursement(commitment, by=promiser, **PLAN)
    assert (made.currency, made.partnership) == (commitment.currency, commitment.partnership)
    assert edit_planned(made, by=promiser, amount=Decimal(9)).amount == 9
    for who in ("lead_manager", "manager", "evaluator", "outsider"):
        with refused("members_only", NotAllowed):
            plan_disbursement(commitment, by=people[who], **PLAN)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(-1)}, "__all__"),
        ({"ends_on": date(2024, 12, 31)}, "__all__"),
        ({"starts_on": date(2023, 12, 31)}, "starts_on"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
    ],
)
def test_a_plan_is_of_the_partnerships_time(admin, change, field):
    act = lambda: plan_disbursement(CommitmentFactory(), by=admin, **PLAN | change)  # noqa: E731

    assert field in field_of(act)
    assert not PlannedDisbursement.objects.exists()


def test_only_open_promises_of_money_are_planned(admin):
    in_kind = CommitmentFactory(in_kind=True)
    assert field_of(lambda: plan_disbursement(in_kind, by=admin, **PLAN)) == ["commitment"]
    with refused("withdrawn"):
        plan_disbursement(CommitmentFactory(withdrawn=True), by=admin, **PLAN)
    other = CurrencyFactory(code="EUR")
    act = lambda: plan_disbursement(CommitmentFactory(), by=admin, currency=other, **PLAN)  # noqa: E731
    assert field_of(act) == ["currency"]


def test_the_database_wants_a_promise_behind_a_plan():
    row = PlannedDisbursementFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedDisbursement.objects.filter(pk=row.pk).update(commitment=None)
