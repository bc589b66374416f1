"""Mails to addresses that need not have an account."""

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from partnerships.models import MembershipInvitation
from registry.mails import site


def send_membership_invitation(invitation: MembershipInvitation, secret: str) -> None:
    """The mail with the link that leads to the answer; the newest one's link works."""
    lead = invitation.partnership.memberships.filter(roles__contains=["lead"], ended_on=None)
    text = render_to_string(
        "partnerships/mails/membership_invitation.txt",
        {
            "invitation": invitation,
            "lead": lead.select_related("partner").first(),
            "link": site(reverse("membership-invitation", args=[secret])),
        },
    )
    title = " ".join(invitation.partnership.title.split())
    send_mail(f"Invitation to a partnership: {title}"[:200], text, None, [invitation.email])
