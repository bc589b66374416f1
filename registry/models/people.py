"""People, service accounts, and their roles."""

import uuid
from typing import Any, Self

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models.events import Event
from registry.models.partners import Partner


class UserQuerySet(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        """Create a user, whose address counts as confirmed: somebody else vouches for it.

        Without a password it can only use tokens, until a link from the mailbox sets one.
        """
        user = self.model(email=email.strip().lower(), **values)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            if user.is_service:  # it has no mailbox
                return user
            addresses = apps.get_model("account", "EmailAddress")._default_manager
            addresses.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **values: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **values)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def services_kept_by(self, user: Any) -> models.QuerySet["User"]:
        """Service accounts in use at the partners that the user, a person, manages."""
        rows = self.filter(is_service=True, is_active=True)
        if user.is_anonymous or user.is_service:
            return rows.none()
        if user.is_staff:
            return rows
        managed = Partner.objects.with_role(user, "manager").values("pk")
        return rows.filter(affiliations__partner__in=managed).distinct()

    def managers_of(self, partner_id: int) -> models.QuerySet["User"]:
        """The people who can manage the partner today."""
        held = Affiliation.objects.managing().filter(partner_id=partner_id)
        return self.filter(pk__in=held.values("user_id"))


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
    erased_at = models.DateTimeField(null=True, editable=False)

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
            ),
            models.CheckConstraint(
                condition=models.Q(is_service=False) | models.Q(password__startswith="!"),
                name="service_has_no_password",
                violation_error_message="A service account has no password.",
            ),
        ]

    def __str__(self) -> str:
        return "erased person" if self.erased_at else self.name or self.email

    def erase(self) -> None:
        """Keep the key and nothing else: no name, no address, no way in. See services/privacy."""
        self.email = f"{self.key}@erased.invalid"
        self.name = ""
        self.is_active = self.is_staff = self.is_superuser = False
        self.last_login = None
        self.erased_at = timezone.now()
        self.set_unusable_password()
        self.save()

    def has_role(self, partner_id: int, *roles: str) -> bool:
        """Whether the user holds one of the roles (any, if none is named) at the partner."""
        held = self.affiliations.filter(partner_id=partner_id)
        return self.is_active and (held.filter(role__in=roles) if roles else held).exists()

    def set_password(self, raw_password: str | None) -> None:
        """A service account never gets one: it has tokens, which its partner's managers keep."""
        super().set_password(None if self.is_service else raw_password)

    def require_person(self) -> None:
        """Refuse a service account where people decide about people and their access."""
        if self.is_service:
            raise NotAllowed("people_only", "A service account manages no people and no access.")

    def confirmed_addresses(self) -> list[str]:
        """E-mail addresses that are surely this person's."""
        addresses = apps.get_model("account", "EmailAddress")._default_manager
        confirmed = addresses.filter(user=self, verified=True)
        return list(confirmed.values_list("email", flat=True))


class AffiliationQuerySet(models.QuerySet[Any]):
    def managing(self) -> Self:
        """Roles of people who can manage a partner today: no closed and no service account."""
        return self.filter(
            role=Affiliation.Role.MANAGER, user__is_active=True, user__is_service=False
        )

    def with_need_of_second_manager(self) -> Self:
        """Annotate `needs_second_manager`: a manager's role that no other person shares."""
        others = Affiliation.objects.managing().filter(partner=models.OuterRef("partner"))
        shared = models.Exists(others.exclude(user=models.OuterRef("user")))
        return self.annotate(
            needs_second_manager=models.ExpressionWrapper(
                models.Q(role=Affiliation.Role.MANAGER, user__is_service=False) & ~models.Q(shared),
                models.BooleanField(),
            )
        )

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
    history_of = "partner"

    class Meta:
        ordering = ["partner", "user", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "partner", "role"], name="affiliation_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.partner}"

    @classmethod
    @transaction.atomic
    def give(cls, user: User, partner: Partner, role: str, *, by: User) -> "Affiliation":
        """Twice is once. A service account belongs to one partner only."""
        if user.is_service:
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
            if user.affiliations.exclude(partner=partner).exists():
                text = "A service account belongs to one partner; make another one."
                raise DomainError("service_of_another", text)
        affiliation, new = cls.objects.get_or_create(user=user, partner=partner, role=role)
        if new:
            affiliation.full_clean(validate_unique=False)
            Event.log(partner, "affiliated", by=by, became=role, reason=str(user.key))
        return affiliation
