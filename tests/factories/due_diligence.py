"""Reviews of partners, and what is asked in them."""

from datetime import date, timedelta

import factory
from django.utils import timezone

from tests.factories.base import Factory
from tests.factories.registry import PartnerFactory, UserFactory


class ExclusionCriterionFactory(Factory):
    class Meta:
        model = "registry.ExclusionCriterion"

    number = factory.Sequence(lambda n: 1 + n % 100)
    text = factory.Sequence(lambda n: f"Criterion {n}")
    active_from = date(2024, 1, 1)


class DueDiligenceFactory(Factory):
    """A draft; `cleared=True` is decided today and holds for a year."""

    class Meta:
        model = "registry.DueDiligence"

    class Params:
        decided = factory.Trait(
            status="decided", decided_on=factory.LazyFunction(timezone.localdate)
        )
        cleared = factory.Trait(decided=True, outcome="cleared")
        not_cleared = factory.Trait(decided=True, outcome="not_cleared")

    partner = factory.SubFactory(PartnerFactory, company=True)
    reviewer = factory.SubFactory(UserFactory, admin=True)
    ten_principles_on = date(2023, 5, 1)
    findings = "Annual reports of three years were read."
    outcome = "cleared"
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))


class CriterionAnswerFactory(Factory):
    class Meta:
        model = "registry.CriterionAnswer"

    review = factory.SubFactory(DueDiligenceFactory)
    criterion = factory.SubFactory(ExclusionCriterionFactory)
    wording = factory.SelfAttribute("criterion.text")
    answer = "clear"
