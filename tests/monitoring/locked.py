"""Factories write frameworks as they are after years; the database's locks are on where a test
is about them."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

# What the product's database holds against everybody, and tests' databases only when asked.
LOCKS = [
    "framework",
    "result",
    "indicator",
    "of_indicator",
    "own_dimension",
    "own_category",
    "light",
    "period",
    "handover",
]
TRIGGERS = """
    SELECT c.relname, t.tgname FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = ANY(%s)
"""


def set_locks(word):
    """`ENABLE` or `DISABLE`, as the tables' owner."""
    with connection.cursor() as cursor:
        # Foreign keys that wait for the end of the transaction would be in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(TRIGGERS, [[f"monitoring_guard_{name}" for name in LOCKS]])
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER {name}")


@contextmanager
def locked():
    """As it is for the product; inside, factories write drafts only."""
    set_locks("ENABLE")
    try:
        yield
    finally:
        set_locks("DISABLE")


@contextmanager
def refused_by(words):
    """What the database itself refuses, with its words."""
    with locked(), pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield
