"""Results that several partnerships share."""

from datetime import date
from decimal import Decimal

import factory

from tests.factories.base import Factory
from tests.factories.monitoring import IndicatorFactory
from tests.factories.partnerships import PartnershipFactory
from tests.factories.registry import GlobalIndicatorFactory


class SharedResultFactory(Factory):
    """Of 2024, everywhere, for one indicator of the SDGs."""

    class Meta:
        model = "monitoring.SharedResult"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    title = factory.Sequence(lambda n: f"Shared result {n}")
    global_indicator = factory.SubFactory(GlobalIndicatorFactory)
    starts_on = date(2024, 1, 1)
    ends_on = date(2024, 12, 31)


class ContributionFactory(Factory):
    class Meta:
        model = "monitoring.Contribution"

    shared_result = factory.SubFactory(SharedResultFactory)
    indicator = factory.SubFactory(
        IndicatorFactory,
        result__framework__agreed=True,
        library_link="identical",
        global_indicator=factory.SelfAttribute("..shared_result.global_indicator"),
    )
    partnership = factory.SelfAttribute("indicator.framework.partnership")
    share = Decimal("0.4")
    method = "By what each spent."
