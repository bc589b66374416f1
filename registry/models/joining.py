"""Asking to act for a partner."""

from django.db import models, transaction

from registry.errors import DomainError, NotAllowed
from registry.models.base import MovingRecord
from registry.models.events import Event
from registry.models.partners import Partner
from registry.models.people import Affiliation, AffiliationQuerySet, User


class JoinRequest(MovingRecord):
    """A user's wish to act for a partner: it gives no right until a manager accepts it."""

    class Status(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    MOVES = {
        Status.ASKED: [Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN],
        Status.ACCEPTED: [],
        Status.DECLINED: [],
        Status.WITHDRAWN: [],
    }

    user = models.ForeignKey(User, models.CASCADE, related_name="join_requests")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="join_requests")
    role = models.CharField(max_length=10, choices=Affiliation.Role)
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED, editable=False)

    objects = AffiliationQuerySet.as_manager()
    history_of = "partner"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner", "role"],
                condition=models.Q(status="asked"),
                name="join_request_once",
                violation_error_message="You have asked for this role already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.partner}?"

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Let the user act for the partner in the role asked for."""
        self._managers_only(by)
        partner = Partner.objects.select_for_update(no_key=True).get(pk=self.partner_id)
        partner.require_open()
        user = User.objects.select_for_update(no_key=True).get(pk=self.user_id)
        if not user.is_active:
            raise DomainError("account_closed", "The account that has asked is closed.")
        Event.move(self, self.Status.ACCEPTED, by=by)
        Affiliation.give(user, partner, self.role, by=by)

    def decline(self, *, by: User, reason: str = "") -> None:
        self._managers_only(by)
        Event.move(self, self.Status.DECLINED, by=by, reason=reason)

    def withdraw(self, *, by: User) -> None:
        if by.pk != self.user_id:
            raise NotAllowed("own_request_only", "Only who has asked withdraws the request.")
        Event.move(self, self.Status.WITHDRAWN, by=by)

    def _managers_only(self, by: User) -> None:
        by.require_person()
        if not Partner.objects.editable_by(by).filter(pk=self.partner_id).exists():
            raise NotAllowed("managers_only", "Only the partner's managers may do this.")
