"""Invitations, assignments and service accounts."""

import factory

from tests.factories.base import Factory
from tests.factories.partnerships import PartnershipFactory
from tests.factories.registry import AffiliationFactory, PartnerFactory, UserFactory


class InvitationFactory(Factory):
    """Open; its mail has not been sent."""

    class Meta:
        model = "registry.Invitation"

    partner = factory.SubFactory(PartnerFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = "evaluator"
    by = factory.SubFactory(UserFactory)


class AssignmentFactory(Factory):
    class Meta:
        model = "partnerships.Assignment"

    affiliation = factory.SubFactory(AffiliationFactory, role="evaluator")
    partnership = factory.SubFactory(PartnershipFactory)
