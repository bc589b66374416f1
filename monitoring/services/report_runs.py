"""What admins do about runs that have failed."""

from functools import partial

from django.db import transaction

from monitoring.models import ReportRun
from monitoring.tasks import compute_report
from registry.errors import DomainError, NotAllowed
from registry.models import Event, User


@transaction.atomic
def try_again(run: ReportRun, *, by: User) -> ReportRun:
    """Queue a failed run once more, with all its attempts; its dates stay, so its content does."""
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
    if not run.queue_again():
        raise DomainError("not_failed", f"It is {run.status}, not failed.")
    Event.log(run, "tried_again", by=by)
    if run.take_hint():
        transaction.on_commit(partial(compute_report.delay, run.pk), robust=True)
    return run
