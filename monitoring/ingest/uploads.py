"""What becomes of a file that was sent: checked or loaded, by a request or by a worker."""

import hashlib
from collections.abc import Iterable
from itertools import chain, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from monitoring.errors import RowError, Unreadable
from monitoring.ingest import pipeline, sources
from monitoring.ingest.outcome import Consolidated, Outcome, Scope
from monitoring.models import Upload
from registry.acting import identify
from registry.errors import DomainError
from registry.leases import kept_alive
from registry.models import LostLease

AT_ONCE = 2_000  # rows; a file with more of them is a worker's
MOST_ERRORS = 20_000  # that are kept of a file, and shown: more of them help nobody


class Progress:
    """How many rows were taken, for whoever asks meanwhile."""

    def __init__(self, total: int | None) -> None:
        self.done, self.total = 0, total

    def count(self) -> None:
        self.done += 1

    def __call__(self) -> dict[str, Any]:
        return {"progress_done": self.done, "progress_total": max(self.total or 0, self.done)}


def scope_of(upload: Upload) -> Scope:
    if upload.submission:
        return upload.submission
    return Consolidated(upload.framework, upload.period, upload.sent_for, upload.corrects)


def load_now(upload: Upload) -> bool:
    """Do it in the caller's transaction if the file is short; False leaves it to a worker."""
    source = _opened(upload)
    first = list(islice(source.rows, AT_ONCE + 1))
    if len(first) > AT_ONCE:
        return False
    values = _result(upload, source, first)
    Upload.objects.filter(pk=upload.pk).update(**values, progress_done=len(first))
    return True


def run(upload: Upload) -> None:
    """Do it as a worker: one holds the job, and what it loads is stored with its end.

    A file that cannot be read, or that the domain refuses, fails for good; anything else is
    tried again.
    """
    if not upload.claim():
        return
    identify(upload.by)
    try:
        source = _opened(upload)
        progress = Progress(source.total)
        with kept_alive(upload, progress):
            rows = sources.counted(source.rows, progress.count)
            with transaction.atomic():
                values = _result(upload, source, rows)
                upload.finish(**values, progress_done=progress.done)
    except LostLease:
        raise
    except DomainError as refused:
        upload.fail(refused.detail, retry=False)
    except ValidationError as refused:
        upload.fail(" ".join(refused.messages), retry=False)
    except Exception as error:
        upload.fail(f"{type(error).__name__}: {error}", retry=True)
        raise


def _opened(upload: Upload) -> sources.Source:
    """The rows of exactly the file that was sent."""
    if not upload.file:
        raise Unreadable("file_deleted", "The file was deleted since: send it again.")
    file = upload.file.open("rb")
    if hashlib.file_digest(file, "sha256").hexdigest() != upload.sha256:
        raise Unreadable("file_changed", "The stored file is not the one that was sent.")
    return sources.read(upload.kind, file, scope_of(upload))


def _result(upload: Upload, source: sources.Source, rows: Iterable[Any]) -> dict[str, Any]:
    """Check or load, and what the upload then says."""
    outcome = pipeline.load(
        scope_of(upload),
        chain(rows),
        by=upload.by,
        dry_run=upload.is_dry_run,
        replace=upload.replaces,
        typed=source.typed,
        problems=source.problems,
    )
    is_loaded = not (outcome.errors or upload.is_dry_run)
    return {
        "status": Upload.Status.READY,
        "finished_at": timezone.now(),
        "error": "",
        "rows": outcome.rows,
        "new": outcome.new,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "errors": errors_of(source, outcome),
        "submissions": outcome.submissions,
        "loaded_at": timezone.now() if is_loaded else None,
        "progress_total": outcome.rows,
    }


def errors_of(source: sources.Source, outcome: Outcome) -> list[dict[str, Any]]:
    """Errors as they are shown and kept; `sheet` counts those of a workbook from 0."""
    kept = []
    errors = outcome.errors[:MOST_ERRORS]
    if left := len(outcome.errors) - len(errors):
        reason = f"{left:,} more errors from here on: mend those before, and send the file again."
        errors.append(RowError(outcome.errors[MOST_ERRORS].row, "row", "more_errors", reason))
    for error, place in zip(errors, source.located(errors), strict=True):
        sheet = error.row // sources.workbooks.BEHIND
        kept.append(place._asdict() | ({"sheet": sheet} if sheet else {}))
    return kept
