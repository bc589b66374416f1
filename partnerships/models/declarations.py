"""What members hope for, and which interests of theirs could stand against it: dated and kept."""

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import check_day, days_in_range


class OfMemberQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """For the people of the partnership's members, for the declaring partner's own, and for
        admins; never public."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        inside = Partnership.objects.insider(user).values("pk")
        own = Membership.objects.of_people(user).values("pk")
        return self.filter(Q(membership__partnership__in=inside) | Q(membership__in=own))

    def editable_by(self, user: Any) -> Self:
        """A member declares for itself: not even the lead does it for another one."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        own = Membership.objects.acted_for_by(user, "manager").values("pk")
        return self.filter(membership__in=own)

    def declared_by(self, at: datetime) -> Self:
        return self.filter(declared_at__lte=at)


class Declaration(models.Model):
    """What a member said, on a day, of its interests and of the benefit it expects."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="declarations")
    interests = models.TextField(max_length=5000, blank=True)
    expected_benefit = models.TextField(max_length=5000, blank=True)
    declared_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfMemberQuerySet.as_manager()
    history_of = "membership__partnership"

    class Meta:
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(interests="", expected_benefit=""),
                name="declaration_says_something",
                violation_error_message="State the interests, or the benefit that is expected.",
            )
        ]

    def __str__(self) -> str:
        return f"declared by {self.membership}"

    @property
    def partnership_id(self) -> int:
        return self.membership.partnership_id


class ConflictQuerySet(OfMemberQuerySet):
    def held_at(self, at: datetime) -> Self:
        """What was declared by then and neither resolved nor replaced yet."""
        return self.declared_by(at).filter(Q(ended_at=None) | Q(ended_at__gt=at))

    def open(self) -> Self:
        return self.filter(ended_at=None)


class ConflictOfInterest(models.Model):
    """A conflict of interest that a member declared, or its statement that there is none.

    A row is never rewritten: what changes (mitigation, owner, review date) is a new row that
    begins when the old one ends, so that what held on any day can be read.
    """

    class Ending(models.TextChoices):
        RESOLVED = "resolved"
        REPLACED = "replaced", "replaced by a newer statement"

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="conflicts")
    is_none = models.BooleanField(default=False, help_text="the statement that there is none")
    description = models.TextField(max_length=5000, blank=True)
    mitigation = models.TextField(max_length=5000, blank=True)
    owner = models.CharField(max_length=200, blank=True, help_text="who sees to the mitigation")
    review_on = models.DateField(null=True, blank=True, validators=[check_day])
    declared_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ending = models.CharField(max_length=8, choices=Ending, blank=True, editable=False)
    outcome = models.TextField(max_length=5000, blank=True, help_text="how it was resolved")
    replaces = models.OneToOneField(
        "self", models.CASCADE, null=True, editable=False, related_name="replaced_by"
    )

    objects = ConflictQuerySet.as_manager()
    history_of = "membership__partnership"

    class Meta:
        ordering = ["-declared_at", "-pk"]
        verbose_name = "conflict of interest"
        verbose_name_plural = "conflicts of interest"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_none=True, description="", mitigation="", owner="", review_on=None)
                | Q(is_none=False) & ~Q(description=""),
                name="conflict_described",
                violation_error_message="Describe the conflict, or state that there is none.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="")
                | Q(ended_at__gte=F("declared_at")) & ~Q(ending=""),
                name="conflict_ended",
            ),
            models.CheckConstraint(
                condition=days_in_range("review_on"), name="conflict_review_in_range"
            ),
            models.UniqueConstraint(
                fields=["membership"],
                condition=Q(is_none=True, ended_at=None),
                name="conflict_none_once",
                violation_error_message="That there is no conflict is stated already.",
            ),
        ]

    def __str__(self) -> str:
        what = "no conflict of interest" if self.is_none else "conflict of interest"
        return f"{what} of {self.membership.partner}"

    @property
    def partnership_id(self) -> int:
        return self.membership.partnership_id

    def is_overdue(self) -> bool:
        """Whether its review date has passed."""
        return self.review_on is not None and self.review_on < timezone.localdate()

    def clean(self) -> None:
        if not self.is_none and not self.description.strip():
            raise ValidationError({"description": "Describe the conflict."})


def latest_declaration(column: str) -> Subquery:
    """A column of the declaration that counts now, of a membership."""
    rows = Declaration.objects.filter(membership=OuterRef("pk"))
    return Subquery(rows.order_by("-declared_at", "-pk").values(column)[:1])


def latest_conflict_statement() -> Subquery:
    """When a membership last spoke about conflicts of interest, if only to say there are none."""
    rows = ConflictOfInterest.objects.filter(membership=OuterRef("pk"))
    return Subquery(rows.order_by("-declared_at", "-pk").values("declared_at")[:1])
