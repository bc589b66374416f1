"""What describes a partnership."""

from datetime import date
from decimal import Decimal

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partnerships import CommitmentFactory, DeliveryFactory, PartnershipFactory
from tests.factories.registry import CountryFactory, CurrencyFactory


class ObjectiveFactory(Factory):
    class Meta:
        model = "partnerships.Objective"

    partnership = factory.SubFactory(PartnershipFactory)
    text = factory.Sequence(lambda n: f"Every village of district {n} has safe water.")
    measure = "villages with safe water"
    unit = "villages"
    baseline = Decimal(0)
    baseline_year = 2023
    goal_value = Decimal(40)
    reach_by = date(2026, 12, 31)


class LocationFactory(Factory):
    class Meta:
        model = "partnerships.Location"

    partnership = factory.SubFactory(PartnershipFactory)
    country = factory.SubFactory(CountryFactory, alpha2="KE")
    name = factory.Sequence(lambda n: f"District {n}")


class BudgetLineFactory(Factory):
    class Meta:
        model = "partnerships.BudgetLine"

    partnership = factory.SubFactory(PartnershipFactory)
    title = factory.Sequence(lambda n: f"Purpose {n}")
    amount = Decimal(50_000)
    currency = factory.SubFactory(CurrencyFactory)
    starts_on = date(2024, 1, 1)
    ends_on = date(2024, 12, 31)


class DeliverableFactory(Factory):
    class Meta:
        model = "partnerships.Deliverable"

    commitment = factory.SubFactory(CommitmentFactory)
    title = factory.Sequence(lambda n: f"Deliverable {n}")
    due_on = date(2025, 6, 30)


class DeliverableDateFactory(Factory):
    class Meta:
        model = "partnerships.DeliverableDate"

    deliverable = factory.SubFactory(DeliverableFactory)
    due_on = date(2025, 9, 30)
    held_from = NOON
    reason = "The rains came early."


class ExpenditureFactory(Factory):
    class Meta:
        model = "partnerships.Expenditure"

    line = factory.SubFactory(BudgetLineFactory)
    starts_on = date(2024, 1, 1)
    ends_on = date(2024, 3, 31)
    amount = Decimal(12_000)


class PlannedDisbursementFactory(Factory):
    class Meta:
        model = "partnerships.PlannedDisbursement"

    commitment = factory.SubFactory(CommitmentFactory)
    partnership = factory.SelfAttribute("commitment.partnership")
    starts_on = date(2024, 4, 1)
    ends_on = date(2024, 6, 30)
    amount = Decimal(30_000)
    currency = factory.SelfAttribute("commitment.currency")


class DeliveryEvidenceFactory(Factory):
    class Meta:
        model = "partnerships.DeliveryEvidence"

    delivery = factory.SubFactory(DeliveryFactory)
    title = "Receipt"
    url = factory.Sequence(lambda n: f"https://example.org/receipts/{n}")


class PromiseFactory(CommitmentFactory):
    """A commitment with its deliverable."""

    deliverable = factory.RelatedFactory(DeliverableFactory, "commitment")
