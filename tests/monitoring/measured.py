"""A partnership with units and quarters to report into, for tests of figures."""

from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import prefetch_related_objects

from monitoring.aggregation import partnership_figures
from monitoring.aggregation.breakdowns import breakdown, category_baselines, unsafe_cells
from monitoring.aggregation.readings import Readings
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UnsafeBreakdownFactory,
)
from tests.factories.monitoring import approve

LATER = datetime(2026, 11, 1, tzinfo=UTC)


class World:
    """Three reporting units of three members, and six quarters from January 2024."""

    def __init__(self, units=3, periods=6, **framework):
        self.partnership = PartnershipFactory(active=True)
        members = [self.partnership.memberships.get()]
        members += MembershipFactory.create_batch(units - 1, partnership=self.partnership)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True, **framework)
        self.periods = [PeriodFactory(framework=self.framework) for _ in range(periods)]
        self.units = [ReportingUnitFactory(membership=member) for member in members]
        self.members = members

    def indicator(self, *dimensions, **fields):
        made = IndicatorFactory(result__framework=self.framework, **fields)
        made.dimensions.add(*dimensions)
        return made

    def dimension(self, code="SEX", codes="F M _U", **fields):
        dimension = DimensionFactory(code=code, **fields)
        made = [
            CategoryFactory(dimension=dimension, code=one, sort=n)
            for n, one in enumerate(codes.split())
        ]
        return dimension, {one.code: one for one in made}

    def target(self, indicator, first, last, value, category=None):
        return PeriodTargetFactory(
            indicator=indicator,
            starts_on=self.periods[first - 1].starts_on,
            ends_on=self.periods[last - 1].ends_on,
            value=Decimal(value),
            category=category,
        )

    def report(self, indicator, unit, period, total=None, at=None, unsafe=None, **parts):
        """Units from 0, periods from 1; parts by the category's code (`X_Y` for a crossed one)."""
        values = {} if total is None else {indicator: _number(total)}
        known = {c.code: c for d in indicator.dimensions.all() for c in d.categories.all()}
        for code, value in parts.items():
            values[indicator, known[code.replace("_x_", "*")]] = _number(value)
        made = SubmissionFactory(
            unit=self.units[unit], period=self.periods[period - 1], values=values
        )
        for dimension, reason in (unsafe or {}).items():
            UnsafeBreakdownFactory(
                submission=made, indicator=indicator, dimension=dimension, reason=reason
            )
        return approve(made, at)

    def readings(self, *indicators, period=None, cutoff_at=LATER):
        prefetch_related_objects(indicators, "targets", "dimensions__categories")
        on = self.periods[(period or len(self.periods)) - 1].ends_on
        return Readings(self.framework, indicators, reference_on=on, cutoff_at=cutoff_at)

    def breakdown(self, indicator, dimension, period, first=None, **dates):
        """As of a period, or a flow's sum from the first one to it."""
        readings = self.readings(indicator, period=period, **dates)
        last = readings.steps[-1].n
        steps = [s for s in readings.steps if (first or last) <= s.n <= last]
        return breakdown(
            readings,
            indicator,
            dimension,
            steps,
            unsafe=unsafe_cells(readings),
            baselines=category_baselines([indicator]).get(indicator.pk),
        )

    def figures(self, indicator, period=None, cutoff_at=LATER):
        on = self.periods[(period or len(self.periods)) - 1].ends_on
        found = partnership_figures(self.partnership, reference_on=on, cutoff_at=cutoff_at)
        return next(i for i in found.indicators if i.indicator.pk == indicator.pk)


def _number(value):
    return tuple(map(Decimal, value)) if isinstance(value, tuple) else Decimal(value)


def values_of(broken):
    """A breakdown's figures by category code; what has none is left out."""
    return {
        item.category.code: item.figure.floor
        for item in broken.categories
        if item.figure.floor is not None
    }
