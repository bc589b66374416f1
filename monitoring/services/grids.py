"""Data of many units in one go: each unit's stays its own, and all is saved or nothing."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from monitoring.errors import RowErrors
from monitoring.ingest.outcome import Consolidated, Outcome
from monitoring.ingest.pipeline import load
from monitoring.ingest.staging import Row
from monitoring.models import Observation, Submission
from monitoring.services.quality import hand_in
from registry.errors import DomainError, StaleVersion
from registry.models import User

Place = tuple[int, int, int | None]
OPEN = (Submission.Status.DRAFT, Submission.Status.RETURNED)


@transaction.atomic
def save_grid(
    scope: Consolidated,
    rows: Sequence[Row],
    *,
    by: User,
    versions: Mapping[int, int],
    emptied: Collection[Place] = (),
) -> Outcome:
    """Record rows of one period, each with its unit; begin what is missing.

    `versions` says, by unit, what the sender had read (0: nothing was begun); whoever was
    overtaken by somebody else gets StaleVersion. `emptied` cells (unit, indicator, category) lose
    their value. RowErrors names every bad row.
    """
    assert scope.period
    scope.period.hold()
    found = current(scope.period.pk, versions)
    if any(seen != (found[u].version if u in found else 0) for u, seen in versions.items()):
        raise StaleVersion
    _empty(found, emptied, by)
    outcome = load(scope, enumerate(rows, start=1), by=by, replace=True, typed=True)
    if outcome.errors:
        raise RowErrors(outcome.errors)
    return outcome


def current(period: int, units: Collection[int]) -> dict[int, Submission]:
    """By unit, the newest submission that was neither withdrawn nor superseded."""
    gone = (Submission.Status.WITHDRAWN, Submission.Status.SUPERSEDED)
    rows = Submission.objects.filter(period=period, unit__in=units).exclude(status__in=gone)
    return {one.unit_id: one for one in rows.order_by("revision")}


def _empty(found: Mapping[int, Submission], emptied: Collection[Place], by: User) -> None:
    """Take values out of drafts, and count their versions up."""
    cells, drafts = Q(pk__in=[]), set()
    for unit, indicator, category in emptied:
        if unit in found:
            drafts.add(found[unit].pk)
            cells |= Q(submission=found[unit].pk, indicator=indicator, category=category)
    own = Submission.objects.editable_by(by).filter(pk__in=drafts, status__in=OPEN)
    if set(own.values_list("pk", flat=True)) != drafts:
        raise DomainError("submission_locked", "One of the submissions is not open for changes.")
    if drafts:
        rows = Observation.objects.filter(cells, submission__in=drafts, withdraws=False)
        rows.delete()
        Submission.objects.filter(pk__in=drafts).note_writer(by)
        Submission.objects.filter(pk__in=drafts).update(
            version=F("version") + 1, updated_at=timezone.now()
        )


@transaction.atomic
def hand_in_many(submissions: Sequence[Submission], *, by: User) -> None:
    """Hand all of them in, or none; the refusal names every unit that is in the way."""
    refused: list[str] = []
    for one in submissions:
        try:
            with transaction.atomic():
                hand_in(one, by=by)
        except DomainError as problem:
            refused.append(f"{one.unit}: {problem.detail}")
    if refused:
        raise DomainError("not_all_handed_in", f"None was sent. {' '.join(refused)}")
