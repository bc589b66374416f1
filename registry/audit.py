"""Attach the audit log to a table, in a migration: one line per table."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations

NAMES = ("insert", "update", "delete", "truncate")


def audited(
    table: str,
    *,
    key: str = "id",
    hidden: Sequence[str] = (),
    ignored: Sequence[str] = (),
    watched: Sequence[str] = (),
) -> migrations.RunSQL:
    """Every change of the table's rows makes an entry, whoever makes it and however.

    `hidden` columns may hold something personal: an entry says that they changed, never what they
    held. `ignored` ones are left out (derived by the database, or a worker's bookkeeping): a
    change of those alone makes no entry. Of a table with a large column name the `watched` ones:
    an UPDATE that changes none of them costs nothing. Used again, it replaces what stood.
    """
    arguments = f"'{key}', '{_array(hidden)}', '{_array(ignored)}'"
    do = f"EXECUTE FUNCTION registry_audit({arguments})"
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    statement = f"FOR EACH STATEMENT {do}"
    update = f"REFERENCING {old} {new} {statement}"
    if watched:
        was, now = (", ".join(f'{row}."{name}"' for name in watched) for row in ("OLD", "NEW"))
        update = f"FOR EACH ROW WHEN (({was}) IS DISTINCT FROM ({now})) {do}"
    return migrations.RunSQL(
        [
            *_drops(table),
            f"CREATE TRIGGER audit_insert AFTER INSERT ON {table} REFERENCING {new} {statement}",
            f"CREATE TRIGGER audit_update AFTER UPDATE ON {table} {update}",
            f"CREATE TRIGGER audit_delete AFTER DELETE ON {table} REFERENCING {old} {statement}",
            f"CREATE TRIGGER audit_truncate AFTER TRUNCATE ON {table} {statement}",
        ],
        _drops(table),
    )


def _drops(table: str) -> list[Any]:
    return [f"DROP TRIGGER IF EXISTS audit_{name} ON {table}" for name in NAMES]


def _array(names: Sequence[str]) -> str:
    return "{" + ",".join(names) + "}"
