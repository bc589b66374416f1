"""Many reports at once: a run per subject, made in one statement, and how far they have come."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from monitoring import tasks
from monitoring.models import Report, ReportBatch, ReportRun
from monitoring.reports import runs
from monitoring.services.reports import request_batch, request_report
from registry.errors import NotAllowed
from registry.models import hints
from tests import factories as f
from tests.moves import race, refused

pytestmark = pytest.mark.django_db
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
QUARTER = (date(2024, 1, 1), date(2024, 3, 31))


@pytest.fixture(autouse=True)
def hinted(monkeypatch):
    """The keys that workers were told of."""
    told = []
    monkeypatch.setattr(tasks.compute_report, "delay", told.append)
    return told


def ask(kind, days=YEAR, **more):
    return request_batch(kind, days, by=None, **more)


def goals(number):
    for one in range(1, number + 1):
        f.GoalFactory(number=one)


def keys(batch, name):
    return set(batch.runs.values_list(name, flat=True))


def test_a_run_for_each_period_that_ends_in_the_days():
    framework = f.FrameworkFactory(agreed=True)
    periods = [f.PeriodFactory(framework=framework) for _ in range(5)]  # to 2025 Q1
    f.PeriodFactory(framework__partnership__status="draft", framework__partnership__active=False)

    batch = ask("partnership")

    assert keys(batch, "period") == {period.pk for period in periods[:4]}
    assert batch.total == 4
    run = batch.runs.get(period=periods[1])
    assert (run.partnership, run.starts_on, run.ends_on, run.reference_on, run.revision) == (
        framework.partnership,
        date(2024, 4, 1),
        date(2024, 6, 30),
        date(2024, 6, 30),
        1,
    )


def test_drafts_of_frameworks_and_periods_that_go_on_have_no_run():
    f.PeriodFactory(framework__agreed=False)
    framework = f.FrameworkFactory(agreed=True, time_zone="America/New_York")
    f.PeriodFactory(framework=framework)

    with time_machine.travel("2024-04-01T02:00Z"):  # still 31 March in New York
        assert ask("partnership", QUARTER).total == 0


def test_the_subjects_of_each_kind():
    partnership = f.FrameworkFactory(agreed=True).partnership
    lead = partnership.memberships.get().partner
    f.PartnerFactory()  # in no partnership
    f.FrameworkFactory()  # a draft
    goals = {partnership.primary_goal_id, f.GoalFactory().pk}
    target = f.TargetFactory()
    country = f.PartnershipCountryFactory(partnership=partnership).country
    f.CountryFactory()

    assert keys(ask("annual"), "partnership") == {partnership.pk}
    assert lead.pk in keys(ask("partner"), "partner")
    assert goals <= keys(ask("goal"), "goal")
    assert keys(ask("target"), "target") == {target.pk}
    assert keys(ask("country"), "country") == {country.pk}
    for kind in ("portfolio", "hlpf"):
        assert [(run.subject, run.starts_on) for run in ask(kind).runs.all()] == [(None, YEAR[0])]


def test_asked_again_it_is_the_same_and_takes_in_what_came_since():
    f.PeriodFactory()
    first = ask("partnership")
    later = f.PeriodFactory()

    again = ask("partnership")

    assert again == first
    assert again.total == 2
    assert later.pk in keys(again, "period")
    assert ReportRun.objects.count() == 2


def test_a_run_that_somebody_asked_for_joins_it():
    period = f.PeriodFactory()
    run = request_report(period.framework.partnership, period, by=None)

    batch = ask("partnership")

    assert [one.pk for one in batch.runs.all()] == [run.pk]


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_each_run_once(hinted):
    for _ in range(5):
        f.PeriodFactory()

    batches = race(*[lambda: ask("partnership")] * 10)

    assert {batch.pk for batch in batches} == {ReportBatch.objects.get().pk}
    assert (ReportRun.objects.count(), ReportBatch.objects.get().total) == (5, 5)
    assert sorted(hinted) == sorted(ReportRun.objects.values_list("pk", flat=True))


def test_the_next_revision_is_of_those_that_have_the_one_before():
    f.PeriodFactory()
    ask("partnership")
    f.PeriodFactory()

    batch = ask("partnership", revision=2)

    assert [run.revision for run in batch.runs.all()] == [2]
    assert ask("partnership", revision=4).total == 0


def test_only_admins_and_the_clock_ask():
    with refused("admins_only", NotAllowed):
        request_batch("goal", YEAR, by=f.UserFactory())
    with refused("period_not_ended"):
        ask("goal", (date.today(), date.today()))
    with pytest.raises(ValidationError):
        ask("hlpf", QUARTER)


@pytest.mark.parametrize("size", [3, 30])
def test_costs_the_same_number_of_statements_for_many(size, django_assert_num_queries):
    for _ in range(size):
        f.PeriodFactory()

    # look, insert and lock the batch; the runs; their number, the total, the event, and the
    # savepoints around these: 13, whatever their number
    with django_assert_num_queries(13):
        assert ask("partnership").total == size


def test_hints_go_out_in_portions(monkeypatch, hinted, django_capture_on_commit_callbacks):
    monkeypatch.setattr(hints, "HINTS", 3)
    goals(7)
    with django_capture_on_commit_callbacks(execute=True):
        batch = ask("goal")
    assert hinted == sorted(batch.runs.values_list("pk", flat=True))[:3]

    tasks.hint_next()
    assert len(hinted) == 3  # no room

    batch.runs.filter(pk=hinted[0]).update(status="running")
    tasks.hint_next()
    assert len(hinted) == 4
    assert len(set(hinted)) == 4


def ago(seconds):
    return datetime.now(UTC) - timedelta(seconds=seconds)


@pytest.fixture
def told(monkeypatch, hinted):
    """Three of seven runs that workers were told of a minute ago."""
    monkeypatch.setattr(hints, "HINTS", 3)
    goals(7)
    batch = ask("goal")
    tasks.hint_next()
    batch.runs.filter(hinted_at=None).update(queued_at=ago(60))
    batch.runs.exclude(hinted_at=None).update(queued_at=ago(60), hinted_at=ago(60))
    return batch.runs.filter(pk__in=hinted)


def test_who_was_told_and_has_not_begun_is_told_again_once_in_that_time(told):
    assert sorted(ReportRun.objects.hint_again(30)) == sorted(told.values_list("pk", flat=True))
    assert ReportRun.objects.hint_again(30) == []


def test_what_could_not_be_done_waits_for_its_turn(told):
    failing, back, other = told
    for run in (failing, back):
        assert run.claim()
    failing.fail("The disk is full.", retry=True)
    back.put_back("Somebody writes.")

    told.update(finished_at=None)
    named = ReportRun.objects.hint_again(30)
    assert len(named) == 3
    assert named[0] == other.pk
    assert not {failing.pk, back.pk} & set(named)
    ReportRun.objects.filter(pk__in=named).update(status="failed", finished_at=ago(60))
    told.update(queued_at=ago(3600))
    assert {failing.pk, back.pk} <= set(ReportRun.objects.hint_again(30))


@pytest.mark.django_db(transaction=True)
def test_several_who_ask_for_the_next_ones_fill_the_room_once(monkeypatch):
    monkeypatch.setattr(hints, "HINTS", 3)
    goals(12)
    ReportBatch.objects.ask("goal", YEAR)

    named = race(*[ReportRun.objects.next_to_hint] * 4)

    assert sum(map(len, named)) == 3


def test_the_sweeper_goes_on_when_hints_were_lost(hinted):
    goals(3)
    batch = ask("goal")  # and the process died before it told anybody

    tasks.sweep_jobs()
    assert sorted(hinted) == sorted(batch.runs.values_list("pk", flat=True))

    tasks.sweep_jobs()
    assert len(hinted) == 3
    ReportRun.objects.update(queued_at=datetime.now(UTC) - timedelta(seconds=31))
    tasks.sweep_jobs()
    assert len(hinted) == 6


def test_progress_is_counted_from_the_rows():
    goals(8)
    now = datetime.now(UTC)
    batch = ask("goal")
    pks = list(batch.runs.values_list("pk", flat=True))
    began = now - timedelta(seconds=20)
    ended = {"started_at": began, "finished_at": now - timedelta(seconds=1), "status": "failed"}
    batch.runs.filter(pk__in=pks[:4]).update(**ended)
    batch.runs.filter(pk=pks[4]).update(status="running", started_at=now)

    progress = batch.progress

    assert (progress.done, progress.failed, progress.running) == (4, 4, 1)
    assert (progress.total, progress.share, progress.is_over) == (8, 50, False)
    assert progress.rate == pytest.approx(4 / 20, rel=0.1)
    assert progress.seconds_left == pytest.approx(4 * 5, rel=0.1)


def test_nobody_knows_how_long_before_anything_is_done():
    goals(1)

    progress = ask("goal").progress

    assert (progress.rate, progress.seconds_left) == (0.0, None)
    empty = f.ReportBatchFactory().progress
    assert (empty.total, empty.share, empty.is_over) == (0, 100, True)


def test_the_command_computes_all_of_them(capsys):
    for _ in range(3):
        f.PeriodFactory()

    said = call_command("run_reports", "--kind=partnership", "--period=2024-Q1", "--now")

    assert "3 ready, 0 failed of 3 runs" in said
    assert Report.objects.count() == 3
    assert "3 of 3 done" in capsys.readouterr().err


def test_the_command_fails_when_a_run_failed(monkeypatch):
    good, bad = f.PeriodFactory(), f.PeriodFactory()
    build = runs.build

    def broken(run):
        return 1 / 0 if run.period_id == bad.pk else build(run)

    monkeypatch.setattr(runs, "build", broken)
    with pytest.raises(CommandError, match="1 ready, 1 failed of 2 runs"):
        call_command("run_reports", "--kind=partnership", "--period=2024-Q1", "--now")

    assert ReportRun.objects.get(period=good).status == "ready"
    failed = ReportRun.objects.get(period=bad)
    assert (failed.status, failed.attempts) == ("failed", 5)
    assert failed.error == "ZeroDivisionError: division by zero"


def test_interrupted_it_leaves_what_was_done_and_goes_on_later(monkeypatch):
    f.PeriodFactory(), f.PeriodFactory()
    build, built = runs.build, []

    def interrupted(run):
        built.append(run.pk)
        if len(built) == 2:
            raise KeyboardInterrupt
        return build(run)

    monkeypatch.setattr(runs, "build", interrupted)
    with pytest.raises(CommandError) as stopped:
        call_command("run_reports", "--kind=partnership", "--period=2024-Q1", "--now")
    assert stopped.value.returncode == 130
    assert sorted(ReportRun.objects.values_list("status", flat=True)) == ["ready", "running"]

    # Its lease ends, and whoever finds it takes it over.
    ReportRun.objects.filter(status="running").update(lease_until=datetime.now(UTC))
    for key in ReportRun.objects.filter(status="running").values_list("pk", flat=True):
        tasks.compute_report(key)
    assert Report.objects.count() == 2


@pytest.mark.parametrize("words", [["--period=soon"], ["--period=2024", "--kind=nonsense"], []])
def test_the_command_refuses_other_words(words):
    with pytest.raises(CommandError):
        call_command("run_reports", "--kind=goal", *words)
    assert not ReportBatch.objects.exists()


def test_the_command_says_why_it_asks_for_nothing():
    with pytest.raises(CommandError, match="is not over"):
        call_command("run_reports", "--kind=goal", f"--period={date.today().year}")
