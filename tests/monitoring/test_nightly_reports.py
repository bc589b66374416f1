"""The nightly task works on what is new, and a correction asks for the next revision."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from monitoring import tasks
from monitoring.models import ChangesSeen, Observation, Report, ReportRun
from monitoring.models.opening import frameworks_to_open
from monitoring.reports import runs
from partnerships.models import Partnership
from registry.models import hints
from tests import factories as f
from tests.moves import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hinted(monkeypatch):
    told = []
    monkeypatch.setattr(tasks.compute_report, "delay", told.append)
    return told


def night():
    """The statements of a night, and how many runs it asked for."""
    with CaptureQueriesContext(
        connection,
    ) as statements:
        requested = tasks.request_due_reports()
    return len(statements), requested


@pytest.mark.parametrize("standing", [2, 12])
def test_costs_the_same_for_a_few_old_reports_as_for_many(standing):
    for _ in range(standing):
        f.PeriodFactory(framework__ends_on=date(2024, 3, 31))
    tasks.request_due_reports()
    ReportRun.objects.update(status="failed")
    quiet, none = night()
    for _ in range(3):
        f.PeriodFactory(framework__ends_on=date(2024, 3, 31))

    busy, three = night()

    assert (none, three) == (0, 3)
    # frameworks, runs; lock, mark, outdated, mark, lock; savepoint, lock, count, keys, savepoint
    assert quiet == 12
    # and their hints are noted
    assert busy == 13


def test_opens_what_has_begun_by_the_frameworks_own_clock():
    framework = f.FrameworkFactory(agreed=True, time_zone="Pacific/Kiritimati")
    f.PeriodFactory(framework=framework)
    f.FrameworkFactory(agreed=True, starts_on=date(2025, 1, 1))
    f.FrameworkFactory()

    with time_machine.travel("2024-03-31T09:00Z"):
        assert not frameworks_to_open().exists()
    with time_machine.travel("2024-03-31T11:00Z"):  # 1 April on Kiritimati
        assert list(frameworks_to_open()) == [framework]
        tasks.request_due_reports()
        assert not frameworks_to_open().exists()
    assert framework.periods.count() == 2


@pytest.mark.parametrize(
    ("zone", "still_due", "over"),
    [
        ("America/Los_Angeles", "2024-05-16T06:00Z", "2024-05-16T08:00Z"),  # midnight is at 7
        ("Pacific/Kiritimati", "2024-05-15T09:00Z", "2024-05-15T11:00Z"),  # and here at 10
    ],
)
def test_reports_are_asked_for_once_the_due_date_is_over_by_the_frameworks_own_clock(
    zone, still_due, over
):
    framework = f.FrameworkFactory(agreed=True, time_zone=zone, ends_on=date(2024, 3, 31))
    period = f.PeriodFactory(framework=framework)
    period.change(due_on=date(2024, 5, 15))

    with time_machine.travel(still_due, tick=False):
        assert night()[1] == 0
    with time_machine.travel(over, tick=False):
        assert night()[1] == 1


def test_an_edition_opens_periods_up_to_the_next_one_and_no_further():
    partnership = f.PartnershipFactory(active=True)
    former = f.FrameworkFactory(partnership=partnership, superseded=True)
    f.FrameworkFactory(partnership=partnership, agreed=True, starts_on=date(2024, 7, 1))

    with time_machine.travel("2024-12-15"):
        tasks.request_due_reports()
        assert not frameworks_to_open().exists()

    assert [p.ends_on for p in former.periods.all()] == [date(2024, 3, 31), date(2024, 6, 30)]


@pytest.mark.django_db(transaction=True)
def test_several_beats_ask_for_each_once(hinted):
    for _ in range(3):
        f.PeriodFactory(framework__ends_on=date(2024, 3, 31))
    f.GoalFactory()

    nights = race(*[tasks.request_due_reports] * 4)
    quarters = race(*[lambda: tasks.request_reports("goal", "quarter")] * 4)

    assert sum(nights) == 3
    assert quarters == [1] * 4
    assert ReportRun.objects.filter(kind="partnership").count() == 3
    assert ReportRun.objects.filter(kind="goal").count() == 1
    assert sorted(hinted) == sorted(ReportRun.objects.values_list("pk", flat=True))


@pytest.fixture
def reported():
    return report_with_a_value()


def report_with_a_value():
    """A computed report with one value in it, and its submission."""
    unit = f.ReportingUnitFactory()
    framework = f.FrameworkFactory(
        partnership=unit.membership.partnership, agreed=True, ends_on=date(2024, 6, 30)
    )
    indicator = f.IndicatorFactory(result__framework=framework)
    period = f.PeriodFactory(framework=framework)
    submission = f.SubmissionFactory(
        unit=unit, period=period, values={indicator: Decimal(5)}, approved=True
    )
    run = f.ReportRunFactory(period=period)
    return computed(run, run.cutoff_at), submission, indicator


def computed(run, at):
    with time_machine.travel(at):
        return runs.compute(run)


def correct(submission, indicator, at):
    return f.SubmissionFactory(
        unit=submission.unit,
        period=submission.period,
        values={indicator: Decimal(7)},
        approved__at=at,
    )


def test_a_correction_after_the_cutoff_asks_for_the_next_revision_once(reported):
    report, submission, indicator = reported
    assert not Report.objects.outdated().exists()
    correct(submission, indicator, report.cutoff_at + timedelta(days=1))

    assert list(Report.objects.outdated()) == [report]
    with time_machine.travel("2024-06-15"):
        assert [tasks.request_due_reports() for _ in range(2)] == [1, 0]
    run = ReportRun.objects.get(revision=2)
    assert (run.period, run.status) == (report.period, "queued")

    second = runs.compute(run)
    assert not Report.objects.outdated().exists()
    assert second.content["indicators"][0]["to_date"]["value"] == "7"
    report.refresh_from_db()
    assert report.content["indicators"][0]["to_date"]["value"] == "5"


@pytest.mark.parametrize("left", ["failed", "queued"])
def test_a_correction_after_a_revision_was_asked_for_asks_for_the_one_after_it(reported, left):
    _, submission, indicator = reported
    correct(submission, indicator, datetime(2024, 6, 14, 12, tzinfo=UTC))
    with time_machine.travel("2024-06-15T02:10Z"):
        tasks.request_due_reports()
    second = ReportRun.objects.get(revision=2)
    ReportRun.objects.filter(pk=second.pk).update(status=left)
    f.SubmissionFactory(
        unit=submission.unit,
        period=submission.period,
        values={indicator: Decimal(9)},
        approved__at=datetime(2024, 6, 15, 12, tzinfo=UTC),
    )

    with time_machine.travel("2024-06-16T02:10Z"):
        assert [tasks.request_due_reports() for _ in range(2)] == [1, 0]

    third = ReportRun.objects.get(revision=3)
    assert ReportRun.objects.count() == 3
    assert runs.compute(third).content["indicators"][0]["to_date"]["value"] == "9"
    ReportRun.objects.filter(pk=second.pk).update(status="queued")
    second.refresh_from_db()
    assert runs.compute(second).status == "withdrawn"
    assert not Report.objects.outdated().exists()


def test_a_withdrawn_value_outdates_the_reports_that_held_it(reported):
    report, submission, _ = reported
    submission.refresh_from_db()
    submission.withdraw(by=f.UserFactory(admin=True), reason="Counted twice.")

    assert list(Report.objects.outdated()) == [report]


def test_later_data_and_corrections_of_later_periods_change_no_report(reported):
    report, submission, indicator = reported
    after = report.cutoff_at + timedelta(days=1)
    other = f.ReportingUnitFactory(membership=f.MembershipFactory(partnership=report.partnership))
    f.SubmissionFactory(unit=other, period=report.period, values={indicator: 3}, approved__at=after)
    later = f.PeriodFactory(framework=report.period.framework)
    first = f.SubmissionFactory(
        unit=submission.unit, period=later, values={indicator: 1}, approved__at=after
    )
    correct(first, indicator, after + timedelta(days=1))

    assert not Report.objects.outdated().exists()


def test_withdrawn_reports_are_left_to_people(reported):
    report, submission, indicator = reported
    correct(submission, indicator, report.cutoff_at + timedelta(days=1))
    report.withdraw(by=f.UserFactory(admin=True), reason="Not ours.")

    assert not Report.objects.outdated().exists()


def test_after_a_withdrawn_revision_the_next_correction_asks_for_the_one_after_it(reported):
    report, submission, indicator = reported
    member = f.MembershipFactory(partnership=report.partnership)
    elsewhere = f.SubmissionFactory(
        unit=f.ReportingUnitFactory(membership=member),
        period=report.period,
        values={indicator: Decimal(2)},
        approved__at=report.cutoff_at - timedelta(days=1),
    )
    correct(submission, indicator, report.cutoff_at + timedelta(days=1))
    with time_machine.travel("2024-06-15"):
        assert tasks.request_due_reports() == 1
    report.refresh_from_db()
    report.change(status="in_review")
    report.change(status="published", published_at=report.cutoff_at)
    second = runs.compute(ReportRun.objects.get(revision=2))
    second.withdraw(by=f.UserFactory(admin=True), reason="A wrong file.")
    assert not Report.objects.outdated().exists()  # what it had seen was theirs to decide

    correct(elsewhere, indicator, second.cutoff_at + timedelta(days=1))

    assert list(Report.objects.outdated()) == [report]
    ChangesSeen.objects.all().delete()
    with time_machine.travel("2024-07-15"):
        assert [tasks.request_due_reports() for _ in range(2)] == [1, 0]
    assert ReportRun.objects.filter(kind="partnership").count() == 3
    assert ReportRun.objects.get(revision=3).period == report.period


def test_looks_only_at_what_was_corrected_since_the_last_night(reported):
    report, submission, indicator = reported
    correct(submission, indicator, datetime(2024, 5, 1, tzinfo=UTC))
    seen = ChangesSeen.objects.create(
        name="corrections", through_at=datetime(2024, 5, 1, 0, 30, tzinfo=UTC)
    )

    # an hour is looked at twice, for what was not committed yet
    assert list(Report.objects.outdated(seen.since)) == [report]
    seen.seen_through(datetime(2024, 5, 1, 1, 30, tzinfo=UTC))
    assert not Report.objects.outdated(seen.since).exists()
    assert Observation.objects.filter(counts_until__isnull=False).exists()


def test_a_run_that_ends_after_the_look_at_a_correction_loses_nothing(reported):
    report, submission, indicator = reported
    other = f.ReportRunFactory(period=f.PeriodFactory(framework=report.period.framework))
    correct(submission, indicator, other.cutoff_at + timedelta(hours=1))
    night = other.cutoff_at + timedelta(days=1)
    with time_machine.travel(night):
        tasks.request_due_reports()
    computed(ReportRun.objects.get(period=report.period, revision=2), night)
    late = computed(other, night + timedelta(hours=6))  # the queue was long

    with time_machine.travel(night + timedelta(days=1)):
        assert [tasks.request_due_reports() for _ in range(2)] == [1, 0]

    assert ReportRun.objects.get(period=late.period, revision=2)


def test_a_night_on_which_one_failed_is_looked_at_again(reported, monkeypatch, caplog):
    report, submission, indicator = reported
    correct(submission, indicator, report.cutoff_at + timedelta(days=1))
    ask = ReportRun.objects.ask_after_corrections
    monkeypatch.setattr(ReportRun.objects, "ask_after_corrections", lambda *a, **k: 1 / 0)
    tasks.request_due_reports()
    assert f"report {report.pk} was left out" in caplog.text

    monkeypatch.setattr(ReportRun.objects, "ask_after_corrections", ask)
    tasks.request_due_reports()
    assert ReportRun.objects.filter(revision=2).count() == 1


def asking_for_two_revisions(monkeypatch, meanwhile):
    """What a night does `meanwhile`, on another connection, before it asks for each of two."""
    for report, *said in [report_with_a_value() for _ in range(2)]:
        correct(*said, report.cutoff_at + timedelta(days=1))
    ask, seen = ReportRun.objects.ask_after_corrections, []

    def watched(report):
        seen.extend(race(meanwhile))
        return ask(report)

    monkeypatch.setattr(ReportRun.objects, "ask_after_corrections", watched)
    with time_machine.travel(report.cutoff_at + timedelta(days=2)):
        return tasks.request_due_reports(), seen


@pytest.mark.django_db(transaction=True)
def test_a_night_holds_no_partnership_while_it_asks_for_the_next_ones(monkeypatch):
    def free():
        with transaction.atomic():
            return len(Partnership.objects.select_for_update(skip_locked=True))

    assert asking_for_two_revisions(monkeypatch, free) == (2, [2, 2])


@pytest.mark.django_db(transaction=True)
def test_of_two_beats_at_once_one_looks_for_corrections(monkeypatch):
    def look():
        with ChangesSeen.looking("corrections") as seen:
            return seen

    assert asking_for_two_revisions(monkeypatch, look) == (2, [None, None])
    assert race(look) == [ChangesSeen.objects.get()]


def test_revisions_wait_for_room_among_the_hints(monkeypatch, hinted):
    monkeypatch.setattr(hints, "HINTS", 1)
    for report, *said in [report_with_a_value() for _ in range(3)]:
        correct(*said, report.cutoff_at + timedelta(days=1))

    with time_machine.travel(report.cutoff_at + timedelta(days=2)):
        assert tasks.request_due_reports() == 3

    assert len(hinted) == 1
    assert ReportRun.objects.filter(status="queued", hinted_at=None).count() == 2


@pytest.mark.parametrize(
    ("kind", "span", "first", "last"),
    [
        ("goal", "quarter", date(2024, 10, 1), date(2024, 12, 31)),
        ("hlpf", "year", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_the_clock_asks_for_the_last_span_that_is_over(kind, span, first, last):
    f.GoalFactory()
    with time_machine.travel("2025-02-15"):
        assert tasks.request_reports(kind, span) == 1
        assert tasks.request_reports(kind, span) == 1

    run = ReportRun.objects.get()
    assert (run.kind, run.starts_on, run.ends_on) == (kind, first, last)
