"""What a queue of the secretariat's is: what waits in it, since when, and what is done about it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction

from registry.errors import DomainError, NotAllowed
from registry.models import User

MOST_AT_ONCE = 100


class Waiting(NamedTuple):
    """One thing that waits: its key, the day from which it is counted, and its weight."""

    pk: int
    since: date
    weight: Decimal | int


class Shown(NamedTuple):
    """What people read of it: a name, the address within the product, a fact for each column."""

    name: str
    address: str
    facts: Sequence[str]


class Done(NamedTuple):
    """What became of those chosen: their names, and of the others why not."""

    done: list[str]
    refused: list[tuple[str, str]]


@dataclass(frozen=True)
class Act:
    """What may be done about several at once: its name, what it means, how it is done.

    `does` takes the keys and who does it; each is done by itself, so that one that is refused
    keeps none of the others. `needs_words` where something is said to somebody.
    """

    label: str
    means: str
    does: Callable[[Collection[int], User, str], Done]
    past: str
    needs_words: bool = False


@dataclass(frozen=True)
class Queue:
    """A list that waits for the secretariat; `weighs` says what the weight is."""

    key: str
    title: str
    lede: str
    weighs: str
    waiting: Callable[[User], list[Waiting]]
    show: Callable[[Collection[int]], dict[int, Shown]]
    columns: Sequence[str] = field(default_factory=tuple)
    act: Act | None = None
    page: str = ""  # the name of a page with filters of its own

    def sorted(self, user: Any, by: str = "age") -> list[Waiting]:
        """Everything that waits: the oldest first, or the heaviest first; admins only."""
        if not user.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        rows = self.waiting(user)
        if by == "weight":
            return sorted(rows, key=lambda one: (-one.weight, one.since, one.pk))
        return sorted(rows, key=lambda one: (one.since, -one.weight, one.pk))

    def do(self, keys: Collection[int], *, by: User, words: str = "") -> Done:
        """Do its act about those of the keys that wait here now."""
        if self.act is None:
            raise DomainError("no_act", "Nothing is done here about several at once.")
        here = {one.pk for one in self.sorted(by)}
        chosen = [key for key in dict.fromkeys(keys) if key in here]
        if len(chosen) > MOST_AT_ONCE:
            text = f"At most {MOST_AT_ONCE} at once."
            raise ValidationError({"chosen": ValidationError(text, code="too_many")})
        if self.act.needs_words and not words.strip():
            raise ValidationError({"words": ValidationError("Say something.", code="blank")})
        return self.act.does(chosen, by, words.strip())


def each(rows: Iterable[Any], act: Callable[[Any], object]) -> Done:
    """Do it to each record by itself, whole or not at all."""
    outcome = Done([], [])
    for row in rows:
        try:
            with transaction.atomic():
                act(row)
        except DomainError as refused:
            outcome.refused.append((str(row), refused.detail))
        except ValidationError as refused:
            outcome.refused.append((str(row), " ".join(refused.messages)))
        else:
            outcome.done.append(str(row))
    return outcome


def waiting_of(rows: "models.QuerySet[Any]", since: str, weight: str) -> list[Waiting]:
    """A QuerySet's rows by two of its columns; a moment counts by its day (UTC)."""
    return [
        Waiting(pk, getattr(moment, "date", lambda m=moment: m)(), heavy)
        for pk, moment, heavy in rows.order_by().values_list("pk", since, weight)
    ]
