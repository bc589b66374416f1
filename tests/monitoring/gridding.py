"""A member with several units in places, and the grid as a browser sends it back."""

from datetime import date

from lxml import html

from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    UserFactory,
)


class Gridding:
    """A coordinator who enters for the units of one member, by place."""

    def __init__(self, units=3, indicators=1):
        self.partnership = PartnershipFactory(active=True)
        self.member = MembershipFactory(partnership=self.partnership)
        self.other = MembershipFactory(partnership=self.partnership)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.wells = self.indicator(title="Wells")
        self.coverage = self.indicator(title="Coverage", ratio=True)
        for _ in range(indicators - 1):
            self.indicator()
        self.units = [self.unit(self.member, f"District {n:02}") for n in range(1, units + 1)]
        self.theirs = self.unit(self.other, "Upstream")
        self.period = PeriodFactory(framework=self.framework)
        self.evaluator = UserFactory(evaluates=self.member.partner)
        lead = self.partnership.memberships.get(roles=["lead"])
        self.lead = UserFactory(manages=lead.partner)
        self.leading = lead
        self.address = f"/submissions/grid/{self.period.pk}/"

    def indicator(self, **fields):
        return IndicatorFactory(result__framework=self.framework, by_place=True, **fields)

    def unit(self, member, place):
        return ReportingUnitFactory(membership=member, place=place, since_on=date(2024, 1, 1))

    def of(self, unit, indicator=None, part="value"):
        """The name of an input."""
        return f"{part}-{unit.pk}-{(indicator or self.wells).pk}"

    def enter(self, client, typed, query="", **more):
        form = fields_of_grid(client.get(self.address + query))
        return client.post(self.address + query, form | typed | {"save": "1"} | more)

    def values(self):
        """By unit and indicator, what is stored."""
        found = {}
        for unit in [*self.units, self.theirs]:
            for o in unit.observations.all():
                parts = o.value if o.numerator is None else (o.numerator, o.denominator)
                found[o.unit_id, o.indicator_id] = parts
        return found


def fields_of_grid(answer):
    """The first form of the page's main part, which is the grid."""
    forms = html.fromstring(answer.content.decode()).xpath("//main//form")
    return {name: value or "" for name, value in forms[0].fields.items()}
