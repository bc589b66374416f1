"""Proves that rollups are what a full computation gives."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

from monitoring.aggregation.fragments import CELL, NOW, RUNNING, UNIT_VALUE, VIEW
from monitoring.aggregation.refreshing import (
    FIGURES,
    FRESH_FIGURES,
    FRESH_UNITS,
    SETTLED,
    UNITS,
    Table,
)

# Of what waits in the queue the rollups may be old, and readers do not read them.
_KNOWN_AS_OLD = "partnership_id IN (SELECT partnership_id FROM monitoring_rollupchange)"
_VIEW = VIEW.format(which=f"{SETTLED} AND NOT {_KNOWN_AS_OLD} AND ({{which}})", until="true")
_ALL_RUNNING = RUNNING.format(asked="true", parts="true")
_CTES = f"{_VIEW}, {CELL.format(counts=NOW, wanted='true')}, {UNIT_VALUE}"


class Difference(NamedTuple):
    """A row that is not what it should be; without values where there is none."""

    level: str
    key: dict[str, Any]
    stored: dict[str, Any] | None
    computed: dict[str, Any] | None

    def __str__(self) -> str:
        where = " ".join(f"{name} {value}" for name, value in self.key.items())
        return f"{self.level}: {where}: stored {self.stored}, computed {self.computed}"


def differences(partnership: int | None = None) -> Iterator[Difference]:
    """Every row in which rollups and a full computation differ, each level in one snapshot.

    Both levels are computed from the values themselves, none from the other.
    """
    which = "true" if partnership is None else "partnership_id = %(partnership)s"
    for level, table, ctes, fresh in (
        ("unit", UNITS, _CTES, FRESH_UNITS),
        ("figure", FIGURES, f"{_CTES}, {_ALL_RUNNING}", FRESH_FIGURES),
    ):
        sql = _compare(table, ctes.format(which=which), fresh, which)
        with connection.cursor() as cursor:
            cursor.execute(sql, {"partnership": partnership})
            for row in cursor:
                yield _difference(level, table, row)


def _compare(table: Table, ctes: str, fresh: str, which: str) -> str:
    keys = ", ".join(f"COALESCE(f.{key}, r.{key})" for key in table.keys)
    return f"""
WITH {ctes}, fresh ({table.columns}) AS ({fresh}
), r AS (
  SELECT * FROM {table.name} WHERE NOT {_KNOWN_AS_OLD} AND ({which})
)
SELECT {keys}, r.partnership_id IS NOT NULL, f.partnership_id IS NOT NULL,
       {table.of("r", table.values)}, {table.of("f", table.values)}
FROM fresh f FULL JOIN r ON {table.matching}
WHERE {table.differs}"""


def _difference(level: str, table: Table, row: tuple[Any, ...]) -> Difference:
    key, rest = row[: len(table.keys)], row[len(table.keys) :]
    is_stored, is_computed, *values = rest
    size = len(table.values)
    stored, computed = (
        dict(zip(table.values, part, strict=True)) for part in (values[:size], values[size:])
    )
    return Difference(
        level,
        dict(zip(table.keys, key, strict=True)),
        stored if is_stored else None,
        computed if is_computed else None,
    )
