"""The figures of the demonstration: a plan, how far it was reached, and a little weather.

Nothing is drawn by chance: the same row of the same file gives the same value each time.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from monitoring.demo.reading import Spec

WEATHER = (0.0, 0.04, -0.03, 0.05, -0.05, 0.02, -0.02, 0.03)
GROWING = ("running", "money_running")
ADDED_UP = ("flow", "new_people", "unique", "contacts", "money")
SUMMED = (*ADDED_UP, *GROWING, "state")
ZERO = Decimal(0)
MONEY = ("money", "money_running")


class Value(NamedTuple):
    """A value, or the two parts of a ratio."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    def scaled(self, factor: float, row: Spec) -> "Value":
        """The same value as a correction has it."""
        if self.numerator is not None:
            return self._replace(numerator=_whole(float(self.numerator) * factor))
        return Value(_rounded(float(self.value or 0) * factor, row))


class Course:
    """How an indicator's total runs over the framework's periods."""

    def __init__(self, row: Spec, number: int, periods: int, per_year: int) -> None:
        self.row, self.number = row, number
        self.periods, self.per_year = periods, per_year

    def planned(self, k: int) -> float | None:
        """The plan for period k: its part of the year's sum, or the way to the year's end."""
        year, place = divmod(k, self.per_year)
        plan = self.row.get("plan", [])
        if year >= len(plan):
            return None
        length = min(self.per_year, self.periods - year * self.per_year)
        if self.row["kind"] in ADDED_UP:
            return plan[year] / length
        before = plan[year - 1] if year else base(self.row)
        return before + (plan[year] - before) * (place + 1) / length

    def total(self, k: int) -> float:
        """What was reached in period k, for all units together."""
        kind, start = self.row["kind"], base(self.row)
        if kind in ADDED_UP:
            return (self.planned(k) or 0) * self._reach(k) * self._weather(k)
        if kind in GROWING:
            steps = [start, *(self.planned(j) or 0 for j in range(k + 1))]
            return start + sum(
                (steps[j + 1] - steps[j]) * self._reach(j) * self._weather(j) for j in range(k + 1)
            )
        if "tolerance" in self.row:
            return start + self.row["tolerance"] * (self._weather(k) - 1) * 12
        way = ((self.planned(k) or start) - start) * self._reach(k)
        return start + way * (1 + (self._weather(k) - 1) / 2)

    def of_unit(self, k: int, unit: int, share: float) -> Value:
        """The value that one unit reports for period k."""
        total = self.total(k)
        if self.row["kind"] == "ratio":
            return self._ratio(k, unit, total)
        if self.row["kind"] in SUMMED:
            return Value(_rounded(total * share, self.row))
        local = total * (1 + (self._weather(k, unit) - 1) / 2)
        if self.row["kind"] == "rating":
            local = min(max(local, 1.0), 5.0)
        return Value(_rounded(local, self.row))

    def target(self, k: int) -> Decimal | None:
        planned = self.planned(k)
        return None if planned is None else _rounded(planned, self.row)

    def _ratio(self, k: int, unit: int, total: float) -> Value:
        size = self.row["denominators"][str(unit)]
        if size > 100:
            size = size * (1 + 0.01 * k) * self._weather(k, unit)
        denominator = round(size)
        local = total * (1 + (self._weather(k, unit + 1) - 1) / 4)
        numerator = min(round(denominator * local), denominator)
        return Value(None, Decimal(numerator), Decimal(denominator))

    def _reach(self, k: int) -> float:
        reach = self.row.get("reach", 1.0)
        if isinstance(reach, list):
            return reach[min(k // self.per_year, len(reach) - 1)]
        return reach

    def _weather(self, k: int, unit: int = 0) -> float:
        return 1 + WEATHER[(3 * k + 5 * unit + 7 * self.number) % 8]


def base(row: Spec) -> float:
    if "base_parts" in row:
        return row["base_parts"][0] / row["base_parts"][1]
    return row.get("base", 0)


def parts(value: Value, shares: Mapping[str, float]) -> list[tuple[str, Value]]:
    """A value by category; shares that make up the whole add up to it exactly."""
    if value.numerator is None or value.denominator is None:
        return [(code, Value(part)) for code, part in _divided(value.value or ZERO, shares)]
    numerators = dict(_divided(value.numerator, shares))
    denominators = dict(_divided(value.denominator, shares))
    return [(code, Value(None, numerators[code], denominators[code])) for code in shares]


def _divided(whole: Decimal, shares: Mapping[str, float]) -> Sequence[tuple[str, Decimal]]:
    divided = [(code, _whole(float(whole) * share)) for code, share in shares.items()]
    if divided and sum(shares.values()) > 0.999:
        last, _ = divided.pop()
        divided.append((last, whole - sum(part for _, part in divided)))
    return divided


def _rounded(number: float, row: Spec) -> Decimal:
    if row["kind"] in MONEY:
        return _whole(number / 1000) * 1000
    digits = {"ratio": row.get("digits", 3), "rating": 1}.get(row["kind"], row.get("decimals", 0))
    return Decimal(str(round(number, digits))) if digits else _whole(number)


def _whole(number: float) -> Decimal:
    return Decimal(round(number))
