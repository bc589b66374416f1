"""API tokens: what they may do, from where, until when, and when they were last used."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, router, transaction
from django.db.models import F, Q
from django.utils import timezone
from knox.models import AbstractAuthToken, AuthTokenManager

from registry.errors import NotAllowed
from registry.models.events import Event
from registry.models.people import User

logger = logging.getLogger(__name__)

USUAL_DAYS, MOST_DAYS, MOST_NETWORKS = 90, 365, 50
SHOWN = 8  # characters of a token that lists show
REMIND_DAYS = (14, 3)
_USE_NOTED_EVERY = timedelta(minutes=1)

Network = IPv4Network | IPv6Network


def network_of(text: str) -> Network:
    """An address or a CIDR network; an IPv4 address written in IPv6 is what it maps."""
    network = ip_network(text.strip(), strict=False)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96))
    return network


def check_network(text: str) -> None:
    try:
        network_of(text)
    except ValueError:
        raise ValidationError(
            "An address such as 192.0.2.7, or a network such as 2001:db8::/32.",
            code="invalid_network",
        ) from None


def _written(network: Network) -> str:
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if single else str(network)


def within(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False


class TokenQuerySet(models.QuerySet["Token"]):
    def of_services(self) -> Self:
        return self.filter(user__is_service=True)

    def managed_by(self, user: Any) -> Self:
        """Tokens of the service accounts that the user, a partner's manager or an admin, keeps."""
        rows = self.of_services()
        if user.is_anonymous or user.is_service:
            return rows.none()
        if user.is_staff:
            return rows
        return rows.filter(user__in=User.objects.services_kept_by(user).values("pk"))

    def expiring_in(self, days: int) -> Self:
        """Those that end within so many days, and whose owner has not been told yet.

        A token that was made to live no longer than that needs no reminder of it.
        """
        now = timezone.now()
        span = timedelta(days=days)
        untold = Q(reminded_days=None) | Q(reminded_days__gt=days)
        soon = self.filter(untold, expiry__gt=now, expiry__lte=now + span)
        return soon.filter(expiry__gt=F("created") + span, user__is_active=True)


# knox's manager makes the secret; it ships no types.
class TokenManager(AuthTokenManager.from_queryset(TokenQuerySet)):  # type: ignore[misc]
    pass


class Token(AbstractAuthToken):
    """An API token of a user: named, expiring, revocable; only its hash is stored."""

    name = models.CharField(max_length=80)
    read_only = models.BooleanField(default=False)
    allowed_addresses = ArrayField(
        models.CharField(max_length=49, validators=[check_network]),
        default=list,
        blank=True,
        size=MOST_NETWORKS,
        help_text="addresses and CIDR networks; empty: any address",
    )
    issued_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="issued_tokens"
    )
    last_used_at = models.DateTimeField(null=True, editable=False)
    reminded_days = models.PositiveSmallIntegerField(null=True, editable=False)

    objects: ClassVar[Any] = TokenManager()

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"

    @property
    def shown_key(self) -> str:
        """What lists show of the secret."""
        return str(self.token_key)[:SHOWN]

    @classmethod
    @transaction.atomic
    def issue(
        cls,
        user: User,
        *,
        name: str,
        days: int | None = None,
        read_only: bool = False,
        allowed_addresses: Iterable[str] = (),
        through: "Token | None" = None,
        by: User | None = None,
    ) -> "tuple[Token, str]":
        """A new token and its secret, which is known only now.

        A token never makes a stronger one (`through` is the caller's): not from more addresses,
        not for writing if it only reads, not for longer than it lasts itself.
        """
        by = by or user
        networks = _networks(allowed_addresses)
        expires_at = _expiry(days, through)
        if through:
            through.require_no_weaker(networks, read_only=read_only, expires_at=expires_at)
        token, secret = cls.objects.create(
            user,
            expiry=expires_at - timezone.now(),
            name=name,
            read_only=read_only,
            allowed_addresses=[_written(network) for network in networks],
            issued_by=by,
        )
        token.clean_fields(exclude=["user"])
        Event.log(user, "token_issued", by=by, reason=name, facts={"token": token.shown_key})
        return token, secret

    @transaction.atomic
    def revoke(self, *, by: User) -> None:
        """It ends with the next request."""
        Event.log(self.user, "token_revoked", by=by, facts={"token": self.shown_key})
        self.delete()

    def networks(self) -> list[Network]:
        return [network_of(text) for text in self.allowed_addresses]

    def allows(self, address: str) -> bool:
        """Whether it may be used from there; IPv4 counts the same written in IPv6."""
        if not self.allowed_addresses:
            return True
        try:
            caller = network_of(str(ip_address(address.strip())))
        except ValueError:
            return False
        return any(within(caller, network) for network in self.networks())

    def require_no_weaker(
        self, networks: Sequence[Network], *, read_only: bool, expires_at: datetime
    ) -> None:
        """Refuse a token that could do more than this one."""
        mine = self.networks()
        free = not networks or any(not any(within(n, own) for own in mine) for n in networks)
        if mine and free:
            raise NotAllowed("limited_token", "Name addresses that this token allows itself.")
        if self.read_only and not read_only:
            raise NotAllowed("limited_token", "This token only reads, and so must a new one.")
        if self.expiry and expires_at > self.expiry:
            raise NotAllowed("limited_token", "A new token cannot outlast this one.")

    def note_use(self) -> None:
        """Remember that it was used: at most once a minute, and never at the request's cost.

        Where another request notes it at this moment, or nothing can be written, nothing is.
        """
        now = timezone.now()
        fresh = self.last_used_at and self.last_used_at > now - _USE_NOTED_EVERY
        alias = router.db_for_write(Token)
        if fresh or alias != self._state.db:  # read from a replica, which is not written to
            return
        try:
            with transaction.atomic(using=alias):
                free = Token.objects.select_for_update(skip_locked=True, of=("self",))
                rows = free.filter(pk=self.pk).values("pk")
                Token.objects.filter(pk__in=rows).update(last_used_at=now)
        except DatabaseError as error:
            logger.info("use of a token was not noted: %s", type(error).__name__)


def _networks(texts: Iterable[str]) -> list[Network]:
    found = []
    for text in texts:
        check_network(text)
        found.append(network_of(text))
    return found


def _expiry(days: int | None, through: Token | None) -> datetime:
    """So many days from now; where nothing is said, the usual time or as long as the caller's."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": f"From 1 to {MOST_DAYS} days."})
    usual = timezone.now() + timedelta(days=days or USUAL_DAYS)
    if days is None and through and through.expiry:
        return min(usual, through.expiry)
    return usual
