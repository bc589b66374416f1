"""What people do with their own accounts."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.http import int_to_base36

from registry.lockout import forget_attempts
from registry.models import Event, Token, User


@transaction.atomic
def rename(user: User, name: str) -> None:
    """Change the name that others see; the log says that it changed, not from what to what."""
    user.name = name
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name"])
    Event.log(user, "renamed", by=user)


@transaction.atomic
def replace_password(user: User, password: str) -> None:
    """Set a new password: sessions elsewhere and all the user's tokens end with the old one."""
    user.set_password(password)
    user.save(update_fields=["password"])
    Token.objects.filter(user=user).delete()
    Event.log(user, "password_changed", by=user)


@transaction.atomic
def recover(user: User) -> None:
    """After a reset by a link from the mailbox: the address is confirmed, the lock is off."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
    forget_attempts(user.email)


@transaction.atomic
def unlock(user: User, *, by: User) -> None:
    """An admin lets a locked-out person try again at once."""
    forget_attempts(user.email)
    Event.log(user, "unlocked", by=by)


@transaction.atomic
def vouch_for(user: User) -> None:
    """The address that an admin has given a person counts as confirmed, and is the only one."""
    EmailAddress.objects.filter(user=user).delete()
    if not user.is_service:
        EmailAddress.objects.create(
            user=user, email=user.email.lower(), verified=True, primary=True
        )


@transaction.atomic
def forget_sign_in(user: User) -> None:
    """Erase all that lets a person sign in, and what is kept of it; nobody signs in after that."""
    forget_attempts(user.email)
    for address in EmailAddress.objects.filter(user=user):
        forget_attempts(address.email)
        address.delete()
    Authenticator.objects.filter(user=user).delete()
    Token.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    for session in Session.objects.iterator():
        kept = session.get_decoded()
        begun = kept.get(LOGIN_SESSION_KEY) or {}
        if kept.get(SESSION_KEY) == str(user.pk) or begun.get("user_pk") == int_to_base36(user.pk):
            session.delete()


def has_confirmed(user: User, email: str) -> bool:
    """Whether the user has shown that the address is theirs."""
    return EmailAddress.objects.filter(
        user=user, email=email.strip().lower(), verified=True
    ).exists()


def logger_of(verb: str) -> Callable[..., None]:
    """A receiver that logs what happened to a user's second factor."""

    def log(user: User, authenticator: Authenticator, **_: Any) -> None:
        Event.log(user, verb, by=user, reason=str(authenticator.type))

    return log
