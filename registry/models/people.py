"""People, service accounts, their roles and their tokens."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from knox.models import AbstractAuthToken

from registry.errors import NotAllowed
from registry.models.base import MovingRecord
from registry.models.events import Event
from registry.models.partners import Partner


class UserQuerySet(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        """Create a user; without a password it can only use tokens."""
        user = self.model(email=email.strip().lower(), **values)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **values)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


# knox ships no types: mypy cannot see the manager behind `auth_token_set`.
class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person or a service account; signs in by e-mail; staff are the registry's admins."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("registry admin", default=False)
    is_service = models.BooleanField("service account", default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserQuerySet()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["email", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="A user with this e-mail exists already.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def has_role(self, partner_id: int, *roles: str) -> bool:
        """Whether the user holds one of the roles (any, if none is named) at the partner."""
        held = self.affiliations.filter(partner_id=partner_id)
        return self.is_active and (held.filter(role__in=roles) if roles else held).exists()


class AffiliationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those of the partners one manages; admins see all."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        mine = Partner.objects.with_role(user, Affiliation.Role.MANAGER)
        return self.filter(models.Q(user=user) | models.Q(partner__in=mine))


class Affiliation(models.Model):
    """A user's role at a partner."""

    class Role(models.TextChoices):
        MANAGER = "manager"
        EVALUATOR = "evaluator"
        OBSERVER = "observer"

    user = models.ForeignKey(User, models.CASCADE, related_name="affiliations")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="affiliations")
    role = models.CharField(max_length=10, choices=Role)
    since_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = ["partner", "user", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "partner", "role"], name="affiliation_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.partner}"

    @classmethod
    def give(cls, user: User, partner: Partner, role: str, *, by: User) -> "Affiliation":
        """Twice is once."""
        affiliation, new = cls.objects.get_or_create(user=user, partner=partner, role=role)
        if new:
            affiliation.full_clean(validate_unique=False)
            Event.log(partner, "affiliated", by=by, became=role, reason=str(user.key))
        return affiliation


class JoinRequest(MovingRecord):
    """A user's wish to act for a partner: it gives no right until a manager accepts it."""

    class Status(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    MOVES = {
        Status.ASKED: [Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN],
        Status.ACCEPTED: [],
        Status.DECLINED: [],
        Status.WITHDRAWN: [],
    }

    user = models.ForeignKey(User, models.CASCADE, related_name="join_requests")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="join_requests")
    role = models.CharField(max_length=10, choices=Affiliation.Role)
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED, editable=False)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner", "role"],
                condition=models.Q(status="asked"),
                name="join_request_once",
                violation_error_message="You have asked for this role already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.partner}?"

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Let the user act for the partner in the role asked for."""
        self._managers_only(by)
        Event.move(self, self.Status.ACCEPTED, by=by)
        Affiliation.give(self.user, self.partner, self.role, by=by)

    def decline(self, *, by: User, reason: str = "") -> None:
        self._managers_only(by)
        Event.move(self, self.Status.DECLINED, by=by, reason=reason)

    def withdraw(self, *, by: User) -> None:
        if by.pk != self.user_id:
            raise NotAllowed("own_request_only", "Only who has asked withdraws the request.")
        Event.move(self, self.Status.WITHDRAWN, by=by)

    def _managers_only(self, by: User) -> None:
        if not Partner.objects.editable_by(by).filter(pk=self.partner_id).exists():
            raise NotAllowed("managers_only", "Only the partner's managers may do this.")


class Token(AbstractAuthToken):
    """An API token of a user: named, expiring, revocable; only its hash is stored."""

    name = models.CharField(max_length=80)
    read_only = models.BooleanField(default=False)
    allowed_addresses = ArrayField(
        models.GenericIPAddressField(), default=list, blank=True, help_text="empty: any address"
    )

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"

    @classmethod
    @transaction.atomic
    def issue(
        cls,
        user: User,
        *,
        name: str,
        days: int = 90,
        read_only: bool = False,
        allowed_addresses: Iterable[str] = (),
        through: "Token | None" = None,
    ) -> "tuple[Token, str]":
        """A new token and its secret, which is known only now.

        A token limited to addresses cannot make one that is not (`through` is the caller's).
        """
        addresses = list(allowed_addresses)
        limits = set(through.allowed_addresses) if through else set()
        if limits and not (addresses and set(addresses) <= limits):
            raise NotAllowed("limited_token", "Name addresses that this token allows itself.")
        token, secret = cls.objects.create(
            user,
            expiry=timedelta(days=days),
            name=name,
            read_only=read_only,
            allowed_addresses=addresses,
        )
        Event.log(user, "token_issued", by=user, reason=name)
        return token, secret
