"""Whether the sealed log is still what was sealed: every entry and every seal, computed anew.

Entries and seals are streamed, so that the memory taken does not grow with the log. The hashes are
made here and not by a function of the database's, which who can rewrite the log can rewrite too.
"""

import json
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction

MARK = 8
CHUNK = 2000
# The canonical bytes of an entry: jsonb writes one value in one way only.
ENTRIES = """
    SELECT transaction, id, jsonb_build_array(
      id, transaction, (extract(epoch FROM at) * 1000000)::bigint, actor, token, request,
      operation, table_name, row_id, before, after, withheld
    )::text
    FROM registry_auditentry WHERE (transaction, id) <= (%s, %s) ORDER BY transaction, id
"""
SEALS = """
    SELECT number, entries, total, last_transaction, last_id, marks, sha256, jsonb_build_array(
      number, entries, total, last_transaction, last_id,
      (extract(epoch FROM sealed_at) * 1000000)::bigint
    )::text
    FROM registry_auditseal WHERE number <= %s ORDER BY number
"""
END = """
    SELECT number, last_transaction, last_id FROM registry_auditseal ORDER BY number DESC LIMIT 1
"""
UNSEALED = "SELECT count(*) FROM registry_auditentry WHERE (transaction, id) > (%s, %s)"


class Entry(NamedTuple):
    transaction: int
    id: int
    digest: bytes


class Seal(NamedTuple):
    number: int
    entries: int
    total: int
    last: tuple[int, int]
    marks: bytes
    sha256: bytes
    header: bytes


class Anchor(NamedTuple):
    seal: int
    total: int
    sha256: str


class Problem(Exception):
    """What is not as it was sealed: the first seal, and where it can be told the first entry."""

    def __init__(self, text: str, *, seal: int, entry: int | None = None) -> None:
        super().__init__(text)
        self.seal, self.entry = seal, entry


@dataclass
class Verdict:
    seals: int = 0
    entries: int = 0
    anchors: int = 0
    unsealed: int = 0
    seconds: float = 0.0
    problem: Problem | None = None

    @property
    def per_second(self) -> int:
        return round(self.entries / self.seconds) if self.seconds else 0

    def as_dict(self) -> dict[str, Any]:
        found = self.problem
        return {
            "ok": found is None,
            "seals": self.seals,
            "entries": self.entries,
            "anchors": self.anchors,
            "unsealed": self.unsealed,
            "seconds": round(self.seconds, 3),
            "entries_per_second": self.per_second,
            "problem": found and {"seal": found.seal, "entry": found.entry, "text": str(found)},
        }


def verify(anchor_file: Path | None) -> Verdict:
    """Walk the whole chain, up to the first thing that is not as it was sealed."""
    verdict, started = Verdict(), time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(END)
        number, *last = cursor.fetchone() or (0, -1, -1)
        try:
            _walk(verdict, number, tuple(last), _anchors(anchor_file))
            if anchor_file and verdict.seals and not verdict.anchors:
                text = f"There are seals, and no anchors: {anchor_file} is missing or empty."
                raise Problem(text, seal=1)
        except Problem as problem:
            verdict.problem = problem
        cursor.execute(UNSEALED, last)
        verdict.unsealed = cursor.fetchone()[0]
    verdict.seconds = time.perf_counter() - started
    return verdict


def _walk(verdict: Verdict, number: int, last: tuple[int, ...], anchors: Iterator[Anchor]) -> None:
    with closing(_entries(last)) as entries, closing(_seals(number)) as seals:
        _compare(verdict, seals, entries, anchors)


def _compare(
    verdict: Verdict, seals: Iterator[Seal], entries: Iterator[Entry], anchors: Iterator[Anchor]
) -> None:
    before, anchor, waiting = b"", next(anchors, None), next(entries, None)
    for seal in seals:
        if seal.number != verdict.seals + 1:
            raise Problem(f"Seal {verdict.seals + 1} is missing.", seal=verdict.seals + 1)
        under: list[Entry] = []
        # One more than there should be is enough to know, and memory stays flat.
        while waiting and waiting[:2] <= seal.last and len(under) <= seal.entries:
            under.append(waiting)
            waiting = next(entries, None)
        _check_seal(seal, under, before, verdict.entries)
        verdict.seals, verdict.entries = seal.number, verdict.entries + len(under)
        while anchor and anchor.seal <= seal.number:
            _check_anchor(anchor, seal)
            verdict.anchors += 1
            anchor = next(anchors, None)
        before = seal.sha256
    if anchor:
        text = f"The log ends with seal {verdict.seals}; seal {anchor.seal} was anchored."
        raise Problem(text, seal=verdict.seals + 1)


def _check_seal(seal: Seal, under: list[Entry], before: bytes, total: int) -> None:
    digests = b"".join(entry.digest for entry in under)
    holds = sha256(before + seal.header + digests).digest() == seal.sha256
    if holds and seal.entries == len(under) and seal.total == total + len(under):
        return
    marks = [seal.marks[at : at + MARK] for at in range(0, len(seal.marks), MARK)]
    for place, entry in enumerate(under):
        if place >= len(marks) or entry.digest[:MARK] != marks[place]:
            _name(seal, entry, len(under) - len(marks))
    if len(under) < len(marks):
        lost = len(marks) - len(under)
        raise Problem(
            f"{lost} entries at the end of seal {seal.number} are gone.", seal=seal.number
        )
    raise Problem(f"Seal {seal.number} itself is not as it was.", seal=seal.number)


def _name(seal: Seal, entry: Entry, surplus: int) -> None:
    if surplus > 0:
        text = f"Entry {entry.id} was not there when seal {seal.number} was set."
    elif surplus < 0:
        text = f"Under seal {seal.number} an entry is gone before entry {entry.id}."
    else:
        text = f"Entry {entry.id} is not as it was when seal {seal.number} was set."
    raise Problem(text, seal=seal.number, entry=entry.id)


def _check_anchor(anchor: Anchor, seal: Seal) -> None:
    if anchor != (seal.number, seal.total, seal.sha256.hex()):
        text = f"Seal {anchor.seal} is not the one that was anchored: the chain was made anew."
        raise Problem(text, seal=anchor.seal)


def _entries(last: tuple[int, ...]) -> Generator[Entry, None, None]:
    with connection.chunked_cursor() as cursor:
        cursor.cursor.itersize = CHUNK
        cursor.execute(ENTRIES, last)
        for transaction_id, key, text in cursor:
            yield Entry(transaction_id, key, sha256(text.encode()).digest())


def _seals(number: int) -> Generator[Seal, None, None]:
    with connection.chunked_cursor() as cursor:
        cursor.cursor.itersize = 100  # with their marks they are large
        cursor.execute(SEALS, [number])
        for key, entries, total, last_transaction, last_id, marks, digest, header in cursor:
            last = (last_transaction, last_id)
            yield Seal(key, entries, total, last, bytes(marks), bytes(digest), header.encode())


def _anchors(path: Path | None) -> Iterator[Anchor]:
    """The lines of the file; seals count up there too."""
    if path is None or not path.is_file():
        return
    before = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                told = json.loads(line)
                anchor = Anchor(int(told["seal"]), int(told["entries"]), str(told["sha256"]))
            except (ValueError, KeyError, TypeError):
                text = f"Line {number} of the anchor file is no anchor."
                raise Problem(text, seal=before + 1) from None
            if anchor.seal <= before:
                text = f"Line {number} of the anchor file is out of order."
                raise Problem(text, seal=anchor.seal)
            before = anchor.seal
            yield anchor
