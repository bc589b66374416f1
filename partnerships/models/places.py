"""Where a partnership works."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from partnerships.models.partnership import Partnership
from registry.models import Country, DacSector

WHOLE = Decimal(100)


class PartnershipCountry(models.Model):
    """A country in which a partnership works, with its share of the whole where stated."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="places")
    country = models.ForeignKey(Country, models.PROTECT, related_name="partnership_places")
    percentage = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["partnership", "country", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "country"], name="partnership_country_once"
            ),
            models.CheckConstraint(
                condition=Q(percentage=None) | Q(percentage__range=(0, 100)),
                name="partnership_country_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.country}"


class PartnershipSector(models.Model):
    """A sector in which a partnership works, with its share of the whole where stated."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="sectors")
    sector = models.ForeignKey(DacSector, models.PROTECT, related_name="partnership_sectors")
    percentage = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)

    class Meta:
        ordering = ["partnership", "sector", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "sector"], name="partnership_sector_once"
            ),
            models.CheckConstraint(
                condition=Q(percentage=None) | Q(percentage__range=(0, 100)),
                name="partnership_sector_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.sector}"


class LocationQuerySet(models.QuerySet["Location"]):
    def visible_to(self, user: Any) -> Self:
        """With its partnership."""
        seen = Partnership.objects.visible_to(user).values("pk")
        return self.filter(partnership__in=seen)

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))


class Location(models.Model):
    """A place below the level of a country in which a partnership works (an IATI location)."""

    class Reach(models.TextChoices):
        SUBNATIONAL = "subnational"
        COMMUNITY = "community"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="locations")
    country = models.ForeignKey(Country, models.PROTECT, related_name="partnership_locations")
    name = models.CharField(max_length=200)
    reach = models.CharField(max_length=11, choices=Reach, default=Reach.SUBNATIONAL)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)

    objects = LocationQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "country", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "country", "name"],
                name="location_once",
                violation_error_message="This place is named already.",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="location_point",
                violation_error_message="Latitude (-90 to 90) and longitude (-180 to 180).",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A point has both its coordinates, within the globe."""
        if (self.latitude is None) != (self.longitude is None):
            missing = "latitude" if self.latitude is None else "longitude"
            raise ValidationError({missing: "State both latitude and longitude, or neither."})
        for name, most in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, name)
            if value is not None and not -most <= value <= most:
                raise ValidationError({name: f"Between -{most} and {most} degrees."})


def checked_shares(
    rows: Iterable[tuple[Any, Decimal | None]], *, field: str, what: str
) -> dict[Any, Decimal | None]:
    """By row; ValidationError unless each stands once and the shares are none or all, to 100."""
    listed = list(rows)
    shares = dict(listed)
    if len(shares) < len(listed):
        raise ValidationError({field: f"Name each {what} once."})
    stated = [share for share in shares.values() if share is not None]
    if not stated:
        return shares
    if any(not 0 <= share <= WHOLE for share in stated):
        raise ValidationError({field: "A share is from 0 to 100 per cent."})
    if len(stated) < len(shares):
        raise ValidationError({field: f"State a share for every {what}, or for none."})
    if (total := sum(stated)) != WHOLE:
        raise ValidationError({field: f"The shares add up to {total:f}, not to 100."})
    return shares
