"""What the engine's page and its metrics say, and a failed run that is tried again."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django_celery_beat.models import PeriodicTask
from prometheus_client.parser import text_string_to_metric_families

from monitoring import tasks
from monitoring.models import ReportRun, report_schedules
from monitoring.models.engine import engine_figures
from monitoring.reports import runs
from monitoring.services.report_files import try_file_again
from monitoring.services.report_runs import try_again
from monitoring.services.reports import request_batch
from monitoring.templatetags.engine import time
from registry.errors import NotAllowed
from registry.models import Event
from tests import factories as f
from tests.moves import race, refused

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
URL = "/secretariat/engine/"


@pytest.fixture
def admin(client):
    admin = f.UserFactory(admin=True)
    client.force_login(admin)
    return admin


def ago(seconds):
    return datetime.now(UTC) - timedelta(seconds=seconds)


@pytest.fixture
def busy():
    """Two queued runs, one running, one failed, and three that took 1, 2 and 9 seconds."""
    for seconds in (50, 500):
        f.ReportRunFactory(asked_at=ago(seconds))
    f.ReportRunFactory(status="running", asked_at=ago(9000), started_at=ago(70))
    f.ReportRunFactory(status="failed", error="It took too long.", finished_at=ago(5), attempts=5)
    for seconds in (1, 2, 9):
        ready = f.ReportRunFactory()
        report = f.ReportFactory(period=ready.period)
        ended = {"started_at": ago(100), "finished_at": ago(100 - seconds)}
        ReportRun.objects.filter(pk=ready.pk).update(status="ready", report=report, **ended)
    ready = f.ReportRunFactory()
    report = f.ReportFactory(period=ready.period)
    long_ago = {"started_at": ago(9000), "finished_at": ago(8000)}
    ReportRun.objects.filter(pk=ready.pk).update(status="ready", report=report, **long_ago)


def test_figures_are_read_from_the_rows(busy):
    figures = engine_figures()

    assert (figures.queued, figures.running, figures.failed) == (2, 1, 1)
    assert figures.queue_age == pytest.approx(500, abs=60)
    assert figures.run_age == pytest.approx(70, abs=5)
    took = figures.durations["partnership"]
    assert took.number == 3
    assert took.median == pytest.approx(2, abs=0.1)
    assert took.p95 == pytest.approx(8.3, abs=0.1)  # between 2 and 9, at 1.9 of 2
    assert figures.beat_age is None


def test_the_queue_is_as_old_as_its_oldest_run_although_hints_were_repeated(busy):
    ReportRun.objects.update(queued_at=datetime.now(UTC), hinted_at=datetime.now(UTC))

    assert engine_figures().queue_age == pytest.approx(500, abs=60)


@pytest.mark.parametrize("size", [1, 12])
def test_six_statements_at_any_size(size, django_assert_num_queries):
    f.ReportRunFactory.create_batch(size)

    # runs, files, outbox, webhooks, beat, durations
    with django_assert_num_queries(6):
        engine_figures()


def read(client, **headers):
    answer = client.get("/metrics", headers=headers)
    if answer.status_code != 200:
        return answer.status_code
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_prometheus_reads_them(client, busy, settings):
    settings.METRICS_TOKEN = "let me in"
    report_schedules.load()
    PeriodicTask.objects.update(last_run_at=ago(30))

    said = read(client, authorization="Bearer let me in")

    assert said["registry_report_runs", "partnership", "queued"] == 2
    assert said["registry_report_runs", "hlpf", "failed"] == 0
    assert said["registry_report_queue_age_seconds",] == pytest.approx(500, abs=60)
    assert said["registry_report_run_seconds", "partnership", "0.5"] == pytest.approx(2, abs=0.1)
    assert said["registry_beat_age_seconds",] == pytest.approx(30, abs=5)
    assert said["registry_outbox_entries",] >= 0
    assert said["registry_webhook_deliveries_failed",] == 0


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Token let me in", "Bearer lét me in"]
)
def test_metrics_are_not_for_everybody(client, settings, header):
    settings.METRICS_TOKEN = "let me in"

    assert read(client, authorization=header) == 401


def test_no_token_means_nobody_and_people_need_to_be_admins(client, settings, admin):
    settings.METRICS_TOKEN = ""
    assert ("registry_outbox_entries",) in read(client)
    client.force_login(f.UserFactory())
    assert read(client) == 403
    client.logout()
    assert read(client, authorization="Bearer ") == 401


def test_the_page_shows_queue_batches_and_reasons(client, admin, busy):
    batch = request_batch("goal", (NOW.date().replace(year=2024, month=1, day=1),) * 2, by=admin)

    page = client.get(URL).content.decode()

    assert "It took too long." in page
    assert "5 attempts" in page
    assert str(batch) in page
    assert f"0 of {batch.total} (" in page
    assert "the oldest for 8 min 2" in page


@pytest.mark.parametrize("size", [1, 8])
def test_the_page_costs_the_same_for_many(client, admin, size, django_assert_max_num_queries):
    f.ReportRunFactory.create_batch(size, status="failed", finished_at=NOW)
    client.get(URL)

    # the figures' 5, batches, failed runs and their number, and what every page asks
    with django_assert_max_num_queries(14) as statements:
        client.get(URL)
    texts = [one["sql"] for one in statements.captured_queries]
    assert len([sql for sql in texts if 'FROM "partnerships_partnership" ' in sql]) == 0


def test_many_are_asked_for_on_the_page(client, admin):
    f.GoalFactory()
    answer = client.post(URL, {"kind": "goal", "days": "2024-Q1", "revision": 1})

    assert answer.status_code == 302
    assert ReportRun.objects.filter(kind="goal", requested_by=admin).count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"days": "soon"}, "A year, a quarter or a month"),
        ({"days": "2024-Q1", "kind": "hlpf"}, "one whole year"),
        ({"days": str(NOW.year)}, "is not over"),
    ],
)
def test_the_page_says_what_is_wrong(client, admin, values, said):
    answer = client.post(URL, {"kind": "goal", "days": "2024", "revision": 1} | values)

    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_a_failed_run_is_tried_again(client, admin, django_capture_on_commit_callbacks):
    run = f.ReportRunFactory(status="failed", error="The disk was full.", attempts=5)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{URL}runs/{run.pk}/again/")

    run.refresh_from_db()
    assert (run.status, run.attempts) == ("ready", 1)
    event = Event.objects.about(run).get()
    assert (event.kind, event.by) == ("reportrun.tried_again", admin)
    with refused("not_failed"):
        try_again(run, by=admin)
    assert "not failed" in client.post(f"{URL}runs/{run.pk}/again/", follow=True).content.decode()


@pytest.fixture
def failed_file():
    f.ReportFileFactory(form="xlsx", asked_at=ago(400))
    return f.ReportFileFactory(status="failed", error="No space left.", finished_at=ago(5))


def test_files_that_wait_or_failed_are_seen(client, admin, failed_file):
    page = client.get(URL).content.decode()
    said = read(client)

    assert "No space left." in page
    assert f'action="{URL}files/{failed_file.pk}/again/"' in page
    assert said["registry_report_files", "pdf", "failed"] == 1
    assert said["registry_report_files", "xlsx", "queued"] == 1
    assert said["registry_report_files", "csv", "failed"] == 0
    assert said["registry_report_file_queue_age_seconds",] == pytest.approx(400, abs=5)


def test_a_failed_file_is_tried_again(
    client, admin, failed_file, django_capture_on_commit_callbacks
):
    again = f"{URL}files/{failed_file.pk}/again/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(again)

    failed_file.refresh_from_db()
    assert (failed_file.status, failed_file.attempts) == ("ready", 1)
    event = Event.objects.about(failed_file).get()
    assert (event.kind, event.by) == ("reportfile.tried_again", admin)
    assert "not failed" in client.post(again, follow=True).content.decode()


def test_only_admins_try_again():
    with refused("admins_only", NotAllowed):
        try_file_again(f.ReportFileFactory(status="failed"), by=f.UserFactory())

    with refused("admins_only", NotAllowed):
        try_again(f.ReportRunFactory(status="failed"), by=f.UserFactory())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_try_again_at_once_one_is_refused(monkeypatch):
    monkeypatch.setattr(tasks.compute_report, "delay", lambda key: None)
    run, admin = f.ReportRunFactory(status="failed"), f.UserFactory(admin=True)

    outcomes = race(*[lambda: try_again(run, by=admin)] * 5)

    assert outcomes.count(run) == 1
    assert {error.code for error in outcomes if error != run} == {"not_failed"}


def test_schedules_are_changed_on_their_pages(client, admin):
    report_schedules.load()
    listed = client.get("/secretariat/report-schedules/").content.decode()
    assert listed.count("never<") == 8
    row = PeriodicTask.objects.get(name="reports: goal, quarter")
    url = f"/secretariat/report-schedules/{row.pk}/"
    read = re.search(r'name="read" value="([^"]+)"', client.get(url).content.decode())[1]
    times = dict(zip(report_schedules.FIELDS, ["7", "6", "1", "*", "*"], strict=True))

    bad = client.post(url, {**times, "read": read, "hour": "77"})
    assert "Hour" in bad.content.decode()
    assert bad.status_code == 200
    assert client.post(url, {**times, "read": read}).status_code == 302

    row.refresh_from_db()
    assert (row.enabled, report_schedules.as_read(row)) == (False, "off 7 6 1 * *")
    stale = client.post(url, {**times, "read": read, "is_on": "on"})
    assert "Somebody else has changed it" in stale.content.decode()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.00 s"),
        (0.149, "0.15 s"),
        (42, "42 s"),
        (59.7, "1 min 0 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_times_are_said_in_two_units(seconds, words):
    assert time(seconds) == words


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SoftTimeLimitExceeded(), "It took too long and was stopped."),
        (MemoryError(), "The worker ran out of memory."),
        (OperationalError("the disk is full"), "OperationalError: the disk is full"),
    ],
)
def test_what_stops_a_run_stands_on_it_and_ends_after_five_attempts(monkeypatch, error, reason):
    def stopped(run):
        raise error

    run = f.ReportRunFactory()
    monkeypatch.setattr(runs, "build", stopped)
    monkeypatch.setattr(tasks.compute_report, "delay", lambda key: None)
    states = []
    for _ in range(6):
        tasks.compute_report(run.pk)
        run.refresh_from_db()
        states.append((run.status, run.attempts))

    assert states == [*[("queued", n) for n in (1, 2, 3, 4)], *[("failed", 5)] * 2]
    assert run.error == reason


def test_a_report_is_stopped_well_before_the_queue_gives_up(settings):
    task = tasks.compute_report

    assert task.soft_time_limit < task.time_limit < settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert (settings.CELERY_TASK_ACKS_LATE, settings.CELERY_WORKER_PREFETCH_MULTIPLIER) == (True, 1)
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST


def test_a_run_that_ends_tells_workers_of_the_next_ones(monkeypatch):
    hinted = []
    monkeypatch.setattr(tasks.compute_report, "delay", hinted.append)
    monkeypatch.setattr(tasks, "PORTION", 1)
    first, second = f.ReportRunFactory(hinted_at=NOW), f.ReportRunFactory()

    tasks.compute_report(first.pk)

    assert hinted == [second.pk]
