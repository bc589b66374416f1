"""Mails to addresses that need not have an account."""

import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from registry.errors import DomainError
from registry.models import Invitation, Job

logger = logging.getLogger(__name__)


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


def deliver(mail: Job, send: Callable[[], None]) -> None:
    """Send a mail that is a job; a second delivery, or an offer that ended, sends nothing."""
    if not mail.claim():
        return
    try:
        send()
    except DomainError as ended:
        mail.fail(ended.detail, retry=False)
    except (OSError, SMTPException) as error:
        # Not the error's own text: a server likes to repeat the address.
        mail.fail(type(error).__name__, retry=True)
        logger.warning("%s was not sent: %s", mail, type(error).__name__)
    else:
        mail.finish()
