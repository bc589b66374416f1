"""Workers are killed in the middle of report runs: nothing is lost, nothing is there twice.

Each kill is asserted to have landed on a process that was computing a run.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from monitoring.models import Report, ReportRun
from tests.factories import PeriodFactory

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
RUNS, RECOVERY_SECONDS = 20, 60
ROOT = Path(__file__).resolve().parent.parent.parent


class Celery:
    """Real worker and beat processes on the test database and the real Redis."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.worker_settings",
            "MANAGE_AS_OWNER": "1",
            "SECRET_KEY": "only-for-tests",
            "FAULTS_DATABASE": connection.settings_dict["NAME"],
            "FAULTS_PREFIX": f"faults-{os.getpid()}-",
        }
        self.processes = []

    def start(self, *words):
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.slow_worker", *words]
        log = (self.folder / f"{words[0]}-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def worker(self):
        return self.start("worker", "-c", "2", "-l", "info")

    def beat(self):
        return self.start("beat", "-S", "celery.beat:PersistentScheduler",
                          "-s", str(self.folder / "schedule"))  # fmt: skip

    def stop(self):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()


@pytest.fixture
def celery(tmp_path, settings):
    celery = Celery(tmp_path)
    settings.CELERY_TASK_ALWAYS_EAGER = False
    yield celery
    celery.stop()


def children(pid):
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(word) for word in text.split()]


def wait_for(condition, seconds, what):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"after {seconds} s: no {what}; runs: {states()}")


def states():
    return list(ReportRun.objects.order_by("pk").values_list("status", "attempts", "fence"))


def running():
    return set(ReportRun.objects.filter(status="running").values_list("pk", "fence"))


def kill_in_the_middle(pids):
    """Kill -9, and show that the kill hit runs that were being computed: they stay orphaned."""
    before = wait_for(running, 60, "run running")
    for pid in pids():
        os.kill(pid, signal.SIGKILL)
    hit = before & running()
    assert hit, "the kill came when no run was being computed"
    return hit


def test_twenty_runs_survive_killed_children_and_a_killed_worker(celery):
    cutoff = datetime(2026, 1, 1, tzinfo=UTC)
    runs = [
        ReportRun.objects.create(
            partnership=period.framework.partnership,
            period=period,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            reference_on=period.ends_on,
            cutoff_at=cutoff,
        )
        for period in (PeriodFactory() for _ in range(RUNS))
    ]
    celery.beat()
    worker = celery.worker()
    hint_all(celery, runs)

    hits = [kill_in_the_middle(lambda: children(worker.pid)[:1])]
    wait_for(lambda: len(children(worker.pid)) >= 2, 30, "second child again")
    hits.append(kill_in_the_middle(lambda: children(worker.pid)))
    wait_for(lambda: ReportRun.objects.filter(status="ready").count() >= 4, 60, "progress")
    hits.append(kill_in_the_middle(lambda: [worker.pid, *children(worker.pid)]))
    celery.worker()

    started = time.monotonic()
    wait_for(
        lambda: ReportRun.objects.filter(status="ready").count() == RUNS,
        RECOVERY_SECONDS,
        "all runs ready",
    )
    took = time.monotonic() - started
    assert Report.objects.count() == RUNS
    assert ReportRun.objects.values("report").distinct().count() == RUNS
    print(  # noqa: T201 - the run's table
        f"\n{RUNS} runs, {len(hits)} kills -9, hit while running: {[len(h) for h in hits]}; "
        f"all ready {took:.0f} s after the last kill; attempts: "
        f"{sorted(a for _, a, _ in states())}; reports: {Report.objects.count()}"
    )


def hint_all(celery, runs):
    """Send the hints as the product does, but from outside, with the worker's own settings."""
    code = (
        "import django; django.setup()\n"
        "import config.celery\n"
        "from monitoring.tasks import compute_report\n"
        f"[compute_report.delay(pk) for pk in {[run.pk for run in runs]}]"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=celery.environment, check=True)


def test_a_lost_hint_is_found(celery):
    period = PeriodFactory()
    run = ReportRun.objects.create(
        partnership=period.framework.partnership,
        period=period,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        reference_on=period.ends_on,
        cutoff_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    celery.beat()
    celery.worker()

    wait_for(lambda: ReportRun.objects.get(pk=run.pk).status == "ready", 60, "run found")
