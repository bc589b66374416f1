"""What is offered to whoever holds an e-mail address, account or not: a link, once, for a time."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models.base import MovingRecord
from registry.models.events import Event
from registry.models.idempotency import IdempotentAnswer
from registry.models.people import User

LASTS = timedelta(days=14)

AnyOffer = TypeVar("AnyOffer", bound="MailedInvitation")


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def in_14_days() -> datetime:
    return timezone.now() + LASTS


class MailedInvitationQuerySet(models.QuerySet[AnyOffer]):
    def open(self) -> Self:
        return self.filter(status=MailedInvitation.Status.OPEN)

    def answerable(self) -> Self:
        """Open ones that have not run out, whether or not the hourly task has said so yet."""
        return self.open().filter(expires_at__gt=timezone.now())

    def addressed_to(self, user: Any) -> Self:
        """Open ones to an address that the user has confirmed to be the user's own."""
        if user.is_anonymous or user.is_service:
            return self.none()
        return self.open().to_addresses(user.confirmed_addresses())

    def to_addresses(self, addresses: list[str]) -> Self:
        mine = Q(pk__in=())
        for address in addresses:
            mine |= Q(email__iexact=address)
        return self.filter(mine)

    def with_secret(self, secret: str) -> Self:
        """The one whose mail carried the secret."""
        return self.filter(token_hash=hash_of(secret))

    def expire(self) -> int:
        """End those that have run out, each in its own transaction; the addresses go."""
        ended = 0
        for invitation in self.open().filter(expires_at__lte=timezone.now()).iterator():
            try:
                invitation.end(MailedInvitation.Status.EXPIRED, by=None)
                ended += 1
            except DomainError:
                continue  # answered at this moment
        return ended


class MailedInvitation(MovingRecord):
    """What stands open to an address until it is answered, taken back or has run out.

    The address goes with the answer; of the mail's link only a hash is kept.
    """

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

    email = models.EmailField(blank=True, help_text="empty once the invitation has ended")
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField(default=in_14_days, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN, editable=False)

    objects: ClassVar = MailedInvitationQuerySet.as_manager()

    class Meta(MovingRecord.Meta):
        abstract = True

    def decline(self, *, by: User | None, secret: str = "") -> None:
        """Say no: the addressee, or whoever holds the mail's link, account or not."""
        if not (secret and hash_of(secret) == self.token_hash):
            self.addressee_only(by)
        self.end(self.Status.DECLINED, by=by)

    def end(self, status: str, *, by: User | None, **values: Any) -> None:
        """Move on from open, and forget address and link, in kept answers too."""
        IdempotentAnswer.objects.holding(self.email).delete()
        facts = self.facts_at_end()
        Event.move(self, status, by=by, facts=facts, email="", token_hash="", **values)

    def facts_at_end(self) -> dict[str, Any]:
        """What the log says besides that it ended; never the address."""
        return {}

    def new_secret(self) -> str:
        """A fresh secret for a mail's link; the one before stops working."""
        secret = secrets.token_urlsafe(32)
        stored = type(self)._default_manager.filter(pk=self.pk, status=self.Status.OPEN)
        if not stored.update(token_hash=hash_of(secret)):
            raise DomainError("invitation_ended", "The invitation has ended.")
        return secret

    def require_answerable(self) -> None:
        if self.status == self.Status.OPEN and self.expires_at <= timezone.now():
            raise DomainError("invitation_expired", "The invitation has expired; ask for another.")

    def addressee_only(self, by: User | None) -> None:
        """Once it has ended there is no addressee any more: the move then says so."""
        if self.status != self.Status.OPEN:
            return
        rows: Any = type(self)._default_manager
        if by is None or not rows.addressed_to(by).filter(pk=self.pk).exists():
            text = "The invitation is for another e-mail address, or yours is not confirmed yet."
            raise NotAllowed("not_the_addressee", text)

    def clean(self) -> None:
        if self.status == self.Status.OPEN and not self.email:
            raise ValidationError({"email": "Whom do you invite?"})
        if self.email != self.email.strip():
            raise ValidationError({"email": "No spaces around the address."})
