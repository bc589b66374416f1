"""What Celery does. Each task takes keys, may run twice, and is only a hint: rows are the truth."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from celery import shared_task
from django.db import DatabaseError, transaction
from django.db.models import Model
from django.utils import timezone

from monitoring.exchange import jobs
from monitoring.models import Framework, Period, ReportRun
from monitoring.reports.runs import compute
from registry.models import ImportBatch, LostLease

logger = logging.getLogger(__name__)

HINT_LOST_AFTER = 30  # seconds that a queued job may wait before its hint is given again


@shared_task
def compute_report(run_pk: int) -> None:
    """Compute a report run; a lost lease or a second delivery does nothing."""
    run = ReportRun.objects.select_related("period__framework__partnership").get(pk=run_pk)
    try:
        compute(run)
    except LostLease:
        logger.warning("%s was taken over by another worker", run)
    except DatabaseError:
        logger.exception("%s failed; the sweeper will try it again", run)


@shared_task
def run_import(batch_pk: int) -> None:
    """Import a file; called again it goes on after the activities that were committed."""
    try:
        jobs.run_import(batch_pk)
    except DatabaseError:
        logger.exception("import %s failed; the sweeper will try it again", batch_pk)


@shared_task
def sweep_jobs() -> int:
    """Give the hint again for jobs that lost theirs, and fail those that always die."""
    hinted = 0
    for model, task in ((ReportRun, compute_report), (ImportBatch, run_import)):
        model.objects.give_up()
        keys = model.objects.hint_again(HINT_LOST_AFTER)
        for key in keys:
            task.delay(key)
        hinted += len(keys)
    return hinted


@shared_task
def request_due_reports() -> int:
    """Each night: open the periods that have begun; ask for reports whose data is past due.

    One framework or period that fails is logged and keeps none of the others waiting.
    """
    for framework in Framework.objects.filter(status=Framework.Status.AGREED):
        with logged(framework), transaction.atomic():
            Period.objects.open_for(framework, framework.today())
    requested = 0
    for period in Period.objects.reportable(on=timezone.localdate()):
        with logged(period), transaction.atomic():
            run = ReportRun.objects.ask_for(period)
            transaction.on_commit(partial(compute_report.delay, run.pk), robust=True)
            requested += 1
    return requested


@contextmanager
def logged(record: Model) -> Iterator[None]:
    """Log whatever goes wrong with one record, so that the others get their turn."""
    try:
        yield
    except Exception:
        logger.exception("%s %s was left out tonight", record._meta.verbose_name, record.pk)
