"""How many of the members have to say yes."""

from django.db import models


class Quorum(models.TextChoices):
    """The share of the accepted members whose endorsement binds all."""

    ALL = "all", "all members"
    THREE_QUARTERS = "three_quarters", "at least three quarters of the members"
    TWO_THIRDS = "two_thirds", "at least two thirds of the members"
    MAJORITY = "majority", "more than half of the members"


PARTS = {
    Quorum.ALL: (1, 1),
    Quorum.THREE_QUARTERS: (3, 4),
    Quorum.TWO_THIRDS: (2, 3),
}


def endorsements_needed(quorum: str, members: int) -> int:
    """Of so many members; at least one, also where there is none."""
    if quorum == Quorum.MAJORITY:
        return members // 2 + 1
    part, whole = PARTS[Quorum(quorum)]
    return max(-(-members * part // whole), 1)
