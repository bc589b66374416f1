"""Other partnerships that may be the same initiative, and why."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import prefetch_related_objects

ALIKE, NEARLY_THE_SAME = 0.45, 0.85  # how many groups of three letters two titles share
NEAR = 0.6
LOOKED_AT, SHOWN = 20, 5
FACTS = ("goals", "targets", "places__country", "memberships__partner")


class Similar(NamedTuple):
    """A partnership that may be the same; `is_near`: a submission says that it is not."""

    partnership: Any
    likeness: float
    why: list[str]
    is_near: bool


def similar_to(partnership: Any, user: Any) -> list[Similar]:
    """At most five of those that the user sees, likest first; a fixed number of queries.

    By the title, if goals, countries or members are shared as well; or by the IATI identifier,
    however it is written. Where it was copied from is no duplicate: that is known.
    """
    rows = type(partnership)._default_manager
    found = list(_candidates(rows.visible_to(user).exclude(pk=partnership.pk), partnership))
    own = rows.get(pk=partnership.pk)
    prefetch_related_objects([own, *found], *FACTS)
    similar = [_compared(own, other) for other in found]
    return sorted(filter(None, similar), key=lambda one: (-one.is_near, -one.likeness))[:SHOWN]


def _candidates(seen: Any, partnership: Any) -> Iterable[Any]:
    rows = seen.annotate(likeness=TrigramSimilarity("title", partnership.title))
    alike = rows.filter(title__trigram_similar=partnership.title, likeness__gte=ALIKE)
    yield from alike.order_by("-likeness", "-pk")[:LOOKED_AT]
    if identifier := partnership.iati_identifier.strip():
        same = rows.filter(iati_identifier__iexact=identifier).exclude(likeness__gte=ALIKE)
        yield from same[:LOOKED_AT]


def _compared(own: Any, other: Any) -> Similar | None:
    shared = [
        f"the same {what}: {', '.join(names[:3])}"
        for what, names in (
            ("targets or goals", _shared(_aims(own), _aims(other))),
            ("countries", _shared(_countries(own), _countries(other))),
            ("members", _shared(_members(own), _members(other))),
        )
        if names
    ]
    identifier = own.iati_identifier.strip().lower()
    is_same = bool(identifier) and identifier == other.iati_identifier.strip().lower()
    if not (shared or is_same):
        return None
    at_once = _overlap(own, other)
    why = ["the same IATI identifier"] if is_same else []
    nearly = "nearly the same title" if other.likeness >= NEARLY_THE_SAME else "a similar title"
    why += [f"{nearly} ({other.likeness:.2f})"] if other.likeness >= ALIKE else []
    why += [*shared, *(["at the same time"] if at_once else [])]
    fits = other.likeness >= NEARLY_THE_SAME or (other.likeness >= NEAR and len(shared) > 1)
    is_near = is_same or (fits and at_once and own.copied_from_id != other.pk)
    return Similar(other, round(other.likeness, 2), why, is_near)


def _aims(partnership: Any) -> dict[Any, str]:
    """Targets by their key, and the goals that are named as such."""
    targets = {("target", one.pk): f"target {one.code}" for one in partnership.targets.all()}
    goals = {("goal", one.pk): f"goal {one.number}" for one in partnership.goals.all()}
    if primary := partnership.primary_goal_id:
        goals["goal", primary] = f"goal {primary}"
    return targets | goals


def _countries(partnership: Any) -> dict[Any, str]:
    return {place.country_id: place.country.name for place in partnership.places.all()}


def _members(partnership: Any) -> dict[Any, str]:
    """Who has accepted: an invitation is nobody else's to know."""
    members = partnership.memberships.all()
    return {one.partner_id: one.partner.name for one in members if one.status == "accepted"}


def _shared(mine: dict[Any, str], others: dict[Any, str]) -> list[str]:
    return sorted(name for key, name in mine.items() if key in others)


def _overlap(own: Any, other: Any) -> bool:
    last = date.max
    return bool(
        own.starts_on <= (other.ends_on or last) and other.starts_on <= (own.ends_on or last)
    )
