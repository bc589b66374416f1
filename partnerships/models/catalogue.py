"""What solutions, needs and funds of the Solutions Catalogue have in common."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

from registry.models import Country, Partner, Target, User

ACTING = (Partner.Status.PENDING, Partner.Status.VERIFIED)
TARGETS_MOST, COUNTRIES_MOST = 20, 250


def acted_for(user: Any) -> models.QuerySet[Partner]:
    """Partners in whose name the user writes in the catalogue: also those not verified yet."""
    return Partner.objects.with_role(user, "manager").filter(status__in=ACTING)


def own_partners(user: Any) -> models.QuerySet[Partner]:
    """Partners at which the user holds any role."""
    return Partner.objects.with_role(user, "manager", "evaluator", "observer")


def _joined(texts: Sequence[str], function: str) -> Func:
    """The texts as one, given to a function of the database that keeps to its input."""
    return Func(*map(F, texts), template=f"{function}(%(expressions)s)", arg_joiner=" || ' ' || ")


def words_of(*texts: str) -> models.GeneratedField:
    """The texts to be searched by words, in any script."""
    return models.GeneratedField(
        expression=_joined(texts, "partnerships_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )


def stems_of(*texts: str) -> models.GeneratedField:
    """The first letters of the texts' words, each once: what matching compares."""
    return models.GeneratedField(
        expression=_joined(texts, "partnerships_stems"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )


class CatalogueQuerySet(models.QuerySet[Any]):
    """Rows with targets and countries, chosen by facets and words."""

    def found(self, text: str) -> Self:
        """Rows with all the words, the last letters of each may be missing."""
        if not re.search(r"[^\W_]", unicodedata.normalize("NFKD", text)):
            return self.none()
        column = f'"{self.model._meta.db_table}"."words"'
        sql = f"{column} @@ registry_search_query(%s)"
        return self.filter(RawSQL(sql, [text], output_field=BooleanField()))

    def for_goals(self, numbers: Iterable[int | str]) -> Self:
        of_goals = self.model.targets.through.objects.filter(target__goal_id__in=list(numbers))
        return self.filter(pk__in=of_goals.values(f"{self.model._meta.model_name}_id"))

    def in_country(self, alpha2: str) -> Self:
        """Those that name the country, or say that they hold for any."""
        there = self.model.countries.through.objects.filter(country__alpha2=alpha2)
        named = Q(pk__in=there.values(f"{self.model._meta.model_name}_id"))
        return self.filter(named | Q(everywhere=True))

    def chosen(
        self, *, q: str = "", goal: Sequence[str] = (), country: str = "", **facets: Any
    ) -> Self:
        rows = self.found(q) if q else self
        rows = rows.for_goals(goal) if goal else rows
        rows = rows.in_country(country) if country else rows
        for name, values in facets.items():
            if values:
                rows = rows.having(name, values)
        return rows

    def having(self, name: str, values: Sequence[str]) -> Self:
        """Rows with one of the values; of a column of several, those that hold one of them."""
        several = isinstance(self.model._meta.get_field(name), ArrayField)
        return self.filter(**{f"{name}__{'overlap' if several else 'in'}": list(values)})

    def with_facts(self) -> Self:
        return self.prefetch_related("targets__goal", "countries")


class Catalogued(models.Model):
    """What the catalogue lists: by SDG targets, and by where it holds."""

    title = models.CharField(max_length=200)
    targets = models.ManyToManyField(Target, related_name="%(class)ss")
    countries = models.ManyToManyField(Country, blank=True, related_name="%(class)ss")
    everywhere = models.BooleanField(default=False, help_text="in any country")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def is_editable_by(self, user: User) -> bool:
        rows: Any = type(self)._default_manager
        return bool(rows.editable_by(user).filter(pk=self.pk).exists())

    def goals(self) -> list[Any]:
        """The goals of its targets, by number; reads what `with_facts` has fetched."""
        named = {target.goal for target in self.targets.all()}
        return sorted(named, key=lambda goal: goal.number)

    @staticmethod
    def check_links(targets: Sequence[Target] | None, countries: Sequence[Country] | None) -> None:
        """Refuse what could never be matched; None: it is not being changed."""
        if targets is not None and not 0 < len(targets) <= TARGETS_MOST:
            raise ValidationError({"targets": f"Name 1 to {TARGETS_MOST} SDG targets."})
        if countries is not None and len(countries) > COUNTRIES_MOST:
            raise ValidationError({"countries": f"At most {COUNTRIES_MOST} countries."})
