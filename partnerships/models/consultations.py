"""Dialogues held with those whom a partnership affects, and what came of them."""

from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from partnerships.models.kept import KeptQuerySet, KeptRecord, not_in_the_future
from partnerships.models.partnership import Partnership
from partnerships.models.stakeholders import AffectedGroup
from registry.models import check_day, days_in_range

MOST_HEADS = 10_000_000


class ConsultationQuerySet(KeptQuerySet):
    def answered(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Held by that day, and those who came told by that day what came of it."""
        known = self.known_at(cutoff_at)
        return known.filter(
            held_on__lte=reference_on, told_on__lte=reference_on, told_at__lte=cutoff_at
        )

    def with_counts(self) -> Self:
        """With the groups that came: one query more, whatever the number of rows."""
        return self.prefetch_related(
            models.Prefetch("turnouts", Turnout.objects.select_related("group"))
        )


class Consultation(KeptRecord):
    """A dialogue held with groups of the stakeholder map: who came, what was heard, what changed.

    It stands as it was recorded: an error is corrected by another one in its place.
    """

    class Method(models.TextChoices):
        MEETING = "meeting", "public meeting"
        ASSEMBLY = "assembly", "community assembly"
        FOCUS_GROUP = "focus_group", "focus group"
        INTERVIEWS = "interviews", "interviews"
        HOUSEHOLDS = "households", "visits to households"
        SURVEY = "survey", "survey"
        WORKSHOP = "workshop", "workshop"
        PANEL = "panel", "standing panel or council"
        ONLINE = "online", "online forum"
        RADIO = "radio", "radio or phone-in"
        WRITTEN = "written", "written comments"
        OTHER = "other", "another way"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="consultations")
    groups = models.ManyToManyField(
        AffectedGroup, through="Turnout", related_name="consultations", editable=False
    )
    held_on = models.DateField(validators=[check_day])
    level = models.CharField(max_length=13, choices=AffectedGroup.Level)
    place = models.CharField(max_length=200)
    method = models.CharField(max_length=11, choices=Method)
    people = models.PositiveIntegerField(
        "people in all",
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_HEADS)],
        help_text="empty: not counted",
    )
    heard = models.TextField("what was heard", max_length=5000)
    changed = models.TextField("what changed because of it", blank=True, max_length=5000)
    told_on = models.DateField("people were told on", null=True, blank=True, validators=[check_day])
    told_how = models.TextField("how people were told", blank=True, max_length=2000)
    told_at = models.DateTimeField(
        null=True, editable=False, help_text="when it was recorded that people were told"
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="correction",
        help_text="the record in whose place this one stands",
    )

    objects = ConsultationQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(told_on=None, told_at=None, told_how="")
                | Q(told_on__gte=F("held_on"), told_at__isnull=False)
                & ~Q(told_how="")
                & ~Q(changed=""),
                name="consultation_told_whole",
                violation_error_message="Say what changed, how people were told, and when.",
            ),
            models.CheckConstraint(
                condition=Q(people=None) | Q(people__lte=MOST_HEADS),
                name="consultation_people",
                violation_error_message=f"0 to {MOST_HEADS:,} people.",
            ),
            models.CheckConstraint(
                condition=days_in_range("held_on", "told_on"), name="consultation_days_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display().capitalize()} in {self.place}, {self.held_on}"

    def clean(self) -> None:
        not_in_the_future(self, "held_on", "told_on")
        if self.told_on and self.told_on < self.held_on:
            raise ValidationError({"told_on": "Not before the day on which it was held."})
        if not self.told_on and self.told_how:
            raise ValidationError({"told_on": "Give the day on which people were told."})
        if self.told_on:
            lacks = {
                name: "Needed where people were told."
                for name in ("changed", "told_how")
                if not getattr(self, name).strip()
            }
            if lacks:
                raise ValidationError(lacks)


class TurnoutQuerySet(models.QuerySet["Turnout"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(consultation__in=Consultation.objects.visible_to(user).values("pk"))


class Turnout(models.Model):
    """A group of the stakeholder map at a consultation, with its head-counts where taken."""

    PARTS = ("women", "men", "others")

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="turnouts")
    group = models.ForeignKey(AffectedGroup, models.PROTECT, related_name="turnouts")
    people = models.PositiveIntegerField(null=True, blank=True, help_text="empty: not counted")
    women = models.PositiveIntegerField(null=True, blank=True)
    men = models.PositiveIntegerField(null=True, blank=True)
    others = models.PositiveIntegerField(
        null=True, blank=True, help_text="of another gender, or not said"
    )

    objects = TurnoutQuerySet.as_manager()

    class Meta:
        ordering = ["consultation", "group__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "group"], name="turnout_once"),
            models.CheckConstraint(
                condition=Q(people=None, women=None, men=None, others=None)
                | Q(people__isnull=False, people__lte=MOST_HEADS),
                name="turnout_parts_have_a_total",
                violation_error_message="Give the number of people in all, too.",
            ),
            models.CheckConstraint(
                condition=Q(people=None)
                | Q(people__gte=Coalesce("women", 0) + Coalesce("men", 0) + Coalesce("others", 0)),
                name="turnout_adds_up",
                violation_error_message="Women, men and others are more than the people in all.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.people}"

    @property
    def parts(self) -> list[int | None]:
        return [self.women, self.men, self.others]
