"""The scores made of measures: ranges with their coverage, and what changed since before."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from monitoring.aggregation.figures import quotient
from monitoring.reports.snapshot import STORED

if TYPE_CHECKING:
    from monitoring.reports.accountability.measure import Measure, Outcome

COVERAGE_FOR_TOTAL = Decimal("0.6")


def scores(outcomes: "Sequence[tuple[Measure, Outcome]]") -> dict[str, Any]:
    """Group and total scores as ranges from "no data = 0" to "measured only", with coverage.

    The total, the range's high end, never stands alone: partnerships are compared by the low end,
    which nobody raises by recording less.

    Group = mean of its values; total = mean of the groups; below 60 % coverage no total. Where
    nothing of a group was measured it is 0 in the low end and left out of the high one.
    """
    scored = [(m, o) for m, o in outcomes if m.is_scored]
    applicable = [(m, o) for m, o in scored if o.state != "not_applicable"]
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


def _group(outcomes: "Sequence[Outcome]") -> dict[str, Any]:
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


def coverage_of(outcome: "Outcome") -> dict[str, Any]:
    """How much stands behind a value: rows counted, rows to open, and what was set aside."""
    beside = outcome.beside
    return {
        "counted": outcome.denominator,
        "evidence": len(outcome.evidence),
        "left_out": sum(_left_out(entry) for entry in beside.get("left_out", ())),
        "waiting_for_reviewer": beside.get("waiting_for_reviewer", 0),
    }


def _left_out(entry: Mapping[str, Any]) -> int:
    """How many an entry stands for: those that it counts, else the one that it names."""
    counted: int = entry.get("indicators", entry.get("observations", 1))
    return counted


def change_since(
    now: "Mapping[str, Any]", before: Mapping[str, Any] | None, key: str = "value"
) -> dict[str, Any]:
    """What became of a figure since the previous report: `how`, the former value, and by how much.

    `how` is first (no previous report), new (the previous report did not have it), up, down,
    same, gained (it had no value then), lost (it has none now), or none (neither has a value).
    """
    if before is None:
        return {"how": "new", "was": None, "was_state": None, "by": None}
    value, was = _number(now[key]), _number(before.get(key))
    by = value - was if value is not None and was is not None else None
    return {"how": _how(value, was), "was": was, "was_state": before.get("state"), "by": by}


FIRST = {"how": "first", "was": None, "was_state": None, "by": None}


def _how(value: Decimal | None, was: Decimal | None) -> str:
    if value is None or was is None:
        return "none" if value is was else "gained" if was is None else "lost"
    return "same" if value == was else "up" if value > was else "down"


def _number(figure: Decimal | str | None) -> Decimal | None:
    """With the digits that are stored: the former figure has no more."""
    return None if figure is None else STORED.create_decimal(figure)
