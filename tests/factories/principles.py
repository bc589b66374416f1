"""Principles, stakeholders, dialogue, technology."""

from datetime import date

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partnerships import MembershipFactory, PartnershipFactory


class KeptFactory(Factory):
    class Meta:
        abstract = True

    class Params:
        withdrawn = factory.Trait(withdrawn_at=NOON, withdrawal_reason="A slip.")

    created_at = NOON


class BeneficiaryGroupFactory(KeptFactory):
    class Meta:
        model = "partnerships.BeneficiaryGroup"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    people = "women"
    how_reached = "By the women's committees of each village."


class TenPrinciplesCommitmentFactory(KeptFactory):
    """Of a company, where no membership is given."""

    class Meta:
        model = "partnerships.TenPrinciplesCommitment"

    membership = factory.SubFactory(
        MembershipFactory, partnership__active=True, partner__company=True
    )
    committed_on = date(2024, 1, 10)
    statement = "We keep the Ten Principles in all that we do in this partnership."
    link = "https://example.org/ten-principles"


class AffectedGroupFactory(KeptFactory):
    class Meta:
        model = "partnerships.AffectedGroup"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    name = factory.Sequence(lambda n: f"Water carriers of ward {n:05}")
    level = "community"
    effect = "bears_cost"
    how = "They sell less water once the kiosks work."
    influence = "low"
    size = 60
    reach = "Through their association, before each kiosk opens."
    mapped_on = date(2024, 1, 15)


class ConsultationFactory(KeptFactory):
    """`turnouts=[{…}]` gives the groups that came; one by default. `told=True`: and were told."""

    class Meta:
        model = "partnerships.Consultation"

    class Params:
        told = factory.Trait(
            changed="Carriers are trained as kiosk operators.",
            told_on=date(2024, 4, 2),
            told_how="At the second meeting, and by a poster at each kiosk.",
            told_at=NOON,
        )

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    held_on = date(2024, 3, 1)
    level = "community"
    place = "Kibanda ward"
    method = "meeting"
    heard = "The carriers fear for their income."

    @factory.post_generation
    def turnouts(consultation, create, wanted, **kwargs):
        for heads in wanted if wanted is not None else [{"people": 40}]:
            TurnoutFactory(consultation=consultation, **heads)


class TurnoutFactory(Factory):
    class Meta:
        model = "partnerships.Turnout"

    consultation = factory.SubFactory(ConsultationFactory, turnouts=[])
    group = factory.SubFactory(
        AffectedGroupFactory, partnership=factory.SelfAttribute("..consultation.partnership")
    )


class TechnologyAssessmentFactory(KeptFactory):
    """By a company, a village committee and a university: three sectors."""

    class Meta:
        model = "partnerships.TechnologyAssessment"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    technology = factory.Sequence(lambda n: f"Solar pump {n}")
    intended = "Water without diesel."
    unintended = "More water is drawn than flows back."
    assessors = factory.LazyFunction(lambda: ["msme", "community", "academia"])
    assessed_on = date(2024, 1, 20)
    review_on = date(2025, 1, 20)


class CapacityAssessmentFactory(KeptFactory):
    class Meta:
        model = "partnerships.CapacityAssessment"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    institution = factory.Sequence(lambda n: f"Water office of district {n}")
    strengths = "Keeps the register of wells; four technicians."
    assessed_on = date(2024, 1, 10)


class TechnologyMitigationFactory(Factory):
    class Meta:
        model = "partnerships.TechnologyMitigation"

    assessment = factory.SubFactory(TechnologyAssessmentFactory)
    text = "A meter at each well, read every week."
    due_on = date(2024, 6, 30)
    created_at = NOON
