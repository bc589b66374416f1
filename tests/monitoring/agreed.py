"""A framework that members agreed to, with one of everything in it."""

from datetime import date
from decimal import Decimal

from monitoring.models import Indicator
from monitoring.services.editions import new_edition
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
)
from tests.moves import People

ENDS = date(2026, 12, 31)
YEARS = {
    2024: (date(2024, 1, 1), date(2024, 12, 31)),
    2025: (date(2025, 1, 1), date(2025, 12, 31)),
    2026: (date(2026, 1, 1), date(2026, 12, 31)),
}


class Agreed:
    """An agreed framework with a tree of results, own and shared dimensions, and targets."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.people = People(self.partnership)
        self.framework = FrameworkFactory(
            partnership=self.partnership, agreed=True, theory_of_change="If, then."
        )
        self.outcome = ResultFactory(framework=self.framework, level="outcome")
        self.output = ResultFactory(
            framework=self.framework, parent=self.outcome, assumptions="Rain."
        )
        self.indicator = IndicatorFactory(
            result=self.output,
            definition="Wells that give water.",
            unit="wells",
            accumulation="cumulative",
            baseline_value=Decimal(4),
            baseline_on=date(2023, 12, 31),
            responsible=self.people.membership,
        )
        self.own = DimensionFactory(framework=self.framework, code="ward")
        self.ward = CategoryFactory(dimension=self.own, code="north")
        self.indicator.dimensions.set([self.own, DimensionFactory()])
        self.targets = [
            PeriodTargetFactory(
                indicator=self.indicator, starts_on=first, ends_on=last, value=Decimal(value)
            )
            for value, (first, last) in zip([20, 30, 40], YEARS.values(), strict=True)
        ]
        PeriodTargetFactory(
            indicator=self.indicator,
            category=self.ward,
            starts_on=YEARS[2026][0],
            ends_on=YEARS[2026][1],
            value=Decimal(9),
        )

    @property
    def by(self):
        return self.people.lead_manager

    def next(self, **fields):
        return new_edition(self.framework, by=self.by, **fields).framework

    def continuing(self, edition):
        return Indicator.objects.get(result__framework=edition, continues=self.indicator)
