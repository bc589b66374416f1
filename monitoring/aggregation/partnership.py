"""A partnership's figures at a reference date and a cut-off: the one door for all readers."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from monitoring.aggregation import lights, progress
from monitoring.aggregation.cells import Actuals, Span
from monitoring.aggregation.figures import (
    NO_ACTUAL,
    Figure,
    IndicatorFigures,
    Light,
    PartnershipFigures,
    PeriodFigure,
    Progress,
)
from monitoring.aggregation.progress import TargetSpan
from monitoring.models import Framework, Indicator, Period
from partnerships.models import Partnership

Accumulation, Measure = Indicator.Accumulation, Indicator.Measure


def framework_at(partnership: Partnership, cutoff_at: datetime) -> Framework | None:
    """The framework in force at a moment: agreed, or imported, and not yet superseded."""
    in_force = Q(agreed_at__lte=cutoff_at) | Q(
        agreed_at=None, import_batch__isnull=False, created_at__lte=cutoff_at
    )
    current = Q(superseded_at=None) | Q(superseded_at__gt=cutoff_at)
    settled = partnership.frameworks.filter(in_force, current, status__in=Framework.SETTLED)
    return settled.order_by("-edition").first()


def partnership_figures(
    partnership: Partnership,
    *,
    reference_on: date,
    cutoff_at: datetime,
    framework: Framework | None = None,
) -> PartnershipFigures:
    """All figures and both lights; by the framework in force unless one is named. 6 queries."""
    framework = framework or framework_at(partnership, cutoff_at)
    if framework is None:
        none = Light("no_data", "no_framework")
        return PartnershipFigures(None, reference_on, cutoff_at, [], none, none, [])
    figures = _FrameworkFigures(framework, reference_on, cutoff_at)
    items = lights.due_items(framework, reference_on=reference_on, cutoff_at=cutoff_at)
    indicators = figures.all()
    return PartnershipFigures(
        framework=framework,
        reference_on=reference_on,
        cutoff_at=cutoff_at,
        indicators=indicators,
        timeliness=lights.timeliness(framework, items, cutoff_at=cutoff_at),
        achievement=figures.achievement(indicators),
        due_items=items,
    )


class _FrameworkFigures:
    """One computation: what was read once for all indicators."""

    def __init__(self, framework: Framework, reference_on: date, cutoff_at: datetime) -> None:
        self.framework = framework
        self.on = reference_on
        self.indicators = {i.pk: i for i in self._indicators()}
        ended = framework.periods.ended_by(reference_on)
        self.periods = list(ended.order_by("ends_on", "starts_on", "pk"))
        self.last = self.periods[-1] if self.periods else self._last_before()
        actuals = Actuals(framework, reference_on=reference_on, cutoff_at=cutoff_at)
        self.as_of, self.running, self.flows = actuals.figures(self.indicators, self._flow_spans())

    def _indicators(self) -> QuerySet[Indicator]:
        of_framework = Indicator.objects.filter(result__framework=self.framework)
        return (
            of_framework.exclude(measure=Measure.NARRATIVE)
            .select_related("result")
            .prefetch_related("targets")
        )

    def _last_before(self) -> Period | None:
        """Until its own first period has ended, an edition goes on from those before: RULES 10."""
        return Period.objects.lent_to(self.framework).last_ended(self.on)

    def all(self) -> list[IndicatorFigures]:
        return [self._figures(indicator) for indicator in self.indicators.values()]

    def achievement(self, indicators: list[IndicatorFigures]) -> Light:
        if indicators and all(
            item.indicator.accumulation == Accumulation.AS_PUBLISHED for item in indicators
        ):
            return Light("no_data", "as_published", {"due": len(indicators)})
        has_ended = bool(self.periods)
        return lights.achievement(indicators, on=self.on, has_ended_period=has_ended)

    def _flow_spans(self) -> list[Span]:
        flows = [i for i in self.indicators.values() if i.accumulation == Accumulation.FLOW]
        return [
            (i.pk, t.starts_on, t.ends_on)
            for i in flows
            for t in i.targets.all()
            if t.category_id is None
        ]

    def _figures(self, indicator: Indicator) -> IndicatorFigures:
        baseline = progress.baseline_of(indicator)
        spans = self._target_spans(indicator)
        to_date = self._to_date(indicator)
        toward_end = self._toward_end(indicator, spans, baseline, to_date)
        expected = self._expected(indicator, spans, baseline)
        gap, light = self._light(indicator, spans, to_date, toward_end, expected)
        periods = [self._period(indicator, period, spans, baseline) for period in self.periods]
        return IndicatorFigures(
            indicator=indicator,
            baseline=baseline,
            baseline_on=progress.baseline_date(indicator, self.framework.starts_on)
            if baseline is not None
            else None,
            periods=periods,
            to_date=to_date,
            year=self._year(indicator, "year"),
            framework_year=self._year(indicator, "framework_year"),
            begins_on=min((span.starts_on for span in spans), default=None),
            end_target=_end_target(indicator, spans),
            end_on=spans[-1].ends_on if spans else None,
            progress=self._progress(indicator, spans, baseline, periods),
            toward_end=toward_end,
            expected=expected,
            gap=gap,
            light=light,
        )

    def _target_spans(self, indicator: Indicator) -> list[TargetSpan]:
        flow = indicator.accumulation == Accumulation.FLOW
        targets = [t for t in indicator.targets.all() if t.category_id is None]
        return [
            TargetSpan(
                t.starts_on,
                t.ends_on,
                t.value,
                self.flows[(indicator.pk, t.starts_on, t.ends_on)] if flow else None,
            )
            for t in sorted(targets, key=lambda t: (t.ends_on, t.starts_on, t.pk))
        ]

    def _to_date(self, indicator: Indicator) -> Figure:
        if indicator.accumulation == Accumulation.AS_PUBLISHED:
            return Figure(reason="accumulation_unknown")
        if indicator.accumulation == Accumulation.FLOW:
            return self.running.get((indicator.pk, "to_date"), NO_ACTUAL)
        return self._latest(indicator)

    def _year(self, indicator: Indicator, which: str) -> Figure:
        """The calendar's year, or the framework's: a second total of its own (RULES 9)."""
        if indicator.accumulation == Accumulation.FLOW:
            return self.running.get((indicator.pk, which), NO_ACTUAL)
        return self._to_date(indicator)

    def _latest(self, indicator: Indicator) -> Figure:
        """As of the last period that has ended; what was reported before that is stale."""
        if self.last is None:
            return NO_ACTUAL
        figure = self.as_of.get((indicator.pk, self.last.pk))
        if figure:
            return figure
        earlier = any((indicator.pk, period.pk) in self.as_of for period in self.periods)
        return Figure(reason="stale") if earlier else NO_ACTUAL

    def _period(
        self,
        indicator: Indicator,
        period: Period,
        spans: list[TargetSpan],
        baseline: Decimal | None,
    ) -> PeriodFigure:
        figure = self.as_of.get((indicator.pk, period.pk), NO_ACTUAL)
        if indicator.accumulation == Accumulation.AS_PUBLISHED:
            own = [
                s for s in spans if (s.starts_on, s.ends_on) == (period.starts_on, period.ends_on)
            ]
        else:
            own = [s for s in spans if s.ends_on == period.ends_on]
        target = own[-1].value if own else None
        return PeriodFigure(
            period, figure, target, self._period_progress(indicator, figure, own, baseline)
        )

    def _period_progress(
        self,
        indicator: Indicator,
        figure: Figure,
        own: list[TargetSpan],
        baseline: Decimal | None,
    ) -> Progress:
        if indicator.direction.startswith("maintain"):
            return Progress(reason="maintain")
        if indicator.accumulation != Accumulation.FLOW:
            return progress.between(figure, baseline, own[-1].value if own else None)
        if indicator.measure == Measure.RATIO:
            return progress.between(
                (own[-1].actual or NO_ACTUAL) if own else figure,
                baseline,
                own[-1].value if own else None,
            )
        return progress.flow_progress(own, baseline, self.on)

    def _progress(
        self,
        indicator: Indicator,
        spans: list[TargetSpan],
        baseline: Decimal | None,
        periods: list[PeriodFigure],
    ) -> Progress:
        """Rule 17 for a flow; for the others rule 16 as of the last period."""
        flow = indicator.accumulation == Accumulation.FLOW
        if indicator.direction.startswith("maintain"):
            return Progress(reason="maintain")
        if flow and indicator.measure != Measure.RATIO:
            return progress.flow_progress(spans, baseline, self.on)
        if flow:
            return self._last_ended_span(spans, baseline)
        return periods[-1].progress if periods else Progress(reason="no_actual")

    def _last_ended_span(self, spans: list[TargetSpan], baseline: Decimal | None) -> Progress:
        """A ratio's spans are not added: the last that ended, against its own target."""
        ended = [span for span in spans if span.ends_on <= self.on]
        if not ended:
            return Progress(reason="span_open" if spans else "no_target")
        return progress.between(ended[-1].actual or NO_ACTUAL, baseline, ended[-1].value)

    def _toward_end(
        self,
        indicator: Indicator,
        spans: list[TargetSpan],
        baseline: Decimal | None,
        to_date: Figure,
    ) -> Progress:
        if indicator.direction.startswith("maintain"):
            return Progress(reason="maintain")
        if indicator.accumulation != Accumulation.FLOW:
            return progress.between(to_date, baseline, spans[-1].value if spans else None)
        if indicator.measure != Measure.RATIO:
            if _falls(indicator) and baseline is None:
                return Progress(reason="no_baseline")
            return progress.flow_toward_end(spans, self.on, _offset(indicator, baseline))
        ended = [span for span in spans if span.ends_on <= self.on]
        if not ended:
            return Progress(reason="span_open" if spans else "no_target")
        return progress.between(ended[-1].actual or NO_ACTUAL, baseline, spans[-1].value)

    def _expected(
        self, indicator: Indicator, spans: list[TargetSpan], baseline: Decimal | None
    ) -> Decimal | None:
        if indicator.direction.startswith("maintain"):
            return None
        if indicator.measure == Measure.YES_NO:
            return progress.expected_yes_no(spans, self.on)
        if indicator.accumulation == Accumulation.FLOW and indicator.measure != Measure.RATIO:
            return progress.expected_flow(spans, self.on, _offset(indicator, baseline))
        since = progress.baseline_date(indicator, self.framework.starts_on)
        return progress.expected_on_line(spans, baseline, since, self.on)

    def _light(
        self,
        indicator: Indicator,
        spans: list[TargetSpan],
        to_date: Figure,
        toward_end: Progress,
        expected: Decimal | None,
    ) -> tuple[Decimal | None, Light]:
        if not indicator.direction.startswith("maintain"):
            return progress.indicator_light(toward_end, expected)
        current = [span for span in spans if span.starts_on <= self.on] or spans
        target = current[-1].value if current else None
        return None, progress.maintain_light(indicator, to_date, target)


def _falls(indicator: Indicator) -> bool:
    return indicator.direction == Indicator.Direction.DECREASE


def _offset(indicator: Indicator, baseline: Decimal | None) -> Decimal:
    """A falling flow starts from its baseline, any other from nothing."""
    return baseline if _falls(indicator) and baseline is not None else Decimal(0)


def _end_target(indicator: Indicator, spans: list[TargetSpan]) -> Decimal | None:
    """What shall be reached in the end: of a flow all its targets together, else the last one."""
    if not spans:
        return None
    if indicator.accumulation == Accumulation.FLOW and indicator.measure != Measure.RATIO:
        return sum((span.value for span in spans), Decimal(0))
    return spans[-1].value
