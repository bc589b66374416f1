"""Periods open by the cadence, close once everything is decided, and re-open with a reason."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import Period
from monitoring.services.periods import add_reporting_unit, open_periods
from registry.errors import NotAllowed
from registry.models import Event
from tests.factories import (
    CountryFactory,
    FrameworkFactory,
    MembershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
MOVES = {
    "close": lambda period, by: period.close(by=by),
    "reopen": lambda period, by: period.reopen(by=by, reason="A late correction."),
}
FROM = {"close": ("open", "closed"), "reopen": ("closed", "open")}


@pytest.fixture
def framework():
    return FrameworkFactory(agreed=True)


def period_that_is(status, framework):
    return PeriodFactory(framework=framework, closed=status == "closed")


@pytest.mark.parametrize("who", ["lead_manager", "admin"])
@pytest.mark.parametrize("move", MOVES)
def test_the_lead_or_an_admin_moves_it(framework, move, who):
    was, to = FROM[move]
    period = period_that_is(was, framework)

    MOVES[move](period, People(framework.partnership)[who])

    stored = Period.objects.get(pk=period.pk)
    assert stored.status == to
    assert (stored.closed_at is not None) == (to == "closed")
    assert moves_of(period) == [(was, to)]


@pytest.mark.parametrize(
    "who", ["lead_evaluator", "lead_observer", "manager", "evaluator", "outsider"]
)
@pytest.mark.parametrize("move", MOVES)
def test_others_do_not_move_it(framework, move, who):
    period = period_that_is(FROM[move][0], framework)

    with refused("lead_only", NotAllowed):
        MOVES[move](period, People(framework.partnership)[who])

    assert moves_of(period) == []


@pytest.mark.parametrize("move", MOVES)
def test_refuses_a_move_from_the_wrong_state(framework, move):
    period = period_that_is(FROM[move][1], framework)

    with refused("invalid_transition"):
        MOVES[move](period, UserFactory(admin=True))


@pytest.mark.parametrize("move", MOVES)
def test_of_two_moves_read_at_once_one_is_logged(framework, move):
    period, admin = period_that_is(FROM[move][0], framework), UserFactory(admin=True)
    first, second = read_twice(period)

    MOVES[move](first, admin)
    with refused("invalid_transition"):
        MOVES[move](second, admin)

    assert len(moves_of(period)) == 1


def test_a_period_with_data_waiting_for_a_decision_does_not_close():
    waiting = SubmissionFactory(submitted=True)

    with refused("submissions_waiting"):
        waiting.period.close(by=UserFactory(admin=True))

    assert Period.objects.get().status == "open"


def test_reopening_gives_its_reason(framework):
    period, admin = period_that_is("closed", framework), UserFactory(admin=True)

    with pytest.raises(ValidationError) as refusal:
        period.reopen(by=admin, reason=" ")
    period.reopen(by=admin, reason="A late correction.")

    assert "reason" in refusal.value.message_dict
    assert Event.objects.about(period).get().reason == "A late correction."


@pytest.mark.parametrize(
    ("cadence", "labels", "last"),
    [
        ("monthly", ["2024 M1", "2024 M2", "2024 M3", "2024 M4"], date(2024, 4, 30)),
        ("quarterly", ["2024 Q1", "2024 Q2"], date(2024, 6, 30)),
        ("half_yearly", ["2024 H1"], date(2024, 6, 30)),
        ("yearly", ["2024"], date(2024, 12, 31)),
    ],
)
def test_periods_that_have_begun_open_by_the_cadence(cadence, labels, last):
    framework = FrameworkFactory(agreed=True, cadence=cadence)
    admin = UserFactory(admin=True)

    periods = open_periods(framework, by=admin, through=date(2024, 4, 1))

    assert [p.label for p in periods] == labels
    assert periods[-1].ends_on == last
    assert [(p.due_on - p.ends_on).days for p in periods] == [30] * len(labels)
    assert open_periods(framework, by=admin, through=date(2024, 4, 1)) == periods
    assert framework.periods.count() == len(labels)


def test_the_last_period_ends_with_the_framework():
    framework = FrameworkFactory(
        agreed=True, cadence="monthly", starts_on=date(2024, 1, 31), ends_on=date(2024, 4, 15)
    )

    periods = open_periods(framework, by=UserFactory(admin=True), through=date(2024, 4, 15))

    assert [(p.starts_on, p.ends_on) for p in periods] == [
        (date(2024, 1, 31), date(2024, 2, 28)),
        (date(2024, 2, 29), date(2024, 3, 30)),
        (date(2024, 3, 31), date(2024, 4, 15)),
    ]


@pytest.mark.parametrize("state", [{}, {"proposed": True}, {"superseded": True}])
def test_only_an_agreed_framework_opens_periods(state):
    with refused("framework_not_agreed"):
        open_periods(FrameworkFactory(**state), by=UserFactory(admin=True))


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_the_lead_opens_periods(framework, who):
    with refused("lead_only", NotAllowed):
        open_periods(framework, by=People(framework.partnership)[who])


@pytest.mark.django_db(transaction=True)
def test_periods_opened_by_two_at_once_are_opened_once():
    framework = FrameworkFactory(agreed=True)
    admin = UserFactory(admin=True)

    outcomes = race(*[lambda: open_periods(framework, by=admin, through=date(2025, 1, 1))] * 3)

    assert [len(periods) for periods in outcomes] == [5, 5, 5]
    assert framework.periods.count() == 5


@pytest.mark.parametrize("who", ["lead_manager", "manager", "admin"])
def test_the_lead_or_the_member_names_its_reporting_units(framework, who):
    people = People(framework.partnership)

    unit = add_reporting_unit(
        people.membership, by=people[who], country=CountryFactory(), place=" Kitui "
    )

    assert str(unit).endswith(", Kitui")


@pytest.mark.parametrize("who", ["lead_evaluator", "evaluator", "observer", "outsider"])
def test_others_do_not_name_reporting_units(framework, who):
    people = People(framework.partnership)

    with refused("lead_only", NotAllowed):
        add_reporting_unit(people.membership, by=people[who])


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_only_accepted_members_have_reporting_units(state):
    membership = MembershipFactory(partnership__active=True, **{state: True})

    with refused("not_accepted"):
        add_reporting_unit(membership, by=UserFactory(manages=membership.partner))


def test_data_is_due_from_when_a_unit_takes_part_on(framework):
    early, late = (PeriodFactory(framework=framework) for _ in range(2))
    unit = ReportingUnitFactory(
        membership__partnership=framework.partnership,
        membership__accepted_on=date(2024, 4, 1),
    )

    assert not unit.owes(early)
    assert unit.owes(late)
