"""First answers to requests that a client may send again."""

from datetime import timedelta
from typing import Any, Self

from django.db import connection, models
from django.dispatch import Signal
from django.utils import timezone

from registry.models.people import User

# Asked with `user`: an app above that narrows roles answers with the scopes of affiliations, by
# their primary key. One that it does not name holds everywhere at its partner.
limits_of_affiliations = Signal()

KEPT_FOR = timedelta(hours=48)


class IdempotentAnswerQuerySet(models.QuerySet["IdempotentAnswer"]):
    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def holding(self, *words: str) -> Self:
        """Answers that hold one of the words, such as an address that is to be forgotten."""
        held = models.Q(pk__in=())
        for word in filter(None, words):
            held |= models.Q(body__icontains=word)
        return self.filter(held)


class IdempotentAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered; committed together with its effect."""

    user = models.ForeignKey(User, models.CASCADE, related_name="idempotent_answers")
    route = models.CharField(max_length=300)
    key = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    subject_id = models.BigIntegerField(null=True, help_text="the object answered with")
    standing = models.JSONField(help_text="the roles the user held then")
    status_code = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    expires_at = models.DateTimeField()

    objects = IdempotentAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "route", "key"], name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"

    @classmethod
    def take_turn(cls, user: User, route: str, key: str) -> bool:
        """Whether nobody else is working on this key now; holds until the transaction ends."""
        name = f"{user.pk} {route} {key}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            return bool(cursor.fetchone()[0])

    @staticmethod
    def standing_of(user: User) -> list[str]:
        """What decides what the user may do: who has lost any of it is answered anew.

        A role that was narrowed to single partnerships is another one than the role everywhere.
        """
        answers: list[Any] = limits_of_affiliations.send(sender=User, user=user)
        scopes = {pk: named for _, limits in answers for pk, named in limits.items()}
        admin = ["admin"] if user.is_staff else []
        held = []
        for pk, partner, role in user.affiliations.values_list("pk", "partner_id", "role"):
            narrow = scopes.get(pk)
            held += [f"{role} {partner}{scope}" for scope in narrow or [""]]
        return admin + sorted(held)

    def still_stands_for(self, user: User) -> bool:
        return set(self.standing) <= set(self.standing_of(user))
