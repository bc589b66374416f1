"""The one door for values: rows are staged, checked as a set and loaded, all or none."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from monitoring.errors import RowError, Unreadable
from monitoring.ingest import checking, loading, targets
from monitoring.ingest.columns import COLUMNS, MOST_ROWS
from monitoring.ingest.names import Names
from monitoring.ingest.outcome import Consolidated, Outcome, Scope
from monitoring.ingest.staging import Stage
from monitoring.ingest.targets import Target
from monitoring.models import Submission
from registry.models import User

__all__ = ["Consolidated", "Outcome", "Scope", "load"]

NumberedRow = tuple[int, Any]
ORDER = {name: number for number, name in enumerate(COLUMNS)}


@transaction.atomic
def load(
    scope: Scope,
    rows: Iterable[NumberedRow],
    *,
    by: User,
    dry_run: bool = False,
    replace: bool = True,
    typed: bool = False,
    problems: Sequence[RowError] = (),
    names_stored: bool = False,
) -> Outcome:
    """Load rows of the long format into a submission, or into many of one framework.

    A cell that is empty (None, "" or blanks) states nothing; in `typed` rows, of forms and JSON,
    an empty remark is taken away. With `replace`, rows change what a draft has for the same
    cells; without it, a cell that has another value is an error. Rows that say what is stored
    already change nothing. Bad rows are all named in the outcome, and then nothing is saved.
    `problems` are what the reader of a file found by the time it had given its last row; with
    `names_stored` the outcome has the keys of the values that the rows are about.
    """
    if isinstance(scope, Submission):
        scope.require_editable(by)
    else:
        targets.sendable(scope, by)
    stage = _staged(scope, rows, typed=typed)
    loading.put_down(stage)
    aims = _targets(scope, by, dry_run=dry_run)
    counts = checking.check(aims, replace=replace)
    found = [*problems, *stage.errors, *(checking.errors(stage) if counts.wrong else ())]
    outcome = Outcome(
        rows=stage.rows,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        errors=sorted(found, key=_place_of),
        submissions=[aim.submission for aim in aims if aim.submission],
        dry_run=dry_run,
    )
    if outcome.saved:
        aims = _load(scope, aims, by)
        outcome.submissions = [aim.submission for aim in aims if aim.submission]
    if names_stored and not outcome.errors:
        outcome.observations = loading.stored(aims)
    loading.clear()
    return outcome


def _staged(scope: Scope, rows: Iterable[NumberedRow], *, typed: bool) -> Stage:
    framework = scope.period.framework if isinstance(scope, Submission) else scope.framework
    stage = Stage(scope, Names(framework), typed=typed)
    for number, row in rows:
        stage.add(number, row)
        if stage.rows > MOST_ROWS:
            raise Unreadable("too_many_rows", f"At most {MOST_ROWS:,} rows at once.")
    return stage


def _targets(scope: Scope, by: User, *, dry_run: bool) -> list[Target]:
    """Where the rows go; held, so that nobody closes a period or moves a draft meanwhile."""
    if isinstance(scope, Submission):
        if not dry_run:
            scope.hold_editable(by)
        return [Target(scope.unit_id, scope.period_id, scope.pk)]
    with connection.cursor() as cursor:
        pairs = list(checking.pairs(cursor))
    if not dry_run:
        targets.lock(scope, pairs)
    return targets.of_many(scope, pairs, by)


def _load(scope: Scope, aims: list[Target], by: User) -> list[Target]:
    if isinstance(scope, Submission):
        scope.change()
    else:
        changed = loading.changed_pairs()
        aims = [aim for aim in aims if (aim.unit, aim.period) in changed]
        loading.bump([aim.submission for aim in aims if aim.submission], by)
        aims = targets.begin(aims, scope, by)
    loading.insert(aims)
    return aims


def _place_of(error: RowError) -> tuple[int, int, str]:
    return error.row, ORDER.get(error.field, len(ORDER)), error.code
