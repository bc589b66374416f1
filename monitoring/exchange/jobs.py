"""The job that imports a file: entry by entry, each in a transaction of its own.

A worker that dies leaves the activities it committed; the next one goes on after them. A bad
activity is rolled back whole and listed. Nothing is saved of a file that cannot be read.
"""

import hashlib
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, transaction

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_activity import load_activity
from monitoring.exchange.iati_elements import ACTIVITY
from monitoring.exchange.iati_reader import UnreadableFile, count_entries, entries
from monitoring.exchange.iati_values import LeftOut
from monitoring.exchange.trail import Trail
from registry.errors import DomainError
from registry.leases import kept_alive
from registry.models import ImportBatch, ImportFinding, LostLease, User

logger = logging.getLogger(__name__)

ONE_IMPORT_AT_A_TIME = 20150927
# What can be wrong with one activity. A lost database, or a mistake of ours, stops the job.
FORESEEN = (LeftOut, DomainError, ValidationError, IntegrityError, DataError)
BAD_ACTIVITY = (*FORESEEN, ValueError, ArithmeticError)


def new_batch(
    name: str, content: bytes, *, by: User | None, is_dry_run: bool = False
) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name=name[-255:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        is_dry_run=is_dry_run,
    )


def run_import(batch_pk: int) -> None:
    """Import a batch's file; a second call, or a lost lease, changes nothing."""
    batch = ImportBatch.objects.get(pk=batch_pk)
    if not batch.claim():
        return
    try:
        with kept_alive(batch):
            _import(batch)
    except UnreadableFile as error:
        _refuse(batch, error)
    except LostLease:
        logger.warning("%s was taken over by another worker", batch)
    except Exception as error:
        batch.fail(f"{type(error).__name__}: {error}", retry=True)
        raise


def _refuse(batch: ImportBatch, error: UnreadableFile) -> None:
    with transaction.atomic():
        ImportFinding.objects.create(
            batch=batch, line=error.line, element="file", code=error.code, reason=str(error)[:500]
        )
        batch.fail(str(error), retry=False)
        ImportBatch._base_manager.filter(pk=batch.pk).update(content=b"")


def _import(batch: ImportBatch) -> None:
    content = bytes(batch.content)
    total = count_entries(content)
    if not batch.heartbeat(progress_total=total):
        raise LostLease(batch)
    seen: set[str] = set()
    for position, entry in enumerate(entries(content)):
        accounts = Accounts(entry)
        if position >= batch.progress_done:
            with transaction.atomic():
                _take(batch, accounts, seen)
        seen.update(filter(None, [accounts.identifier]))
    batch.finish(content=b"")


def _take(batch: ImportBatch, accounts: Accounts, seen: set[str]) -> None:
    """Import one entry and count it; the lease must still be ours when it is committed."""
    lock_imports()
    trail = Trail(batch)
    try:
        with transaction.atomic():
            _check(accounts, seen)
            outcome = load_activity(accounts.activity, accounts, trail)
            trail.save()
            connection.check_constraints()
            if batch.is_dry_run:
                transaction.set_rollback(True)
    except LostLease:
        raise
    except BAD_ACTIVITY as error:
        accounts.reject(*_why(error))
        outcome, trail = "left_out", Trail(batch)
    accounts.settle()
    accounts.save(batch)
    counts = _added(batch.counts, outcome, accounts, trail)
    if not batch.heartbeat(progress_done=batch.progress_done + 1, counts=counts):
        raise LostLease(batch)
    batch.progress_done, batch.counts = batch.progress_done + 1, counts


def _check(accounts: Accounts, seen: set[str]) -> None:
    if not accounts.is_activity:
        reason = f"<{accounts.activity.tag}> is not an <{ACTIVITY}>."
        raise LeftOut("not_an_activity", reason)
    if accounts.identifier in seen:
        raise LeftOut("repeated_activity", "The file holds this identifier already.")


def lock_imports() -> None:
    """Until the transaction ends: two imports would register the same partner twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])


def _why(error: Exception) -> tuple[str, str]:
    if isinstance(error, LeftOut | DomainError):
        return error.code, str(error)
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint:
        return "bad_activity", f"The database refuses it: {constraint}."
    if not isinstance(error, FORESEEN):
        logger.warning("An activity was left out for an error nobody foresaw", exc_info=error)
    return "bad_activity", next(iter(str(error).splitlines()), type(error).__name__)


def _added(
    counts: dict[str, Any], outcome: str, accounts: Accounts, trail: Trail
) -> dict[str, Any]:
    """The batch's counts with this activity's."""
    elements = {kind: dict(row) for kind, row in counts.get("elements", {}).items()}
    accounts.count(elements)
    happened = dict(counts.get("activities", {}))
    if accounts.is_activity:
        happened[outcome] = happened.get(outcome, 0) + 1
    rows = dict(counts.get("rows", {}))
    # A dry run forgets each activity's partners, and would count them again with the next.
    for change, number in ({} if trail.batch.is_dry_run else trail.counts).items():
        rows[change] = rows.get(change, 0) + number
    return {"elements": elements, "activities": happened, "rows": rows}
