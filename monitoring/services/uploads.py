"""Files of values that people and programs send: checked first, then loaded as they are."""

from functools import partial
from itertools import islice
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from monitoring.errors import Unreadable
from monitoring.ingest import pipeline, sources, uploads
from monitoring.ingest.outcome import Consolidated, Outcome
from monitoring.ingest.targets import sendable
from monitoring.models import Framework, Period, Submission, Upload
from monitoring.tasks import run_upload
from partnerships.models import Membership
from registry.attached import as_stored
from registry.errors import DomainError, NotAllowed
from registry.models import User

Status = Upload.Status


def send_file(
    file: "File[Any]",
    *,
    by: User,
    to: Submission | Framework,
    period: Period | None = None,
    sent_for: Membership | None = None,
    dry_run: bool = True,
    replace: bool = True,
    corrects: bool = False,
    kind: str = "",
    is_long: bool = False,
) -> Upload:
    """Check a file of values, or load it; one of more than 2,000 rows is left to a worker.

    `to` is a submission, or a framework for the values of many units and periods. Raises
    Unreadable for what is no table of values; bad rows are named in the upload. A file known to
    be long is not read here at all.
    """
    submission = to if isinstance(to, Submission) else None
    framework = to.period.framework if isinstance(to, Submission) else to
    if period and period.framework_id != framework.pk:
        raise ValidationError({"period": "Not a period of this framework."})
    _require_sender(submission, Consolidated(framework, period, sent_for), by)
    if (file.size or 0) > sources.MOST_BYTES:
        most = sources.MOST_BYTES // 1024 // 1024
        raise Unreadable("too_large", f"A file has at most {most} MB.")
    name = PurePath(str(file.name or "values")).name[-255:]
    upload = Upload(
        framework=framework,
        submission=submission,
        period=period,
        sent_for=sent_for,
        by=by,
        kind=kind or sources.kind_of(file),
        file_name=name,
        is_dry_run=dry_run,
        replaces=replace,
        corrects=corrects,
        **as_stored(file),
    )
    try:
        with transaction.atomic():
            upload.save()
            _work_on(upload, is_long=is_long)
    except Exception:
        upload.file.delete(save=False)
        raise
    upload.refresh_from_db()
    return upload


@transaction.atomic
def send_rows(
    submission: Submission,
    sent: "list[Any] | File[Any]",
    *,
    by: User,
    dry_run: bool = False,
    replace: bool = False,
) -> Outcome | Upload:
    """Load an array of JSON, or a file, into a submission; more than 2,000 rows are an upload."""
    submission.require_editable(by)
    if isinstance(sent, list):
        kind, source = "json", sources.of_array(sent)
    else:
        kind = sources.kind_of(sent)
        source = sources.read(kind, sent, submission)
    first = list(islice(source.rows, uploads.AT_ONCE + 1))
    if len(first) > uploads.AT_ONCE:
        file = sources.as_file(sent) if isinstance(sent, list) else sent
        return send_file(
            file, by=by, to=submission, dry_run=dry_run, replace=replace, kind=kind, is_long=True
        )
    outcome = pipeline.load(
        submission,
        first,
        by=by,
        dry_run=dry_run,
        replace=replace,
        typed=source.typed,
        problems=source.problems,
    )
    outcome.errors = source.located(outcome.errors)
    return outcome


@transaction.atomic
def load_upload(upload: Upload, *, by: User, sha256: str = "") -> Upload:
    """Load exactly the file that was checked; loading it again does nothing."""
    if by.pk != upload.by_id:
        raise NotAllowed("sender_only", "Only who sent the file loads it.")
    if sha256 and sha256 != upload.sha256:
        raise ValidationError({"sha256": f"The file that was checked is {upload.sha256}."})
    if upload.loaded_at:
        return upload
    if upload.status != Status.READY:
        raise DomainError("not_checked", f"The file is {upload.get_status_display().lower()}.")
    if upload.errors:
        raise DomainError("bad_rows", "Rows of the file are wrong; send it mended.")
    _require_sender(upload.submission, Consolidated(upload.framework, None, upload.sent_for), by)
    taken = Upload.objects.filter(pk=upload.pk, status=Status.READY, loaded_at=None)
    if not taken.update(
        status=Status.QUEUED,
        is_dry_run=False,
        queued_at=timezone.now(),
        finished_at=None,
        attempts=0,
        fence=F("fence") + 1,
    ):
        upload.refresh_from_db()
        if upload.loaded_at:  # by another click, for whose end this one waited
            return upload
        raise DomainError("not_checked", "The file is being loaded.")
    upload.refresh_from_db()
    _work_on(upload)
    upload.refresh_from_db()
    return upload


def _work_on(upload: Upload, *, is_long: bool = False) -> None:
    if is_long or not uploads.load_now(upload):
        transaction.on_commit(partial(run_upload.delay, upload.pk), robust=True)


def _require_sender(submission: Submission | None, scope: Consolidated, by: User) -> None:
    if submission:
        submission.require_editable(by)
    elif not sendable(scope, by):
        raise NotAllowed("unit_only", "Only the reporting units' own people may do this.")
