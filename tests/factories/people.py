"""Invitations, assignments and service accounts."""

import factory

from tests.factories.base import Factory
from tests.factories.partnerships import MembershipFactory
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
    partnership = factory.LazyAttribute(
        lambda o: MembershipFactory(partner=o.affiliation.partner).partnership
    )


class InvitationMailFactory(Factory):
    """Waiting to be sent."""

    class Meta:
        model = "registry.InvitationMail"

    invitation = factory.SubFactory(InvitationFactory)


class RoleReasonFactory(Factory):
    class Meta:
        model = "registry.RoleReason"

    partner = factory.SubFactory(PartnerFactory)
    user = factory.SubFactory(UserFactory)
    kind = "left_open"
    reason = "Nobody is left."
