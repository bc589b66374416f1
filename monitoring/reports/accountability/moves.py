"""What became of records, read from their events up to a moment: later moves change nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import models

from registry.models import Event


class Move(NamedTuple):
    """A record became something; `indicators` are those handed in with a submission."""

    at: datetime
    became: str
    indicators: list[int]


def moves_of(
    model: type[models.Model], keys: Iterable[int], until: datetime
) -> dict[int, list[Move]]:
    """Each record's moves up to a moment, oldest first; who has none is left out. One query."""
    wanted = list(keys)
    if not wanted:
        return {}
    events = (
        Event.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=wanted, at__lte=until
        )
        .exclude(became="")
        .order_by("at", "pk")
    )
    moves: dict[int, list[Move]] = defaultdict(list)
    for pk, at, became, facts in events.values_list("subject_id", "at", "became", "facts"):
        moves[pk].append(Move(at, became, facts.get("indicators", [])))
    return dict(moves)
