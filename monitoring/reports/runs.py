"""Compute one report run: claim it, keep its lease alive, store the snapshot once."""

import time

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from monitoring.models import Report, ReportRun
from monitoring.reports.kinds import build
from monitoring.reports.snapshot import digest
from registry.leases import kept_alive
from registry.models import ExchangeRate, LostLease

WRITERS_MAY_TAKE = 10.0  # seconds that a run waits for them
# Transactions of others that have written something and not ended. The snapshot's oldest one will
# not do: it counts every database of the server, and the caller's own.
WRITING = """
SELECT held.transactionid::text FROM pg_locks held JOIN pg_stat_activity one USING (pid)
WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
  AND one.datname = current_database() AND one.usesysid IS NOT NULL AND pid <> pg_backend_pid()
"""


def compute(run: ReportRun) -> Report | None:
    """The stored report, or None when another worker holds or has done the run, or when others
    write for so long that it is put back.

    A database error or a bug is recorded on the run and raised; the run is tried again while
    attempts are left.
    """
    if not run.claim():
        return None
    if run.partner and run.partner.merged_into:
        text = f"{run.partner} was merged into {run.partner.merged_into}: ask for its report."
        run.fail(text, retry=False)
        return None
    try:
        with kept_alive(run):
            if not _let_writers_end(run):
                run.put_back("What was being written when it began was not committed yet.")
                return None
            return _store(run, build(run))
    except LostLease:
        raise  # another worker has the run: what becomes of it is that one's to say
    except Exception as error:
        run.fail(_reason(error), retry=True)
        raise


def _let_writers_end(run: ReportRun) -> bool:
    """Wait for whoever was writing what it reads: a batch takes the cut-off without a lock. What is
    written from now on is dated after the cut-off; see Partnership.hold.

    For whoever adds exchange rates; for a report about one partnership by its lock, else for all
    who are writing now. False where one of them takes too long.
    """
    until = time.monotonic() + WRITERS_MAY_TAKE
    while not ExchangeRate.objects.are_settled():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    if run.partnership:
        with transaction.atomic():
            run.partnership.hold()
        return True
    writing = _writing()
    while writing and time.monotonic() < until:
        time.sleep(0.1)
        writing &= _writing()
    return not writing


def _writing() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITING)
        return {number for (number,) in cursor.fetchall()}


def _reason(error: Exception) -> str:
    if isinstance(error, SoftTimeLimitExceeded):
        return "It took too long and was stopped."
    if isinstance(error, MemoryError):
        return "The worker ran out of memory."
    return f"{type(error).__name__}: {error}"


@transaction.atomic
def _store(run: ReportRun, content: dict) -> Report:
    """Report and end of the run in one transaction; LostLease if another worker took over."""
    run.hold_line()
    lights = content.get("lights", {})
    report = Report(
        **run.line,
        revision=run.revision,
        reference_on=run.reference_on,
        cutoff_at=run.cutoff_at,
        content=content,
        sha256=digest(content),
        timeliness=lights.get("timeliness", {}).get("colour", ""),
        achievement=lights.get("achievement", {}).get("colour", ""),
    )
    report.begin(by=run.requested_by)
    run.finish(report=report)
    return report
