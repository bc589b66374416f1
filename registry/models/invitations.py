"""Invitations by e-mail: a partner's manager asks a person in, account or not."""

from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from registry.errors import NotAllowed
from registry.models.jobs import Job, JobQuerySet
from registry.models.mailed import MailedInvitation, MailedInvitationQuerySet, in_14_days
from registry.models.partners import Partner
from registry.models.people import Affiliation, User

# The name under which migrations know it.
_in_14_days = in_14_days


class InvitationQuerySet(MailedInvitationQuerySet["Invitation"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the partners one manages, and open ones to oneself; admins see all."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        managed = self.filter(partner__in=Partner.objects.with_role(user, "manager").values("pk"))
        return managed | self.addressed_to(user)


class Invitation(MailedInvitation):
    """A role at a partner, offered to whoever holds an e-mail address."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Affiliation.Role)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="sent_invitations"
    )

    objects: ClassVar = InvitationQuerySet.as_manager()

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
        self.addressee_only(by)
        self.require_answerable()
        partner = Partner.objects.select_for_update(no_key=True).get(pk=self.partner_id)
        partner.require_open()
        self.end(self.Status.ACCEPTED, by=by)
        return Affiliation.give(by, partner, self.role, by=by)

    def withdraw(self, *, by: User) -> None:
        by.require_person()
        if not Partner.objects.editable_by(by).filter(pk=self.partner_id).exists():
            raise NotAllowed("managers_only", "Only the partner's managers may do this.")
        self.end(self.Status.WITHDRAWN, by=by)

    def facts_at_end(self) -> dict[str, Any]:
        return {"role": self.role}


class InvitationMail(Job):
    """A mail that an invitation sends; the address stays with the invitation."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="mails")

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"mail {self.pk} of invitation {self.invitation_id}"
