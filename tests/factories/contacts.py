"""People whom one reaches at a partner."""

import factory

from tests.factories.base import Factory
from tests.factories.registry import PartnerFactory


class ContactFactory(Factory):
    class Meta:
        model = "registry.Contact"

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Contact Person {n}")
    email = factory.Sequence(lambda n: f"contact{n}@example.org")
