"""What time does to reports: replies end, reviews begin, rules publish."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from monitoring import tasks
from monitoring.models import Report, ReportReply, ReportRun, report_clock
from monitoring.models.annual_endorsements import endorse
from monitoring.models.reported import last_reported
from monitoring.reports import runs
from partnerships.models import Partnership
from registry.models import Event, Notice
from registry.tasks import tell_events
from tests.factories import (
    AnnualReportFactory,
    ObservationFactory,
    ReportEndorsementFactory,
    ReportFactory,
    ReportReplyFactory,
    ReportRunFactory,
    UserFactory,
)
from tests.monitoring.reported import rule, stored
from tests.moves import People, moves_of, race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_computed_report_goes_for_comment_by_itself():
    with time_machine.travel(NOW, tick=False):
        run = ReportRunFactory()
        report = runs.compute(run)

    assert (stored(report).status, stored(report).reply_until) == ("in_reply", NOW + 14 * DAY)
    assert moves_of(report) == [("draft", "in_reply")]


def test_without_days_of_reply_it_stays_a_draft_that_an_admin_takes_up():
    rule(reply_days=0)
    report = runs.compute(ReportRunFactory())
    assert report.status == "draft"

    report.to_review(by=UserFactory(admin=True))

    assert stored(report).status == "in_review"


def test_the_next_revision_takes_the_place_of_one_that_waits():
    first = ReportRunFactory()
    old = runs.compute(first)
    run = ReportRun.objects.create(**{**first.line, "revision": 2}, **moments_of(first))

    new = runs.compute(run)

    assert (stored(old).status, stored(new).status) == ("withdrawn", "in_reply")
    reason = Event.objects.about(old).get(kind="report.withdrawn").reason
    assert reason == "Replaced by revision 2 before it was published."


def moments_of(run):
    return {"reference_on": run.reference_on, "cutoff_at": run.cutoff_at}


@time_machine.travel(NOW, tick=False)
def test_the_review_begins_when_the_reply_is_over():
    over = ReportFactory(status="in_reply", reply_until=NOW)
    open_still = ReportFactory(status="in_reply", reply_until=NOW + timedelta(seconds=1))

    assert tasks.move_reports_on() == 1

    assert (stored(over).status, stored(over).review_since) == ("in_review", NOW)
    assert stored(open_still).status == "in_reply"
    assert tasks.move_reports_on() == 0


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("days", "since", "becomes"),
    [
        (None, NOW - 900 * DAY, "in_review"),
        (7, NOW - 7 * DAY, "published"),
        (7, NOW - 7 * DAY + timedelta(seconds=1), "in_review"),
        (0, NOW, "published"),
    ],
)
def test_published_by_rule_after_its_days_in_review(days, since, becomes):
    report = ReportFactory(status="in_review", review_since=since)
    rule(review_days=days)

    tasks.move_reports_on()

    assert stored(report).status == becomes
    if becomes == "published":
        assert stored(report).published_at == NOW
        assert Event.objects.about(report).get(kind="report.published").by is None


@pytest.mark.django_db(transaction=True)
def test_two_clocks_move_each_report_once():
    reports = [ReportFactory(status="in_reply", reply_until=timezone.now() - DAY) for _ in range(5)]

    outcomes = race(tasks.move_reports_on, tasks.move_reports_on)

    assert not [one for one in outcomes if isinstance(one, DatabaseError)]
    assert [moves_of(one) for one in reports] == [[("in_reply", "in_review")]] * 5


def test_all_that_is_due_moves_however_much_it_is(monkeypatch):
    monkeypatch.setattr(report_clock, "PORTION", 3)
    rule(review_days=0)
    over = [ReportFactory(status="in_reply", reply_until=timezone.now() - DAY) for _ in range(7)]

    assert tasks.move_reports_on() == 14  # to review, and out of it

    assert {stored(one).status for one in over} == {"published"}


def test_everybody_is_reminded_though_more_are_due_than_are_read_at_a_time(monkeypatch):
    monkeypatch.setattr(report_clock, "PORTION", 3)
    ends = timezone.now() + 2 * DAY
    reports = [ReportFactory(status="in_reply", reply_until=ends) for _ in range(7)]

    for _ in range(2):
        tasks.move_reports_on()

    told = Event.objects.filter(kind="report.reply_ending").values_list("subject_id", flat=True)
    assert sorted(told) == [one.pk for one in reports]


def not_endorsed(**values):
    """Due by the rule, and refused: nobody has endorsed it."""
    since = timezone.now() - 50 * DAY
    return AnnualReportFactory(status="in_review", review_since=since, **values)


def test_what_is_refused_keeps_nothing_waiting(monkeypatch):
    monkeypatch.setattr(report_clock, "PORTION", 3)
    rule(review_days=0)
    rule("annual", review_days=0)
    stuck = [not_endorsed() for _ in range(4)]
    due = ReportFactory(status="in_review", review_since=timezone.now() - DAY)

    assert tasks.move_reports_on() == 1

    assert stored(due).status == "published"
    assert {stored(one).status for one in stuck} == {"in_review"}


def test_what_was_refused_is_tried_again_in_an_hour_or_when_it_has_changed(monkeypatch):
    rule("annual", review_days=0)
    tried = []
    require = Report.require_publishable

    def counted(report):
        tried.append(report.pk)
        return require(report)

    monkeypatch.setattr(Report, "require_publishable", counted)
    with time_machine.travel(NOW, tick=False):
        stuck = not_endorsed()
        tasks.move_reports_on()
        tasks.move_reports_on()
        assert tried == [stuck.pk]
        stored(stuck).embargo(by=UserFactory(admin=True), until=NOW + timedelta(minutes=1))
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        tasks.move_reports_on()
        assert len(tried) == 2
    with time_machine.travel(NOW + timedelta(minutes=63), tick=False):
        ReportEndorsementFactory(report=stuck)
        assert tasks.move_reports_on() == 1
    assert stored(stuck).status == "published"


def test_a_failure_of_any_kind_is_logged_and_keeps_nothing_waiting(monkeypatch, caplog):
    first, second = (
        ReportFactory(status="in_reply", reply_until=timezone.now() - DAY) for _ in range(2)
    )
    move = Report.take_to_review

    def broken(report, **values):
        return 1 / 0 if report.pk == first.pk else move(report, **values)

    monkeypatch.setattr(Report, "take_to_review", broken)

    assert tasks.move_reports_on() == 1

    assert (stored(first).status, stored(second).status) == ("in_reply", "in_review")
    assert f"report {first.pk} was left as it is" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_working_on_waits_for_the_next_time():
    report = ReportFactory(status="in_reply", reply_until=timezone.now() - DAY)
    held, go = threading.Event(), threading.Event()

    def work():
        with transaction.atomic():
            report.partnership.hold()
            held.set()
            go.wait(20)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    held.wait(10)
    assert tasks.move_reports_on() == 0
    go.set()
    thread.join()
    assert tasks.move_reports_on() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["clock", "publish", "lift"])
def test_moving_and_endorsing_at_once_do_not_wait_in_a_circle(monkeypatch, caplog, act):
    rule("annual", reply_days=0, review_days=0)
    report = AnnualReportFactory(status="in_review", review_since=timezone.now() - DAY)
    admin, people = UserFactory(admin=True), People(report.partnership)
    lead, by = people.lead_membership, people.lead_manager
    hold = Partnership.hold

    def slowly(partnership):
        hold(partnership)
        threading.Event().wait(0.4)  # long enough for the other one to lock what it begins with

    monkeypatch.setattr(Partnership, "hold", slowly)
    if act == "lift":
        later = timezone.now() + DAY
        Report.objects.filter(pk=report.pk).update(decided_at=later, embargo_until=later)
    moving = {
        "clock": tasks.move_reports_on,
        "publish": lambda: stored(report).publish(by=admin),
        "lift": lambda: stored(report).embargo(by=admin, until=None),
    }

    outcomes = race(moving[act], lambda: endorse(report, lead, by=by))

    assert not [one for one in outcomes if isinstance(one, DatabaseError)]
    assert report.endorsements.count() == 1
    assert "deadlock" not in caplog.text  # the clock logs what it meets


def test_a_report_with_data_is_reported_once_it_is_public():
    value = ObservationFactory(approved=True)
    period = value.submission.period
    partnership = period.framework.partnership
    approved_at = last_reported([partnership.pk])
    report = ReportFactory(period=period, in_review=True)
    assert last_reported([partnership.pk]) == approved_at

    report.publish(by=UserFactory(admin=True))

    assert last_reported([partnership.pk]) == {partnership.pk: stored(report).published_at}


def test_a_reply_is_kept_with_the_published_report_and_shown_on_its_page(client):
    report = ReportFactory(in_reply=True)
    ReportReplyFactory(report=report, text="<b>We</b> disagree.")
    Report.objects.filter(pk=report.pk).update(status="in_review", review_since=NOW)

    stored(report).publish(by=UserFactory(admin=True))

    (shown,) = client.get(f"/api/v1/report-replies/?report={report.pk}").json()["results"]
    assert shown["text"] == "<b>We</b> disagree."
    assert "author" not in shown
    assert ReportReply.objects.count() == 1


def told(user):
    tell_events()
    return sorted(Notice.objects.filter(user=user).values_list("event__kind", flat=True))


def test_members_are_told_that_they_may_reply_that_it_ends_and_that_it_is_published():
    with time_machine.travel(NOW, tick=False):
        report = ReportFactory()
        people = People(report.partnership)
        report.send_for_comment(by=people.admin)
        assert told(people.manager) == ["report.in_reply"]
    with time_machine.travel(NOW + 11 * DAY, tick=False):
        tasks.move_reports_on()
        tasks.move_reports_on()
        assert told(people.manager) == ["report.in_reply", "report.reply_ending"]
    with time_machine.travel(NOW + 15 * DAY, tick=False):
        tasks.move_reports_on()
        stored(report).publish(by=people.admin)
        kinds = ["report.in_reply", "report.published", "report.reply_ending"]
        assert told(people.manager) == kinds
    assert told(people.outsider) == []
