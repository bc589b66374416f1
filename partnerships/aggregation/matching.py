"""Finds what fits together in the Solutions Catalogue, stores it, and tells both sides."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from partnerships.aggregation import candidates
from partnerships.models import Match, Need
from registry.errors import DomainError
from registry.models import Event

_ONE_MATCHING_AT_A_TIME = 20150929
OFFERS = "solution_id, fund_id, commitment_id"
STAMPED = "version = m.version + 1, updated_at = %(now)s"
WITH_SIDES = """
SELECT changed.id, p.needing_id, p.offering_id FROM changed JOIN proposal p
ON p.need_id = changed.need_id AND p.offer_id = changed.offer_id AND p.side = changed.side
ORDER BY p.score DESC, changed.id
"""

INSERTED = f"""
WITH changed AS (
  INSERT INTO partnerships_match (version, created_at, updated_at, need_id, {OFFERS}, score, facts,
    status, answer_reason, offer_answer, offer_reason)
  SELECT 1, %(now)s, %(now)s, p.need_id, {OFFERS}, p.score, p.facts, 'proposed', '', '', ''
  FROM proposal p LEFT JOIN standing s USING (need_id, side, offer_id) WHERE s.id IS NULL
  ON CONFLICT DO NOTHING RETURNING id, need_id, coalesce({OFFERS}) AS offer_id,
    CASE WHEN solution_id IS NOT NULL THEN 1 WHEN fund_id IS NOT NULL THEN 2 ELSE 3 END AS side
) {WITH_SIDES}
"""
REVIVED = f"""
WITH changed AS (
  UPDATE partnerships_match m SET status = 'proposed', answer_reason = '', score = p.score,
    facts = p.facts, {STAMPED}
  FROM proposal p JOIN standing s USING (need_id, side, offer_id)
  WHERE m.id = s.id AND s.status = 'ended' AND m.status = 'ended'
  RETURNING m.id, s.need_id, s.offer_id, s.side
) {WITH_SIDES}
"""
RESCORED = f"""
UPDATE partnerships_match m SET score = p.score, facts = p.facts, {STAMPED}
FROM proposal p JOIN standing s USING (need_id, side, offer_id)
WHERE m.id = s.id AND s.status = 'proposed' AND m.status = 'proposed'
  AND (s.score, s.facts) IS DISTINCT FROM (p.score, p.facts)
"""
ENDED = f"""
UPDATE partnerships_match m SET status = 'ended', {STAMPED},
  answer_reason = 'It fits no longer, or others fit better.'
FROM standing s LEFT JOIN proposal p USING (need_id, side, offer_id)
WHERE m.id = s.id AND p.need_id IS NULL AND s.status = 'proposed' AND m.status = 'proposed'
"""


class Found(NamedTuple):
    """What a run did: matches that are new (or fit again), scored anew, ended."""

    new: int
    rescored: int
    ended: int


@transaction.atomic
def find_matches(today: date | None = None) -> Found:
    """Match all open needs with all offers; set-based, one run at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_MATCHING_AT_A_TIME])
    return _find(None, today or timezone.localdate())


@transaction.atomic
def find_for(need: Need, today: date | None = None) -> Found:
    """Match one need now; words weigh as they did at the last nightly run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [_ONE_MATCHING_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise DomainError("matching_runs", "All needs are being matched; look in a minute.")
    Need.objects.select_for_update(no_key=True).get(pk=need.pk)
    return _find([need.pk], today or timezone.localdate())


def _find(needs: Sequence[int] | None, today: date) -> Found:
    values: dict[str, Any] = {"needs": needs, "today": today, "now": timezone.now()}
    with connection.cursor() as cursor, _much_memory(cursor):
        cursor.execute(candidates.WANTED, values)
        cursor.execute(candidates.OFFERED, values)
        if needs is None:
            cursor.execute(candidates.COUNTED)
        cursor.execute(candidates.STANDING, values)
        for step in (candidates.PAIRED, candidates.FITTING, candidates.WEIGHED, candidates.SCORED):
            cursor.execute(step)
        cursor.execute(candidates.EXPLAINED)
        found = _store(cursor, values)
        cursor.execute(candidates.EMPTIED)
    return found


@contextmanager
def _much_memory(cursor: Any) -> Iterator[None]:
    """For this transaction: its sorts and hashes stay in memory; compiling would not pay."""
    cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    cursor.execute(candidates.EMPTIED)
    yield
    cursor.execute("SET LOCAL work_mem TO DEFAULT; SET LOCAL jit TO DEFAULT")


def _store(cursor: Any, values: dict[str, Any]) -> Found:
    """Write what changed, and only that; what somebody has answered stays as it is."""
    cursor.execute(ENDED, values)
    ended = cursor.rowcount
    cursor.execute(RESCORED, values)
    rescored = cursor.rowcount
    new: list[tuple[int, int, int]] = []
    for statement in (REVIVED, INSERTED):
        cursor.execute(statement, values)
        new += cursor.fetchall()
    _tell(new)
    return Found(len(new), rescored, ended)


def _tell(pairs: Sequence[tuple[int, int, int]]) -> None:
    """One event for each partner, about its best new match, however many it has."""
    of_needs = Counter(needing for _, needing, _ in pairs)
    of_offers = Counter(offering for _, _, offering in pairs)
    best: dict[int, int] = {}
    for match, *sides in pairs:
        for partner in sides:
            best.setdefault(partner, match)
    Event.objects.bulk_create(
        Event(
            kind="match.found",
            subject_type=Match._meta.label_lower,
            subject_id=match,
            facts={
                "partner": partner,
                "for_its_needs": of_needs[partner],
                "for_its_offers": of_offers[partner],
            },
        )
        for partner, match in sorted(best.items())
    )


def expire_needs(today: date | None = None) -> int:
    """End the needs whose day has passed; one that somebody changes just now waits for the next
    night, and keeps none of the others."""
    ended = 0
    for need in list(Need.objects.overdue(today or timezone.localdate())):
        try:
            need.expire()
            ended += 1
        except DomainError:
            continue
    return ended
