"""What Celery does for partnerships. Tasks may run twice, and are only hints."""

from celery import shared_task
from django.utils import timezone

from partnerships.aggregation.matching import expire_needs, find_matches
from partnerships.mails import send_membership_invitation
from partnerships.models import Agreement, Feedback, MembershipInvitation, MembershipInvitationMail
from partnerships.models.objections import bind_if_complete
from partnerships.models.silence import take_steps
from registry.mails import deliver
from registry.tasks import MAIL_AGAIN_AFTER


@shared_task
def match_needs() -> int:
    """Each night: end the needs whose day has passed, then find what fits the others."""
    expire_needs()
    return find_matches().new


@shared_task
def watch_silent_partnerships() -> dict[str, int]:
    """Each night: warn the leads of partnerships that do not report; after two years they are
    inactive, until data comes in again."""
    return take_steps(timezone.localdate())


@shared_task
def mail_membership_invitation(mail_pk: int) -> None:
    """Send the mail; a second delivery, or an invitation that ended, sends nothing."""
    rows = MembershipInvitationMail.objects.select_related("invitation__partnership")
    mail = rows.get(pk=mail_pk)
    invitation = mail.invitation
    deliver(mail, lambda: send_membership_invitation(invitation, invitation.new_secret()))


@shared_task
def sweep_membership_invitation_mails() -> int:
    """Give the hint again for mails that lost theirs or have to be tried again."""
    MembershipInvitationMail.objects.give_up()
    keys = MembershipInvitationMail.objects.hint_again(MAIL_AGAIN_AFTER)
    for key in keys:
        mail_membership_invitation.delay(key)
    return len(keys)


@shared_task
def expire_membership_invitations() -> int:
    """Each hour: end what has run out, and erase the addresses."""
    return MembershipInvitation.objects.all().expire()


@shared_task
def remind_of_feedback() -> int:
    """Each day: tell each lead, once, of feedback that nobody answered within thirty days."""
    return Feedback.objects.remind_late(timezone.localdate())


@shared_task
def bind_proposals() -> int:
    """Each night: put in force what nobody objected to for as long as the members' agreement
    says, and what is complete since a member left. Each in a transaction of its own; how many
    were bound."""
    waiting = Agreement.objects.waiting().order_by("pk")
    return sum(bind_if_complete(agreement) for agreement in waiting)
