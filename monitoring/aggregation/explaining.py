"""How one figure came about: what went in, by which rule, what was left out, and the sum itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from monitoring.aggregation import progress
from monitoring.aggregation.arithmetic import TWELVE, exact, written
from monitoring.aggregation.breakdowns import (
    Breakdown,
    as_of,
    breakdown,
    category_baselines,
    over,
    target_spans,
    unsafe_cells,
    way_to_target,
)
from monitoring.aggregation.figures import Figure, Progress
from monitoring.aggregation.observed import Observed, observed
from monitoring.aggregation.progress import TargetSpan
from monitoring.aggregation.public import (
    WITHHELD,
    Publication,
    Span,
    disclosed,
    span_of,
)
from monitoring.aggregation.readings import TOTAL, Readings, Step, UnitValue
from monitoring.aggregation.rules_in_words import rule_in_words
from monitoring.models import Category, Indicator, Period
from partnerships.models import Partnership
from registry.disclosure import SUPPRESSED

SPANS = ("period", "to_date", "year", "framework_year")
Accumulation = Indicator.Accumulation


@dataclass(frozen=True)
class Explanation:
    """A figure and everything that is to be known about it, as far as the reader may see it."""

    indicator: Indicator
    period: Period
    category: Category | None
    span: str
    steps: list[Step]
    reference_on: date
    cutoff_at: datetime
    figure: Figure
    target: Decimal | None
    baseline: Decimal | None
    progress: Progress
    progress_arithmetic: str
    ended: list[TargetSpan]
    rule: list[str]
    arithmetic: str
    observed: Observed
    breakdowns: list[Breakdown]
    is_withheld: bool
    sees_all: bool
    is_inside: bool


def explain(
    indicator: Indicator,
    period: Period,
    *,
    user: Any,
    category: Category | None = None,
    span: str = "period",
    cutoff_at: datetime | None = None,
) -> Explanation:
    """The figure of an indicator as of a period, or a flow's over a span that ends with it.

    The same number of queries whatever the size. Outside the partnership breakdowns of people are
    shown as far as they are public, and not as of a former moment.
    """
    return _Explaining(indicator, period, user, category, span, cutoff_at).explanation()


class _Explaining:
    def __init__(
        self,
        indicator: Indicator,
        period: Period,
        user: Any,
        category: Category | None,
        span: str,
        cutoff_at: datetime | None,
    ) -> None:
        framework = indicator.result.framework
        prefetch_related_objects([indicator], "targets", "dimensions__categories")
        self.indicator, self.period, self.category, self.user = indicator, period, category, user
        is_flow = indicator.accumulation == Accumulation.FLOW
        self.span = span if is_flow else "period"
        self.key = category.pk if category else TOTAL
        self.readings = Readings(
            framework,
            [indicator],
            reference_on=max(framework.today(), period.ends_on),
            cutoff_at=cutoff_at or timezone.now(),
        )
        self.steps = self._steps()
        insiders = Partnership.objects.insider(user)
        self.is_inside = insiders.filter(pk=framework.partnership_id).exists()
        self.sees_all = self.is_inside or indicator.counts_people == Indicator.CountsPeople.NO
        self.is_former = cutoff_at is not None

    def explanation(self) -> Explanation:
        indicator, steps = self.indicator, self.steps
        baselines = category_baselines([indicator]).get(indicator.pk, {})
        publication = self._publication()
        withheld = bool(self.category) and not self._is_public(publication)
        figure = WITHHELD if withheld else self._figure()
        baseline = self._baseline(baselines)
        target, way = self._way(figure, baseline)
        ended = self._ended(way)
        seen = Observed([], [], {}) if withheld else self._observed()
        lines = self._lines()
        return Explanation(
            indicator=indicator,
            period=self.period,
            category=self.category,
            span=self.span,
            steps=list(steps),
            reference_on=self.period.ends_on,
            cutoff_at=self.readings.cutoff_at,
            figure=figure,
            target=target,
            baseline=baseline,
            progress=way,
            progress_arithmetic=_flow_written(ended, baseline, way)
            if ended
            else _way_written(figure, baseline, target, way),
            ended=ended,
            rule=rule_in_words(indicator, self.span, is_category=self.category is not None),
            arithmetic=""
            if withheld or not self._sees(seen, lines)
            else written(indicator, lines, figure),
            observed=seen,
            breakdowns=self._breakdowns(publication, baselines) if self.category is None else [],
            is_withheld=withheld,
            sees_all=self.sees_all,
            is_inside=self.is_inside,
        )

    def _steps(self) -> list[Step]:
        last = self.readings.step_of(self.period)
        if last is None:
            return []
        so_far = [step for step in self.readings.steps if step.n <= last.n]
        if self.span == "year":
            return [step for step in so_far if step.year == last.year]
        if self.span == "framework_year":
            return [step for step in so_far if step.framework_year == last.framework_year]
        return so_far if self.span == "to_date" else so_far[-1:]

    def _figure(self) -> Figure:
        if not self.steps:
            return Figure(reason="no_actual")
        if len(self.steps) > 1:
            return over(self.readings, self.indicator, self.key, self.steps)
        return as_of(self.readings, self.indicator, self.key, self.steps[-1].n)

    def _lines(self) -> list[list[UnitValue]]:
        """Each unit's values, in the order of the units."""
        if not self.steps:
            return []
        by_unit = self.readings.over(self.indicator, self.key, self.steps)
        return [by_unit[unit] for unit in sorted(by_unit)]

    def _publication(self) -> Publication | None:
        if self.sees_all:
            return None
        if self.is_former:
            return Publication.of_nothing()
        return Publication(self.readings, self.indicator)

    def _is_public(self, publication: Publication | None) -> bool:
        if publication is None or self.category is None:
            return True
        shows = publication.shows_category
        return bool(self.steps) and shows(self.category.dimension_id, self.key, self._bounds())

    def _bounds(self) -> Span:
        if not self.steps:
            return (0, 0)
        return span_of(self.indicator, self.steps[0].n, self.steps[-1].n)

    def _baseline(self, baselines: dict[int, Decimal]) -> Decimal | None:
        if self.category is None:
            return progress.baseline_of(self.indicator)
        return baselines.get(self.key) if self.sees_all else None

    def _way(self, figure: Figure, baseline: Decimal | None) -> tuple[Decimal | None, Progress]:
        target, way = way_to_target(
            self.readings, self.indicator, self.key, figure, self.steps, baseline
        )
        if self.category and not self.sees_all:
            return target, Progress(reason=SUPPRESSED)
        return target, way

    def _ended(self, way: Progress) -> list[TargetSpan]:
        """The ended spans with data that a flow's progress is over (RULES 17); else none."""
        indicator = self.indicator
        is_added_up = (
            indicator.accumulation == Accumulation.FLOW
            and indicator.measure != Indicator.Measure.RATIO
        )
        if not is_added_up or way.floor is None or not self.steps:
            return []
        spans = target_spans(self.readings, indicator, self.key)
        return [span for span in spans if span.ends_on <= self.steps[-1].ends_on]

    def _observed(self) -> Observed:
        if not self.steps:
            return Observed([], [], {})
        values = [read for line in self._lines() for read in line]
        found = observed(
            self.readings,
            self.indicator,
            self.category,
            self.steps,
            values,
            user=self.user,
            is_inside=self.is_inside,
        )
        if self.category is None or self.sees_all:
            return found
        # Each unit's value in the figure is public with it; what other spans are made of is not.
        return Observed(found.used if len(self.steps) == 1 else [], [], {})

    def _sees(self, seen: Observed, lines: Sequence[Sequence[UnitValue]]) -> bool:
        """Whether every value may be seen of which the figure is made."""
        return self.is_inside or len(seen.used) >= sum(len(line) for line in lines)

    def _breakdowns(
        self, publication: Publication | None, baselines: dict[int, Decimal]
    ) -> list[Breakdown]:
        unsafe = unsafe_cells(self.readings)
        found = []
        for dimension in self.indicator.dimensions.all():
            broken = breakdown(
                self.readings,
                self.indicator,
                dimension,
                self.steps,
                unsafe=unsafe,
                baselines=baselines,
            )
            if publication is not None:
                broken = disclosed(broken, publication, self.indicator, self._bounds())
            if not self.is_inside:
                hidden = [unit._replace(reason="") for unit in broken.units]
                broken = replace(broken, units=hidden)
            found.append(broken)
        return found


def _flow_written(ended: Sequence[TargetSpan], baseline: Decimal | None, way: Progress) -> str:
    """RULES 17 as a person would write it; ranges are not written out."""
    reached = [span.actual.value for span in ended if span.actual and span.actual.value is not None]
    if way.value is None or not reached:
        return ""
    above = _added(reached)
    below = _added([span.value for span in ended])
    if baseline:
        less = sum((span.covered(baseline) for span in ended), Decimal(0))
        above = f"({above} - {_signed(less)})"
        below = f"({below} - {_signed(baseline * len(ended))})"
    return f"{above} / {below} = {_short(way.value)}"


def _added(numbers: Sequence[Decimal]) -> str:
    text = " + ".join(_signed(number) for number in numbers)
    return text if len(numbers) == 1 else f"({text})"


def _way_written(
    figure: Figure, baseline: Decimal | None, target: Decimal | None, way: Progress
) -> str:
    """RULES 16 as a person would write it; ranges are not written out."""
    known = (figure.value, baseline, target, way.value)
    if None in known:
        return ""
    actual, start, goal, reached = known
    if progress.between(figure, baseline, target).value != reached:
        return ""
    above = f"({_signed(actual)} - {_signed(start)})"
    return f"{above} / ({_signed(goal)} - {_signed(start)}) = {_short(reached)}"


def _signed(number: Decimal | None) -> str:
    text = exact(number or Decimal(0))
    return f"({text})" if text.startswith("-") else text


def _short(number: Decimal | None) -> str:
    return exact(TWELVE.create_decimal(number or Decimal(0)))
