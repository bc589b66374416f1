"""The light track: a small firm measures at most five indicators of its SDG targets."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from monitoring.models import Framework, Indicator, Result
from monitoring.models.smart import LIGHT_MOST
from monitoring.services.frameworks import (
    Cell,
    add_indicator,
    add_result,
    create_framework,
    set_targets,
)
from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import GlobalIndicator, User

Accumulation = Indicator.Accumulation


class LightIndicator(NamedTuple):
    """What one indicator needs; the rest follows from the track."""

    title: str
    unit: str
    accumulation: str
    baseline_value: Decimal
    baseline_year: int
    goal_value: Decimal
    global_indicator: GlobalIndicator


@transaction.atomic
def begin_light(
    partnership: Partnership,
    *,
    by: User,
    starts_on: date,
    ends_on: date,
    indicators: Sequence[LightIndicator],
) -> Framework:
    """Write the whole draft at once, ready to be proposed."""
    partnership.require_editor(by)
    if partnership.track != Partnership.Track.LIGHT:
        raise DomainError("not_light", "The partnership is not on the light track.")
    if not 1 <= len(indicators) <= LIGHT_MOST:
        raise DomainError("too_many_indicators", f"From one indicator to {LIGHT_MOST}.")
    framework = create_framework(
        partnership,
        by=by,
        title=f"What is measured: {partnership.title}"[:300],
        cadence=Framework.Cadence.YEARLY,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    objective = partnership.objectives.order_by("pk").first()
    aim = objective.text if objective else partnership.title
    result = add_result(framework, by=by, level=Result.Level.OUTCOME, title=aim)
    goals: dict[Cell, Decimal | None] = {}
    for said in indicators:
        made = _indicator(result, said, by)
        goals[made.pk, None, *_span(framework, said)] = said.goal_value
    set_targets(framework, goals, by=by)
    return framework


def _indicator(result: Result, said: LightIndicator, by: User) -> Indicator:
    facts: dict[str, Any] = {n: v for n, v in said._asdict().items() if n != "goal_value"}
    fixed: dict[str, Any] = {
        "measure": Indicator.Measure.NUMBER,
        "combine": Indicator.Combine.SUM,
        "library_link": Indicator.LibraryLink.CONTRIBUTES,
    }
    rises = said.goal_value >= said.baseline_value or said.accumulation == Accumulation.FLOW
    direction = Indicator.Direction.INCREASE if rises else Indicator.Direction.DECREASE
    if said.accumulation == Accumulation.FLOW:
        # What happened before the work began is no starting point of a sum over all years.
        facts |= {"baseline_value": None, "baseline_year": None}
    return add_indicator(result, by=by, direction=direction, **fixed, **facts)


def _span(framework: Framework, said: LightIndicator) -> tuple[date, date]:
    """A sum is aimed at over all years, a state or running total by the end of the last one."""
    spans = list(framework.spans())
    first = spans[0] if said.accumulation == Accumulation.FLOW else spans[-1]
    return first[0], spans[-1][1]
