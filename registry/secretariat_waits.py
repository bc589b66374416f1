"""What waits for the secretariat: the apps above tell of their own queues."""

from typing import Any, NamedTuple

from django.dispatch import Signal


class Waits(NamedTuple):
    """How much waits on a page of the secretariat's; `page` is the name of its address."""

    label: str
    number: int
    page: str
    note: str = ""


# Sent with `user`, an admin; each receiver answers with a list of Waits.
secretariat_asked = Signal()


def waits_for(user: Any) -> list[Waits]:
    answers: list[Any] = secretariat_asked.send(Waits, user=user)
    return [one for _, told in answers for one in told]
