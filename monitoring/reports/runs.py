"""Compute one report run: claim it, keep its lease alive, store the snapshot once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from monitoring.models import Report, ReportRun
from monitoring.reports.snapshot import digest, partnership_report
from registry.models import Event, Job

HEARTBEAT_SECONDS = 5.0


def compute(run: ReportRun) -> Report | None:
    """The stored report, or None when another worker holds or has done the run.

    A database error or a bug is recorded on the run and raised; the run is tried again while
    attempts are left.
    """
    if not run.claim():
        return None
    try:
        with kept_alive(run):
            content = partnership_report(
                run.period, reference_on=run.reference_on, cutoff_at=run.cutoff_at
            )
            return _store(run, content)
    except Exception as error:
        run.fail(f"{type(error).__name__}: {error}", retry=True)
        raise


@transaction.atomic
def _store(run: ReportRun, content: dict) -> Report:
    """Report and end of the run in one transaction; LostLease if another worker took over."""
    report = Report.objects.create(
        kind=run.kind,
        partnership=run.partnership,
        period=run.period,
        revision=run.revision,
        reference_on=run.reference_on,
        cutoff_at=run.cutoff_at,
        content=content,
        sha256=digest(content),
        timeliness=content["lights"]["timeliness"]["colour"],
        achievement=content["lights"]["achievement"]["colour"],
    )
    Event.log(report, "computed", by=run.requested_by, became=report.status)
    run.finish(report=report)
    return report


@contextmanager
def kept_alive(job: Job) -> Iterator[None]:
    """Prolong the job's lease from a thread with a connection of its own, until the end."""
    done = threading.Event()

    def beat() -> None:
        try:
            while not done.wait(HEARTBEAT_SECONDS):
                if not job.heartbeat():
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat of {job}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
