"""The levels at which data is reported, from the whole world to a community."""

from django.db import models

from registry.models import Partner


class DataLevel(models.TextChoices):
    """Where data comes from: a level that a framework names, and that a reporting unit is at."""

    GLOBAL = "global"
    REGIONAL = "regional"
    NATIONAL = "national"
    SUBNATIONAL = "subnational"
    COMMUNITY = "community"


def usual_level(partner: Partner, *, has_country: bool, place: str) -> str:
    """Where a unit is that does not say: a place within a country, a country, or where the
    organisation itself works; empty if that is not stated either."""
    if place:
        return DataLevel.SUBNATIONAL
    return DataLevel.NATIONAL if has_country else partner.level
