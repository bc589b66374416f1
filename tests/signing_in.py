"""What tests of accounts do as people do it: read a mail, use an authenticator app."""

import re
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def link_in(message):
    """The path of the only link in a mail."""
    (path,) = re.findall(r"http://testserver(/\S+)", message.body)
    return path


def last_mail():
    return mail.outbox[-1]


def activate(user):
    """Give the user an authenticator app; the recovery codes come back."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def code(steps=0, secret=SECRET):
    """What the app shows now, or some steps of 30 seconds earlier or later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def is_signed_in(client):
    return "_auth_user_id" in client.session


def sign_in(client, user, password, **more):
    return client.post("/sign-in/", {"login": user.email, "password": password, **more})


def open_reset_link(client, path):
    """Follow the link of a mail to its form; the form's path."""
    answer = client.get(path)
    assert answer.status_code == 302, "the link is refused"
    return answer["Location"]
