"""Group A, breakdowns of the people counted in the period: A5."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from monitoring.aggregation.breakdowns import adds_up
from monitoring.models import Indicator, Observation, UnsafeBreakdown
from monitoring.reports.accountability.measure import (
    Outcome,
    Subject,
    not_applicable,
    nothing_due,
    numbered,
    share,
    waits_for_reviewer,
)
from monitoring.reports.accountability.subject import Value

COMPLETE, INCOMPLETE, NOT_BROKEN_DOWN, NOT_SAFE = "complete", "incomplete", "none", "not_safe"
Cell = tuple[int, int]  # a unit and a period: an observation of the indicator


@dataclass
class _Broken:
    """An indicator that counts people: each observation's total, parts and unsafe dimensions."""

    indicator: Indicator
    totals: dict[Cell, Value] = field(default_factory=dict)
    parts: dict[tuple[Cell, int], list[Value]] = field(default_factory=lambda: defaultdict(list))
    unsafe: set[tuple[Cell, int]] = field(default_factory=set)  # with the dimension

    @property
    def cells(self) -> set[Cell]:
        return {*self.totals, *(cell for cell, _ in self.parts)}

    def states(self, dimension: int) -> list[str]:
        return [self._state(cell, dimension) for cell in sorted(self.cells)]

    def _state(self, cell: Cell, dimension: int) -> str:
        """RULES 15: what the parts lack of the total; where parts need not come to a total, an
        observation that is broken down is complete."""
        parts = self.parts.get((cell, dimension))
        if not parts:
            return NOT_SAFE if (cell, dimension) in self.unsafe else NOT_BROKEN_DOWN
        total = self.totals.get(cell)
        if total is None:
            return INCOMPLETE
        whole = not adds_up(self.indicator) or all(
            _sum(getattr(part, name) for part in parts) == (getattr(total, name) or Decimal(0))
            for name in ("value", "numerator", "denominator")
        )
        return COMPLETE if whole else INCOMPLETE

    def is_complete(self) -> bool:
        """One and the same dimension in every observation, those not safe set apart."""
        along = {dimension for _, dimension in self.parts}
        return any(
            COMPLETE in states and not {INCOMPLETE, NOT_BROKEN_DOWN}.intersection(states)
            for states in map(self.states, along)
        )

    def is_unsafe(self, dimensions: Iterable[int]) -> bool:
        """Not safe in any observation along any of its dimensions."""
        along = set(dimensions) or {dimension for _, dimension in self.unsafe}
        states = [state for dimension in along for state in self.states(dimension)]
        return bool(states) and set(states) == {NOT_SAFE}


def disaggregated(subject: Subject) -> Outcome:
    """A5: people-counting indicators with one and the same dimension complete ("not known"
    included) in every approved observation of the report's periods, and at least one observation /
    people-counting indicators, those not safe to break down left out with their reason.

    Observations not safe to break down are set apart; an indicator is left out where all of
    them are, in all its dimensions. So is one whose only values wait for a reviewer. Where two
    editions held in the year, an indicator is judged in each.

    Summary: "leaving no one behind within each community where they operate". Asked by the
    summary's own voice.
    """
    if not subject.periods:
        return nothing_due(subject)
    every = subject.indicators_of_periods
    people = [i for i in every if i.counts_people != Indicator.CountsPeople.NO]
    if not people:
        return not_applicable("no indicator counts people")
    stated = _unsafe(subject)
    broken = _broken_down(subject, people, stated)
    own = _dimensions_of(people) if stated else {}
    unsafe = [i for i in people if _is_left_out(broken[i.pk], own.get(i.pk, ()))]
    sent = {pk for pk, _ in subject.waiting_cells}
    waiting = [i for i in people if not broken[i.pk].cells and i.pk in sent]
    beside = waits_for_reviewer(subject)
    if unsafe:
        beside["left_out"] = [{"indicator": i.pk, "reason": "not safe to collect"} for i in unsafe]
    judged = [i for i in people if i not in unsafe and i not in waiting]
    if not judged:
        return not_applicable("what counts people is not safe to break down, or waits", **beside)
    full = [i for i in judged if broken[i.pk].is_complete()]
    lacking = len(judged) - len(full)
    return share(
        len(full),
        len(judged),
        evidence=[*_read(people, subject), *numbered(UnsafeBreakdown, (u.pk for u in stated))],
        next_step=f"{lacking} indicator(s) that count people lack a breakdown that comes to the "
        "total, “not known” included.",
        **beside,
    )


def _is_left_out(broken: _Broken, dimensions: Iterable[int]) -> bool:
    return bool(broken.unsafe) and not broken.is_complete() and broken.is_unsafe(dimensions)


def _read(people: Iterable[Indicator], subject: Subject) -> list[dict[str, Any]]:
    wanted = {indicator.pk for indicator in people}
    totals = (v.pk for v in subject.values if v.category_id is None and v.indicator_id in wanted)
    return numbered(Observation, totals)


def _unsafe(subject: Subject) -> list[UnsafeBreakdown]:
    stated = UnsafeBreakdown.objects.counting(subject.cutoff_at)
    of_periods = stated.filter(submission__period__in=[one.pk for one in subject.periods])
    return list(of_periods.select_related("submission").order_by("pk"))


def _broken_down(
    subject: Subject, people: Iterable[Indicator], stated: Iterable[UnsafeBreakdown]
) -> dict[int, _Broken]:
    broken = {indicator.pk: _Broken(indicator) for indicator in people}
    for value in subject.values:
        if found := broken.get(value.indicator_id):
            cell = value.unit_id, value.period_id
            if value.dimension_id is None:
                found.totals[cell] = value
            else:
                found.parts[cell, value.dimension_id].append(value)
    for one in stated:
        if found := broken.get(one.indicator_id):
            cell = one.submission.unit_id, one.submission.period_id
            found.unsafe.add((cell, one.dimension_id))
    return broken


def _dimensions_of(people: Iterable[Indicator]) -> Mapping[int, list[int]]:
    """The dimensions along which each is to be broken down, without those that are crossed."""
    through = Indicator.dimensions.through._default_manager
    keys = [indicator.pk for indicator in people]
    rows = through.filter(dimension__first=None, indicator__in=keys)
    found: dict[int, list[int]] = defaultdict(list)
    for indicator, dimension in rows.values_list("indicator_id", "dimension_id"):
        found[indicator].append(dimension)
    return found


def _sum(parts: Iterable[Decimal | None]) -> Decimal:
    return sum((part for part in parts if part is not None), Decimal(0))
