"""Principles a partnership pursues, and documents about it that stand elsewhere."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from partnerships.models.kept import KeptQuerySet, KeptRecord, not_in_the_future
from partnerships.models.marker_guidance import LEVELS, meaning
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import User, check_day, days_in_range, months_before


class MarkerQuerySet(KeptQuerySet):
    def published(self) -> Self:
        """As a published file states them, one of each kind; nobody assessed them here."""
        return self.filter(assessed_on=None)

    def assessed(self) -> Self:
        return self.filter(assessed_on__isnull=False)

    def current(self) -> Self:
        """Of each kind the last assessment that stands; where there is none, what is published."""
        same = Marker.objects.standing().assessed()
        same = same.filter(partnership=OuterRef("partnership"), kind=OuterRef("kind"))
        later = Q(assessed_on__gt=OuterRef("assessed_on"))
        that_day = Q(assessed_on=OuterRef("assessed_on"), pk__gt=OuterRef("pk"))
        overtaken = Exists(same.filter(later | that_day))
        told_here = Q(assessed_on=None) & Exists(same)
        return self.standing().exclude(overtaken).exclude(told_here)

    def assessed_lately(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Of each of the four principles the last assessment, if it is of the last 24 months.

        Each has evidence, or the reason for a 0: the database takes no other (measure E3).
        """
        since = months_before(reference_on, 24)
        known = self.known_at(cutoff_at).filter(kind__in=Marker.PURSUED)
        known = known.filter(assessed_on__gt=since, assessed_on__lte=reference_on)
        return known.order_by("partnership_id", "kind", "-assessed_on", "-pk").distinct(
            "partnership_id", "kind"
        )


class Marker(KeptRecord):
    """How far a partnership pursues a principle: as assessed on a day, or as published elsewhere.

    A later assessment does not overwrite an earlier one.
    """

    class Kind(models.TextChoices):
        LEAVE_NO_ONE_BEHIND = "leave_no_one_behind", "leaving no one behind"
        GENDER = "gender", "gender equality"
        HUMAN_RIGHTS = "human_rights", "human rights"
        CLIMATE = "climate", "climate action"
        ENVIRONMENT = "environment", "aid to environment"
        GOVERNANCE = "governance", "participatory development and good governance"
        TRADE = "trade", "trade development"
        BIODIVERSITY = "biodiversity"
        MITIGATION = "mitigation", "climate change mitigation"
        ADAPTATION = "adaptation", "climate change adaptation"
        DESERTIFICATION = "desertification"
        HEALTH = "health", "reproductive, maternal, newborn and child health"
        DISASTER_RISK = "disaster_risk", "disaster risk reduction"
        DISABILITY = "disability"
        NUTRITION = "nutrition"

    # What every partnership is asked about; the other kinds come from published files only.
    PURSUED = (Kind.LEAVE_NO_ONE_BEHIND, Kind.GENDER, Kind.HUMAN_RIGHTS, Kind.CLIMATE)
    IATI = {
        "1": Kind.GENDER,
        "2": Kind.ENVIRONMENT,
        "3": Kind.GOVERNANCE,
        "4": Kind.TRADE,
        "5": Kind.BIODIVERSITY,
        "6": Kind.MITIGATION,
        "7": Kind.ADAPTATION,
        "8": Kind.DESERTIFICATION,
        "9": Kind.HEALTH,
        "10": Kind.DISASTER_RISK,
        "11": Kind.DISABILITY,
        "12": Kind.NUTRITION,
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="markers")
    kind = models.CharField(max_length=19, choices=Kind)
    significance = models.PositiveSmallIntegerField(help_text="0 not, 1 significant, 2 principal")
    evidence = models.TextField(
        blank=True, max_length=5000, help_text="what shows it: needed for 1 and 2"
    )
    reason = models.TextField(
        blank=True, max_length=5000, help_text="why the principle is not pursued: needed for 0"
    )
    assessed_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="empty: published elsewhere"
    )
    review_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="when it is looked at again"
    )
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="markers",
        help_text="the member that assessed it; empty: the partnership's lead",
    )
    assessed_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="markers"
    )

    objects = MarkerQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "kind"],
                condition=Q(assessed_on=None),
                name="marker_published_once",
            ),
            models.CheckConstraint(
                condition=Q(significance__range=(0, 4)), name="marker_significance"
            ),
            models.CheckConstraint(
                condition=Q(assessed_on=None)
                | Q(significance=0) & ~Q(reason="")
                | Q(significance__range=(1, 2)) & ~Q(evidence=""),
                name="marker_assessed_with_evidence",
                violation_error_message="1 or 2 with the evidence, 0 with the reason.",
            ),
            models.CheckConstraint(
                condition=Q(assessed_on=None, review_on=None)
                | Q(assessed_on__isnull=False, review_on__isnull=False)
                & Q(review_on__gt=F("assessed_on")),
                name="marker_review_after_assessment",
                violation_error_message="A day of review after that of the assessment.",
            ),
            models.CheckConstraint(
                condition=days_in_range("assessed_on", "review_on"), name="marker_days_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.significance}"

    @property
    def level(self) -> str:
        """The number in words."""
        return LEVELS.get(self.significance, f"level {self.significance}")

    @property
    def meaning(self) -> str:
        return meaning(self.kind, self.significance)

    def clean(self) -> None:
        """What an assessment has to have; a published marker says what its file says."""
        if self.assessed_on is None:
            return
        not_in_the_future(self, "assessed_on")
        if faults := self._faults():
            raise ValidationError(faults)
        if self.membership and self.membership.partnership_id != self.partnership_id:
            raise ValidationError({"membership": "Not a member of this partnership."})

    def _faults(self) -> dict[str, str]:
        faults = {}
        if self.kind not in self.PURSUED:
            faults["kind"] = f"One of {', '.join(self.PURSUED)}."
        if self.significance not in LEVELS:
            faults["significance"] = "0, 1 or 2."
        if self.significance == 0 and not self.reason.strip():
            faults["reason"] = "Say why the principle is not pursued."
        if self.significance > 0 and not self.evidence.strip():
            faults["evidence"] = "Say what shows it."
        if self.review_on is None or (self.assessed_on and self.review_on <= self.assessed_on):
            faults["review_on"] = "A day after that of the assessment."
        return faults


class Document(models.Model):
    """A document about a partnership that stands elsewhere on the web."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="documents")
    title = models.CharField(max_length=500)
    url = models.URLField(max_length=2000)
    format = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=10, blank=True, help_text="IATI DocumentCategory")

    class Meta:
        ordering = ["partnership", "pk"]

    def __str__(self) -> str:
        return self.title
