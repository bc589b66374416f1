"""What a person is told, in the product and by mail."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from registry.models.events import Event
from registry.models.people import User

MOST_MAILS = 8  # attempts to mail one notice, within some four hours


class How(models.TextChoices):
    """How somebody hears of a group of notices, besides the page that shows them all."""

    AT_ONCE = "at_once", "a mail at once"
    DAILY = "daily", "a daily digest"
    WEEKLY = "weekly", "a weekly digest"
    PRODUCT = "product", "in the product only"


class NoticeGroup(NamedTuple):
    """Kinds of notices that people choose for together; a mandatory one is mailed at once."""

    label: str
    default: How = How.AT_ONCE
    mandatory: bool = False


GROUPS: dict[str, NoticeGroup] = {
    "account": NoticeGroup("Your account and your roles", mandatory=True),
    "partners": NoticeGroup("Your partners"),
    "other": NoticeGroup("Everything else"),
}
# What stands before the dot of an event's kind, and the group it belongs to.
_GROUP_OF = {
    "user": "account",
    "token": "account",
    "affiliation": "account",
    "duediligence": "partners",
    "partner": "partners",
    "joinrequest": "partners",
    "invitation": "partners",
    "webhook": "partners",
}


def add_group(name: str, group: NoticeGroup, *models_named: str) -> None:
    """An app above names its own group, and the models whose events belong to it."""
    GROUPS[name] = group
    GROUPS["other"] = GROUPS.pop("other")  # stays the last one
    _GROUP_OF.update(dict.fromkeys(models_named, name))


def add_models(name: str, *models_named: str) -> None:
    """More models whose events belong to a group that is there."""
    _GROUP_OF.update(dict.fromkeys(models_named, name))


def group_of(kind: str) -> str:
    return _GROUP_OF.get(kind.partition(".")[0], "other")


class NoticeSetting(models.Model):
    """How a user wants to hear of one group of notices; without a row, the group's default."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_settings")
    group = models.CharField(max_length=20)
    how = models.CharField(max_length=7, choices=How)

    class Meta:
        ordering = ["user", "group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="notice_setting_once")
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.how}"

    @classmethod
    @transaction.atomic
    def choose(cls, user: User, group: str, how: str) -> None:
        """Set it for what comes, and for what waits to be mailed."""
        if group not in GROUPS:
            raise ValidationError({"group": "No such group of notices."})
        if how not in How.values:
            raise ValidationError({"how": "No such way to hear of it."})
        if GROUPS[group].mandatory and how != How.AT_ONCE:
            raise ValidationError({"how": "These are always mailed at once."})
        cls.objects.update_or_create(user=user, group=group, defaults={"how": how})
        Notice.objects.filter(user=user, group=group).unmailed().update(how=how)

    @classmethod
    def chosen_by(cls, user: User) -> dict[str, str]:
        """How the user hears of each group."""
        stored = dict(cls.objects.filter(user=user).values_list("group", "how"))
        return {name: stored.get(name, group.default) for name, group in GROUPS.items()}


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, whoever one is."""
        return self.none() if user.is_anonymous else self.filter(user_id=user.pk)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def unmailed(self) -> Self:
        return self.filter(mailed_at=None).exclude(how=How.PRODUCT)

    def to_mail_at_once(self) -> Self:
        """Due now: fresh ones, and those whose last attempt failed or never ended."""
        free = Q(mail_lease_until=None) | Q(mail_lease_until__lt=Now())
        rows = self.unmailed().filter(free, how=How.AT_ONCE, user__is_active=True)
        return rows.filter(mail_attempts__lt=MOST_MAILS)

    @transaction.atomic
    def claim_next_mail(self) -> "Notice | None":
        """The oldest one to be mailed: it goes to one caller, held until the lease ends.

        The lease doubles with each attempt: it is also what a failed one waits.
        """
        held = self.to_mail_at_once().select_for_update(skip_locked=True, of=("self",))
        notice: Notice | None = held.select_related("user", "event").order_by("pk").first()
        if notice:
            lease = Now() + timedelta(seconds=60 * 2**notice.mail_attempts)
            self.filter(pk=notice.pk).update(
                mail_lease_until=lease, mail_attempts=F("mail_attempts") + 1
            )
        return notice

    def for_digest(self, daily_before: datetime, weekly_before: datetime) -> Self:
        daily = Q(how=How.DAILY, created_at__lt=daily_before)
        weekly = Q(how=How.WEEKLY, created_at__lt=weekly_before)
        return self.unmailed().filter(daily | weekly, user__is_active=True)

    def mark_mailed(self) -> int:
        return self.filter(mailed_at=None).update(mailed_at=timezone.now())

    def keep_in_product(self) -> int:
        """Mail them to nobody: the reader may not see any more what they are about."""
        return self.unmailed().update(how=How.PRODUCT)

    def mark_read(self) -> int:
        return self.unread().update(read_at=timezone.now())


class Notice(models.Model):
    """One event that one person is told of; the text is made for the reader when it is read."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    group = models.CharField(max_length=20)
    how = models.CharField(max_length=7, choices=How)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_lease_until = models.DateTimeField(null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_newest"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(
                fields=["how", "user"],
                condition=Q(mailed_at=None) & ~Q(how=How.PRODUCT),
                name="notice_unmailed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @staticmethod
    def tell(event: Event, users: Iterable[User]) -> None:
        """Tell each of the users of the event, once, in the caller's transaction.

        Told again, nothing happens. Service accounts and closed accounts are not told.
        """
        people = {user.pk for user in users if user.is_active and not user.is_service}
        group = group_of(event.kind)
        chosen = NoticeSetting.objects.filter(user_id__in=people, group=group)
        how = dict(chosen.values_list("user_id", "how"))
        Notice.objects.bulk_create(
            [
                Notice(
                    user_id=pk,
                    event=event,
                    kind=event.kind,
                    group=group,
                    how=how.get(pk, GROUPS[group].default),
                )
                for pk in sorted(people)
            ],
            ignore_conflicts=True,
        )


class Digest(models.Model):
    """The one mail of a day that gathers a person's notices."""

    user = models.ForeignKey(User, models.CASCADE, related_name="digests")
    on = models.DateField()
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.on} for {self.user_id}"

    @classmethod
    def claim(cls, user: User, on: date) -> "Digest | None":
        """The day's digest, if it is unsent and nobody else is sending it."""
        digest, _ = cls.objects.get_or_create(user=user, on=on)
        free = Q(lease_until=None) | Q(lease_until__lt=Now())
        won = cls.objects.filter(free, pk=digest.pk, sent_at=None, attempts__lt=MOST_MAILS)
        lease = Now() + timedelta(seconds=60 * 2**digest.attempts)
        taken = won.update(lease_until=lease, attempts=F("attempts") + 1)
        return digest if taken else None
