"""A report's files for whoever sees the report: made when first asked for, then kept."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from monitoring.models import Report, ReportFile
from monitoring.reports.files.making import make
from monitoring.tasks import make_report_file
from registry.errors import DomainError, NotAllowed
from registry.models import Event, LostLease, User

logger = logging.getLogger(__name__)

Status = ReportFile.Status


class NotReady(DomainError):
    """The file is being made, or could not be made just now; the row says why."""

    KNOWN_AS = "file_not_ready"
    SAID = "The file is being made. It will be tried again: come back in a minute."
    wait = 30  # seconds after which it is worth asking again

    def __init__(self) -> None:
        super().__init__(self.KNOWN_AS, self.SAID)


class CannotBeMade(NotReady):
    """It was tried as often as anything is; only an admin lets it be tried again."""

    KNOWN_AS = "file_failed"
    SAID = "The file could not be made. The registry's admins see it and can try it again."
    wait = 3600


def file_of(report: Report, form: str) -> ReportFile:
    """The whole file of a report; made here if nobody has yet. NotReady where it cannot be:
    however often somebody asks, it is tried no more often than any job is."""
    file = ReportFile.objects.ask(report, form)
    if file.status not in (Status.READY, Status.FAILED):
        _try(file)
    if file.status == Status.FAILED:
        raise CannotBeMade
    if file.status != Status.READY:
        raise NotReady
    return file


@contextmanager
def reading(file: ReportFile) -> Iterator[None]:
    """While a stored file is opened: one that is gone is queued to be made again, NotReady."""
    try:
        yield
    except FileNotFoundError:
        if file.queue_lost():
            logger.error("%s is gone from the store (%s); it is made again", file, file.file.name)
        raise NotReady from None


@transaction.atomic
def request_file(report: Report, form: str, *, by: User) -> ReportFile:
    """Ask for a file: one per report and form, whoever asks and however often."""
    file = ReportFile.objects.ask(report, form)
    if file.status == Status.FAILED:
        if not by.is_staff:
            raise CannotBeMade
        return try_file_again(file, by=by)
    _tell_workers(file)
    return file


@transaction.atomic
def try_file_again(file: ReportFile, *, by: User) -> ReportFile:
    """Let a file that failed for good be tried once more, with all its attempts."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
    if not file.ask_again():
        raise DomainError("not_failed", f"It is {file.status}, not failed.")
    Event.log(file, "tried_again", by=by)
    _tell_workers(file)
    return file


def _tell_workers(file: ReportFile) -> None:
    if file.take_hint():
        transaction.on_commit(partial(make_report_file.delay, file.pk), robust=True)


def _try(file: ReportFile) -> None:
    try:
        make(file)
    except LostLease:
        logger.warning("%s was taken over by another worker", file)
    except Exception:
        logger.exception("%s could not be made; the sweeper will try it again", file)
    file.refresh_from_db()
