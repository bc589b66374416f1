"""Inviting people by e-mail."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from registry import tasks
from registry.errors import DomainError
from registry.models import Affiliation, Event, Invitation, InvitationMail, Notice, Partner, User
from registry.services.partners import managers_only

MOST_OPEN = 200
AGAIN_AFTER = timedelta(minutes=10)


@transaction.atomic
def invite_person(partner: Partner, *, email: str, role: str, by: User) -> Invitation:
    """Offer a role to whoever holds the address; nobody learns whether it has an account."""
    _managers(partner, by)
    held = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    held.require_open()
    email = email.strip().lower()
    if Affiliation.objects.filter(partner=partner, role=role, user__email__iexact=email).exists():
        raise DomainError("already_affiliated", f"This person is {role} at the partner already.")
    mine = Invitation.objects.open().filter(partner=partner)
    mine.filter(expires_at__lte=timezone.now()).expire()
    if mine.count() >= MOST_OPEN:
        raise DomainError("too_many_invitations", f"At most {MOST_OPEN} invitations are open.")
    invitation = Invitation(partner=partner, email=email, role=role, by=by).store()
    Event.log(invitation, "sent", by=by, became=invitation.status, facts={"role": role})
    _mail(invitation)
    return invitation


@transaction.atomic
def invite_again(invitation: Invitation, *, by: User) -> None:
    """Send the mail once more, with a new link; not more often than every ten minutes."""
    _managers(invitation.partner, by)
    Invitation.objects.select_for_update().get(pk=invitation.pk).require_answerable()
    if invitation.status != Invitation.Status.OPEN:
        raise DomainError("invitation_ended", f"The invitation is {invitation.status}.")
    lately = timezone.now() - AGAIN_AFTER
    if invitation.mails.filter(queued_at__gt=lately).exclude(status="failed").exists():
        raise DomainError("mailed_just_now", "A mail was sent less than ten minutes ago.")
    Event.log(invitation, "sent_again", by=by)
    _mail(invitation)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, by: User) -> Affiliation:
    """Take the role offered; who has invited is told."""
    by.require_person()
    affiliation = invitation.accept(by=by)
    _tell_inviter(invitation, "accepted")
    return affiliation


@transaction.atomic
def decline_invitation(invitation: Invitation, *, by: User | None, secret: str = "") -> None:
    invitation.decline(by=by, secret=secret)
    _tell_inviter(invitation, "declined")


def _tell_inviter(invitation: Invitation, verb: str) -> None:
    event = Event.objects.about(invitation).filter(became=verb).first()
    if event and invitation.by:
        Notice.tell(event, [invitation.by])


def _managers(partner: Partner, by: User) -> None:
    by.require_person()
    managers_only(partner, by)


def _mail(invitation: Invitation) -> None:
    mail = InvitationMail.objects.create(invitation=invitation)
    transaction.on_commit(partial(tasks.mail_invitation.delay, mail.pk), robust=True)
