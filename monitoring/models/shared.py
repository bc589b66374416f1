"""One result to which several partnerships contribute, and the share each states: RULES 12."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone

from monitoring.models.indicators import Indicator
from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import (
    Country,
    Disclosure,
    GlobalIndicator,
    Record,
    User,
    check_day,
    days_in_range,
)

SMALLEST = Decimal("0.0001")


class SharedResultQuerySet(models.QuerySet["SharedResult"]):
    def visible_to(self, user: Any) -> Self:
        """With the partnership that opened it, or any that contributes."""
        seen = Partnership.objects.visible_to(user).values("pk")
        contributing = Contribution.objects.filter(partnership__in=seen).values("shared_result")
        return self.filter(Q(partnership__in=seen) | Q(pk__in=contributing))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def with_names(self) -> Self:
        return self.select_related(
            "partnership", "global_indicator", "disclosure__standard", "country"
        )


class SharedResult(Record):
    """A library indicator's result in a place over a span, which is to be counted once."""

    partnership = models.ForeignKey(
        Partnership, models.PROTECT, related_name="opened_results", help_text="that opened it"
    )
    title = models.CharField(max_length=300)
    global_indicator = models.ForeignKey(
        GlobalIndicator, models.PROTECT, null=True, blank=True, related_name="shared_results"
    )
    disclosure = models.ForeignKey(
        Disclosure, models.PROTECT, null=True, blank=True, related_name="shared_results"
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="shared_results"
    )
    place = models.CharField(max_length=300, blank=True, help_text="in the country; empty: all")
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])

    objects = SharedResultQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(global_indicator=None, disclosure__isnull=False)
                | Q(global_indicator__isnull=False, disclosure=None),
                name="shared_result_of_one_library",
                violation_error_message="Name one indicator: of the SDGs or of an ESG standard.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="shared_result_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=days_in_range("starts_on", "ends_on"), name="shared_result_days_in_range"
            ),
            models.CheckConstraint(
                condition=Q(place="") | Q(country__isnull=False),
                name="shared_result_place_in_a_country",
                violation_error_message="Name the country of the place.",
            ),
            models.UniqueConstraint(
                fields=[
                    "global_indicator",
                    "disclosure",
                    "country",
                    "place",
                    "starts_on",
                    "ends_on",
                ],
                nulls_distinct=False,
                name="shared_result_once",
                violation_error_message="There is a shared result for this indicator, place and "
                "span already: contribute to that one.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> Decimal:
        """The share that nobody has stated yet; the rest is others'."""
        stated = self.contributions.current().aggregate(sum=Sum("share"))["sum"] or Decimal(0)
        return Decimal(1) - stated


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def visible_to(self, user: Any) -> Self:
        seen = Partnership.objects.visible_to(user).values("pk")
        return self.filter(partnership__in=seen)

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def current(self, at: datetime | None = None) -> Self:
        """What is stated now, or was at a moment: RULES 20."""
        if at is None:
            return self.filter(until_at=None)
        return self.filter(Q(until_at=None) | Q(until_at__gt=at), since_at__lte=at)


class Contribution(models.Model):
    """What one partnership states of a shared result: its share, from when to when it held."""

    shared_result = models.ForeignKey(SharedResult, models.PROTECT, related_name="contributions")
    partnership = models.ForeignKey(
        Partnership, models.PROTECT, editable=False, related_name="contributions"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="contributions")
    share = models.DecimalField(
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(SMALLEST), MaxValueValidator(Decimal(1))],
        help_text="of its own figure: 0.4 is 40 %",
    )
    method = models.TextField(max_length=5_000, help_text="how the share was worked out")
    since_at = models.DateTimeField(default=timezone.now, editable=False)
    until_at = models.DateTimeField(null=True, editable=False)
    stated_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="stated_contributions"
    )

    objects = ContributionQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["shared_result", "-since_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shared_result", "partnership"],
                condition=Q(until_at=None),
                name="contribution_one_holds",
            ),
            models.UniqueConstraint(
                fields=["shared_result", "indicator"],
                condition=Q(until_at=None),
                name="contribution_indicator_once",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1),
                name="contribution_share_of_one",
                violation_error_message="A share above 0 and up to 1.",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("since_at")),
                name="contribution_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(method=""),
                name="contribution_says_how",
                violation_error_message="Say how the share was worked out.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}: {self.share.normalize():f}"

    def check_values(self) -> None:
        """Raise ValidationError for what the row itself can refuse."""
        self.clean_fields()
        self.clean()

    def clean(self) -> None:
        """Only what measures the same adds up: an identical indicator of the same library."""
        indicator, result = self.indicator, self.shared_result
        same = (indicator.global_indicator_id, indicator.disclosure_id) == (
            result.global_indicator_id,
            result.disclosure_id,
        )
        if not same or indicator.library_link != Indicator.LibraryLink.IDENTICAL:
            text = "An indicator that is identical with the shared result's."
            raise ValidationError({"indicator": text})
        if indicator.framework.partnership_id != self.partnership_id:
            raise ValidationError({"indicator": "Not an indicator of this partnership."})
        if not self.method.strip():
            raise ValidationError({"method": "Say how the share was worked out."})

    def require_room(self) -> None:
        """Refuse what would make more than the whole of it, with what is left."""
        if self.share > self.shared_result.left:
            left = self.shared_result.left.normalize()
            raise DomainError("more_than_all", f"Of this result {left:f} is left.")
