"""What backs submitted values up."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from monitoring.models import (
    Evidence,
    Submission,
)
from registry.attached import as_stored_document
from registry.errors import DomainError, StaleVersion
from registry.models import Event, User


@transaction.atomic
def add_evidence(
    submission: Submission, *, by: User, file: "File[Any] | None" = None, **fields: Any
) -> Evidence:
    """Attach a file or link to a submission that is still open for changes.

    A file is stored under a name of our own; of its own name only the extension stays.
    """
    submission.hold_editable(by)
    observation = fields.get("observation")
    if observation and observation.submission_id != submission.pk:
        raise ValidationError({"observation": "A value of another submission."})
    if bool(file) == bool(fields.get("url")):
        raise ValidationError({"url": "Either a link or a file."})
    if file:
        fields |= as_stored_document(file)
    evidence = Evidence(submission=submission, added_by=by, **fields).store()
    Event.log(evidence, "added", by=by)
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a file or link away while the data is open; what a reviewer accepted stays."""
    submission = evidence.submission
    submission.hold_editable(by)
    stored = Evidence.objects.select_for_update().filter(pk=evidence.pk).first()
    if stored is None or stored.version != evidence.version:
        raise StaleVersion
    if stored.accepted:
        raise DomainError("evidence_accepted", "A reviewer accepted it: it stays.")
    Event.log(submission, "evidence_removed", by=by)
    storage, name = stored.file.storage, stored.file.name
    stored.delete()
    if name:
        transaction.on_commit(partial(storage.delete, name), robust=True)
