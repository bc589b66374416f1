"""Who is asked into a partnership, what members declare, and what they hand over."""

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partnerships import CommitmentFactory, MembershipFactory, PartnershipFactory
from tests.factories.registry import UserFactory


class DacSectorFactory(Factory):
    class Meta:
        model = "registry.DacSector"
        django_get_or_create = ("code",)

    code = "140"
    label = "Water and sanitation"


class PartnershipSectorFactory(Factory):
    class Meta:
        model = "partnerships.PartnershipSector"

    partnership = factory.SubFactory(PartnershipFactory)
    sector = factory.SubFactory(DacSectorFactory)


class DeclarationFactory(Factory):
    class Meta:
        model = "partnerships.Declaration"

    membership = factory.SubFactory(MembershipFactory)
    interests = "Sells pumps in the region."
    expected_benefit = "Learns what villages need."
    declared_at = NOON


class ConflictOfInterestFactory(Factory):
    """One that holds, with all that is asked for."""

    class Meta:
        model = "partnerships.ConflictOfInterest"

    class Params:
        none = factory.Trait(is_none=True, description="", mitigation="", owner="")
        resolved = factory.Trait(ended_at=NOON, ending="resolved", outcome="The shares are sold.")

    membership = factory.SubFactory(MembershipFactory)
    description = "Owns a third of the pump maker."
    mitigation = "Takes no part in choosing pumps."
    owner = "Head of purchasing"
    declared_at = NOON


class CommitmentHandoverFactory(Factory):
    """Offered, not answered yet."""

    class Meta:
        model = "partnerships.CommitmentHandover"

    commitment = factory.SubFactory(CommitmentFactory)
    giver = factory.SelfAttribute("commitment.membership")
    taker = factory.SubFactory(
        MembershipFactory, partnership=factory.SelfAttribute("..commitment.partnership")
    )
    proposed_at = NOON


class LeadHandoverFactory(Factory):
    """Offered, not answered yet."""

    class Meta:
        model = "partnerships.LeadHandover"

    giver = factory.LazyFunction(
        lambda: PartnershipFactory(active=True).memberships.get(roles__contains=["lead"])
    )
    taker = factory.SubFactory(
        MembershipFactory, partnership=factory.SelfAttribute("..giver.partnership")
    )
    proposed_at = NOON


class MembershipInvitationFactory(Factory):
    """Open; its mail has not been sent."""

    class Meta:
        model = "partnerships.MembershipInvitation"

    partnership = factory.SubFactory(PartnershipFactory)
    email = factory.Sequence(lambda n: f"asked{n}@example.org")
    roles = factory.LazyFunction(lambda: ["funding"])
    message = "We would like to work with you."
    by = factory.SubFactory(UserFactory)


class MembershipInvitationMailFactory(Factory):
    """Waiting to be sent."""

    class Meta:
        model = "partnerships.MembershipInvitationMail"

    invitation = factory.SubFactory(MembershipInvitationFactory)
