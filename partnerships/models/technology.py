"""What a technology is meant to do, what else it may do, and who looked at it."""

from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone

from partnerships.models.commitments import Commitment
from partnerships.models.kept import KeptQuerySet, KeptRecord, not_in_the_future
from partnerships.models.partnership import Partnership
from partnerships.models.stakeholders import AffectedGroup
from registry.errors import DomainError, StaleVersion
from registry.models import (
    Event,
    Record,
    Sector,
    User,
    check_day,
    days_in_range,
    months_before,
)
from registry.models.base import in_words
from registry.models.kinds import FACTS, Kind, sector_of

ENOUGH_SECTORS = 3
OUTSIDE_VIEWS = (Sector.CIVIL_SOCIETY, Sector.KNOWLEDGE)


def kinds_of(sector: str) -> list[str]:
    return [kind for kind, facts in FACTS.items() if facts.sector == sector]


class TechnologyAssessmentQuerySet(KeptQuerySet):
    def broad(self) -> Self:
        """Assessed by people of three sectors or more, civil society or knowledge among them."""
        sectors: Any = Value(0)
        outside = Q()
        for sector in Sector:
            took_part = Q(assessors__overlap=kinds_of(sector))
            sectors = sectors + Case(When(took_part, then=1), default=0)
            outside |= took_part if sector in OUTSIDE_VIEWS else Q()
        counted = self.annotate(sectors_count=sectors + Value(0, output_field=IntegerField()))
        return counted.filter(outside, sectors_count__gte=ENOUGH_SECTORS)

    def holding(self, reference_on: date, cutoff_at: datetime) -> Self:
        """What measure F2 asks of one: broad, of the last 24 months, no mitigation overdue."""
        late = TechnologyMitigation.objects.overdue(reference_on, cutoff_at)
        lately = self.known_at(cutoff_at).filter(
            assessed_on__gt=months_before(reference_on, 24), assessed_on__lte=reference_on
        )
        return lately.broad().exclude(Exists(late.filter(assessment=OuterRef("pk"))))


class TechnologyAssessment(KeptRecord):
    """A dated look at a technology: what it is meant to do, what else, to whom, and what is done.

    A later assessment does not overwrite an earlier one.
    """

    partnership = models.ForeignKey(
        Partnership, models.CASCADE, related_name="technology_assessments"
    )
    commitment = models.ForeignKey(
        Commitment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="technology_assessments",
        help_text="the promise that brings the technology",
    )
    technology = models.CharField(max_length=300)
    intended = models.TextField("intended consequences", max_length=5000)
    unintended = models.TextField("unintended consequences", max_length=5000)
    groups = models.ManyToManyField(
        AffectedGroup, blank=True, related_name="technology_assessments"
    )
    assessors = ArrayField(
        models.CharField(max_length=20, choices=Kind.choices),
        size=16,
        help_text="the kinds of organisations that assessed it",
    )
    assessed_by = models.TextField("who assessed it", blank=True, max_length=2000)
    assessed_on = models.DateField(validators=[check_day])
    review_on = models.DateField(validators=[check_day])

    objects = TechnologyAssessmentQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-assessed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_on__gt=F("assessed_on")),
                name="technology_review_after_assessment",
                violation_error_message="A day of review after that of the assessment.",
            ),
            models.CheckConstraint(
                condition=~Q(assessors=[]),
                name="technology_has_assessors",
                violation_error_message="Name who assessed it.",
            ),
            models.CheckConstraint(
                condition=days_in_range("assessed_on", "review_on"),
                name="technology_days_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.technology

    def clean(self) -> None:
        not_in_the_future(self, "assessed_on")
        if self.review_on <= self.assessed_on:
            raise ValidationError({"review_on": "A day after that of the assessment."})
        if len(set(self.assessors)) < len(self.assessors):
            raise ValidationError({"assessors": "Name each kind once."})
        if self.commitment:
            self._fit_commitment(self.commitment)

    def _fit_commitment(self, commitment: Commitment) -> None:
        if commitment.partnership_id != self.partnership_id:
            raise ValidationError({"commitment": "Not a commitment of this partnership."})
        if commitment.kind != Commitment.Kind.TECHNOLOGY:
            raise ValidationError({"commitment": "A commitment that brings technology."})

    @property
    def sectors(self) -> list[str]:
        """The sectors of those who assessed it, in their usual order."""
        found = {sector_of(kind) for kind in self.assessors}
        return [sector for sector in Sector if sector in found]

    @property
    def is_broad(self) -> bool:
        """As `broad` chooses."""
        return len(self.sectors) >= ENOUGH_SECTORS and not set(self.sectors).isdisjoint(
            OUTSIDE_VIEWS
        )


class TechnologyMitigationQuerySet(models.QuerySet["TechnologyMitigation"]):
    def visible_to(self, user: Any) -> Self:
        seen = TechnologyAssessment.objects.visible_to(user).values("pk")
        return self.filter(assessment__in=seen)

    def editable_by(self, user: Any) -> Self:
        mine = TechnologyAssessment.objects.editable_by(user).values("pk")
        return self.filter(assessment__in=mine)

    def overdue(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Due before that day, and not known to have been done by then."""
        done = Q(done_on__lte=reference_on, done_at__lte=cutoff_at)
        return self.filter(due_on__lt=reference_on, created_at__lte=cutoff_at).exclude(done)


class TechnologyMitigation(Record):
    """Something to be done about an unintended consequence, by a day."""

    assessment = models.ForeignKey(TechnologyAssessment, models.CASCADE, related_name="mitigations")
    text = models.CharField(max_length=500)
    due_on = models.DateField(validators=[check_day])
    done_on = models.DateField(null=True, blank=True, editable=False, validators=[check_day])
    done_at = models.DateTimeField(
        null=True, editable=False, help_text="when it was recorded as done"
    )

    objects = TechnologyMitigationQuerySet.as_manager()
    history_of = "assessment__partnership"

    class Meta:
        ordering = ["assessment", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, done_at=None)
                | Q(done_on__isnull=False, done_at__isnull=False),
                name="technology_mitigation_done_whole",
            ),
            models.CheckConstraint(
                condition=days_in_range("due_on", "done_on"),
                name="technology_mitigation_days_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @transaction.atomic
    def finish(self, done_on: date, *, by: User) -> None:
        """Say that it was done, and on which day; once."""
        self.assessment.require_keeper(by)
        self.assessment.require_standing()
        self.assessment.partnership.hold()
        check_day(done_on)
        if not self.assessment.assessed_on <= done_on <= timezone.localdate():
            text = f"A day from {in_words(self.assessment.assessed_on)} to today."
            raise ValidationError({"done_on": ValidationError(text, code="out_of_range")})
        try:
            self.change(where={"done_on": None}, done_on=done_on, done_at=timezone.now())
        except StaleVersion:
            self.refresh_from_db(fields=["done_on"])
            if self.done_on:
                text = f"It was done on {in_words(self.done_on)}."
                raise DomainError("done_already", text) from None
            raise
        Event.log(self, "done", by=by)
