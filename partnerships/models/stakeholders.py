"""The stakeholder map: whom a partnership affects, how, and where."""

from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from partnerships.models.beneficiaries import PeopleGroup
from partnerships.models.kept import KeptQuerySet, KeptRecord, not_in_the_future
from partnerships.models.partnership import Partnership
from registry.models import check_day, days_in_range, months_before

MOST_PEOPLE = 9_000_000_000


class AffectedGroupQuerySet(KeptQuerySet):
    def mapped(self, reference_on: date, cutoff_at: datetime) -> Self:
        """On the map by that day: what measure E2 divides by."""
        return self.known_at(cutoff_at).filter(mapped_on__lte=reference_on)

    def heard_and_told(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Of those on the map: consulted in the last 12 months, and told what came of it (E2)."""
        meetings: Any = AffectedGroup.consultations.rel.related_model._default_manager
        answered = meetings.answered(reference_on, cutoff_at).filter(
            held_on__gt=months_before(reference_on, 12)
        )
        heard = answered.filter(groups=OuterRef("pk"))
        return self.mapped(reference_on, cutoff_at).filter(Exists(heard))


class AffectedGroup(KeptRecord):
    """A group of people whom a partnership affects: how, at what level, and how to reach them."""

    class Effect(models.TextChoices):
        BENEFITS = "benefits", "benefits"
        BEARS_COST = "bears_cost", "bears a cost or a risk"
        BOTH = "both", "benefits, and bears a cost or a risk"

    class Influence(models.TextChoices):
        LOW = "low", "little say"
        MEDIUM = "medium", "some say"
        HIGH = "high", "decides, or can stop it"

    class Level(models.TextChoices):
        INTERNATIONAL = "international"
        REGIONAL = "regional"
        NATIONAL = "national"
        SUBNATIONAL = "subnational"
        COMMUNITY = "community"
        HOUSEHOLD = "household"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="affected_groups")
    name = models.CharField(max_length=200, help_text="a group, never a person")
    people = models.CharField(
        max_length=10, choices=PeopleGroup, blank=True, help_text="the beneficiary group it is of"
    )
    level = models.CharField(max_length=13, choices=Level)
    effect = models.CharField(max_length=10, choices=Effect)
    how = models.TextField("how it is affected", max_length=2000)
    influence = models.CharField(max_length=6, choices=Influence)
    size = models.PositiveBigIntegerField(
        "people, about",
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_PEOPLE)],
        help_text="1 to 10 is not shown in public",
    )
    reach = models.TextField("how it will be reached", max_length=2000)
    mapped_on = models.DateField(
        validators=[check_day], editable=False, help_text="since when it is on the map"
    )

    objects = AffectedGroupQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "level", "name"],
                condition=Q(withdrawn_at=None),
                name="affected_group_once",
                violation_error_message="This group is on the map at this level already.",
            ),
            models.CheckConstraint(
                condition=Q(size=None) | Q(size__range=(0, MOST_PEOPLE)),
                name="affected_group_size",
                violation_error_message=f"0 to {MOST_PEOPLE:,} people.",
            ),
            models.CheckConstraint(
                condition=days_in_range("mapped_on"), name="affected_group_day_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        not_in_the_future(self, "mapped_on")

    def amend(self, **values: Any) -> Self:
        """Change what is said of it; since when it is on the map, reports have read already."""
        if values.get("mapped_on", self.mapped_on) != self.mapped_on:
            text = "Since when a group is on the map stands: withdraw it, and map it anew."
            raise ValidationError({"mapped_on": ValidationError(text, code="stands")})
        return super().amend(**values)


LEVELS = list(AffectedGroup.Level)  # from far away to home, as the map is read
