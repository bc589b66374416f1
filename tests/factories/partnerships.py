"""What partners promise each other."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

import factory

from tests.factories.base import NOON, Factory
from tests.factories.registry import (
    CountryFactory,
    CurrencyFactory,
    GoalFactory,
    PartnerFactory,
    TargetFactory,
    UserFactory,
)

DESCRIBING = "tests.factories.describing"  # builds on this module


class PartnershipFactory(Factory):
    """A draft with its lead; `lead=partner` names the lead, `lead=False` leaves it out.

    `smart=True` adds all that a submission needs: an objective, a target, and two members
    besides the lead who promise something; its title is like no other's.
    """

    class Meta:
        model = "partnerships.Partnership"

    class Params:
        public = factory.Trait(
            reference=factory.Sequence(lambda n: f"P-2020-{n:05}"), registered_at=NOON
        )
        registered = factory.Trait(public=True, status="registered")
        active = factory.Trait(public=True, status="active", activated_at=NOON)
        completed = factory.Trait(public=True, status="completed", activated_at=NOON)
        suspended = factory.Trait(public=True, status="suspended", activated_at=NOON)
        terminated = factory.Trait(public=True, status="terminated", activated_at=NOON)
        submitted = factory.Trait(status="submitted")
        returned = factory.Trait(status="returned")
        inactive = factory.Trait(public=True, status="inactive", activated_at=NOON)
        smart = factory.Trait(
            title=factory.Sequence(lambda n: sha256(f"smart {n}".encode()).hexdigest()),
            aim=factory.RelatedFactory(f"{DESCRIBING}.ObjectiveFactory", "partnership"),
            aimed_at=factory.PostGeneration(
                lambda p, create, value: p.targets.add(TargetFactory())
            ),
            promised=factory.RelatedFactory(f"{DESCRIBING}.PromiseFactory", "partnership"),
            promised_too=factory.RelatedFactory(f"{DESCRIBING}.PromiseFactory", "partnership"),
        )

    title = factory.Sequence(lambda n: f"Partnership {n}")
    summary = "Clean water for every village."
    kind = "multi_stakeholder"
    level = "national"
    starts_on = date(2024, 1, 1)
    ends_on = date(2026, 12, 31)
    primary_goal = factory.SubFactory(GoalFactory)

    @factory.post_generation
    def lead(partnership, create, partner, **kwargs):
        if partner is not False:
            if partner is not None:
                kwargs["partner"] = partner
            MembershipFactory(partnership=partnership, roles=["lead"], **kwargs)


class PartnershipCountryFactory(Factory):
    class Meta:
        model = "partnerships.PartnershipCountry"

    partnership = factory.SubFactory(PartnershipFactory)
    country = factory.SubFactory(CountryFactory, alpha2="KE")


class MarkerFactory(Factory):
    """As a published file states it; `assessed=True` is an assessment of our own."""

    class Meta:
        model = "partnerships.Marker"

    class Params:
        assessed = factory.Trait(
            evidence="Half of the operators are women.",
            assessed_on=date(2024, 1, 15),
            review_on=date(2025, 1, 15),
            created_at=NOON,
        )

    partnership = factory.SubFactory(PartnershipFactory)
    kind = "gender"
    significance = 1


class DocumentFactory(Factory):
    class Meta:
        model = "partnerships.Document"

    partnership = factory.SubFactory(PartnershipFactory)
    title = factory.Sequence(lambda n: f"Document {n}")
    url = factory.Sequence(lambda n: f"https://example.org/documents/{n}")


class MembershipFactory(Factory):
    """An accepted member, not the lead."""

    class Meta:
        model = "partnerships.Membership"

    class Params:
        invited = factory.Trait(status="invited", accepted_on=None)
        declined = factory.Trait(status="declined", accepted_on=None)
        left = factory.Trait(status="left", ended_on=date(2025, 6, 30))

    partnership = factory.SubFactory(PartnershipFactory)
    partner = factory.SubFactory(PartnerFactory)
    roles = factory.LazyFunction(lambda: ["implementing"])
    status = "accepted"
    invited_on = date(2023, 12, 1)
    accepted_on = date(2023, 12, 15)
    created_at = NOON - timedelta(days=45)


class OfMembershipFactory(Factory):
    """`membership` decides the partnership, unless that is given."""

    class Meta:
        abstract = True

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    membership = factory.SubFactory(
        MembershipFactory, partnership=factory.SelfAttribute("..partnership")
    )


class CommitmentFactory(OfMembershipFactory):
    class Meta:
        model = "partnerships.Commitment"

    class Params:
        in_kind = factory.Trait(kind="in_kind", currency=None, unit="pumps", amount=Decimal(40))
        withdrawn = factory.Trait(status="withdrawn", withdrawn_on=date(2025, 3, 31))

    title = factory.Sequence(lambda n: f"Commitment {n}")
    kind = "finance"
    amount = Decimal(100_000)
    currency = factory.SubFactory(CurrencyFactory)
    committed_on = date(2024, 1, 1)
    due_on = date(2025, 12, 31)
    created_at = NOON


class DueDateFactory(Factory):
    class Meta:
        model = "partnerships.DueDate"

    commitment = factory.SubFactory(CommitmentFactory)
    due_on = date(2026, 6, 30)
    held_from = NOON
    reason = "Customs took longer than planned."


class DeliveryFactory(Factory):
    class Meta:
        model = "partnerships.Delivery"

    class Params:
        confirmed = factory.Trait(
            confirmed_at=NOON, confirmed_by=factory.SubFactory(UserFactory, admin=True)
        )
        disputed = factory.Trait(status="disputed", disputed_because="Half of it is missing.")
        withdrawn = factory.Trait(status="withdrawn", ended_at=NOON)

    commitment = factory.SubFactory(CommitmentFactory)
    partnership = factory.SelfAttribute("commitment.partnership")
    membership = factory.SelfAttribute("commitment.membership")
    delivered_on = date(2024, 6, 30)
    amount = Decimal(25_000)
    currency = factory.SelfAttribute("commitment.currency")
    confirmed_at = None
    status = factory.LazyAttribute(lambda o: "confirmed" if o.confirmed_at else "recorded")


class AgreementFactory(Factory):
    """A draft; `binding=True` comes with the endorsements of all accepted members."""

    class Meta:
        model = "partnerships.Agreement"

    class Params:
        frozen = factory.Trait(
            text="We share what we know.",
            sha256=factory.LazyAttribute(lambda o: sha256(o.text.encode()).hexdigest()),
            proposed_at=NOON,
        )
        proposed = factory.Trait(frozen=True, status="proposed")
        binding = factory.Trait(frozen=True, status="binding", bound_at=NOON)
        superseded = factory.Trait(
            frozen=True, status="superseded", bound_at=NOON, superseded_at=NOON
        )
        withdrawn = factory.Trait(frozen=True, status="withdrawn")

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    kind = "partnership"
    edition = factory.LazyAttribute(
        lambda o: 1 + o.partnership.agreements.filter(kind=o.kind).count()
    )
    title = factory.Sequence(lambda n: f"Agreement {n}")

    @factory.post_generation
    def endorsements_of_all(agreement, create, wanted, **kwargs):
        if agreement.bound_at and wanted is not False:
            for membership in agreement.partnership.memberships.accepted():
                EndorsementFactory(agreement=agreement, membership=membership)


class EndorsementFactory(Factory):
    class Meta:
        model = "partnerships.Endorsement"

    agreement = factory.SubFactory(AgreementFactory, proposed=True)
    membership = factory.SubFactory(
        MembershipFactory, partnership=factory.SelfAttribute("..agreement.partnership")
    )
    user = factory.LazyAttribute(lambda o: UserFactory(manages=o.membership.partner))
    sha256 = factory.SelfAttribute("agreement.sha256")
    endorsed_at = NOON
