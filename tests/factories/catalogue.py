"""The Solutions Catalogue."""

from datetime import date
from decimal import Decimal

import factory

from tests.factories.base import NOON, Factory
from tests.factories.registry import CountryFactory, CurrencyFactory, PartnerFactory, TargetFactory


class CataloguedFactory(Factory):
    """`targets=["6.1"]` and `countries=["KE"]` are those by default."""

    class Meta:
        abstract = True

    @factory.post_generation
    def targets(entry, create, codes, **kwargs):
        wanted = ["6.1"] if codes is None else codes
        entry.targets.set([TargetFactory(code=code) for code in wanted])

    @factory.post_generation
    def countries(entry, create, codes, **kwargs):
        wanted = ["KE"] if codes is None else codes
        entry.countries.set([CountryFactory(alpha2=code) for code in wanted])


class SolutionFactory(CataloguedFactory):
    """Screened."""

    class Meta:
        model = "partnerships.Solution"

    class Params:
        proposed = factory.Trait(status="proposed", screened_at=None)

    title = factory.Sequence(lambda n: f"Solution {n}")
    owner = factory.SubFactory(PartnerFactory)
    problem = "Pumps stand still for months."
    approach = "A mechanic on a motorcycle."
    kinds = factory.LazyFunction(lambda: ["technology"])
    status = "screened"
    screened_at = NOON


class NeedFactory(CataloguedFactory):
    """A partner's; `partnership=` makes it a partnership's."""

    class Meta:
        model = "partnerships.Need"

    class Params:
        finance = factory.Trait(
            kind="finance", amount=Decimal(50_000), currency=factory.SubFactory(CurrencyFactory)
        )
        met = factory.Trait(status="met", ended_on=date(2024, 6, 30))

    title = factory.Sequence(lambda n: f"Need {n}")
    partner = factory.SubFactory(PartnerFactory, kind="community")
    description = "Nobody repairs the pumps."
    kind = "technology"


class FundFactory(CataloguedFactory):
    class Meta:
        model = "partnerships.Fund"

    title = factory.Sequence(lambda n: f"Fund {n}")
    partner = factory.SubFactory(PartnerFactory, kind="foundation")
    description = "Small grants for water."
    opens_on = date(2024, 1, 1)
    currency = factory.SubFactory(CurrencyFactory)


class MatchFactory(Factory):
    """Proposed, with a solution."""

    class Meta:
        model = "partnerships.Match"

    class Params:
        accepted = factory.Trait(status="accepted", answered_at=NOON)
        declined = factory.Trait(status="declined", answered_at=NOON, answer_reason="Too far.")

    need = factory.SubFactory(NeedFactory)
    solution = factory.SubFactory(SolutionFactory)
    score = Decimal("0.700")
    facts = factory.LazyFunction(
        lambda: {
            "targets": ["6.1"],
            "goals": [6],
            "place": "country",
            "countries": ["KE"],
            "regions": [],
            "kind": "technology",
            "stage": "screened",
            "text": 0.25,
            "words": ["pumps"],
        }
    )


class WordCountFactory(Factory):
    class Meta:
        model = "partnerships.WordCount"

    stem = factory.Sequence(lambda n: f"w{n}")
    texts = 1
    of = 2
