"""What several partners set out to do together."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from partnerships.models.life import Living
from partnerships.models.partnership_rows import PartnershipQuerySet
from registry.models import (
    Goal,
    ImportBatch,
    Target,
    days_in_range,
)


class Partnership(Living):
    """An initiative of several partners for the SDGs, from first idea to closed books."""

    class Kind(models.TextChoices):
        PPP = "ppp", "public-private partnership"
        UN_BUSINESS = "un_business", "UN-business partnership"
        MULTI_STAKEHOLDER = "multi_stakeholder", "multi-stakeholder initiative"
        ALLIANCE = "alliance", "global or regional alliance"
        SOUTH_SOUTH = "south_south", "South-South or triangular cooperation"
        COMMUNITY = "community", "community partnership"
        PROGRAMME = "programme", "development programme"

    class Level(models.TextChoices):
        GLOBAL = "global"
        REGIONAL = "regional"
        NATIONAL = "national"
        SUBNATIONAL = "subnational"
        COMMUNITY = "community"

    # Kinds into which a company is accepted only after due diligence.
    REVIEWED = (Kind.PPP, Kind.UN_BUSINESS)

    class Track(models.TextChoices):
        FULL = "full", "full"
        LIGHT = "light", "light: for small firms and start-ups"

    title = models.CharField(max_length=300)
    # Asked for at submission, not before: a draft may begin with a title.
    summary = models.TextField(max_length=20_000, blank=True)
    track = models.CharField(max_length=5, choices=Track, default=Track.FULL)
    kind = models.CharField(max_length=17, choices=Kind)
    level = models.CharField(max_length=11, choices=Level)
    primary_goal = models.ForeignKey(
        Goal, models.PROTECT, null=True, blank=True, related_name="primary_partnerships"
    )
    goals = models.ManyToManyField(Goal, blank=True, related_name="partnerships")
    targets = models.ManyToManyField(Target, blank=True, related_name="partnerships")
    website = models.URLField(blank=True)
    iati_identifier = models.CharField(max_length=200, blank=True)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="partnerships"
    )
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="copies"
    )

    objects = PartnershipQuerySet.as_manager()
    history_of = ""

    SAID_AT = {"partnership_ends_after_start": "ends_on"}

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="partnership_newest"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="partnership_title_like"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="partnership_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=days_in_range("starts_on", "ends_on"), name="partnership_days_in_range"
            ),
            models.CheckConstraint(
                condition=Q(reference__isnull=False)
                | Q(status__in=["draft", "submitted", "returned"]),
                name="partnership_registered_has_reference",
            ),
            models.UniqueConstraint(
                fields=["iati_identifier"],
                condition=~Q(iati_identifier=""),
                name="partnership_iati_once",
                violation_error_message="A partnership has this IATI identifier already.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def all_goals(self) -> list[Goal]:
        """Every goal it names, by number; reads what `with_facts` has fetched."""
        named = [*self.goals.all(), *(target.goal for target in self.targets.all())]
        if self.primary_goal:
            named.append(self.primary_goal)
        return sorted(set(named), key=lambda goal: goal.number)

    def require_within(self, due_on: date) -> None:
        """What is promised falls due while the partnership lasts."""
        if due_on < self.starts_on or (self.ends_on and due_on > self.ends_on):
            raise ValidationError({"due_on": "The due date is outside the partnership's dates."})
