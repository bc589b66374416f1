"""What a checked file would change, value by value, before it is loaded."""

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from monitoring.ingest import pipeline, sources
from monitoring.ingest.uploads import AT_ONCE, scope_of
from monitoring.models import Observation, Submission, Upload

MOST_SHOWN = 300
OPEN = (Submission.Status.DRAFT, Submission.Status.RETURNED)
Cell = tuple[int, int, int, int | None]


class Change(NamedTuple):
    """A value that the file brings or changes, whole enough to be read."""

    row: Observation
    old: Observation | None


def changes_of(upload: Upload) -> list[Change]:
    """The values as the file would leave them, with what stands now; nothing is kept of it.

    None are given for files that were loaded, that have errors, or that are a worker's work.
    """
    is_short = upload.rows is not None and upload.rows <= AT_ONCE
    if upload.loaded_at or upload.errors or not is_short or not upload.file:
        return []
    with transaction.atomic():
        after = _loaded(upload)
        transaction.set_rollback(True)
    before = _standing(upload, after)
    changes = [Change(row, before.get(_cell(row))) for row in after]
    return [one for one in changes if one.old is None or _said(one.old) != _said(one.row)]


def _standing(upload: Upload, after: list[Observation]) -> dict[Cell, Observation]:
    """What drafts of these units and periods hold; where a file corrects, what counts."""
    open_ones = Q(submission__status__in=OPEN)
    if upload.corrects:
        open_ones |= Q(counts_from__isnull=False, counts_until=None)
    units, periods = {row.unit_id for row in after}, {row.period_id for row in after}
    rows = Observation.objects.filter(open_ones, unit__in=units, period__in=periods)
    if upload.submission:
        rows = rows.filter(submission=upload.submission)
    rows = rows.select_related("indicator")
    counting_first = sorted(rows, key=lambda row: row.counts_from is None)
    return {_cell(row): row for row in counting_first}


def _loaded(upload: Upload) -> list[Observation]:
    scope = scope_of(upload)
    source = sources.read(upload.kind, upload.file.open("rb"), scope)
    outcome = pipeline.load(
        scope,
        source.rows,
        by=upload.by,
        replace=upload.replaces,
        typed=source.typed,
        problems=source.problems,
    )
    rows = Observation.objects.filter(submission__in=outcome.submissions)
    names = ("indicator", "category", "period", "unit__membership__partner", "unit__country")
    return list(rows.select_related(*names).order_by("unit", "period", "indicator", "category_id"))


def _cell(row: Observation) -> Cell:
    return (row.unit_id, row.period_id, row.indicator_id, row.category_id)


def _said(row: Observation) -> tuple[Any, ...]:
    names = ("value", "numerator", "denominator", "text", "withdraws", "comment", "method")
    more = ("variance_reason", "is_provisional", "sample_size", "interval_low", "interval_high")
    return tuple(getattr(row, name) for name in (*names, *more))
