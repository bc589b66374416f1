"""Which counts of people may be shown to everybody, so that no small one can be worked out.

A count of 1 to 10 is small. One that stands alone is shown as "1–10". Where parts and their total
stand together, hidden parts all look alike ("suppressed"), and others are hidden with the small
ones, so that who subtracts, and knows these rules, cannot work them out. A total that is itself
small hides its whole breakdown. 0 is shown as 0, except where it would tell what the others are.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

LIMIT = 10
SUPPRESSED = "suppressed"


class Shown(NamedTuple):
    """A count as everybody may see it; `value` is None where it is hidden, or was not counted."""

    value: int | None
    text: str

    @property
    def is_hidden(self) -> bool:
        return self.value is None and self.text != ""


HIDDEN = Shown(None, SUPPRESSED)
NOT_COUNTED = Shown(None, "")


class Table(NamedTuple):
    """A total and its parts as everybody may see them."""

    total: Shown
    parts: list[Shown]


def plainly(count: int | None) -> Shown:
    """A count for those who may see all of it."""
    return NOT_COUNTED if count is None else Shown(count, str(count))


def alone(count: int | None, limit: int = LIMIT) -> Shown:
    """A count that belongs to no total."""
    if count is not None and 1 <= count <= limit:
        return Shown(None, f"1–{limit}")
    return plainly(count)


def disclose(parts: Sequence[int | None], total: int | None = None, *, limit: int = LIMIT) -> Table:
    """Parts of a total; a part that was not counted is None.

    What is missing to the total is one more part: a reader can subtract. Where the parts come to
    more than the total, all are hidden if one is small. Without a total each part stands alone,
    so only give none where none is shown anywhere.
    """
    if total is None:
        return Table(NOT_COUNTED, [alone(part, limit) for part in parts])
    counted = [part for part in parts if part is not None]
    cells = [*counted, total - sum(counted)]
    if 1 <= total <= limit or (cells[-1] < 0 and any(1 <= part <= limit for part in counted)):
        hidden = set(range(len(cells)))
    else:
        hidden = _hidden(cells, limit)
    shown = (HIDDEN if at in hidden else plainly(part) for at, part in enumerate(counted))
    return Table(alone(total, limit), [_next(part, shown) for part in parts])


def _next(part: int | None, shown: Iterator[Shown]) -> Shown:
    return NOT_COUNTED if part is None else next(shown)


def _hidden(cells: Sequence[int], limit: int) -> set[int]:
    """Which cells of a table whose total everybody knows are hidden.

    The small ones, and the largest to cover them: if it stays the largest whatever the small ones
    were, from 1 to the limit each, the same would be shown. Else every cell but the empty ones.
    """
    small = [at for at, cell in enumerate(cells) if 1 <= cell <= limit]
    if not small:
        return set()
    cover, *others = sorted(range(len(cells)), key=lambda at: -cells[at])
    beside = max([limit, *(cells[at] for at in others)])
    left_to_it = cells[cover] + sum(cells[at] for at in small) - limit * len(small)
    if cells[cover] > limit and left_to_it > beside:
        return {*small, cover}
    some = {at for at, cell in enumerate(cells) if cell}
    # Where each can hardly be more than 1, who sees the empty ones would know the others.
    return some if sum(cells) - (len(some) - 1) >= limit else set(range(len(cells)))
