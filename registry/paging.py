"""Pages of long lists: a page deep in a list costs what the first one costs."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from registry.models.search import IN_MEMORY, Mark, SearchedQuerySet, is_too_little, mark_of

PAGE = 20
CAP = 1000
A_NUMBER = re.compile(r"[0-9]{1,18}")


class Page(NamedTuple):
    rows: list[Any]
    next: str


def newest_first(rows: QuerySet[Any], after: str, size: int = PAGE) -> Page:
    """The page that follows the key `after` in the order (-updated_at, -pk)."""
    if after:
        moment, pk = _key(after)
        later = Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=pk)
        rows = rows.filter(later, updated_at__lte=moment)
    found = list(rows.order_by("-updated_at", "-pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.updated_at.isoformat()}~{last.pk}" if last else "")


def best_first(rows: SearchedQuerySet[Any], text: str, after: str, size: int = PAGE) -> Page:
    """What fits a text, best first; `after` says what the first page had ranked (`Mark`)."""
    mark = _mark(after) if after else None
    similar = bool(mark and mark.similar)
    keys = _ranked(rows, text, size + 1, mark, similar)
    if mark is None and is_too_little(keys[0] if keys else None, text):
        similar = True
        keys = _ranked(rows, text, size + 1, mark, similar)
    found = rows.in_bulk([key[0] for key in keys[:size]])
    last = mark_of(keys[size - 1], after=mark, similar=similar) if len(keys) > size else None
    follows = "~".join(str(int(part)) for part in last) if last else ""
    return Page([found[key[0]] for key in keys[:size] if key[0] in found], follows)


def _ranked(
    rows: SearchedQuerySet[Any], text: str, size: int, mark: Mark | None, similar: bool
) -> list[Any]:
    ranking = rows.best(text, size=size, after=mark, similar=similar)
    if ranking is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IN_MEMORY + ranking.sql, ranking.parameters)
        return list(cursor.fetchall())


def _mark(after: str) -> Mark:
    parts = after.split("~")
    if len(parts) != len(Mark._fields) or not all(A_NUMBER.fullmatch(part) for part in parts):
        raise Http404("No such page.")
    rank, pk, low, high, similar = map(int, parts)
    return Mark(rank, pk, low, high, bool(similar))


def newest_by_number(rows: QuerySet[Any], before: str, size: int = PAGE) -> Page:
    """The page that follows the number `before`, for rows that are never reordered."""
    if before:
        if not (before.isascii() and before.isdigit() and len(before) < 19):
            raise Http404("No such page.")
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def oldest_first(rows: QuerySet[Any], after: str, size: int = PAGE) -> Page:
    """The page that follows the key `after` in the order (created_at, pk)."""
    if after:
        moment, pk = _key(after)
        rows = rows.filter(Q(created_at__gt=moment) | Q(created_at=moment, pk__gt=pk))
    found = list(rows.order_by("created_at", "pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.created_at.isoformat()}~{last.pk}" if last else "")


def _key(after: str) -> tuple[datetime, int]:
    moment, _, pk = after.partition("~")
    try:
        at, number = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        raise Http404("No such page.") from None
    if at.tzinfo is None or not 0 < number < 2**63:
        raise Http404("No such page.")
    return at, number


def capped_count(rows: QuerySet[Any]) -> str:
    """How many rows there are, in words, without counting beyond a thousand."""
    found = rows.order_by()[: CAP + 1].count()
    return f"more than {CAP:,}" if found > CAP else f"{found:,}"
