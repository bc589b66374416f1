"""What a measure of accountability is, and what comes out of one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from monitoring.aggregation.figures import quotient
from monitoring.reports.accountability.scoring import scores
from monitoring.reports.accountability.subject import Sent, Subject


@dataclass(frozen=True)
class Outcome:
    """A measure's value in [0, 1], or why there is none; with evidence and next step."""

    value: Decimal | None = None
    state: str = "measured"  # or not_applicable, no_data
    why: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    evidence: Sequence[dict[str, Any]] = ()
    next_step: str = ""
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """A measure's code, the group it belongs to, who asked for it, and its function.

    What is shown but not scored stands in the scorecard and counts in no score or coverage.
    """

    code: str
    title: str
    asked: str
    compute: Callable[[Subject], Outcome]
    is_scored: bool = True

    @property
    def group(self) -> str:
        return self.code[0]


def share(
    numerator: int | Decimal,
    denominator: int | Decimal,
    *,
    evidence: Sequence[dict[str, Any]] = (),
    next_step: str = "",
    **beside: Any,
) -> Outcome:
    """A measured share; the denominator must not be 0. At 1 there is no next step."""
    value = quotient(Decimal(numerator), Decimal(denominator))
    return Outcome(
        value=value,
        numerator=Decimal(numerator),
        denominator=Decimal(denominator),
        evidence=evidence,
        next_step=next_step if value < 1 else "",
        beside=beside,
    )


def no_data(why: str, next_step: str, **beside: Any) -> Outcome:
    """What should have been recorded was not: 0 in the low end of the scores."""
    return Outcome(state="no_data", why=why, next_step=next_step, beside=beside)


def not_applicable(why: str, **beside: Any) -> Outcome:
    """Nothing is asked of this partnership now: it counts in no score."""
    return Outcome(state="not_applicable", why=why, beside=beside)


def nothing_due(subject: Subject) -> Outcome:
    """Of the report's periods none was due by the cut-off, or none ended at all."""
    if not subject.periods:
        return not_applicable("nothing due: no period ended in the year")
    return not_applicable("nothing due: the period's due date is after the cut-off")


def waits_for_reviewer(subject: Subject, **beside: Any) -> dict[str, Any]:
    """Said beside a measure of the report's periods: what waits, and how long; never held against
    the partnership, it is the secretariat's own."""
    return {**beside, **said_waiting(subject, subject.waiting_in_period)}


def said_waiting(subject: Subject, waiting: Sequence[Sent]) -> dict[str, Any]:
    """How many submissions wait for a reviewer, and how long; nothing where none does."""
    if not waiting:
        return {}
    return {
        "waiting_for_reviewer": len(waiting),
        "longest_wait_days": subject.longest_wait(waiting),
    }


FEW = 3


def is_of_nobody(count: int, members: int) -> bool:
    """Whether a count of members in a state that is their own says of no one that it is, or is
    not, in it: neither none nor all of them, and of at least three."""
    return members >= FEW and 0 < count < members


def rows(records: Iterable[models.Model]) -> list[dict[str, Any]]:
    """Evidence: the rows that were read, by type and id, so that a reader can open them."""
    return [{"type": record._meta.label_lower, "id": record.pk} for record in records]


def numbered(model: type[models.Model], keys: Iterable[int]) -> list[dict[str, Any]]:
    """Evidence by the keys of rows that were read without making objects of them."""
    return [{"type": model._meta.label_lower, "id": key} for key in sorted(keys)]


__all__ = [
    "Measure",
    "Outcome",
    "Subject",
    "is_of_nobody",
    "no_data",
    "not_applicable",
    "nothing_due",
    "numbered",
    "rows",
    "said_waiting",
    "scores",
    "share",
    "waits_for_reviewer",
]
