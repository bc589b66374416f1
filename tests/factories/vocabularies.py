"""Vocabularies: languages, standards, groups of countries."""

import factory

from tests.factories.base import Factory


class LanguageFactory(Factory):
    class Meta:
        model = "registry.Language"
        django_get_or_create = ("code",)

    code = "en"
    name = factory.LazyAttribute(lambda o: f"Language {o.code}")
