"""Invitations to a partnership by e-mail, for whoever is not among the partners yet."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import (
    Job,
    JobQuerySet,
    MailedInvitation,
    MailedInvitationQuerySet,
    User,
)


class MembershipInvitationQuerySet(MailedInvitationQuerySet["MembershipInvitation"]):
    def visible_to(self, user: Any) -> Self:
        """For who edits the partnership, and while open for whoever has confirmed the address.

        Not for the other members: it is a person's address.
        """
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        edited = self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))
        return edited | self.addressed_to(user)


class MembershipInvitation(MailedInvitation):
    """A place in a partnership, offered to the organisation of whoever holds an address."""

    partnership = models.ForeignKey(
        Partnership, models.CASCADE, related_name="membership_invitations"
    )
    roles = ArrayField(models.CharField(max_length=12, choices=Membership.Role))
    message = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="sent_membership_invitations"
    )
    membership = models.ForeignKey(
        Membership,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="membership_invitations",
        help_text="what came of it",
    )

    objects: ClassVar = MembershipInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "partnership",
                Lower("email"),
                condition=Q(status="open"),
                name="membership_invitation_once",
                violation_error_message="This address is invited to the partnership already.",
            ),
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~Q(token_hash=""),
                name="membership_invitation_token_once",
            ),
            models.CheckConstraint(
                condition=Q(status="open") & ~Q(email="")
                | ~Q(status="open") & Q(email="", token_hash="", message=""),
                name="membership_invitation_address_only_while_open",
            ),
            models.CheckConstraint(
                condition=~Q(roles=[]),
                name="membership_invitation_has_role",
                violation_error_message="A member has at least one of the roles.",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation to {self.partnership}"

    def clean(self) -> None:
        super().clean()
        refuse_lead(self.roles)
        if len(set(self.roles)) < len(self.roles):
            raise ValidationError({"roles": "Name each role once."})

    def withdraw(self, *, by: User) -> None:
        by.require_person()
        self.partnership.require_editor(by)
        self.end(self.Status.WITHDRAWN, by=by)

    def end(self, status: str, *, by: User | None, **values: Any) -> None:
        """The message goes with the address: it may greet a person by name."""
        super().end(status, by=by, message="", **values)

    def facts_at_end(self) -> dict[str, Any]:
        return {"roles": list(self.roles)}


class MembershipInvitationMail(Job):
    """A mail that such an invitation sends; the address stays with the invitation."""

    invitation = models.ForeignKey(MembershipInvitation, models.CASCADE, related_name="mails")

    objects: ClassVar = JobQuerySet.as_manager()

    class Meta(Job.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"mail {self.pk} of membership invitation {self.invitation_id}"


def refuse_lead(roles: list[str]) -> None:
    """A partnership has one lead, which hands its role over."""
    if Membership.Role.LEAD in roles:
        text = "The lead is handed over by the member that leads, not given to an invited one."
        raise ValidationError({"roles": text})
