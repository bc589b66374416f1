"""Invitations by e-mail: a partner's manager asks a person in, account or not."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models.base import MovingRecord
from registry.models.events import Event
from registry.models.idempotency import IdempotentAnswer
from registry.models.jobs import Job, JobQuerySet
from registry.models.partners import Partner
from registry.models.people import Affiliation, User

LASTS = timedelta(days=14)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _in_14_days() -> datetime:
    return timezone.now() + LASTS


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(status=Invitation.Status.OPEN)

    def answerable(self) -> Self:
        """Open ones that have not run out, whether or not the hourly task has said so yet."""
        return self.open().filter(expires_at__gt=timezone.now())

    def addressed_to(self, user: Any) -> Self:
        """Open ones to an address that the user has confirmed to be the user's own."""
        if user.is_anonymous or user.is_service:
            return self.none()
        mine = Q(pk__in=())
        for address in user.confirmed_addresses():
            mine |= Q(email__iexact=address)
        return self.open().filter(mine)

    def visible_to(self, user: Any) -> Self:
        """Those of the partners one manages, and open ones to oneself; admins see all."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        managed = self.filter(partner__in=Partner.objects.with_role(user, "manager").values("pk"))
        return managed | self.addressed_to(user)

    def with_secret(self, secret: str) -> Self:
        """The one whose mail carried the secret."""
        return self.filter(token_hash=hash_of(secret))

    def expire(self) -> int:
        """End those that have run out, each in its own transaction; the addresses go."""
        ended = 0
        for invitation in self.open().filter(expires_at__lte=timezone.now()).iterator():
            try:
                invitation.end(Invitation.Status.EXPIRED, by=None)
                ended += 1
            except DomainError:
                continue  # answered at this moment
        return ended


class Invitation(MovingRecord):
    """A role at a partner, offered to whoever holds an e-mail address."""

    class Status(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    MOVES = {
        Status.OPEN: [Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED],
        Status.ACCEPTED: [],
        Status.DECLINED: [],
        Status.WITHDRAWN: [],
        Status.EXPIRED: [],
    }

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations")
    email = models.EmailField(blank=True, help_text="empty once the invitation has ended")
    role = models.CharField(max_length=10, choices=Affiliation.Role)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="sent_invitations"
    )
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField(default=_in_14_days, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "partner",
                Lower("email"),
                "role",
                condition=Q(status="open"),
                name="invitation_once",
                violation_error_message="This address is invited to this role already.",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="invitation_token_once"
            ),
            models.CheckConstraint(
                condition=Q(status="open") & ~Q(email="")
                | ~Q(status="open") & Q(email="", token_hash=""),
                name="invitation_address_only_while_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.partner}"

    @transaction.atomic
    def accept(self, *, by: User) -> Affiliation:
        """Take the role; only whose confirmed address it is, and only while it lasts."""
        self._addressee_only(by)
        self.require_answerable()
        partner = Partner.objects.select_for_update(no_key=True).get(pk=self.partner_id)
        partner.require_open()
        self.end(self.Status.ACCEPTED, by=by)
        return Affiliation.give(by, partner, self.role, by=by)

    def decline(self, *, by: User | None, secret: str = "") -> None:
        """Say no: the addressee, or whoever holds the mail's link, account or not."""
        if not (secret and hash_of(secret) == self.token_hash):
            self._addressee_only(by)
        self.end(self.Status.DECLINED, by=by)

    def withdraw(self, *, by: User) -> None:
        by.require_person()
        if not Partner.objects.editable_by(by).filter(pk=self.partner_id).exists():
            raise NotAllowed("managers_only", "Only the partner's managers may do this.")
        self.end(self.Status.WITHDRAWN, by=by)

    def end(self, status: str, *, by: User | None) -> None:
        """Move on from open, and forget address and link, in kept answers too."""
        IdempotentAnswer.objects.holding(self.email).delete()
        facts = {"role": self.role}
        Event.move(self, status, by=by, facts=facts, email="", token_hash="")

    def new_secret(self) -> str:
        """A fresh secret for a mail's link; the one before stops working."""
        secret = secrets.token_urlsafe(32)
        if not Invitation.objects.open().filter(pk=self.pk).update(token_hash=hash_of(secret)):
            raise DomainError("invitation_ended", "The invitation has ended.")
        return secret

    def require_answerable(self) -> None:
        if self.status == self.Status.OPEN and self.expires_at <= timezone.now():
            raise DomainError("invitation_expired", "The invitation has expired; ask for another.")

    def _addressee_only(self, by: User | None) -> None:
        """Once it has ended there is no addressee any more: the move then says so."""
        if self.status != self.Status.OPEN:
            return
        if by is None or not Invitation.objects.addressed_to(by).filter(pk=self.pk).exists():
            text = "The invitation is for another e-mail address, or yours is not confirmed yet."
            raise NotAllowed("not_the_addressee", text)

    def clean(self) -> None:
        if self.status == self.Status.OPEN and not self.email:
            raise ValidationError({"email": "Whom do you invite?"})
        if self.email != self.email.strip():
            raise ValidationError({"email": "No spaces around the address."})


class InvitationMail(Job):
    """A mail that an invitation sends; the address stays with the invitation."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="mails")

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"mail {self.pk} of invitation {self.invitation_id}"
