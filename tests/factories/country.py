"""What countries list and say."""

from datetime import date

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partner_facts import FocalPointFactory
from tests.factories.partnerships import PartnershipFactory
from tests.factories.registry import CountryFactory, UserFactory


class NationalPriorityFactory(Factory):
    """`NationalPriorityFactory(targets=[target])`."""

    class Meta:
        model = "registry.NationalPriority"

    country = factory.SubFactory(CountryFactory)
    title = factory.Sequence(lambda n: f"Priority {n}")
    since_on = date(2024, 1, 1)
    created_at = NOON

    @factory.post_generation
    def targets(self, create, targets, **kwargs):
        self.targets.set(targets or [])


class ContributionStatementFactory(Factory):
    """Confirmed, of 2024; `(commented=True)`, `(cited=True)`."""

    class Meta:
        model = "monitoring.ContributionStatement"

    class Params:
        commented = factory.Trait(kind="commented", text="As the Ministry sees it.")
        cited = factory.Trait(kind="cited", review="vnr", review_year=2024, reference="page 41")

    focal_point = factory.SubFactory(FocalPointFactory)
    country = factory.SelfAttribute("focal_point.country")
    partnership = factory.SubFactory(PartnershipFactory, active=True)
    by = factory.SubFactory(UserFactory)
    year = 2024
    kind = "confirmed"
    said_at = NOON
