"""Countries, and the groups to which they belong for a time."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value

from registry.models.base import check_day, days_in_range


class CountryQuerySet(models.QuerySet["Country"]):
    def with_partnerships(self, partnerships: Any) -> Self:
        """Countries in which one of the partnerships works."""
        places = Country.partnership_places.rel.related_model._default_manager
        there = places.filter(partnership__in=partnerships.values("pk"))
        return self.filter(pk__in=there.values("country_id"))

    def in_group(self, code: str, on: date) -> Self:
        """Members of the group on that day; a day that the data does not cover is refused."""
        group = CountryGroup.objects.filter(code=code.upper()).first()
        if group is None:
            return self.none()
        return self.filter(pk__in=group.members_on(on).values("country_id"))


class Country(models.Model):
    """A country or area with an ISO 3166-1 code."""

    alpha2 = models.CharField(max_length=2, unique=True)
    alpha3 = models.CharField(max_length=3, unique=True)
    m49 = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=80)
    region = models.CharField(max_length=60, blank=True)
    sub_region = models.CharField(max_length=60, blank=True)
    latitude = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    longitude = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class CountryGroup(models.Model):
    """A group of countries (LDC, LLDC, SIDS) or an M49 region, whose members change over time."""

    class Kind(models.TextChoices):
        SPECIAL = "special", "countries in special situations"
        REGION = "region"
        SUB_REGION = "sub_region", "sub-region"
        INTERMEDIATE_REGION = "intermediate_region", "intermediate region"
        OTHER = "other"

    code = models.CharField(max_length=10, unique=True, help_text="LDC, or an M49 number")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=19, choices=Kind)
    known_from = models.DateField(
        validators=[check_day], help_text="the first day for which the members are known"
    )
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=days_in_range("known_from"), name="group_known_day")
        ]

    def __str__(self) -> str:
        return self.name

    def members_on(self, day: date) -> "GroupMembershipQuerySet":
        """The memberships of that day, or ValidationError for a day before the data begins.

        An empty answer would be a false one: missing is not none.
        """
        if day < self.known_from:
            text = (
                f"The members of {self.code} are known from {self.known_from} on; "
                "an operator can load earlier ones."
            )
            raise ValidationError({"on": ValidationError(text, code="day_not_covered")})
        return self.memberships.members_on(day)


class GroupMembershipQuerySet(models.QuerySet["GroupMembership"]):
    def members_on(self, day: date) -> Self:
        """Memberships that hold on the day: from the first one in the group to the last one."""
        return self.filter(
            Q(joined_on=None) | Q(joined_on__lte=day), Q(left_on=None) | Q(left_on__gt=day)
        )


class GroupMembership(models.Model):
    """A country in a group, for a time."""

    group = models.ForeignKey(CountryGroup, models.PROTECT, related_name="memberships")
    country = models.ForeignKey(Country, models.PROTECT, related_name="group_memberships")
    joined_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="empty: before the data begins"
    )
    left_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="the first day outside the group"
    )
    source = models.CharField(max_length=300)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        ordering = ["group", "country", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(joined_on=None) | Q(left_on__gt=F("joined_on")),
                name="group_left_after_joining",
                violation_error_message="A country leaves after it has joined.",
            ),
            models.CheckConstraint(
                condition=(Q(joined_on=None) | days_in_range("joined_on"))
                & (Q(left_on=None) | days_in_range("left_on")),
                name="group_days_in_range",
            ),
            ExclusionConstraint(
                name="group_memberships_apart",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("country", RangeOperators.EQUAL),
                    (
                        Func(
                            F("joined_on"),
                            F("left_on"),
                            Value("[)"),
                            function="daterange",
                            output_field=models.Field(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="The country is in the group for a part of this time.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country_id} in {self.group_id}"
