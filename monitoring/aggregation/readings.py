"""Each reporting unit's value as of each period, in total and by category: RULES 6, 11 and 14.

For who needs to know which unit gave what: explanations, differences, what may be public. The
rules are those of `fragments`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from monitoring.aggregation.fragments import AT_CUTOFF, CELL, UNIT_VALUE, VIEW_AT_CUTOFF
from monitoring.models import Framework, Indicator, Period

_SCOPE = VIEW_AT_CUTOFF.format(which="id = %(framework)s", until="p.ends_on <= %(reference)s")
_PERIODS = f"""
WITH {_SCOPE}
SELECT per.id, p.label, per.starts_on, per.ends_on, p.framework_id, f.edition, per.n::int,
       per.framework_year
FROM per JOIN monitoring_period p ON p.id = per.id
JOIN monitoring_framework f ON f.id = p.framework_id ORDER BY n
"""
_CELLS = CELL.format(counts=AT_CUTOFF, wanted="ind.id = ANY(%(indicators)s)")
_VALUES = f"""
WITH {_SCOPE}, {_CELLS}, {UNIT_VALUE}
SELECT units, indicator_id, category_id, unit_id, n::int, value_on, reported, value, numerator,
       denominator, is_provisional
FROM unit_value
JOIN (SELECT line_id, array_agg(id) AS units FROM unit GROUP BY 1) line ON line_id = unit_id
ORDER BY indicator_id, category_id, n, unit_id
"""

TOTAL = 0


class Step(NamedTuple):
    """A period in the order of the series, whichever edition it was reported under."""

    period_id: int
    label: str
    starts_on: date
    ends_on: date
    framework_id: int
    edition: int
    n: int
    framework_year: int

    @property
    def year(self) -> int:
        return self.ends_on.year

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


class UnitValue(NamedTuple):
    """A unit's value as of period `n`, reported for period `reported_n`; category 0: in total."""

    indicator_id: int
    category_id: int
    unit_id: int
    n: int
    reported_n: int
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    is_provisional: bool


class Readings:
    """The units' values of some indicators of one framework, at two dates. Two queries."""

    def __init__(
        self,
        framework: Framework,
        indicators: Iterable[Indicator],
        *,
        reference_on: date,
        cutoff_at: datetime,
    ) -> None:
        self.framework = framework
        self.indicators = {indicator.pk: indicator for indicator in indicators}
        self.reference_on, self.cutoff_at = reference_on, cutoff_at
        scope = {"framework": framework.pk, "reference": reference_on, "cutoff": cutoff_at}
        self.steps = [Step(*row) for row in _rows(_PERIODS, scope)]
        self.values: dict[tuple[int, int, int], list[UnitValue]] = defaultdict(list)
        self.categories: dict[int, set[int]] = defaultdict(set)
        # By unit the line that it was part of at the cut-off; of lines with a value.
        self.line_of: dict[int, int] = {}
        for units, *row in _rows(_VALUES, {**scope, "indicators": list(self.indicators)}):
            read = self._read(*row)
            self.line_of.update(dict.fromkeys(units, read.unit_id))
            self.values[read.indicator_id, read.category_id, read.n].append(read)
            self.categories[read.indicator_id].add(read.category_id)

    def _read(
        self,
        indicator: int,
        category: int,
        unit: int,
        n: int,
        value_on: date,
        reported: bool,
        *parts: Any,
    ) -> UnitValue:
        """With the period for which a carried value was reported, by the day on which it ended."""
        reported_n = n
        if not reported:
            reported_n = max(s.n for s in self.steps if s.n < n and s.ends_on == value_on)
        return UnitValue(indicator, category, unit, n, reported_n, *parts)

    def step_of(self, period: Period) -> Step | None:
        return next((step for step in self.steps if step.period_id == period.pk), None)

    def of(self, indicator: Indicator, category: int, n: int) -> list[UnitValue]:
        """The units' values as of a period; nothing where none has one."""
        return self.values.get((indicator.pk, category, n), [])

    def over(
        self, indicator: Indicator, category: int, steps: Sequence[Step]
    ) -> dict[int, list[UnitValue]]:
        """Each unit's values of a flow in some periods."""
        by_unit: dict[int, list[UnitValue]] = defaultdict(list)
        for step in steps:
            for read in self.of(indicator, category, step.n):
                by_unit[read.unit_id].append(read)
        return by_unit

    def between(self, first: date, last: date) -> list[Step]:
        """The periods that end within some days (RULES 9)."""
        return [step for step in self.steps if first <= step.ends_on <= last]


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
