"""Reminders of data that is due: two weeks before to a month after, each sent once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring.models import Reminder
from monitoring.models.reminders import kind_on, owed_on, remind
from monitoring.tasks import remind_of_due_data
from registry.models import Event, Notice
from registry.telling import lines_for, tell
from tests.factories import (
    AssignmentFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import race

pytestmark = pytest.mark.django_db
DUE = date(2024, 4, 30)  # thirty days after the first quarter's end
KINDS = {-14: "before_14", -3: "before_3", 0: "due", 7: "after_7", 30: "after_30"}


class Owing:
    """A unit of a member that owes the first quarter of 2024."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        IndicatorFactory(result__framework=self.framework)
        self.period = PeriodFactory(framework=self.framework)
        self.membership = MembershipFactory(partnership=self.partnership)
        self.unit = ReportingUnitFactory(membership=self.membership)
        self.manager = UserFactory(manages=self.membership.partner)
        self.evaluator = UserFactory(evaluates=self.membership.partner)
        self.lead = UserFactory(
            manages=self.partnership.memberships.get(roles__contains=["lead"]).partner
        )


@pytest.fixture
def owing():
    return Owing()


def on(day):
    """What a beat of that day sends, as (unit, kind)."""
    before = set(Reminder.objects.values_list("pk", flat=True))
    for owed in owed_on(day):
        remind(owed, day)
    sent = Reminder.objects.exclude(pk__in=before)
    return sorted(sent.values_list("unit", "kind"))


def told(kind):
    event = Event.objects.get(kind=f"reminder.{kind}")
    tell(event)
    return {notice.user for notice in Notice.objects.filter(event=event)}


def test_it_is_due_thirty_days_after_the_periods_end(owing):
    assert owing.period.due_on == DUE


def test_each_is_sent_on_its_day_and_none_on_the_days_between(owing):
    sent = {}
    for after in range(-40, 90):
        for _, kind in on(DUE + timedelta(days=after)):
            sent[after] = kind

    assert sent == KINDS


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (-15, None),
        (-13, "before_14"),
        (-4, "before_14"),
        (-1, "before_3"),
        (1, "due"),
        (6, "due"),
        (29, "after_7"),
        (59, "after_30"),
        (60, None),
    ],
)
def test_a_day_that_was_missed_is_made_up_for_by_the_last_reminder_alone(owing, after, kind):
    assert kind_on(DUE + timedelta(days=after), DUE) == kind
    assert on(DUE + timedelta(days=after)) == ([(owing.unit.pk, kind)] if kind else [])


def test_two_beats_of_a_day_and_retries_send_it_once(owing):
    assert len(on(DUE)) == 1
    assert on(DUE) == []
    assert on(DUE + timedelta(days=1)) == []
    assert Event.objects.filter(kind="reminder.due").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_it_once():
    owing = Owing()
    (owed,) = owed_on(DUE)

    outcomes = race(*[lambda: remind(owed, DUE)] * 4)

    assert sorted(outcomes) == [False, False, False, True]
    assert Reminder.objects.count() == Event.objects.filter(kind="reminder.due").count() == 1
    assert Reminder.objects.get().unit == owing.unit


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_nothing_for_a_unit_that_has_handed_in(owing, state):
    SubmissionFactory(unit=owing.unit, period=owing.period, **{state: True})

    assert on(DUE) == []


@pytest.mark.parametrize("status", ["draft", "returned", "withdrawn"])
def test_what_was_begun_returned_or_withdrawn_is_not_handed_in(owing, status):
    SubmissionFactory(unit=owing.unit, period=owing.period, status=status)

    assert on(DUE) == [(owing.unit.pk, "due")]


def test_nothing_once_the_period_is_closed(owing):
    owing.period.close(by=UserFactory(admin=True))

    assert on(DUE) == []


def test_nothing_for_who_joined_after_the_periods_end(owing):
    late = MembershipFactory(partnership=owing.partnership, accepted_on=date(2024, 4, 2))
    ReportingUnitFactory(membership=late)
    ReportingUnitFactory(membership=owing.membership, place="New", since_on=date(2024, 4, 1))

    assert on(DUE) == [(owing.unit.pk, "due")]


@pytest.mark.parametrize("state", ["invited", "declined", "left"])
def test_nothing_for_who_is_no_member(owing, state):
    other = MembershipFactory(partnership=owing.partnership, **{state: True})
    ReportingUnitFactory(membership=other)

    assert on(DUE) == [(owing.unit.pk, "due")]


def test_nothing_for_a_unit_that_is_asked_nothing(owing):
    ReportingUnitFactory(membership=owing.membership, place="Kitui")  # no indicator by place

    assert on(DUE) == [(owing.unit.pk, "due")]


def test_nothing_for_a_unit_that_was_handed_over_before(owing):
    heir = ReportingUnitFactory(membership__partnership=owing.partnership)
    owing.unit.successor, owing.unit.successor_since = heir, date(2024, 3, 1)
    owing.unit.handed_over_at = timezone.now()
    owing.unit.save()

    assert on(DUE) == [(heir.pk, "due")]


@pytest.mark.parametrize("status", ["suspended", "terminated", "completed", "inactive"])
def test_nothing_in_a_partnership_that_is_not_active(owing, status):
    type(owing.partnership).objects.filter(pk=owing.partnership.pk).update(status=status)

    assert on(DUE) == []


def test_nothing_of_a_framework_that_is_not_agreed():
    framework = FrameworkFactory(proposed=True)
    IndicatorFactory(result__framework=framework)
    PeriodFactory(framework=framework)
    ReportingUnitFactory(membership__partnership=framework.partnership)

    assert on(DUE) == []


def test_an_earlier_edition_goes_on_until_the_next_one_begins():
    partnership = PartnershipFactory(active=True)
    former = FrameworkFactory(partnership=partnership, superseded=True)
    FrameworkFactory(partnership=partnership, agreed=True, starts_on=date(2024, 4, 1))
    IndicatorFactory(result__framework=former)
    PeriodFactory(framework=former)
    PeriodFactory(framework=former)  # the second quarter is the next edition's
    unit = ReportingUnitFactory(membership__partnership=partnership)

    assert on(DUE) == [(unit.pk, "due")]
    assert on(date(2024, 7, 30)) == []


def test_its_people_are_told_and_nobody_else(owing):
    UserFactory(observes=owing.membership.partner)
    elsewhere = UserFactory(evaluates=owing.membership.partner)
    AssignmentFactory(
        affiliation=elsewhere.affiliations.get(),
        partnership=MembershipFactory(partner=owing.membership.partner).partnership,
    )
    UserFactory(manages=MembershipFactory(partnership=owing.partnership).partner)

    on(DUE)

    assert told("due") == {owing.manager, owing.evaluator}


def test_who_has_the_draft_is_told_alone(owing):
    SubmissionFactory(unit=owing.unit, period=owing.period, in_charge=owing.evaluator)

    on(DUE)

    assert told("due") == {owing.evaluator}


def test_a_month_late_the_lead_is_told_too(owing):
    on(DUE + timedelta(days=30))

    assert told("after_30") >= {owing.manager, owing.evaluator, owing.lead}


def test_the_notice_names_unit_period_and_day(owing):
    on(DUE)
    told("due")

    (line,) = lines_for(list(Notice.objects.filter(user=owing.manager)))

    assert line.words == f"Data is due: {owing.unit}, 2024 Q1, due 30 Apr 2024"
    assert line.url


def test_the_task_sends_what_is_due_today(owing, monkeypatch):
    monkeypatch.setattr("monitoring.tasks.timezone.localdate", lambda: DUE)

    assert [remind_of_due_data(), remind_of_due_data()] == [1, 0]


def test_one_that_fails_keeps_the_others_waiting_for_nothing(owing, monkeypatch):
    ReportingUnitFactory(membership__partnership=owing.partnership)
    monkeypatch.setattr("monitoring.tasks.timezone.localdate", lambda: DUE)

    def failing(owed, today):
        if owed.unit == owing.unit:
            raise ValueError("no luck")
        return remind(owed, today)

    monkeypatch.setattr("monitoring.tasks.remind", failing)

    assert remind_of_due_data() == 1


def test_finding_what_is_owed_costs_the_same_for_many(owing):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            owed = owed_on(DUE)
        return len(queries), len(owed)

    few = cost()
    for _ in range(5):
        ReportingUnitFactory(membership__partnership=owing.partnership)
        Owing()
    many = cost()

    assert few == (4, 1)  # periods, indicators, units, submissions
    assert many[0] == 4
    assert many[1] == 11
