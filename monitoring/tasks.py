"""What Celery does. Each task takes keys, may run twice, and is only a hint: rows are the truth."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import Model
from django.utils import timezone

from monitoring.aggregation.refreshing import refresh, refresh_all
from monitoring.exchange import jobs
from monitoring.ingest import uploads
from monitoring.models import (
    ChangesSeen,
    Period,
    Report,
    ReportBatch,
    ReportFile,
    ReportKind,
    ReportRun,
    RollupChange,
    Upload,
    evaluation_reminders,
    evaluations,
)
from monitoring.models.opening import frameworks_to_open
from monitoring.models.reminders import owed_on, remind
from monitoring.models.report_batches import insert_runs
from monitoring.models.report_clock import move_on
from monitoring.models.report_scope import of_days
from monitoring.models.report_subjects import last_span
from monitoring.reports.files.making import FOLDER, make
from monitoring.reports.runs import compute
from registry.models import ImportBatch, LostLease
from registry.whole_files import delete_parts

logger = logging.getLogger(__name__)

SMALL = 1_000  # changes whose refresh a request does itself
HINT_LOST_AFTER = 30  # seconds that a queued job may wait before its hint is given again


# A report may take so many seconds, then the task is told to stop, then its process is killed.
REPORT_SOFT_LIMIT, REPORT_LIMIT = 180, 210
PORTION = 20  # runs after which the next ones are hinted at


@shared_task(soft_time_limit=REPORT_SOFT_LIMIT, time_limit=REPORT_LIMIT)
def compute_report(run_pk: int) -> None:
    """Compute a report run; a lost lease or a second delivery does nothing.

    Whatever stops it stands on the run, which is tried again while attempts are left.
    """
    run = ReportRun.objects.get(pk=run_pk)
    try:
        compute(run)
    except LostLease:
        logger.warning("%s was taken over by another worker", run)
    except (DatabaseError, InterfaceError, MemoryError, SoftTimeLimitExceeded):
        logger.exception("run %s failed; the sweeper will try it again", run_pk)
    finally:
        if run_pk % PORTION == 0:
            hint_next()


def hint_next() -> None:
    """Tell workers of the next queued runs, as many as there is room for."""
    for key in ReportRun.objects.next_to_hint():
        compute_report.delay(key)


@shared_task
def run_import(batch_pk: int) -> None:
    """Import a file; called again it goes on after the activities that were committed."""
    try:
        jobs.run_import(batch_pk)
    except DatabaseError:
        logger.exception("import %s failed; the sweeper will try it again", batch_pk)


@shared_task
def run_upload(upload_pk: int) -> None:
    """Check or load a file of values; a lost lease or a second delivery does nothing."""
    upload = Upload.objects.select_related("framework__partnership", "by").get(pk=upload_pk)
    try:
        uploads.run(upload)
    except LostLease:
        logger.warning("%s was taken over by another worker", upload)
    except DatabaseError:
        logger.exception("%s failed; the sweeper will try it again", upload)


@shared_task
def make_report_file(file_pk: int) -> None:
    """Make a report's file; a full disk or a lost lease leaves it to the sweeper."""
    file = ReportFile.objects.select_related("report").get(pk=file_pk)
    try:
        make(file)
    except LostLease:
        logger.warning("%s was taken over by another worker", file)
    except Exception:
        logger.exception("%s could not be made; the sweeper will try it again", file)


@shared_task
def delete_old_parts() -> int:
    """Each night: what killed processes left half written beside files of reports and of
    evaluations goes."""
    return delete_parts(FOLDER) + delete_parts(evaluations.FOLDER)


@shared_task
def delete_old_uploads() -> int:
    """Each night: files that were kept long enough go, with what they had wrong."""
    return Upload.objects.delete_expired()


@shared_task
def sweep_jobs() -> int:
    """Give the hint again for jobs that lost theirs, and fail those that always die."""
    hinted = 0
    for model, task in (
        (ReportRun, compute_report),
        (ImportBatch, run_import),
        (Upload, run_upload),
        (ReportFile, make_report_file),
    ):
        model.objects.give_up()
        keys = model.objects.hint_again(HINT_LOST_AFTER)
        for key in keys:
            task.delay(key)
        hinted += len(keys)
    return hinted


@shared_task
def refresh_rollups() -> int:
    """Take into the rollups whatever waits in the queue of changes; gives how many."""
    return refresh_all().changes


def refresh_soon(partnership: int) -> None:
    """Refresh a partnership's rollups once the transaction has committed: here if that is
    little, else by a worker. If neither comes to it, the clock does, and readers compute."""

    def now() -> None:
        waiting = RollupChange.objects.filter(partnership_id=partnership)[: SMALL + 1].count()
        if waiting > SMALL:
            refresh_rollups.delay()
        elif waiting:
            refresh([partnership])

    transaction.on_commit(now, robust=True)


@shared_task
def move_reports_on() -> int:
    """Each few minutes: replies that are over, embargoes that have ended, what is published by
    rule; gives how many reports moved."""
    return move_on()


@shared_task
def request_due_reports() -> int:
    """Each night: open the periods that have begun; ask for reports whose data is past due, and
    for the next revision of those that a correction has overtaken. Gives how many runs.

    It works on what is new, in statements whose number does not grow with what exists. A framework
    or report that fails is logged and keeps none of the others waiting.
    """
    for framework in frameworks_to_open():
        with logged(framework), transaction.atomic():
            Period.objects.open_for(framework, framework.today())
    today = timezone.localdate()
    due = of_days(Period.objects.reportable(), (today, today))
    requested = insert_runs(ReportKind.PARTNERSHIP, due, by=None) + _request_revisions()
    hint_next()
    return requested


def _request_revisions() -> int:
    """From where the last night stopped; where a report failed the next night looks again.

    Each report in a transaction of its own: nobody waits for more than one of them.
    """
    with ChangesSeen.looking("corrections") as seen:
        if seen is None:
            return 0
        now, asked, failed = timezone.now(), 0, False
        for report in Report.objects.outdated(seen.since).defer("content"):
            done = False
            with logged(report), transaction.atomic():
                ReportRun.objects.ask_after_corrections(report)
                done, asked = True, asked + 1
            failed |= not done
        if not failed:
            seen.seen_through(now)
        return asked


@shared_task
def request_reports(kind: str, span: str) -> int:
    """By the clock: ask for the reports of a kind on the last quarter or year, one run for each
    subject; asked for again it adds nothing but subjects that came since. Gives how many runs."""
    batch = ReportBatch.objects.ask(kind, last_span(span, timezone.localdate()))
    hint_next()
    return batch.total


@shared_task
def remind_of_due_data() -> int:
    """Each few hours: remind people of data that is due, each unit and period once on each of the
    days that are named. What fails for one keeps none of the others waiting."""
    today = timezone.localdate()
    sent = 0
    for owed in owed_on(today):
        with logged(owed.unit):
            sent += remind(owed, today)
    return sent


@shared_task
def remind_of_evaluations() -> int:
    """Each few hours: remind people of responses and actions after evaluations, each once on each
    of the days that are named."""
    today = timezone.localdate()
    sent = 0
    for due in list(evaluation_reminders.due_about(today)):
        with logged(due.evaluation):
            sent += evaluation_reminders.remind(due, today)
    return sent


@contextmanager
def logged(record: Model) -> Iterator[None]:
    """Log whatever goes wrong with one record, so that the others get their turn."""
    try:
        yield
    except Exception:
        logger.exception("%s %s was left out tonight", record._meta.verbose_name, record.pk)
