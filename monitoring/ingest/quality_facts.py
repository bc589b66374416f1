"""What the quality checks look at: each value beside its history, target, parts and evidence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from monitoring.aggregation.breakdowns import adds_up
from monitoring.aggregation.figures import quotient
from monitoring.models import (
    Dimension,
    Evidence,
    Indicator,
    Observation,
    PeriodTarget,
    QualityRule,
    ReportingUnit,
    Submission,
    UnsafeBreakdown,
)
from monitoring.models.quality import Rule, Rules

Measure = Indicator.Measure
QUANTITIES = (Measure.NUMBER, Measure.CURRENCY, Measure.RATIO, Measure.PERCENT)

# A unit's counting values of the same series and category in periods that ended before.
_EARLIER = """
SELECT s.id, i.id, o.category_id,
       array_agg(o.value ORDER BY p.ends_on, o.id),
       array_agg(o.numerator ORDER BY p.ends_on, o.id),
       array_agg(o.denominator ORDER BY p.ends_on, o.id)
FROM monitoring_submission s
JOIN monitoring_period sp ON sp.id = s.period_id
JOIN monitoring_reportingunit u ON u.id = s.unit_id
JOIN monitoring_reportingunit line
  ON line.id = COALESCE(u.merged_into_id, u.id) OR line.merged_into_id = COALESCE(u.merged_into_id, u.id)
JOIN monitoring_observation o ON o.unit_id = line.id
JOIN monitoring_period p ON p.id = o.period_id AND p.ends_on < sp.ends_on
JOIN monitoring_indicator former ON former.id = o.indicator_id
JOIN monitoring_indicator i ON i.series = former.series
JOIN monitoring_result r ON r.id = i.result_id AND r.framework_id = sp.framework_id
WHERE s.id = ANY(%s) AND o.counts_from IS NOT NULL AND o.counts_until IS NULL AND NOT o.withdraws
GROUP BY 1, 2, 3
"""  # noqa: E501

# What counts for the same unit and period already: a correction carries only what it changes.
_COUNTING = """
SELECT s.id, o.indicator_id, o.category_id, c.dimension_id, o.value, o.numerator, o.denominator
FROM monitoring_submission s
JOIN monitoring_observation o
  ON o.unit_id = s.unit_id AND o.period_id = s.period_id AND o.submission_id <> s.id
LEFT JOIN monitoring_category c ON c.id = o.category_id
WHERE s.id = ANY(%s) AND o.counts_from IS NOT NULL AND o.counts_until IS NULL AND NOT o.withdraws
"""

Parts = tuple[Decimal | None, Decimal | None, Decimal | None]
Key = tuple[int, int | None]


class Sum(NamedTuple):
    """A total and what its parts along one dimension come to: value, numerator, denominator."""

    dimension: Dimension
    total: Parts
    parts: Parts
    adds_up: bool

    @property
    def differs(self) -> bool:
        """RULES 15: means, extremes, marks and the like need not come to a total."""
        return self.adds_up and self.total != self.parts


@dataclass
class Cell:
    """A submitted value with what it is held against."""

    row: Observation
    earlier: list[Decimal]
    target: Decimal | None
    is_backed: bool
    parts: list[Sum] = field(default_factory=list)

    @property
    def indicator(self) -> Indicator:
        return self.row.indicator

    @property
    def value(self) -> Decimal | None:
        return _number(self.row.value, self.row.numerator, self.row.denominator)

    @property
    def last(self) -> Decimal | None:
        return self.earlier[-1] if self.earlier else None

    @property
    def is_quantity(self) -> bool:
        return self.indicator.measure in QUANTITIES


@dataclass
class Facts:
    """Everything the checks and the score of some submissions need."""

    cells: dict[int, list[Cell]]
    asked: dict[int, list[Indicator]]
    given: dict[int, dict[Key, Parts]]
    unsafe: dict[int, set[tuple[int, int]]]  # indicator and dimension not safe to break down
    rules: Rules

    def rule(self, submission: Submission, indicator: Indicator, check: str) -> Rule:
        return self.rules.of(submission.period.framework_id, indicator.pk, check)

    def dimensions(self, submission: Submission) -> list[tuple[Indicator, Dimension]]:
        """What is asked to be broken down, without what the unit says is not safe to."""
        unsafe = self.unsafe[submission.pk]
        return [
            (indicator, dimension)
            for indicator in self.asked[submission.pk]
            for dimension in indicator.dimensions.all()
            if (indicator.pk, dimension.pk) not in unsafe
        ]

    def sums_of(self, submission: Submission) -> dict[int, list["Sum"]]:
        """By indicator: each breakdown that was given beside a total."""
        given = self.given[submission.pk]
        sums: dict[int, list[Sum]] = defaultdict(list)
        for indicator, dimension in self.dimensions(submission):
            total = given.get((indicator.pk, None))
            parts = [given.get((indicator.pk, c.pk)) for c in dimension.categories.all()]
            stated = [part for part in parts if part is not None]
            if total is not None and stated:
                added = tuple(_added(stated, at) for at in range(3))
                parts_in_all = (added[0], added[1], added[2])
                sums[indicator.pk].append(Sum(dimension, total, parts_in_all, adds_up(indicator)))
        return sums


def gather(submissions: Sequence[Submission]) -> Facts:
    """Ten queries for any number of submissions whose period and unit are there already."""
    keys = [one.pk for one in submissions]
    frameworks = {one.period.framework_id for one in submissions}
    rows = _rows(keys)
    earlier, counting = _earlier(keys), _counting(keys)
    targets, backed = _Targets(submissions), _Backed(keys)
    indicators = _indicators(frameworks)
    facts = Facts({}, {}, {}, _unsafe(submissions), QualityRule.objects.in_force(frameworks))
    for one in submissions:
        given = dict(counting[one.pk])
        for row in rows[one.pk]:
            given[(row.indicator_id, row.category_id)] = _parts(row)
        facts.given[one.pk] = {key: parts for key, parts in given.items() if any_given(parts)}
        facts.asked[one.pk] = _asked_of(one, indicators[one.period.framework_id])
        facts.cells[one.pk] = _cells(one, rows[one.pk], facts, earlier, targets, backed)
    return facts


def any_given(parts: Parts) -> bool:
    return any(part is not None for part in parts)


def _rows(keys: list[int]) -> dict[int, list[Observation]]:
    found: dict[int, list[Observation]] = defaultdict(list)
    stored = Observation.objects.filter(submission__in=keys).select_related("category__dimension")
    for row in stored.order_by("indicator_id", "category_id", "pk"):
        found[row.submission_id].append(row)
    return found


def _cells(
    one: Submission,
    rows: Iterable[Observation],
    facts: Facts,
    earlier: dict[tuple[int, int, int | None], list[Decimal]],
    targets: "_Targets",
    backed: "_Backed",
) -> list[Cell]:
    by_pk = {indicator.pk: indicator for indicator in facts.asked[one.pk]}
    cells = []
    sums = facts.sums_of(one)
    said: set[int] = set()
    for row in rows:
        if row.withdraws:
            continue
        if row.indicator_id in by_pk:
            row.indicator = by_pk[row.indicator_id]
        key = (one.pk, row.indicator_id, row.category_id)
        cell = Cell(row, earlier.get(key, []), targets.of(one, row), backed.has(row))
        if row.indicator_id not in said:  # said once, of the total where it is among the rows
            said.add(row.indicator_id)
            cell.parts = sums.get(row.indicator_id, [])
        cells.append(cell)
    return cells


def _added(parts: list[Parts], at: int) -> Decimal | None:
    given = [part[at] for part in parts if part[at] is not None]
    return sum((one for one in given if one is not None), Decimal(0)) if given else None


def _unsafe(submissions: Sequence[Submission]) -> dict[int, set[tuple[int, int]]]:
    """What each submission states, and what counts of its unit and period, unless it lifts it."""
    standing = UnsafeBreakdown.objects.counting().filter(
        submission__unit__in={one.unit_id for one in submissions},
        submission__period__in={one.period_id for one in submissions},
    )
    own = Q(submission__in=[one.pk for one in submissions])
    stated = UnsafeBreakdown.objects.filter(own | Q(pk__in=standing.order_by().values("pk")))
    rows = list(stated.select_related("submission").order_by("submission__revision", "pk"))
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for one in submissions:
        for row in rows:
            said_by, pair = row.submission, (row.indicator_id, row.dimension_id)
            if (said_by.unit_id, said_by.period_id) != (one.unit_id, one.period_id):
                continue
            if said_by.pk == one.pk and row.lifts:
                found[one.pk].discard(pair)
            elif said_by.pk == one.pk or not row.lifts and said_by.revision < one.revision:
                found[one.pk].add(pair)
    return found


def _earlier(keys: list[int]) -> dict[tuple[int, int, int | None], list[Decimal]]:
    found = {}
    for submission, indicator, category, *columns in _select(_EARLIER, keys):
        values = (_number(*parts) for parts in zip(*columns, strict=True))
        found[(submission, indicator, category)] = [v for v in values if v is not None]
    return found


def _counting(keys: list[int]) -> dict[int, dict[Key, Parts]]:
    found: dict[int, dict[Key, Parts]] = defaultdict(dict)
    for submission, indicator, category, _, *parts in _select(_COUNTING, keys):
        found[submission][(indicator, category)] = (parts[0], parts[1], parts[2])
    return found


def _select(sql: str, keys: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [keys])
        return cursor.fetchall()


def _parts(row: Observation) -> Parts:
    return (None, None, None) if row.withdraws else (row.value, row.numerator, row.denominator)


def _number(
    value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> Decimal | None:
    """A value, or a ratio's; Σd = 0 gives none."""
    if value is not None:
        return value
    if numerator is None or not denominator:
        return None
    return quotient(numerator, denominator)


def _indicators(frameworks: set[int]) -> dict[int, list[Indicator]]:
    found: dict[int, list[Indicator]] = defaultdict(list)
    rows = Indicator.objects.filter(result__framework__in=frameworks).select_related("result")
    for indicator in rows.prefetch_related("dimensions__categories"):
        found[indicator.result.framework_id].append(indicator)
    return found


def _asked_of(one: Submission, indicators: list[Indicator]) -> list[Indicator]:
    asked = one.unit.asks
    return [i for i in indicators if (i.by_place, i.responsible_id) in asked]


class _Targets:
    """The period's own target, where a single unit's value can be held against it."""

    COMPARABLE = ("mean", "min", "max", "ratio", "none")

    def __init__(self, submissions: Sequence[Submission]) -> None:
        frameworks = {one.period.framework_id for one in submissions}
        self.by_cell: dict[tuple[int, int | None], list[PeriodTarget]] = defaultdict(list)
        of_frameworks = PeriodTarget.objects.filter(
            indicator__result__framework__in=frameworks,
            ends_on__in={one.period.ends_on for one in submissions},
        )
        for target in of_frameworks.order_by("pk"):
            self.by_cell[(target.indicator_id, target.category_id)].append(target)
        self.units: dict[int, list[set[tuple[bool, int | None]]]] = defaultdict(list)
        members = ReportingUnit.objects.standing().filter(
            membership__status="accepted",
            membership__partnership__frameworks__in=frameworks,
        )
        for unit in members.select_related("membership").distinct():
            self.units[unit.membership.partnership_id].append(unit.asks)

    def of(self, one: Submission, row: Observation) -> Decimal | None:
        indicator, period = row.indicator, one.period
        for target in self.by_cell.get((indicator.pk, row.category_id), ()):
            if target.ends_on != period.ends_on:
                continue
            flow = indicator.accumulation == Indicator.Accumulation.FLOW
            if flow and target.starts_on != period.starts_on:
                continue
            if indicator.combine in self.COMPARABLE or self._is_alone(one, indicator):
                return target.value
        return None

    def _is_alone(self, one: Submission, indicator: Indicator) -> bool:
        asks = (indicator.by_place, indicator.responsible_id)
        units = self.units[one.unit.membership.partnership_id]
        return sum(asks in unit for unit in units) == 1


class _Backed:
    """Values with evidence of their own, or whose submission has some."""

    def __init__(self, keys: list[int]) -> None:
        rows = Evidence.objects.filter(submission__in=keys).exclude(accepted=False).order_by()
        pairs = set(rows.values_list("submission_id", "observation_id"))
        self.submissions = {submission for submission, row in pairs if row is None}
        self.rows = {row for _, row in pairs if row is not None}

    def has(self, row: Observation) -> bool:
        return row.submission_id in self.submissions or row.pk in self.rows
