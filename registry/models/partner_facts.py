"""What a partner was called before, and whom a country names as its focal point."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models.base import Record, days_in_range, require_reason
from registry.models.events import Event
from registry.models.partners import Partner, normal
from registry.models.places import Country

if TYPE_CHECKING:
    from registry.models.people import User


class OfVisiblePartners(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What belongs to a partner is seen by whoever sees the partner."""
        return self.filter(partner__in=Partner.objects.visible_to(user).values("pk"))


class FormerName(models.Model):
    """A name that a partner had before, and until when: people go on searching for it."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=300)
    normal_name = models.GeneratedField(
        expression=normal("name"), output_field=models.TextField(), db_persist=True
    )
    until_on = models.DateField(null=True, blank=True, help_text="empty: not known")

    objects = OfVisiblePartners.as_manager()

    class Meta:
        ordering = ["partner", F("until_on").desc(nulls_last=True), "pk"]
        indexes = [
            GinIndex(fields=["normal_name"], opclasses=["gin_trgm_ops"], name="former_name_like")
        ]
        constraints = [
            models.UniqueConstraint(
                F("partner"),
                Lower("name"),
                name="former_name_once",
                violation_error_message="The partner has this former name already.",
            ),
            models.CheckConstraint(
                condition=days_in_range("until_on"), name="former_name_day_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.until_on and self.until_on > timezone.localdate():
            raise ValidationError(
                {"until_on": ValidationError("A former name ended in the past.", code="future")}
            )


class FocalPointQuerySet(OfVisiblePartners):
    def standing(self) -> Self:
        return self.filter(ended_on=None)

    def standing_on(self, day: date, at: datetime) -> Self:
        """Whom countries had named on a day, as it was known at a moment: RULES 20."""
        ends = Event.objects.filter(kind="focalpoint.ended", at__lte=at)
        named = self.filter(named_on__lte=day, created_at__lte=at)
        return named.exclude(ended_on__lte=day, pk__in=ends.values("subject_id"))

    def spoken_for_by(self, user: Any) -> Self:
        """Standing ones whose partner, verified, the user manages; being an admin is not enough."""
        if user.is_anonymous:
            return self.none()
        partners = Partner.objects.acted_for_by(user, "manager")
        return self.standing().filter(partner__in=partners.values("pk"))


class FocalPoint(Record):
    """The government partner that a country names as its contact for partnerships, for a time."""

    KINDS = (
        Partner.Kind.NATIONAL_GOVERNMENT,
        Partner.Kind.PARLIAMENT,
        Partner.Kind.LOCAL_GOVERNMENT,
    )

    country = models.ForeignKey(
        Country, models.PROTECT, editable=False, related_name="focal_points"
    )
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="focal_points")
    named_on = models.DateField(default=timezone.localdate)
    ended_on = models.DateField(null=True, editable=False)

    objects = FocalPointQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["country"],
                condition=Q(ended_on=None),
                name="focal_point_once",
                violation_error_message="The country has a national focal point: end that first.",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("named_on")),
                name="focal_point_ends_after_start",
            ),
            models.CheckConstraint(
                condition=days_in_range("named_on"), name="focal_point_day_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}: national focal point of {self.country}"

    def clean(self) -> None:
        """A verified government of that country, from a day that has come."""
        partner = self.partner
        if partner.kind not in self.KINDS or not partner.country_id:
            text = "A focal point is a government, parliament or local government with a country."
            raise DomainError("focal_point_kind", text)
        if partner.status != Partner.Status.VERIFIED:
            raise DomainError("partner_not_verified", "Only a verified partner is a focal point.")
        if self.named_on > timezone.localdate():
            raise ValidationError(
                {"named_on": ValidationError("The day is in the future.", code="future")}
            )
        past = FocalPoint.objects.filter(country_id=partner.country_id).exclude(pk=self.pk)
        if past.filter(ended_on__gt=self.named_on).exists():
            text = "The country had another focal point on that day."
            raise ValidationError({"named_on": ValidationError(text, code="overlaps")})

    def end(self, *, by: "User", reason: str, ended_on: date | None = None) -> None:
        """From that day (today) on the country has no focal point, until it names one."""
        require_admin(by)
        require_reason(reason)
        if self.ended_on:
            raise DomainError("focal_point_ended", f"It ended on {self.ended_on}.")
        day = ended_on or timezone.localdate()
        if not self.named_on <= day <= timezone.localdate():
            text = f"A day from {self.named_on} to today."
            raise ValidationError({"ended_on": ValidationError(text, code="out_of_range")})
        self.change(ended_on=day)
        Event.log(self, "ended", by=by, reason=reason)


def require_admin(by: "User") -> None:
    if not by.is_staff:
        raise NotAllowed("admins_only", "Only a registry admin may do this.")
