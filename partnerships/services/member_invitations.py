"""Inviting an organisation to a partnership by the e-mail address of somebody there."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from partnerships import tasks
from partnerships.models import (
    Membership,
    MembershipInvitation,
    MembershipInvitationMail,
    Partnership,
)
from partnerships.services.declarations import declare_all
from partnerships.services.members import place_for, require_inviting, require_unregistered
from registry.errors import DomainError, NotAllowed
from registry.models import Event, Notice, Partner, User

MOST_OPEN = 200
AGAIN_AFTER = timedelta(minutes=10)


@transaction.atomic
def invite_by_email(
    partnership: Partnership, *, email: str, roles: Iterable[str], by: User, message: str = ""
) -> MembershipInvitation:
    """Offer a place to the organisation of whoever holds the address, registered or not.

    Nobody learns whether the address has an account: it is mailed either way.
    """
    by.require_person()
    require_inviting(partnership, by)
    mine = MembershipInvitation.objects.open().filter(partnership=partnership)
    mine.filter(expires_at__lte=timezone.now()).expire()
    if mine.count() >= MOST_OPEN:
        raise DomainError("too_many_invitations", f"At most {MOST_OPEN} invitations are open.")
    invitation = MembershipInvitation(
        partnership=partnership,
        email=email.strip().lower(),
        roles=list(roles),
        message=message,
        by=by,
    ).store()
    Event.log(invitation, "sent", by=by, became=invitation.status)
    _mail(invitation)
    return invitation


@transaction.atomic
def mail_again(invitation: MembershipInvitation, *, by: User) -> None:
    """Send the mail once more, with a new link; not more often than every ten minutes."""
    by.require_person()
    require_inviting(invitation.partnership, by)
    MembershipInvitation.objects.select_for_update().get(pk=invitation.pk).require_answerable()
    if invitation.status != MembershipInvitation.Status.OPEN:
        raise DomainError("invitation_ended", f"The invitation is {invitation.status}.")
    lately = timezone.now() - AGAIN_AFTER
    if invitation.mails.filter(queued_at__gt=lately).exclude(status="failed").exists():
        raise DomainError("mailed_just_now", "A mail was sent less than ten minutes ago.")
    Event.log(invitation, "sent_again", by=by)
    _mail(invitation)


@transaction.atomic
def take_up(
    invitation: MembershipInvitation, *, by: User, partner: Partner, **declared: Any
) -> Membership:
    """Join with one of the partners that the invited person manages; the link works once.

    A partner that the registry has not verified yet, or a company that needs a due diligence
    review first, is kept a place: the membership stays `invited` and is accepted afterwards.
    """
    by.require_person()
    invitation.addressee_only(by)
    invitation.require_answerable()
    if not by.has_role(partner.pk, "manager"):
        raise NotAllowed("own_partner_only", "Choose a partner that you manage.")
    partnership = invitation.partnership
    partnership.hold()
    partnership.refresh_from_db(fields=["status"])
    require_unregistered(partnership)
    invitation.refresh_from_db(fields=["status", "version"])
    if invitation.status != MembershipInvitation.Status.OPEN:
        raise DomainError("invitation_ended", f"The invitation is {invitation.status}.")
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    partner.require_open()
    membership = _place_for(invitation, partner, by)
    invitation.end(MembershipInvitation.Status.ACCEPTED, by=by, membership=membership)
    _accept_if_possible(membership, by)
    if membership.partner.status == Partner.Status.VERIFIED:
        declare_all(membership, by=by, **declared)
    _tell_inviter(invitation, "accepted")
    return membership


@transaction.atomic
def decline_place(invitation: MembershipInvitation, *, by: User | None, secret: str = "") -> None:
    """Say no: the addressee, or whoever holds the mail's link, account or not."""
    invitation.decline(by=by, secret=secret)
    _tell_inviter(invitation, "declined")


def _place_for(invitation: MembershipInvitation, partner: Partner, by: User) -> Membership:
    """The partner's membership, invited: one that stands, or a new one."""
    current = invitation.partnership.memberships.filter(partner=partner, ended_on=None).first()
    if current and current.status == Membership.Status.ACCEPTED:
        raise DomainError("already_member", f"{partner} is a member already.")
    if current and current.status == Membership.Status.INVITED:
        return current
    return place_for(invitation.partnership, partner=partner, roles=invitation.roles, by=by)


def _accept_if_possible(membership: Membership, by: User) -> None:
    if membership.partner.status != Partner.Status.VERIFIED:
        return
    try:
        with transaction.atomic():
            membership.accept(by=by)
    except DomainError as refused:
        if refused.code != "due_diligence_required":
            raise


def _tell_inviter(invitation: MembershipInvitation, verb: str) -> None:
    event = Event.objects.about(invitation).filter(became=verb).first()
    if event and invitation.by:
        Notice.tell(event, [invitation.by])


def _mail(invitation: MembershipInvitation) -> None:
    mail = MembershipInvitationMail.objects.create(invitation=invitation)
    transaction.on_commit(partial(tasks.mail_membership_invitation.delay, mail.pk), robust=True)
