"""What surrounds a partner: registers, groups, former names, focal points."""

from datetime import date

import factory

from tests.factories.base import Factory
from tests.factories.registry import PartnerFactory


class IdentifierSchemeFactory(Factory):
    class Meta:
        model = "registry.IdentifierScheme"
        django_get_or_create = ("code",)

    code = "NL-KVK"
    label = factory.LazyAttribute(lambda o: f"Register {o.code}")


class StakeholderGroupFactory(Factory):
    class Meta:
        model = "registry.StakeholderGroup"
        django_get_or_create = ("code",)

    code = "MGOS-01"
    kind = "major_group"
    label = factory.LazyAttribute(lambda o: f"Group {o.code}")


class FormerNameFactory(Factory):
    class Meta:
        model = "registry.FormerName"

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Former name {n}")
    until_on = date(2020, 6, 30)


class FocalPointFactory(Factory):
    """`FocalPointFactory(ended=True)`: no longer."""

    class Meta:
        model = "registry.FocalPoint"

    class Params:
        ended = factory.Trait(ended_on=date(2023, 12, 31))

    partner = factory.SubFactory(PartnerFactory, kind="national_government")
    country = factory.SelfAttribute("partner.country")
    named_on = date(2023, 1, 1)
