"""Published files that admins import."""

from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.exchange.iati_reader import MAX_BYTES
from monitoring.exchange.jobs import new_batch
from monitoring.tasks import run_import
from registry.errors import NotAllowed
from registry.models import ImportBatch, User


@transaction.atomic
def queue_import(name: str, content: bytes, *, by: User, dry_run: bool = False) -> ImportBatch:
    """Have a worker import a published file; the batch shows how far it is."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin imports files.")
    if len(content) > MAX_BYTES:
        raise ValidationError({"file": f"A file may have {MAX_BYTES} bytes."}, code="too_large")
    batch = new_batch(name, content, by=by, is_dry_run=dry_run)
    transaction.on_commit(partial(run_import.delay, batch.pk), robust=True)
    return batch
