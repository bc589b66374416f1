"""Countries."""

from typing import Any, Self

from django.db import models


class CountryQuerySet(models.QuerySet["Country"]):
    def with_partnerships(self, partnerships: Any) -> Self:
        """Countries in which one of the partnerships works."""
        places = Country.partnership_places.rel.related_model._default_manager
        there = places.filter(partnership__in=partnerships.values("pk"))
        return self.filter(pk__in=there.values("country_id"))


class Country(models.Model):
    """A country or area with an ISO 3166-1 code."""

    alpha2 = models.CharField(max_length=2, unique=True)
    alpha3 = models.CharField(max_length=3, unique=True)
    m49 = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=80)
    region = models.CharField(max_length=60, blank=True)
    sub_region = models.CharField(max_length=60, blank=True)
    latitude = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    longitude = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name
