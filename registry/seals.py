"""Sealing the audit log, and anchoring its seals outside the database."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction

from registry.errors import DomainError
from registry.models import AuditSeal

MOST = 1000  # entries under one seal
TAIL = 4096  # more than a line of the anchor file is long
logger = logging.getLogger(__name__)


def seal(*, new_anchor: bool = False) -> int:
    """Seal what has been committed and anchor it; how many entries it sealed.

    A seal reaches up to the oldest transaction that still runs: nobody waits for it, and it waits
    for nobody. Called twice at once, one of the two does the work.
    """
    sealed, count, path = 0, MOST, Path(settings.AUDIT_ANCHOR_FILE)
    while count == MOST:  # fewer is all there was: what came meanwhile is for the next time
        # Each seal is anchored before the next: a crash leaves one out, which may be the first.
        first = len(AuditSeal.objects.order_by()[:2]) < 2
        count = _seal_some()
        anchor(path, begin=first or new_anchor)
        sealed += count
    return sealed


def _seal_some() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT registry_seal_audit(%s)", [MOST])
        return int(cursor.fetchone()[0])


def anchor(path: Path, *, begin: bool = False) -> int:
    """Add to the file the seals that it lacks, one line each, and have them on the disk.

    It is only ever added to. A file that says something else than the database is left as it is,
    and said so: that is what it is for. One that is not there, or empty, is begun with the first
    seal, or when an operator says so: else who takes it away would be given another, made from
    what the database says now.
    """
    if not AuditSeal.objects.exists():
        return 0
    if not (begin or path.is_file()):
        raise _missing(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last_line(file)
        if last:
            _require_known(last)
        elif not begin:
            raise _missing(path)
        else:
            logger.warning("The audit log's anchors begin in a new file, %s.", path)
        added = 0
        for line in _lines_after(last["seal"] if last else 0):
            file.write(line)
            added += 1
        file.flush()
        os.fsync(file.fileno())
    return added


def _missing(path: Path) -> DomainError:
    return DomainError(
        "anchor_missing",
        f"There are seals, and no anchors in {path}. Put the file or its newest copy there; if"
        " there is none, find out why, run verify_audit with the newest copy elsewhere, and begin"
        " a new file: manage.py seal_audit --new-anchor.",
    )


def _lines_after(number: int) -> Iterator[bytes]:
    seals = AuditSeal.objects.filter(number__gt=number).order_by("number")
    values = seals.values_list("number", "total", "sha256", "sealed_at")
    for seal_number, total, sha256, at in values.iterator(chunk_size=1000):
        line = {
            "seal": seal_number,
            "entries": total,
            "sha256": bytes(sha256).hex(),
            "at": at.isoformat(),
        }
        yield json.dumps(line).encode() + b"\n"


def _last_line(file: BinaryIO) -> dict[str, Any] | None:
    """The last whole line; one cut short by a crash is cut off."""
    end = file.seek(0, os.SEEK_END)
    start = max(end - TAIL, 0)
    file.seek(start)
    whole, _, rest = file.read().rpartition(b"\n")
    if rest:
        file.truncate(end - len(rest))
    if not whole:
        return None
    try:
        line = json.loads(whole.rpartition(b"\n")[2])
        return {"seal": int(line["seal"]), "sha256": str(line["sha256"])}
    except (ValueError, KeyError, TypeError):
        raise DomainError(
            "anchor_unreadable", "The anchor file's last line is no anchor."
        ) from None


def _require_known(line: dict[str, Any]) -> None:
    known = AuditSeal.objects.filter(number=line["seal"]).first()
    if known is None or bytes(known.sha256).hex() != line["sha256"]:
        raise DomainError(
            "anchor_differs",
            f"Seal {line['seal']} is not the one that was anchored: run verify_audit.",
        )


def continue_after_restore() -> bool:
    """Let the log's order go on in the cluster that it was restored into; the owner's to do.

    Before anything else is written there. Whether there was something to do.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE registry_auditcluster SET system = here.system_identifier, ahead = greatest(
              coalesce((SELECT max(transaction) FROM registry_auditentry), 0),
              coalesce((SELECT max(last_transaction) FROM registry_auditseal), 0)) + 1
            FROM pg_control_system() here
            WHERE system <> here.system_identifier
            """
        )
        return bool(cursor.rowcount)
