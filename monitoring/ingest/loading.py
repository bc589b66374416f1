"""Staged rows that passed every check, moved into the table of values as a set."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from monitoring.ingest.checking import FINAL, TARGETS, of_targets
from monitoring.ingest.staging import STAGED, Stage
from monitoring.ingest.targets import Target
from monitoring.models import Observation, Submission
from registry.models import User

WORTH_COUNTING = 200  # rows from which the planner does better with statistics
# Compiling the checks takes longer than doing them; sorting in memory does not reach the disk.
FOR_SETS = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
CELL = ("submission_id", "indicator_id", "period_id", "unit_id", "category_id")


def put_down(stage: Stage) -> None:
    """The stage's lines, as a table of this transaction."""
    columns = ", ".join(f"{name} {kind}" for name, kind in STAGED.items())
    stage.lines.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(f"{FOR_SETS}; CREATE TEMP TABLE staged ({columns}) ON COMMIT DROP")
        cursor.copy_expert("COPY staged FROM STDIN", stage.lines)
        if stage.rows > WORTH_COUNTING:
            cursor.execute("ANALYZE staged")


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.checked, pg_temp.staged")


def changed_pairs() -> set[tuple[int, int]]:
    """Units and periods of which a row would change something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT s.unit_id, s.period_id FROM staged s JOIN checked k USING (row_no)"
            " WHERE k.is_other"
        )
        return set(cursor.fetchall())


def bump(submissions: Sequence[int], by: User) -> None:
    """A new version of the submissions whose values change, and whose hand it was."""
    rows = Submission.objects.filter(pk__in=submissions)
    rows.note_writer(by)
    rows.update(version=F("version") + 1, updated_at=timezone.now())


def insert(targets: Sequence[Target]) -> None:
    """New values, and changed ones in place; rows that change nothing touch no row."""
    others = _defaults()
    columns = [*CELL, *FINAL, *others]
    conflict = ", ".join(_columns_of("observation_once"))
    old = ", ".join(f"monitoring_observation.{name}" for name in FINAL)
    new = ", ".join(f"excluded.{name}" for name in FINAL)
    statement = f"""
        INSERT INTO monitoring_observation ({", ".join(columns)})
        SELECT t.submission_id, s.indicator_id, s.period_id, s.unit_id, s.category_id,
          {", ".join([*FINAL.values(), *(f"%({name})s" for name in others)])}
        FROM staged s JOIN checked k USING (row_no)
        JOIN ({TARGETS}) t ON t.unit_id = s.unit_id AND t.period_id = s.period_id
        LEFT JOIN monitoring_observation h ON h.id = k.held
        WHERE k.is_other ORDER BY s.row_no
        ON CONFLICT ({conflict}) DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in FINAL)}
        WHERE ({old}) IS DISTINCT FROM ({new})
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {**of_targets(targets), **others})


def stored(targets: Sequence[Target]) -> list[int]:
    """The keys of the values that the staged rows are about now, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT h.id FROM staged s
            JOIN ({TARGETS}) t ON t.unit_id = s.unit_id AND t.period_id = s.period_id
            CROSS JOIN LATERAL (
              SELECT o.id FROM monitoring_observation o
              WHERE o.submission_id = t.submission_id AND o.indicator_id = s.indicator_id
                AND o.category_id IS NOT DISTINCT FROM s.category_id LIMIT 1
            ) h
            ORDER BY s.row_no
            """,
            of_targets(targets),
        )
        return [key for (key,) in cursor.fetchall()]


def _columns_of(constraint: str) -> list[str]:
    """The columns by which the database holds values apart."""
    found: Any = next(c for c in Observation._meta.constraints if c.name == constraint)
    fields: list[Any] = [Observation._meta.get_field(name) for name in found.fields]
    return [field.column for field in fields]


def _defaults() -> dict[str, Any]:
    """What a new value has that no row states."""
    stated = {*CELL, *FINAL, "id"}
    fields: list[Any] = [f for f in Observation._meta.concrete_fields if f.column not in stated]
    return {f.column: f.get_default() for f in fields if not f.null and not f.generated}
