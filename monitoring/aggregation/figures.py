"""What a computed figure is made of. Numbers are exact; rounding is for display only."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from monitoring.models import Framework, Indicator, Period

# Divisions keep 28 significant digits; the API promises at least 12 (RULES 13).
EXACT = Context(prec=28, rounding=ROUND_HALF_UP)


def quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Exact division to 28 significant digits, a zero without a sign; the denominator must not be
    0."""
    return EXACT.plus(EXACT.divide(numerator, denominator))


@dataclass(frozen=True)
class Figure:
    """One figure with how it came about; no value always has a reason."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str = ""
    units_contributing: int = 0
    units_reported: int = 0
    is_provisional: bool = False
    carried_from: date | None = None
    days: int | None = None  # of the periods with a value, where a flow covers a span

    @property
    def is_range(self) -> bool:
        return self.low is not None

    @property
    def floor(self) -> Decimal | None:
        """The value, or the low end of a range."""
        return self.low if self.is_range else self.value


NO_ACTUAL = Figure(reason="no_actual")


@dataclass(frozen=True)
class Progress:
    """A share of the way from the baseline to the target; 1 is the target, not clipped."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    reason: str = ""

    @property
    def floor(self) -> Decimal | None:
        return self.low if self.low is not None else self.value


@dataclass(frozen=True)
class Light:
    """A colour with the reason for it and everything that went into it."""

    colour: str
    why: str
    inputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PeriodFigure:
    """An indicator as of one period, against that period's own target."""

    period: Period
    figure: Figure
    target: Decimal | None
    progress: Progress


@dataclass(frozen=True)
class IndicatorFigures:
    """Everything that is said about one indicator at a reference date."""

    indicator: Indicator
    baseline: Decimal | None
    baseline_on: date | None
    periods: list[PeriodFigure]
    to_date: Figure
    year: Figure
    framework_year: Figure
    begins_on: date | None
    end_target: Decimal | None
    end_on: date | None
    progress: Progress
    toward_end: Progress
    expected: Decimal | None
    gap: Decimal | None
    light: Light

    def as_of(self, period: Period) -> PeriodFigure | None:
        return next((item for item in self.periods if item.period.pk == period.pk), None)


@dataclass(frozen=True)
class DueItem:
    """A reporting unit's data for a period that has ended, and when it first came, if it did."""

    unit_id: int
    period_id: int
    ends_on: date
    due_on: date
    sent_at: datetime | None


@dataclass(frozen=True)
class PartnershipFigures:
    """A partnership's figures and its two lights."""

    framework: Framework | None
    reference_on: date
    cutoff_at: datetime
    indicators: list[IndicatorFigures]
    timeliness: Light
    achievement: Light
    due_items: list[DueItem]

    @property
    def due(self) -> int:
        """Reporting units × periods that have ended."""
        return len(self.due_items)

    @property
    def reported(self) -> int:
        return sum(item.sent_at is not None for item in self.due_items)
