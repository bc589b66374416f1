"""Mails to addresses that need not have an account."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from registry.models import Invitation


def site(path: str) -> str:
    """A page's whole address, for texts that are read outside the product."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def send_invitation(invitation: Invitation, secret: str) -> None:
    """The mail with the link that leads to the answer; the newest one's link works."""
    text = render_to_string(
        "registry/mails/invitation.txt",
        {
            "invitation": invitation,
            "link": site(reverse("invitation", args=[secret])),
            "join": site(reverse("join", args=[invitation.partner_id])),
        },
    )
    name = " ".join(invitation.partner.name.split())
    send_mail(f"Invitation to act for {name}"[:200], text, None, [invitation.email])
