"""Which observations a figure is made of, which were left out, and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from monitoring.aggregation.readings import Readings, Step, UnitValue
from monitoring.models import Category, Evidence, Framework, Indicator, Observation
from monitoring.models.verifications import level_at

MOST = 2_000
Accumulation = Indicator.Accumulation
# Of these there may be one for each period since the start: they are counted, not listed.
ONLY_COUNTED = ("earlier",)


@dataclass(frozen=True)
class Used:
    """A value that went into the figure; `carried` if it was reported for an earlier period."""

    observation: Observation
    carried: bool
    verification: str
    evidence: int


@dataclass(frozen=True)
class LeftOut:
    observation: Observation
    why: str


@dataclass(frozen=True)
class Observed:
    """What was read for a figure, as far as the reader may see it."""

    used: list[Used]
    left_out: list[LeftOut]
    counts: dict[str, int]


def observed(
    readings: Readings,
    indicator: Indicator,
    category: Category | None,
    steps: Sequence[Step],
    values: Iterable[UnitValue],
    *,
    user: Any,
    is_inside: bool,
) -> Observed:
    """Two queries. Outside the partnership only values that count now are seen."""
    rows = list(_rows(readings, indicator, category, steps, is_inside=is_inside))
    by_n = {step.n: step.period_id for step in readings.steps}
    taken = {(v.unit_id, by_n[v.reported_n]): v for v in values}
    evidence = _evidence(rows, user)
    cutoff = readings.cutoff_at
    reported = {v.unit_id for v in taken.values()}
    used, left_out, counts = [], [], Counter[str]()
    for row in rows:
        line = readings.line_of.get(row.unit_id, row.unit_id)
        read = taken.get((line, row.period_id))
        if why := _not_counting(row, cutoff):
            left_out.append(LeftOut(row, why))
        elif read:
            carried = read.n != read.reported_n
            level = row.level  # type: ignore[attr-defined]
            used.append(Used(row, carried, level, evidence(row)))
        else:
            why = _not_standing(row, readings, indicator, category, steps[-1], line in reported)
            left_out.append(LeftOut(row, why))
    counts.update(one.why for one in left_out)
    listed = [one for one in left_out if one.why not in ONLY_COUNTED]
    return Observed(used, listed, dict(counts))


def _rows(
    readings: Readings,
    indicator: Indicator,
    category: Category | None,
    steps: Sequence[Step],
    *,
    is_inside: bool,
) -> QuerySet[Observation]:
    """The series' observations of the category, of all editions, that could go into the figure."""
    of_series = Observation.objects.filter(
        indicator__series=indicator.series,
        period__framework__partnership=readings.framework.partnership_id,
        period__ends_on__lte=steps[-1].ends_on,
    )
    if indicator.accumulation in (Accumulation.FLOW, Accumulation.AS_PUBLISHED):
        within = Q(period__in=[step.period_id for step in steps])
        of_series = of_series.filter(within | Q(period__ends_on__gte=steps[0].starts_on))
    if category is None:
        of_series = of_series.filter(category=None)
    else:
        alike = Q(category__code=category.code, category__dimension__code=category.dimension.code)
        of_series = of_series.filter(Q(category=category) | alike)
    if not is_inside:
        of_series = of_series.counting().filter(period__framework__status__in=Framework.SETTLED)
    named = of_series.select_related(
        "submission", "period__framework", "unit__country", "unit__membership__partner"
    )
    dated = named.annotate(level=level_at(readings.cutoff_at))
    return dated.order_by("-period__ends_on", "unit_id", "-submission__revision", "pk")[:MOST]


def _not_counting(row: Observation, cutoff: datetime) -> str:
    """Why a row did not count at the cut-off; empty if it did."""
    if row.withdraws:
        return "withdrawal"
    if row.counts_from is None or row.counts_from > cutoff:
        return "not_approved"
    if row.counts_until and row.counts_until <= cutoff:
        withdrawn_at = row.submission.withdrawn_at
        is_withdrawn = withdrawn_at is not None and withdrawn_at <= row.counts_until
        return "withdrawn" if is_withdrawn else "superseded"
    return "narrative" if row.value is None and row.numerator is None else ""


def _not_standing(
    row: Observation,
    readings: Readings,
    indicator: Indicator,
    category: Category | None,
    last: Step,
    has_value: bool,
) -> str:
    """Why a value that counts is not in the figure."""
    own = next((step for step in readings.steps if step.period_id == row.period_id), None)
    if own is None or own.n > last.n:
        return "other_edition"
    if has_value:
        return "earlier"
    ended_on = row.unit.membership.ended_on
    if ended_on and ended_on < last.ends_on:
        return "member_left"
    if category is not None and indicator.accumulation == Accumulation.CUMULATIVE:
        return "not_broken_down"
    return "stale"


def _evidence(rows: Sequence[Observation], user: Any) -> Any:
    """How much backs a row up that the reader may see: its own, and its submission's. One query."""
    seen = Evidence.objects.visible_to(user).filter(submission__in={r.submission_id for r in rows})
    counts: Counter[Any] = Counter(seen.values_list("submission_id", "observation_id"))
    return lambda row: counts[row.submission_id, None] + counts[row.submission_id, row.pk]
