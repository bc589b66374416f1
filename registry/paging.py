"""Pages of long lists: a page deep in a list costs what the first one costs."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404

PAGE = 20
CAP = 1000


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
