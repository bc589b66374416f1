"""Evaluators who work for single partnerships only."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Affiliation, Partner, User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those at the partners one manages; admins see all."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        managed = Partner.objects.with_role(user, "manager").values("pk")
        return self.filter(Q(affiliation__user_id=user.pk) | Q(affiliation__partner__in=managed))


class Assignment(models.Model):
    """A partnership to which an evaluator's role at a partner is limited; without any, to none."""

    affiliation = models.ForeignKey(Affiliation, models.CASCADE, related_name="assignments")
    # Never CASCADE: with the last assignment gone, the role would hold everywhere.
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="assignments")
    since_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["affiliation", "partnership", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "partnership"],
                name="assignment_once",
                violation_error_message="The evaluator is assigned to this partnership already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.affiliation_id} in {self.partnership_id}"

    def clean(self) -> None:
        """Only an evaluator, and only for a partnership to which the partner belongs."""
        if self.affiliation.role != Affiliation.Role.EVALUATOR:
            raise ValidationError({"affiliation": "Only an evaluator is assigned."})
        joined = Membership.objects.filter(
            partnership=self.partnership_id,
            partner=self.affiliation.partner_id,
            status__in=[Membership.Status.INVITED, Membership.Status.ACCEPTED],
        )
        if not joined.exists():
            raise ValidationError({"partnership": "The partner does not belong to it."})


def limits_of(user: User) -> dict[int, list[str]]:
    """The partnerships to which each of the user's roles is limited, where it is."""
    limits: dict[int, list[str]] = {}
    rows = Assignment.objects.filter(affiliation__user_id=user.pk)
    for pk, partnership in rows.values_list("affiliation_id", "partnership_id"):
        limits.setdefault(pk, []).append(f" in {partnership}")
    return limits
