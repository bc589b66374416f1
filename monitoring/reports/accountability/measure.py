"""What a measure of accountability is, and the scores made of measures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from monitoring.aggregation import PartnershipFigures
from monitoring.aggregation.figures import quotient
from monitoring.models import Framework, Period
from partnerships.models import Membership, Partnership

COVERAGE_FOR_TOTAL = Decimal("0.6")


@dataclass(frozen=True)
class Subject:
    """What is measured: a partnership for a period, at a reference date and a cut-off."""

    partnership: Partnership
    period: Period
    framework: Framework
    reference_on: date
    cutoff_at: datetime
    figures: PartnershipFigures

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.framework.time_zone)

    @property
    def reference_end(self) -> datetime:
        """The first moment after the reference date, in the framework's time zone."""
        midnight = datetime.combine(self.reference_on + timedelta(days=1), time(), self.zone)
        return midnight.astimezone(UTC)

    @property
    def known_until(self) -> datetime:
        """What was done by the reference date, as far as it was known at the cut-off."""
        return min(self.reference_end, self.cutoff_at)

    @property
    def cutoff_on(self) -> date:
        return self.cutoff_at.astimezone(self.zone).date()

    def members(self) -> models.QuerySet[Membership]:
        """Members on the reference date, as known at the cut-off."""
        members = self.partnership.memberships.accepted_on(self.reference_on)
        return members.filter(created_at__lte=self.cutoff_at).order_by("pk")


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
    """A measure's code, the group it belongs to, who asked for it, and its function."""

    code: str
    title: str
    asked: str
    compute: Callable[[Subject], Outcome]

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


def no_data(why: str, next_step: str) -> Outcome:
    return Outcome(state="no_data", why=why, next_step=next_step)


def not_applicable(why: str) -> Outcome:
    return Outcome(state="not_applicable", why=why)


def rows(records: Iterable[models.Model]) -> list[dict[str, Any]]:
    """Evidence: the rows that were read, by type and id, so that a reader can open them."""
    return [{"type": record._meta.label_lower, "id": record.pk} for record in records]


def scores(outcomes: Sequence[tuple[Measure, Outcome]]) -> dict[str, Any]:
    """Group and total scores as ranges from "no data = 0" to "measured only", with coverage.

    Group = mean of its values; total = mean of the groups; below 60 % coverage no total.
    """
    applicable = [(m, o) for m, o in outcomes if o.state != "not_applicable"]
    measured = [(m, o) for m, o in applicable if o.state == "measured"]
    groups = {
        group: _group([o for m, o in applicable if m.group == group])
        for group in sorted({m.group for m, _ in applicable})
    }
    highs = [g["high"] for g in groups.values() if g["high"] is not None]
    coverage = quotient(Decimal(len(measured)), Decimal(len(applicable))) if applicable else None
    low = _mean([g["low"] for g in groups.values()])
    high = _mean(highs)
    enough = coverage is not None and coverage >= COVERAGE_FOR_TOTAL
    return {
        "groups": groups,
        "low": low,
        "high": high,
        "total": high if enough else None,
        "coverage": coverage,
        "measured": len(measured),
        "applicable": len(applicable),
    }


def _group(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    values = [o.value for o in outcomes if o.value is not None]
    blanks = [Decimal(0)] * (len(outcomes) - len(values))
    return {
        "low": _mean(values + blanks),
        "high": _mean(values),
        "measured": len(values),
        "applicable": len(outcomes),
    }


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return quotient(sum(values, Decimal(0)), Decimal(len(values))) if values else None
