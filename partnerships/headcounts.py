"""How many people came to a consultation, as far as the reader may know."""

from collections.abc import Iterable
from typing import NamedTuple

from partnerships.models import AffectedGroup, Consultation, Turnout
from registry.disclosure import HIDDEN, NOT_COUNTED, Shown, disclose, plainly


class GroupHeads(NamedTuple):
    """A group that came."""

    group: AffectedGroup
    people: Shown
    women: Shown
    men: Shown
    others: Shown

    @property
    def has_breakdown(self) -> bool:
        """Whether there is more to show than that all of it is hidden."""
        parts = (self.women, self.men, self.others)
        return not self.people.is_hidden and any(part.text for part in parts)


class Heads(NamedTuple):
    """Those who came in all, and group by group."""

    people: Shown
    groups: list[GroupHeads]


def heads_of(consultation: Consultation, *, inside: bool) -> Heads:
    """Insiders see every count; others none of 1 to 10, nor what one could be worked out from."""
    turnouts = list(consultation.turnouts.all())
    if inside:
        groups = [_group(row, plainly(row.people), map(plainly, row.parts)) for row in turnouts]
        return Heads(plainly(consultation.people), groups)
    shown = disclose([row.people for row in turnouts], consultation.people)
    groups = [
        _group(row, people, _parts(row, people))
        for row, people in zip(turnouts, shown.parts, strict=True)
    ]
    return Heads(shown.total, groups)


def _parts(row: Turnout, people: Shown) -> list[Shown]:
    """Of a hidden count the parts are hidden too; one that is shown is their total."""
    if people.is_hidden:
        return [NOT_COUNTED if part is None else HIDDEN for part in row.parts]
    return disclose(row.parts, row.people).parts


def _group(row: Turnout, people: Shown, parts: Iterable[Shown]) -> GroupHeads:
    women, men, others = parts
    return GroupHeads(row.group, people, women, men, others)
