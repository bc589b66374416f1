"""Rollups are brought up to date from the queue of changes, or computed anew and compared.

What counts now is computed by the same fragments that reports use with their cut-offs. Once the
queue holds nothing of a partnership, its rollups are what a computation would give; until then
readers compute (`rollups.figures_now`), so that nobody waits and nobody sees an old figure.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection, transaction

from monitoring.aggregation.fragments import (
    CELL,
    CELL_OF_UNITS,
    COMBINED,
    LARGEST,
    NOW,
    RUNNING,
    UNIT_VALUE,
    VIEW,
)

# What one refresh looks at: the oldest changes, and the partnerships that these are of.
CHANGES_AT_ONCE, PARTNERSHIPS_AT_ONCE = 20_000, 1_000
FEW = 100  # up to so many changes, planning takes as long as the rest
_LOCK = "hashtextextended('monitoring rollups', {key})"
SETTLED = "status IN ('agreed', 'superseded', 'imported')"


class Table(NamedTuple):
    """A level of rollups: its rows' keys and values, in the order of its SELECT."""

    name: str
    keys: Sequence[str]
    values: Sequence[str]

    @property
    def columns(self) -> str:
        return ", ".join([*self.keys, *self.values])

    def of(self, alias: str, names: Sequence[str]) -> str:
        return ", ".join(f"{alias}.{name}" for name in names)

    @property
    def matching(self) -> str:
        return f"({self.of('r', self.keys)}) = ({self.of('f', self.keys)})"

    @property
    def differs(self) -> str:
        return f"({self.of('r', self.values)}) IS DISTINCT FROM ({self.of('f', self.values)})"


UNITS = Table(
    "monitoring_unitrollup",
    ["partnership_id", "indicator_id", "category_id", "period_id", "unit_id"],
    [
        "value",
        "numerator",
        "denominator",
        "is_provisional",
        "reported",
        "value_on",
    ],
)
FIGURES = Table(
    "monitoring_figurerollup",
    ["partnership_id", "indicator_id", "category_id", "period_id", "span"],
    [
        "total",
        "least",
        "most",
        "numerator",
        "denominator",
        "contributing",
        "reported",
        "is_provisional",
        "carried_from",
        "largest_sum",
        "largest",
    ],
)

_OF_ALL = VIEW.format(which=SETTLED, until="true")
_OF_SOME = VIEW.format(which=f"partnership_id = ANY(%(partnerships)s) AND {SETTLED}", until="true")
_CELLS = CELL.format(counts=NOW, wanted="true")

# Lines of the units that changed, and those whose states end where these begin to report.
_CHANGED_LINES = """
changed AS MATERIALIZED (
  SELECT DISTINCT s.series, unit.line_id
  FROM unnest(%(indicators)s::bigint[], %(units)s::bigint[]) c (indicator_id, unit_id)
  JOIN monitoring_indicator s ON s.id = c.indicator_id
  JOIN unit ON unit.id = c.unit_id
), written AS MATERIALIZED (
  SELECT series, line_id FROM changed
  UNION SELECT c.series, unit.line_id FROM changed c JOIN unit ON unit.heir_id = c.line_id
), asked AS MATERIALIZED (
  SELECT series, line_id FROM written
  UNION SELECT w.series, unit.heir_id FROM written w JOIN unit ON unit.line_id = w.line_id
  WHERE unit.heir_id IS NOT NULL
)"""
_CELLS_OF_LINES = CELL_OF_UNITS.format(
    counts=NOW, wanted="true", lines="ind.series IN (SELECT series FROM asked)"
)

FRESH_UNITS = f"""
SELECT DISTINCT ON ({", ".join(UNITS.keys)}) {UNITS.columns}
FROM unit_value ORDER BY {", ".join(UNITS.keys)}"""
_FRESH_UNITS_OF_LINES = f"""
SELECT v.* FROM ({FRESH_UNITS}) v JOIN monitoring_indicator i ON i.id = v.indicator_id
WHERE (i.series, v.unit_id) IN (SELECT series, line_id FROM written)"""

FRESH_FIGURES = f"""
SELECT partnership_id, indicator_id, category_id, period_id, 'period' AS span, {COMBINED},
       NULL::numeric, NULL::numeric
FROM unit_value GROUP BY partnership_id, indicator_id, category_id, period_id
UNION ALL
SELECT partnership_id, indicator_id, category_id, period_id, span, {COMBINED}, {LARGEST}
FROM running GROUP BY partnership_id, indicator_id, category_id, period_id, span"""
_ALL_RUNNING = RUNNING.format(asked="true", parts="true")

# The units' values as they are stored, in the places of what they were computed from.
_STORED_UNITS = """
unit_value AS MATERIALIZED (
  SELECT r.*, ind.framework_id, ind.accumulation
  -- OFFSET 0: else the planner expects one row in all, and joins those by nested loops.
  FROM ind CROSS JOIN LATERAL (
    SELECT * FROM monitoring_unitrollup stored
    WHERE stored.partnership_id = ind.partnership_id AND stored.indicator_id = ind.id OFFSET 0
  ) r
  WHERE {wanted}
), cell AS MATERIALIZED (
  SELECT r.*, per.n, per.last_n, per.ends_on, 0 AS observation_id
  FROM unit_value r JOIN per ON per.framework_id = r.framework_id AND per.id = r.period_id
  WHERE r.accumulation = 'flow'
)"""
_OF_INDICATORS = """ind.series IN (
    SELECT series FROM monitoring_indicator WHERE id = ANY(%(indicators)s::bigint[]))"""


def _store(table: Table, ctes: str, fresh: str, scope: str) -> str:
    """Write what differs within the scope and nothing else; gives how many rows that were.

    By a FULL JOIN, which is never done by nested loops, however few rows the planner expects.
    """
    keys, changes = ", ".join(table.keys), ", ".join(f"{v} = EXCLUDED.{v}" for v in table.values)
    either = ", ".join(f"COALESCE(f.{key}, r.{key}) AS {key}" for key in table.keys)
    return f"""
WITH {ctes}, fresh ({table.columns}) AS MATERIALIZED ({fresh}
), differing AS MATERIALIZED (
  SELECT {either}, {table.of("f", table.values)}, f.partnership_id IS NULL AS is_gone
  FROM fresh f FULL JOIN (SELECT * FROM {table.name} r WHERE {scope}) r ON {table.matching}
  WHERE {table.differs}
), gone AS (
  DELETE FROM {table.name} r USING differing f WHERE f.is_gone AND {table.matching}
  RETURNING 1
), stored AS (
  INSERT INTO {table.name} ({table.columns})
  SELECT {table.columns} FROM differing WHERE NOT is_gone
  ON CONFLICT ({keys}) DO UPDATE SET {changes}
  RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM stored)"""


_SCOPE = "r.partnership_id = ANY(%(partnerships)s::bigint[])"
_WHOLE_UNITS = _store(UNITS, f"{_OF_SOME}, {_CELLS}, {UNIT_VALUE}", FRESH_UNITS, _SCOPE)
_WHOLE_FIGURES = _store(
    FIGURES,
    f"{_OF_SOME}, {_STORED_UNITS.format(wanted='true')}, {_ALL_RUNNING}",
    FRESH_FIGURES,
    _SCOPE,
)
_ALL_UNITS = _store(UNITS, f"{_OF_ALL}, {_CELLS}, {UNIT_VALUE}", FRESH_UNITS, "true")
_ALL_FIGURES = _store(
    FIGURES,
    f"{_OF_ALL}, {_STORED_UNITS.format(wanted='true')}, {_ALL_RUNNING}",
    FRESH_FIGURES,
    "true",
)
_CHANGED_UNITS = _store(
    UNITS,
    f"{_OF_SOME}, {_CHANGED_LINES}, {_CELLS_OF_LINES}, {UNIT_VALUE}",
    _FRESH_UNITS_OF_LINES,
    f"""{_SCOPE} AND (r.indicator_id, r.unit_id) IN (
      SELECT i.id, w.line_id FROM written w JOIN monitoring_indicator i USING (series))""",
)
_CHANGED_FIGURES = _store(
    FIGURES,
    f"{_OF_SOME}, {_STORED_UNITS.format(wanted=_OF_INDICATORS)}, {_ALL_RUNNING}",
    FRESH_FIGURES,
    f"""{_SCOPE} AND r.indicator_id IN (
      SELECT i.id FROM monitoring_indicator i JOIN monitoring_indicator s USING (series)
      WHERE s.id = ANY(%(indicators)s::bigint[]))""",
)

_TAKE = f"""
WITH waiting AS MATERIALIZED (
  SELECT DISTINCT partnership_id FROM (
    SELECT partnership_id FROM monitoring_rollupchange WHERE {{which}} ORDER BY id
    LIMIT {CHANGES_AT_ONCE}
  ) first LIMIT {PARTNERSHIPS_AT_ONCE}
)
SELECT partnership_id FROM waiting
WHERE pg_try_advisory_xact_lock({_LOCK.format(key="partnership_id")})"""
# Set-based statements that run once: compiling them costs more than it saves, sorts fit in memory.
_FOR_SETS = "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
_NOT_REBUILDING = f"SELECT pg_try_advisory_xact_lock_shared({_LOCK.format(key=0)})"
_REBUILDING = f"SELECT pg_advisory_xact_lock({_LOCK.format(key=0)})"
_EMPTY = """
DELETE FROM monitoring_rollupchange WHERE partnership_id = ANY(%s)
RETURNING partnership_id, indicator_id, unit_id"""


class Refreshed(NamedTuple):
    """What one refresh took from the queue and how many rows of rollups it wrote."""

    partnerships: int = 0
    changes: int = 0
    rows: int = 0


@transaction.atomic
def refresh(partnerships: Iterable[int] | None = None) -> Refreshed:
    """Take changes into the rollups, the oldest first; of some partnerships only, if named.

    A partnership that somebody else refreshes at this moment is left to them. Whoever dies in
    the midst leaves rollups and queue as they were.
    """
    which, params = "true", []
    if partnerships is not None:
        which, params = "partnership_id = ANY(%s)", [list(partnerships)]
    with connection.cursor() as cursor:
        cursor.execute(_NOT_REBUILDING)
        if not cursor.fetchone()[0]:
            return Refreshed()
        cursor.execute(_TAKE.format(which=which), params)
        taken = [key for (key,) in cursor.fetchall()]
        if not taken:
            return Refreshed()
        cursor.execute(_EMPTY, [taken])
        changes = cursor.fetchall()
        whole = {key for key, indicator, _ in changes if indicator is None}
        rows = _compute(whole, _WHOLE_UNITS, _WHOLE_FIGURES)
        rows += _compute_lines({change for change in changes if change[0] not in whole})
    return Refreshed(len(taken), len(changes), rows)


def refresh_all() -> Refreshed:
    """Until the queue is empty, or holds only what others are busy with."""
    total = Refreshed()
    while (step := refresh()).changes:
        total = Refreshed(*(a + b for a, b in zip(total, step, strict=True)))
    return total


def _compute(partnerships: set[int], *statements: str, **params: Any) -> int:
    """Each level in turn, for some partnerships."""
    if not partnerships:
        return 0
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute(_FOR_SETS)
        for statement in statements:
            cursor.execute(statement, {"partnerships": sorted(partnerships), **params})
            rows += cursor.fetchone()[0]
    return rows


def _compute_lines(changes: set[tuple[int, int, int]]) -> int:
    """The lines that changed: (partnership, indicator, unit)."""
    partnerships = {partnership for partnership, _, _ in changes}
    lines = {
        "indicators": [indicator for _, indicator, _ in changes],
        "units": [unit for _, _, unit in changes],
    }
    if not 0 < len(changes) <= FEW:
        return _compute(partnerships, _CHANGED_UNITS, _CHANGED_FIGURES, **lines)
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute(f"{_FOR_SETS}; SET LOCAL plan_cache_mode = force_generic_plan")
        for statement in (_CHANGED_UNITS, _CHANGED_FIGURES):
            rows += _planned_once(cursor, statement, partnerships=sorted(partnerships), **lines)
    return rows


def _planned_once(cursor: Any, statement: str, **params: list[int]) -> int:
    """Execute a statement by the plan that this connection's server has kept of it; one that has
    none makes it. The server itself plans anew where a table was changed or analysed since."""
    name = f"rollups_{sha256(statement.encode()).hexdigest()[:16]}"
    cursor.execute("SELECT FROM pg_prepared_statements WHERE name = %s", [name])
    if cursor.fetchone() is None:
        places = {param: f"${number}" for number, param in enumerate(params, start=1)}
        types = ", ".join(["bigint[]"] * len(params))
        cursor.execute(f"PREPARE {name} ({types}) AS {statement % places}")
    values = ", ".join(f"%({param})s::bigint[]" for param in params)
    cursor.execute(f"EXECUTE {name} ({values})", params)
    (written,) = cursor.fetchone()
    return int(written)


@transaction.atomic
def rebuild() -> int:
    """Compute every rollup anew and write what differs; gives how many rows that were.

    Refreshes leave the queue alone meanwhile; writers of values and readers do not wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REBUILDING)
        cursor.execute("DELETE FROM monitoring_rollupchange")
    return _compute({0}, _ALL_UNITS, _ALL_FIGURES)


def rebuild_partnership(partnership: int) -> int:
    """The same for one; it waits for whoever refreshes it at the moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK.format(key='%s')})", [partnership])
        cursor.execute(
            "INSERT INTO monitoring_rollupchange (partnership_id, transaction) VALUES (%s, 0)",
            [partnership],
        )
        return refresh([partnership]).rows
