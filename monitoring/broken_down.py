"""Breakdowns as a page shows them: a bar and a number for each category, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from monitoring.aggregation.breakdowns import Breakdown, CategoryFigure, Parts
from monitoring.models import Indicator, ReportingUnit
from monitoring.presentation import Dress, Shown, progress_shown
from registry.disclosure import SUPPRESSED

BAR_WIDTH = 200.0


@dataclass(frozen=True)
class CategoryRow:
    """A category: its value or why there is none, and its bar's length in a drawing of 200."""

    label: str
    code: str
    pk: int
    shown: Shown
    bar: str
    target: str
    progress: Shown | None

    @property
    def is_suppressed(self) -> bool:
        return self.shown.why_not == SUPPRESSED


@dataclass(frozen=True)
class BreakdownShown:
    title: str
    state: str
    difference: str
    rows: list[CategoryRow]
    not_safe: list[tuple[str, str]]
    without_total: list[str]
    has_targets: bool

    @property
    def has_suppressed(self) -> bool:
        return any(row.is_suppressed for row in self.rows)


def breakdown_shown(
    broken: Breakdown, indicator: Indicator, units: Mapping[int, ReportingUnit]
) -> BreakdownShown:
    dress = Dress.of(indicator)
    sizes = [abs(item.figure.floor) for item in broken.categories if item.figure.floor is not None]
    longest = max(sizes, default=Decimal(0))
    not_safe = {(unit.unit_id, unit.reason) for unit in broken.not_safe}
    without = sorted({unit.unit_id for unit in broken.without_total})
    return BreakdownShown(
        title=broken.dimension.label,
        state=broken.state,
        difference=_difference(broken, dress),
        rows=[_row(item, dress, longest) for item in broken.categories],
        not_safe=[(_name(units, unit), reason) for unit, reason in sorted(not_safe)],
        without_total=[_name(units, unit) for unit in without],
        has_targets=any(item.target is not None for item in broken.categories),
    )


def _row(item: CategoryFigure, dress: Dress, longest: Decimal) -> CategoryRow:
    value = item.figure.floor
    length = abs(float(value)) / float(longest) * BAR_WIDTH if value and longest else 0.0
    return CategoryRow(
        label=item.category.label,
        code=item.category.code,
        pk=item.category.pk,
        shown=dress.figure(item.figure),
        bar=f"{length:.1f}".removesuffix(".0") if value is not None else "",
        target="" if item.target is None else dress.number(item.target),
        progress=None if item.target is None else progress_shown(item.progress),
    )


def _difference(broken: Breakdown, dress: Dress) -> str:
    """What the parts lack of the total, or have beyond it; empty where nothing is said of it."""
    parts: Parts | None = broken.difference
    if parts is None or parts.is_zero or broken.state != "incomplete":
        return ""
    if parts.value is not None:
        return _lacking(dress.number(abs(parts.value)), parts.value)
    above, below = parts.numerator or Decimal(0), parts.denominator or Decimal(0)
    bare = Dress("number")
    texts = [
        f"numerators {_lacking(bare.number(abs(above)), above)}" if above else "",
        f"denominators {_lacking(bare.number(abs(below)), below)}" if below else "",
    ]
    return "; ".join(text for text in texts if text)


def _lacking(text: str, difference: Decimal) -> str:
    return f"{text} of the total is in no category" if difference > 0 else f"{text} too many"


def _name(units: Mapping[int, ReportingUnit], unit: int) -> str:
    return str(units[unit]) if unit in units else "a reporting unit"


def shown_all(
    found: Sequence[Breakdown], indicator: Indicator, units: Mapping[int, ReportingUnit]
) -> list[BreakdownShown]:
    """Those with anything to see in them."""
    kept = [one for one in found if not one.is_empty or one.not_safe]
    return [breakdown_shown(one, indicator, units) for one in kept]


def context_of(shown: Sequence[BreakdownShown]) -> dict[str, Any]:
    return {
        "breakdowns": shown,
        "has_suppressed": any(one.has_suppressed for one in shown),
    }
