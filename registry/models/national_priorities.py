"""What a country wants partnerships to serve, in its own words and for a time."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.errors import DomainError
from registry.models.base import Record, check_day, days_in_range
from registry.models.partner_facts import FocalPoint
from registry.models.places import Country
from registry.models.sdg import Target


class NationalPriorityQuerySet(models.QuerySet["NationalPriority"]):
    def editable_by(self, user: Any) -> Self:
        """Those of the countries for which the user speaks; admins keep every list."""
        if user.is_staff:
            return self
        return self.filter(country__in=FocalPoint.objects.spoken_for_by(user).values("country"))

    def current(self) -> Self:
        """What stands today or from a later day on."""
        return self.filter(until_on=None) | self.filter(until_on__gte=timezone.localdate())

    def standing(self, on: date, at: datetime) -> Self:
        """What stood on a day, as it was known at a moment: RULES 20."""
        begun = self.filter(since_on__lte=on, created_at__lte=at)
        return begun.filter(Q(until_on=None) | Q(until_on__gte=on) | Q(ended_at__gt=at))

    def in_order(self) -> Self:
        """As the country puts them."""
        return self.order_by("position", "pk")


class NationalPriority(Record):
    """A priority that a country has listed: its words and targets stay, its end may come.

    Reworded is ended with yesterday and listed anew, so that on each day one wording stands, and
    an earlier report keeps what stood then. What was reworded on its first day ends before it.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="national_priorities")
    title = models.CharField(max_length=300)
    text = models.TextField(
        max_length=5_000, blank=True, help_text="in the country's own words and language"
    )
    targets = models.ManyToManyField(Target, blank=True, related_name="national_priorities")
    position = models.PositiveSmallIntegerField(default=1, help_text="in the country's list")
    since_on = models.DateField(default=timezone.localdate, validators=[check_day])
    until_on = models.DateField(null=True, editable=False, help_text="the last day")
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = NationalPriorityQuerySet.as_manager()

    class Meta:
        ordering = ["country", "position", "pk"]
        verbose_name_plural = "national priorities"
        constraints = [
            models.UniqueConstraint(
                fields=["country", "title"],
                condition=Q(until_on=None),
                name="national_priority_once",
                violation_error_message="The country lists this priority already.",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None, ended_at=None)
                | Q(until_on__gte=F("since_on") - timedelta(days=1), ended_at__isnull=False),
                name="national_priority_ends_after_start",
            ),
            models.CheckConstraint(
                condition=days_in_range("since_on"), name="national_priority_day_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        self.title = " ".join(self.title.split())
        if not self.title:
            raise ValidationError({"title": "Say what the priority is."})

    @property
    def is_current(self) -> bool:
        return self.until_on is None or self.until_on >= timezone.localdate()

    def require_standing(self) -> None:
        if self.until_on:
            raise DomainError("priority_ended", f"It ended on {self.until_on}.")
