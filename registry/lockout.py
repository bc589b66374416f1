"""How many guesses at a secret somebody has, exactly, also when they come all at once.

A guess is counted *before* the secret is looked at, under locks on the account and on the address,
and given back by a success. So of a thousand guesses at the same moment no more are looked at than
of a thousand in a row. django-axes asks here (`Handler`) and keeps the counts in its table.

Three limits hold within the cool-off: for an account from one address, for an account from all
addresses together, for an address at all accounts together. A refused attempt counts nothing: a
lock ends a cool-off after the last guess that was looked at, however often somebody knocks.
Codes of the second factor are counted apart from passwords: who does not know the password
cannot use them up.
"""

import logging
from datetime import datetime
from typing import Any, NamedTuple

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from kombu.exceptions import OperationalError
from rest_framework.request import Request

from registry.addresses import client_address, household
from registry.models import User
from registry.tasks import tell_of_lock

logger = logging.getLogger(__name__)

PASSWORD, CODE = "password", "code"
Anyone = HttpRequest | Request


class Guess(NamedTuple):
    """Whether a guess may be looked at, and whether it was the last one before a lock."""

    allowed: bool
    is_last: bool = False


def count_guess(email: str, address: str, kind: str = PASSWORD) -> Guess:
    """Take one of the guesses that are left; it commits before the secret is looked at."""
    account, place = _account(email, kind), household(address)
    now = timezone.now()
    with transaction.atomic():
        _lock(f"account {account}")
        _lock(f"address {place}")
        here, everywhere, others = _counts(account, place, now)
        limits = settings.SIGN_IN_LIMITS
        if (
            here >= limits["account_and_address"]
            or everywhere >= limits["account"]
            or here + others >= limits["address"]
        ):
            return Guess(allowed=False)
        _add(account, place, here + 1, now)
    filled = here + 1 == limits["account_and_address"] or everywhere + 1 == limits["account"]
    return Guess(allowed=True, is_last=filled)


def give_back(email: str, address: str) -> None:
    """A success: what was guessed wrong here before is forgotten, other addresses' guesses not."""
    accounts = [_account(email, kind) for kind in (PASSWORD, CODE)]
    AccessAttempt.objects.filter(username__in=accounts, ip_address=household(address)).delete()


def forget_attempts(email: str) -> int:
    """Unlock an account, or erase what is kept on a person's attempts to sign in."""
    accounts = [_account(email, kind) for kind in (PASSWORD, CODE)]
    return AccessAttempt.objects.filter(username__in=accounts).delete()[0]


def guess_code(request: Anyone, user: User) -> bool:
    """Whether a code of the second factor may be looked at; the last one tells the owner."""
    guess = count_guess(user.email, client_address(request), CODE)
    if guess.is_last:
        _tell(user.pk)
    if not guess.allowed:
        request.axes_locked_out = True  # type: ignore[union-attr]
    return guess.allowed


class Handler(AxesDatabaseHandler):
    """What django-axes does at a sign-in: it counts here, before the password is checked."""

    def is_allowed(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        email = str((credentials or {}).get("email") or "")
        guess = count_guess(email, client_address(request))
        request.last_guess = guess.is_last
        return guess.allowed

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any
    ) -> None:
        """The failure is counted already. Whether an account is there takes no longer to say."""
        if getattr(request, "last_guess", False):
            email = str(credentials.get("email") or "").strip().lower()
            owner = User.objects.filter(email__iexact=email, is_active=True).values_list(
                "pk", flat=True
            )
            _tell(owner.first() or 0)

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        give_back(user.email, client_address(request))

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Nothing is kept on who was here when."""


def _tell(user_pk: int) -> None:
    """By a worker, so that no mail server's slowness shows; without a queue nobody is told."""
    try:
        tell_of_lock.delay(user_pk)
    except OperationalError:
        logger.exception("The owner of account %s was not told of the lock", user_pk)


def _account(email: str, kind: str) -> str:
    """The account's name in the counts: a keyed hash, so that they hold no e-mail, nor what
    somebody types there by mistake."""
    return salted_hmac(f"registry.lockout.{kind}", email.strip().lower()).hexdigest()


def _lock(name: str) -> None:
    """Held until the end of the transaction; accounts before addresses, so nobody deadlocks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _counts(account: str, place: str, now: datetime) -> tuple[int, int, int]:
    """Guesses at the account from here, at it from everywhere, at other accounts from here."""
    recent = AccessAttempt.objects.filter(attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    at_account, from_here = Q(username=account), Q(ip_address=place)
    sums = recent.filter(at_account | from_here).aggregate(
        here=Sum("failures_since_start", filter=at_account & from_here, default=0),
        everywhere=Sum("failures_since_start", filter=at_account, default=0),
        others=Sum("failures_since_start", filter=from_here & ~at_account, default=0),
    )
    return sums["here"], sums["everywhere"], sums["others"]


def _add(account: str, place: str, count: int, now: datetime) -> None:
    """One row per account and address; browser, path and what was sent are not kept."""
    AccessAttempt.objects.update_or_create(
        username=account,
        ip_address=place,
        user_agent="",
        defaults={"failures_since_start": count, "attempt_time": now},
    )
