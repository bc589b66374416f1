"""Vocabularies: languages, standards, groups of countries."""

from datetime import date

import factory

from tests.factories.base import NOON, Factory
from tests.factories.registry import CountryFactory, TargetFactory


class LanguageFactory(Factory):
    class Meta:
        model = "registry.Language"
        django_get_or_create = ("code",)

    code = "en"
    name = factory.LazyAttribute(lambda o: f"Language {o.code}")


class SdgEditionFactory(Factory):
    class Meta:
        model = "registry.SdgEdition"
        django_get_or_create = ("version",)

    version = "2022.Q1.G.03"
    source = "shipped"
    loaded_at = NOON


class StandardFactory(Factory):
    class Meta:
        model = "registry.Standard"
        django_get_or_create = ("code", "version")

    code = "ACME"
    version = "2023"
    name = "A standard made up for tests"
    publisher = "Acme"
    loaded_at = NOON


class DisclosureFactory(Factory):
    class Meta:
        model = "registry.Disclosure"

    standard = factory.SubFactory(StandardFactory)
    code = factory.Sequence(lambda n: f"D{n}")
    label = factory.LazyAttribute(lambda o: f"Disclosure {o.code}")
    pillar = "environment"
    measure = "number"


class CrosswalkFactory(Factory):
    class Meta:
        model = "registry.Crosswalk"

    disclosure = factory.SubFactory(DisclosureFactory)
    target = factory.SubFactory(TargetFactory)


class PrincipleFactory(Factory):
    class Meta:
        model = "registry.Principle"
        django_get_or_create = ("number",)

    number = 1
    area = "labour"
    label = factory.LazyAttribute(lambda o: f"Principle {o.number}")


class CountryGroupFactory(Factory):
    class Meta:
        model = "registry.CountryGroup"
        django_get_or_create = ("code",)

    code = "LDC"
    name = factory.LazyAttribute(lambda o: f"Group {o.code}")
    kind = "special"
    known_from = date(2024, 1, 1)
    source = "Groups made up for tests"


class GroupMembershipFactory(Factory):
    class Meta:
        model = "registry.GroupMembership"

    group = factory.SubFactory(CountryGroupFactory)
    country = factory.SubFactory(CountryFactory, alpha2="NP")
    source = "Groups made up for tests"
