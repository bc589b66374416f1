"""Who decides on a partnership's data."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from partnerships.models import Membership, Partnership
from registry.errors import DomainError, StaleVersion
from registry.models import Event, Record, User

ROLES = ("manager", "evaluator")


class ReviewerQuerySet(models.QuerySet["Reviewer"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def visible_to(self, user: Any) -> Self:
        """For members' people and admins."""
        return self.filter(partnership__in=Partnership.objects.insider(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def by_which_reviews(self, user: Any) -> Self:
        """Namings by which the user decides now: as a person who still works for a member, or
        as one of a named member's people."""
        reached = members_of(user)
        in_person = Q(user_id=user.pk, partnership__in=reached.values("partnership_id"))
        return self.current().filter(in_person | Q(membership__in=reached.values("pk")))


class Reviewer(Record):
    """A person, or a member's people, named to decide on a partnership's data."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="data_reviewers")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="data_reviews_named_for"
    )
    membership = models.ForeignKey(
        Membership, models.CASCADE, null=True, blank=True, related_name="data_reviews_named_for"
    )
    named_by = models.ForeignKey(
        User, models.PROTECT, editable=False, related_name="named_data_reviewers"
    )
    named_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ReviewerQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "data reviewer"
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, membership__isnull=False)
                | Q(user__isnull=False, membership=None),
                name="reviewer_person_or_member",
                violation_error_message="Name a person, or a member.",
            ),
            models.UniqueConstraint(
                fields=["partnership", "user"],
                condition=Q(ended_at=None, user__isnull=False),
                name="reviewer_person_once",
            ),
            models.UniqueConstraint(
                fields=["partnership", "membership"],
                condition=Q(ended_at=None, membership__isnull=False),
                name="reviewer_member_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership.partner}" if self.membership else f"{self.user}"

    def clean(self) -> None:
        """Only members see the data: a reviewer is a member, or works for one."""
        if self.membership and not (
            Membership.objects.accepted()
            .filter(pk=self.membership.pk, partnership=self.partnership_id)
            .exists()
        ):
            text = "An accepted member of this partnership."
            raise ValidationError({"membership": ValidationError(text, code="not_a_member")})
        if self.user and not self._works_for_a_member():
            text = "A manager or evaluator of an accepted member of this partnership."
            raise ValidationError({"user": ValidationError(text, code="not_of_a_member")})

    def _works_for_a_member(self) -> bool:
        reached = members_of(self.user).filter(partnership=self.partnership_id)
        return bool(self.user and self.user.is_active and reached.exists())

    @transaction.atomic
    def end(self, *, by: User, reason: str = "") -> None:
        """Whoever was named decides no more from now on."""
        self.partnership.require_editor(by)
        try:
            self.change(where={"ended_at": None}, ended_at=timezone.now())
        except StaleVersion:
            self.refresh_from_db()
            if self.ended_at:
                raise DomainError("ended", f"It ended on {self.ended_at:%-d %b %Y}.") from None
            raise
        Event.log(self, "ended", by=by, reason=reason)


def members_of(user: Any) -> models.QuerySet[Membership]:
    """Accepted members for which the user acts as a manager or evaluator."""
    return Membership.objects.acted_for_by(user, *ROLES).accepted()


def reviewed_by(user: Any) -> models.QuerySet[Partnership]:
    """Partnerships on whose data the user decides.

    Where reviewers are named it is they; else the lead's managers. Admins may everywhere.
    """
    if user.is_anonymous:
        return Partnership.objects.none()
    if user.is_staff:
        return Partnership.objects.all()
    named = Reviewer.objects.by_which_reviews(user).values("partnership_id")
    taken = Reviewer.objects.current().values("partnership_id")
    led = Partnership.objects.editable_by(user).exclude(pk__in=taken)
    return Partnership.objects.filter(Q(pk__in=named) | Q(pk__in=led.values("pk")))
