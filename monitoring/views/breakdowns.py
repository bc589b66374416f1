"""The breakdowns that a partnership's page shows, to each reader as far as they may be seen."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects

from monitoring.aggregation import PartnershipFigures
from monitoring.aggregation.breakdowns import (
    Breakdown,
    breakdown,
    category_baselines,
    unsafe_cells,
)
from monitoring.aggregation.public import Publication, disclosed, span_of
from monitoring.aggregation.readings import Readings, Step
from monitoring.broken_down import BreakdownShown, shown_all
from monitoring.models import Indicator
from monitoring.reading_figures import units_seen
from partnerships.models import Partnership

MOST = 6


class BrokenDown(NamedTuple):
    """An indicator with its breakdowns, to date or as of the last period."""

    indicator: Indicator
    breakdowns: list[BreakdownShown]
    period: int


def breakdowns_of(figures: PartnershipFigures, user: Any) -> list[BrokenDown]:
    """Of the first indicators that have any; the same number of queries whatever the size."""
    if figures.framework is None:
        return []
    indicators = [item.indicator for item in figures.indicators]
    prefetch_related_objects(indicators, "dimensions__categories")
    wanted = [indicator for indicator in indicators if indicator.dimensions.all()]
    if not wanted:
        return []
    readings = Readings(
        figures.framework, wanted, reference_on=figures.reference_on, cutoff_at=figures.cutoff_at
    )
    if not readings.steps:
        return []
    broken_down = [i for i in wanted if readings.categories[i.pk] - {0}][:MOST]
    if not broken_down:
        return []
    return _shown(readings, broken_down, user)


def _shown(readings: Readings, indicators: Sequence[Indicator], user: Any) -> list[BrokenDown]:
    partnership = readings.framework.partnership_id
    is_inside = Partnership.objects.insider(user).filter(pk=partnership).exists()
    unsafe, baselines = unsafe_cells(readings), category_baselines(indicators)
    units = units_seen(user, partnership)
    last = readings.steps[-1]
    found = []
    for indicator in indicators:
        steps = readings.steps if _is_flow(indicator) else [last]
        tables = [
            breakdown(
                readings,
                indicator,
                dimension,
                steps,
                unsafe=unsafe,
                baselines=baselines.get(indicator.pk),
            )
            for dimension in indicator.dimensions.all()
        ]
        if not is_inside:
            tables = _public(readings, indicator, tables, steps)
        if shown := shown_all(tables, indicator, units):
            found.append(BrokenDown(indicator, shown, last.period_id))
    return found


def _public(
    readings: Readings,
    indicator: Indicator,
    tables: Sequence[Breakdown],
    steps: Sequence[Step],
) -> list[Breakdown]:
    publication = Publication(readings, indicator)
    span = span_of(indicator, steps[0].n, steps[-1].n)
    seen = [disclosed(table, publication, indicator, span) for table in tables]
    return [replace(t, units=[u._replace(reason="") for u in t.units]) for t in seen]


def _is_flow(indicator: Indicator) -> bool:
    return indicator.accumulation == Indicator.Accumulation.FLOW
