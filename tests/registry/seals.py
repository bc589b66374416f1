"""What tests of the sealed log share."""

from contextlib import contextmanager
from hashlib import sha256
from threading import Event
from time import monotonic

from django.db import connection, transaction

from registry import verifying

PATIENCE = 60  # seconds


@contextmanager
def without_triggers():
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("registry_auditentry", "registry_auditseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER keep")
        yield cursor
        for table in ("registry_auditentry", "registry_auditseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER keep")


def empty_log():
    """Only who owns the log can do this."""
    with without_triggers() as cursor:
        cursor.execute("TRUNCATE registry_auditentry, registry_auditseal")


def seal_everything(most=1000):
    """Wait until every entry can be sealed, then seal them all."""
    until = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while not settled(cursor):
            assert monotonic() < until, "an old transaction runs in this database"
            Event().wait(0.02)
        sealed = most
        while sealed:
            cursor.execute("SELECT registry_seal_audit(%s)", [most])
            (sealed,) = cursor.fetchone()


def settled(cursor):
    cursor.execute(
        "SELECT coalesce(max(transaction), 0) < registry_audit_settled() FROM registry_auditentry"
    )
    return cursor.fetchone()[0]


def forge_chain(cursor):
    """Compute every seal anew, as the product does: what an owner could do to hide an edit."""
    cursor.execute(verifying.END)
    number, *last = cursor.fetchone()
    entries = list(verifying._entries(tuple(last)))
    before = b""
    for seal in list(verifying._seals(number)):
        digests = [entry.digest for entry in entries[: seal.entries]]
        entries = entries[seal.entries :]
        before = sha256(before + seal.header + b"".join(digests)).digest()
        cursor.execute(
            "UPDATE registry_auditseal SET sha256 = %s, marks = %s WHERE number = %s",
            [before, b"".join(d[:8] for d in digests), seal.number],
        )
