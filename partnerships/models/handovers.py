"""Handing a promise, or the lead, from one member to another that agrees."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.commitments import Commitment
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import MovingRecord


class HandoverQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(status=Handover.Status.PROPOSED)

    def visible_to(self, user: Any) -> Self:
        """What was handed over is public with its partnership; before, it is its members' own."""
        public = Partnership.objects.public().values("pk")
        done = Q(status=Handover.Status.ACCEPTED, giver__partnership__in=public)
        if user.is_anonymous:
            return self.filter(done)
        if user.is_staff:
            return self
        inside = Partnership.objects.insider(user).values("pk")
        own = Membership.objects.of_people(user).values("pk")
        return self.filter(
            done | Q(giver__partnership__in=inside) | Q(giver__in=own) | Q(taker__in=own)
        )

    def editable_by(self, user: Any) -> Self:
        """Who gives takes it back, who is asked answers."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        own = Membership.objects.acted_for_by(user, "manager").values("pk")
        return self.filter(Q(giver__in=own) | Q(taker__in=own))


class Handover(MovingRecord):
    """Something that one member offers to another one of the same partnership."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    MOVES = {
        Status.PROPOSED: [Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN],
        Status.ACCEPTED: [],
        Status.DECLINED: [],
        Status.WITHDRAWN: [],
    }

    giver = models.ForeignKey(
        Membership, models.CASCADE, editable=False, related_name="%(class)ss_given"
    )
    taker = models.ForeignKey(Membership, models.CASCADE, related_name="%(class)ss_offered")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED, editable=False)
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    reason = models.TextField(max_length=2000, blank=True)

    objects: ClassVar[Any] = HandoverQuerySet.as_manager()
    history_of = "giver__partnership"

    class Meta(MovingRecord.Meta):
        abstract = True
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("taker")),
                name="%(class)s_to_somebody_else",
                violation_error_message="Name another member.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "withdrawn"]) | Q(answered_at__isnull=False),
                name="%(class)s_answered_dated",
            ),
        ]

    @property
    def partnership(self) -> Partnership:
        return self.giver.partnership

    @property
    def partnership_id(self) -> int:
        return self.giver.partnership_id

    def clean(self) -> None:
        if self.taker.partnership_id != self.giver.partnership_id:
            raise ValidationError({"taker": "Not a member of this partnership."})
        if self.taker_id == self.giver_id:
            raise ValidationError({"taker": "Name another member."})


class CommitmentHandover(Handover):
    """A commitment that passes, or is offered to pass, from the member that owes it to another."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="handovers")

    class Meta(Handover.Meta):
        abstract = False
        constraints = [
            *Handover.Meta.constraints,
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(status="proposed"),
                name="commitmenthandover_one_offer",
                violation_error_message="This commitment is offered to a member already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.giver.partner} to {self.taker.partner}"


class LeadHandover(Handover):
    """The lead of a partnership, offered by the member that leads to another one."""

    class Meta(Handover.Meta):
        abstract = False
        constraints = [
            *Handover.Meta.constraints,
            models.UniqueConstraint(
                fields=["giver"],
                condition=Q(status="proposed"),
                name="leadhandover_one_offer",
                violation_error_message="The lead is offered to a member already.",
            ),
        ]

    def __str__(self) -> str:
        return f"lead of {self.partnership}: {self.giver.partner} to {self.taker.partner}"
