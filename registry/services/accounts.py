"""What people do with their own accounts."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

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
