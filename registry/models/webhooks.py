"""Systems that are told of events, and each telling of one event to one of them."""

import secrets
import uuid
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from registry import outgoing, sealing
from registry.models.base import Record
from registry.models.events import Event
from registry.models.partners import Partner
from registry.models.people import Affiliation, User

KIND = r"\*|[a-z][a-z0-9]*\.(\*|[a-z][a-z0-9_]*)"
BOTH_SIGN = timedelta(hours=24)
LEASE = timedelta(seconds=60)  # of one attempt, which takes at most twice WEBHOOKS_TIMEOUT
AT_ONCE = 4  # attempts under way in the whole product: slow receivers leave workers for others
# What is waited after each failed attempt: eight attempts within some 24 hours.
DELAYS = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 6 * 3600, 15 * 3600)]
MAX_ATTEMPTS = len(DELAYS) + 1


def kinds_that_match(kind: str) -> list[str]:
    """The choices of kinds that an event's kind falls under."""
    return ["*", f"{kind.partition('.')[0]}.*", kind]


def served(path: str = "") -> Q:
    """The registry's own, and those of partners that are verified: nobody else has it call out."""
    owner = f"{path}partner"
    return Q(**{owner: None}) | Q(**{f"{owner}__status": Partner.Status.VERIFIED})


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the partners one manages; admins see all, and the registry's own."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        mine = Partner.objects.with_role(user, Affiliation.Role.MANAGER)
        return self.filter(partner__in=mine.values("pk"))

    def editable_by(self, user: Any) -> Self:
        return self.visible_to(user)

    def wanting(self, event: Event) -> Self:
        """Active ones that have chosen the event's kind, and stood there when it happened."""
        chosen = self.filter(served(), is_active=True, kinds__overlap=kinds_that_match(event.kind))
        return chosen.filter(created_at__lte=event.at)


class Webhook(Record):
    """An address that a partner, or the registry itself, wants called when something happens."""

    SECRETS = ("secret_sealed", "old_secret_sealed")
    MOST_PER_OWNER = 20

    partner = models.ForeignKey(
        Partner,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="webhooks",
        help_text="empty: the registry's own",
    )
    url = models.CharField("URL", max_length=outgoing.LONGEST_URL)
    kinds = ArrayField(
        models.CharField(
            max_length=60,
            validators=[RegexValidator(rf"^({KIND})\Z", "Write *, partnership.* or a kind.")],
        ),
        size=50,
        help_text="kinds of events: *, all of one model (partnership.*), or one kind",
    )
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    secret_sealed = models.TextField(editable=False)
    old_secret_sealed = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    def clean(self) -> None:
        try:
            outgoing.check_url(self.url)
        except outgoing.Refused as refusal:
            raise ValidationError({"url": refusal.as_invalid()}) from None
        self.kinds = sorted(set(self.kinds))

    def make_secret(self) -> str:
        """A new secret, returned this once. The one before it signs as well for a day."""
        secret = f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
        if self.secret_sealed:
            self.old_secret_sealed = self.secret_sealed
            self.old_secret_until = timezone.now() + BOTH_SIGN
        self.secret_sealed = sealing.seal(secret)
        return secret

    def signing_secrets(self, at: datetime) -> list[str]:
        sealed = [self.secret_sealed]
        if self.old_secret_sealed and self.old_secret_until and at < self.old_secret_until:
            sealed.append(self.old_secret_sealed)
        return [sealing.unseal(one) for one in sealed]

    def reader(self) -> User:
        """Who the webhook's owner is, for the rules of who sees what.

        The registry's own sees what an admin sees. A partner's sees what an observer of that
        partner alone sees: a service account that nobody can sign in as holds that one role, so
        that rules written for people hold for systems, and nobody's personal rights enter.
        """
        if self.partner is None:
            return User(is_staff=True)
        return _observer_of(self.partner)

    @transaction.atomic
    def disable(self, reason: str) -> Event | None:
        """Call it no more, and give up what waits; None if that had been done already."""
        rows = Webhook.objects.filter(pk=self.pk, is_active=True)
        if not rows.update(
            is_active=False,
            disabled_reason=reason,
            version=F("version") + 1,
            updated_at=timezone.now(),
        ):
            return None
        self.deliveries.waiting().update(
            status=WebhookDelivery.Status.FAILED, error="The webhook was switched off."
        )
        return Event.log(self, "disabled", reason=reason)


@transaction.atomic
def _observer_of(partner: Partner) -> User:
    email = f"webhooks-of-{partner.pk}@registry.invalid"
    values = {"name": "Webhooks", "is_service": True, "is_active": False, "password": "!"}
    user, _ = User.objects.get_or_create(email=email, defaults=values)
    role = Affiliation.Role.OBSERVER
    user.affiliations.exclude(partner=partner, role=role).delete()
    Affiliation.objects.get_or_create(user=user, partner=partner, role=role)
    return user


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(webhook__in=Webhook.objects.visible_to(user).values("pk"))

    def waiting(self) -> Self:
        return self.filter(status=WebhookDelivery.Status.WAITING)

    def orphaned(self) -> Self:
        """Being sent by a worker that has not been heard of since."""
        return self.filter(status=WebhookDelivery.Status.SENDING, lease_until__lt=Now())

    def sending(self) -> Self:
        return self.filter(status=WebhookDelivery.Status.SENDING, lease_until__gte=Now())

    def due(self) -> Self:
        """To be sent now. A webhook is called one delivery at a time, so that a slow one
        keeps no other waiting. What a suspended partner is to be told waits until it is back."""
        waiting = self.waiting().filter(next_attempt_at__lte=Now())
        busy = WebhookDelivery.objects.sending().values("webhook_id")
        rows = (waiting | self.orphaned()).filter(served("webhook__"), webhook__is_active=True)
        return rows.filter(attempts__lt=MAX_ATTEMPTS).exclude(webhook__in=busy)

    def give_up(self) -> int:
        """Fail those whose workers died each time."""
        return (
            self.orphaned()
            .filter(attempts__gte=MAX_ATTEMPTS)
            .update(
                status=WebhookDelivery.Status.FAILED,
                error="The worker died each time this was tried.",
                finished_at=Now(),
            )
        )

    @transaction.atomic
    def claim_next(self) -> "WebhookDelivery | None":
        """The oldest due one: it goes to one caller, which holds it for the lease."""
        held = self.due().select_for_update(skip_locked=True, of=("self",))
        key = held.order_by("next_attempt_at", "pk").values_list("pk", flat=True).first()
        if key is None or self.sending().count() >= AT_ONCE:
            return None
        self.filter(pk=key).update(
            status=WebhookDelivery.Status.SENDING,
            lease_until=Now() + LEASE,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            attempted_at=Now(),
        )
        return self.select_related("event", "webhook__partner").get(pk=key)


class WebhookDelivery(models.Model):
    """The telling of one event to one webhook: its attempts, and what came back last."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        DELIVERED = "delivered"
        FAILED = "failed"
        WITHHELD = "withheld", "withheld: not the owner's to see any more"

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    attempted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0, help_text="rises each time a worker takes it")
    response_code = models.PositiveSmallIntegerField(null=True)
    response = models.TextField(blank=True, help_text="the first 1,000 characters")
    error = models.CharField(max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField(null=True)

    objects: ClassVar = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status__in=["waiting", "sending"]),
                name="webhook_delivery_due",
            )
        ]
        verbose_name_plural = "webhook deliveries"

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    def finish(self, status: str, **values: Any) -> bool:
        """Store what came of the attempt; False if another worker has taken over meanwhile."""
        held = WebhookDelivery.objects.filter(
            pk=self.pk, fence=self.fence, status=self.Status.SENDING
        )
        ended = None if status == self.Status.WAITING else Now()
        return bool(held.update(status=status, finished_at=ended, lease_until=None, **values))
