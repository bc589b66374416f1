"""An indicator over time, and crossed with its units, places and categories."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Min, Q, prefetch_related_objects
from django.utils import timezone

from monitoring.aggregation import lights, progress
from monitoring.aggregation.breakdowns import category_baselines, figure_at, way_to_target
from monitoring.aggregation.figures import DueItem, Figure, Progress
from monitoring.aggregation.public import WITHHELD, Publication, span_of
from monitoring.aggregation.readings import TOTAL, Readings, Step
from monitoring.models import Category, Dimension, Framework, Indicator, ReportingUnit
from monitoring.models.frameworks import settled
from partnerships.models import Partnership
from registry.disclosure import SUPPRESSED

TIMES = ("period", "year", "framework_year")
GROUPS = ("unit", "place", "category")
AXES = (*TIMES, *GROUPS)
Accumulation = Indicator.Accumulation


class When(NamedTuple):
    """A period, a calendar year or a year of the framework, with the periods that lie in it."""

    kind: str
    label: str
    steps: list[Step]

    @property
    def first(self) -> Step:
        return self.steps[0]

    @property
    def last(self) -> Step:
        return self.steps[-1]


class Group(NamedTuple):
    """All units, one, those of a place; and all categories together, or one."""

    label: str = "total"
    units: frozenset[int] | None = None
    unit: int | None = None
    place: str = ""
    country: str = ""
    category: Category | None = None


@dataclass(frozen=True)
class Cell:
    """One figure of a series or pivot."""

    when: When
    group: Group
    figure: Figure
    target: Decimal | None
    progress: Progress
    reported: int | None
    due: int | None


class Break(NamedTuple):
    """An indicator of an earlier edition that bears the same code and is not joined (RULES 10)."""

    indicator: Indicator
    edition: int
    until: date | None
    differs: list[str]


@dataclass(frozen=True)
class Series:
    """A table of cells in the order of its two axes, with how far the series reaches back."""

    indicator: Indicator
    axes: tuple[str, ...]
    dimension: Dimension | None
    cells: list[Cell]
    editions: list[tuple[int, int, date, date]]
    breaks: list[Break]
    cutoff_at: datetime


def series(
    indicator: Indicator,
    *,
    axes: Sequence[str],
    user: Any,
    dimension: Dimension | None = None,
    period: int | None = None,
) -> Series:
    """`axes` are one or two of AXES. Without an axis of time it is as of a period: the given one,
    by default the last; of a flow, the sum to date if none is given.

    The same number of queries whatever the size.
    """
    return _Drawing(indicator, tuple(axes), user, dimension, period).series()


class _Drawing:
    def __init__(
        self,
        indicator: Indicator,
        axes: tuple[str, ...],
        user: Any,
        dimension: Dimension | None,
        period: int | None,
    ) -> None:
        self.indicator, self.axes, self.dimension = indicator, axes, dimension
        self.framework = indicator.result.framework
        prefetch_related_objects([indicator], "targets", "dimensions__categories")
        self.now = timezone.now()
        self.readings = Readings(
            self.framework,
            [indicator],
            reference_on=self.framework.today(),
            cutoff_at=self.now,
        )
        self.period = period
        inside = Partnership.objects.insider(user).filter(pk=self.framework.partnership_id)
        self.sees_all = indicator.counts_people == Indicator.CountsPeople.NO or inside.exists()
        self.publication = None if self.sees_all else Publication(self.readings, indicator)
        self.baselines = category_baselines([indicator]).get(indicator.pk, {})
        self.units = self._units(user)
        self.due: dict[int, list[DueItem]] = {}
        for item in lights.due_items(
            self.framework, reference_on=self.framework.today(), cutoff_at=self.now
        ):
            self.due.setdefault(item.period_id, []).append(item)

    def series(self) -> Series:
        cells = [self._cell(when, group) for when in self._times() for group in self._groups()]
        if self.axes and self.axes[0] in GROUPS and len(self.axes) > 1:
            order = {group: n for n, group in enumerate(self._groups())}
            cells.sort(key=lambda cell: order[cell.group])
        return Series(
            indicator=self.indicator,
            axes=self.axes,
            dimension=self.dimension,
            cells=cells,
            editions=self._editions(),
            breaks=breaks(self.indicator),
            cutoff_at=self.now,
        )

    def _times(self) -> list[When]:
        steps = self.readings.steps
        kind = next((axis for axis in self.axes if axis in TIMES), "")
        if kind == "period":
            return [When(kind, step.label, [step]) for step in steps]
        if kind == "year":
            return _by(kind, steps, lambda step: str(step.year))
        if kind == "framework_year":
            return _by(kind, steps, lambda step: f"year {step.framework_year + 1}")
        if self.period is not None:
            return [When("period", s.label, [s]) for s in steps if s.period_id == self.period]
        return [When("to_date", "to date", list(steps))] if steps else []

    def _groups(self) -> list[Group]:
        groups = [Group()]
        if "unit" in self.axes:
            groups = [
                replace_units(one, str(unit), frozenset({pk}), unit=pk)
                for one in groups
                for pk, unit in self.units.items()
            ]
        if "place" in self.axes:
            groups = self._places()
        if "category" in self.axes and self.dimension is not None:
            listed = list(self.dimension.categories.all())
            groups = [
                one._replace(
                    category=c, label=c.label if one.units is None else f"{one.label}; {c.label}"
                )
                for one in groups
                for c in listed
            ]
        return groups

    def _places(self) -> list[Group]:
        """Units of one place together, of whichever member; without a place: the members."""
        places: dict[tuple[str, str], set[int]] = {}
        for pk, unit in self.units.items():
            key = (unit.country.alpha2 if unit.country else "", unit.place)
            places.setdefault(key, set()).add(pk)
        return [
            Group(", ".join(filter(None, (place, country))) or "no place", frozenset(units),
                  place=place, country=country)
            for (country, place), units in sorted(places.items())
        ]  # fmt: skip

    def _units(self, user: Any) -> dict[int, ReportingUnit]:
        """The units that have reported and whose names the reader may see."""
        wanted = {v.unit_id for values in self.readings.values.values() for v in values}
        seen = ReportingUnit.objects.visible_to(user).filter(pk__in=wanted)
        named = seen.select_related("membership__partner", "country")
        return {unit.pk: unit for unit in sorted(named, key=lambda u: (str(u), u.pk))}

    def _cell(self, when: When, group: Group) -> Cell:
        category = group.category.pk if group.category else TOTAL
        steps = when.steps
        figure = figure_at(self.readings, self.indicator, category, steps, group.units)
        target, way = None, Progress(reason="no_target")
        if self._is_unknown_over(when):
            figure = Figure(reason="accumulation_unknown")
        elif group.units is None:
            target, way = self._way(group, category, figure, steps)
        if group.category and not self._is_public(group.category, when):
            way = Progress(reason=SUPPRESSED)
            figure = figure if figure.reason == "no_actual" else WITHHELD
        reported, due = self._reporting(when, group)
        return Cell(when, group, figure, target, way, reported, due)

    def _is_unknown_over(self, when: When) -> bool:
        """RULES 9: of what nobody said how it adds up there are figures of single periods only."""
        as_published = self.indicator.accumulation == Accumulation.AS_PUBLISHED
        return as_published and when.kind != "period"

    def _way(
        self, group: Group, category: int, figure: Figure, steps: Sequence[Step]
    ) -> tuple[Decimal | None, Progress]:
        if group.category is None:
            baseline = progress.baseline_of(self.indicator)
        else:
            baseline = self.baselines.get(category) if self.sees_all else None
        target, way = way_to_target(
            self.readings, self.indicator, category, figure, steps, baseline
        )
        if group.category and not self.sees_all:
            way = Progress(reason=SUPPRESSED)
        return target, way

    def _is_public(self, category: Category, when: When) -> bool:
        if self.publication is None:
            return True
        span = span_of(self.indicator, when.first.n, when.last.n)
        return self.publication.shows_category(category.dimension_id, category.pk, span)

    def _reporting(self, when: When, group: Group) -> tuple[int | None, int | None]:
        """Reported of due (RULES 9): reporting units × periods, of any indicator."""
        if group.category is not None:
            return None, None
        items = [
            item
            for step in when.steps
            for item in self.due.get(step.period_id, ())
            if group.units is None or item.unit_id in group.units
        ]
        return sum(item.sent_at is not None for item in items), len(items)

    def _editions(self) -> list[tuple[int, int, date, date]]:
        """(framework, edition, first day, last day) of what the series is joined from."""
        found: dict[tuple[int, int], list[Step]] = {}
        for step in self.readings.steps:
            found.setdefault((step.framework_id, step.edition), []).append(step)
        return [
            (framework, edition, steps[0].starts_on, steps[-1].ends_on)
            for (framework, edition), steps in found.items()
        ]


def replace_units(group: Group, label: str, units: frozenset[int], *, unit: int) -> Group:
    return group._replace(label=label, units=units, unit=unit)


def _by(kind: str, steps: Iterable[Step], name: Callable[[Step], str]) -> list[When]:
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(name(step), []).append(step)
    return [When(kind, label, within) for label, within in found.items()]


def breaks(indicator: Indicator) -> list[Break]:
    """Where the series breaks: indicators of earlier editions that it continues no more, or that
    have the same code; their figures stay under them, until the next edition began. Of those that
    its series is joined from there is none. Two queries."""
    framework = indicator.result.framework
    alike = Q(pk=indicator.continues_id) | Q(code=indicator.code) & ~Q(code="")
    earlier = Indicator.objects.filter(
        alike,
        result__framework__in=Framework.objects.filter(
            settled(), partnership=framework.partnership_id, edition__lt=framework.edition
        ),
    ).exclude(series=indicator.series)
    rows = earlier.select_related("result__framework").order_by("-result__framework__edition")
    found: dict[Any, Break] = {}
    for one in rows:
        differs = [
            name for name in Indicator.SERIES_FACTS
            if getattr(one, name) != getattr(indicator, name)
        ]  # fmt: skip
        of = one.result.framework
        found.setdefault(one.series, Break(one, of.edition, _held_until(of), differs))
    return list(found.values())


def _held_until(framework: Framework) -> date:
    """The day before a later edition began, or its own last day."""
    later = Framework.objects.filter(
        settled(), partnership=framework.partnership_id, edition__gt=framework.edition
    )
    begins = later.aggregate(first=Min("starts_on"))["first"]
    return min(framework.ends_on, begins - timedelta(days=1)) if begins else framework.ends_on
