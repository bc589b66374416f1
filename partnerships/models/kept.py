"""What is recorded of a partnership day by day, and stands until it is withdrawn."""

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from partnerships.models.partnership import Partnership
from registry.errors import DomainError, StaleVersion
from registry.models import Event, Record, User, require_reason


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that are public with their partnership, and before that its members' own.

    What was withdrawn only insiders see. `path` leads to the partnership.
    """

    path = "partnership"

    def visible_to(self, user: Any) -> Self:
        public = Q(**{f"{self.path}__in": Partnership.objects.public().values("pk")})
        inside = Q(**{f"{self.path}__in": Partnership.objects.insider(user).values("pk")})
        return self.filter(public & self._stands() | inside)

    def editable_by(self, user: Any) -> Self:
        led = Partnership.objects.editable_by(user).values("pk")
        return self.filter(**{f"{self.path}__in": led})

    def standing(self) -> Self:
        return self.filter(self._stands())

    def known_at(self, cutoff_at: datetime) -> Self:
        """What had been recorded by then, and stood."""
        still = Q(withdrawn_at=None) | Q(withdrawn_at__gt=cutoff_at)
        return self.filter(still, created_at__lte=cutoff_at)

    def _stands(self) -> Q:
        return Q(withdrawn_at=None)


class KeptRecord(Record):
    """A record that is not deleted: a slip is withdrawn, with the reason, and past reports keep
    what they read."""

    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_reason = models.CharField(
        max_length=2000, blank=True, editable=False, help_text="members only"
    )

    class Meta:
        abstract = True

    def require_keeper(self, by: User) -> None:
        """Who keeps this up to date, and may take it back."""
        self.of_partnership.require_editor(by)

    @property
    def of_partnership(self) -> Partnership:
        found: Partnership = self.partnership  # type: ignore[attr-defined]
        return found

    def require_standing(self) -> None:
        if self.withdrawn_at:
            raise DomainError("withdrawn", f"It was withdrawn on {self.withdrawn_at:%-d %B %Y}.")

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take back what should not stand; also once the partnership is closed."""
        self.require_keeper(by)
        require_reason(reason)
        self.take_back(reason)
        Event.log(self, "withdrawn", by=by, reason=reason)

    def take_back(self, reason: str) -> None:
        """Let it stand no longer, from the moment on at which the partnership is held."""
        self.require_standing()
        self.of_partnership.hold()
        try:
            self.change(
                where={"withdrawn_at": None},
                withdrawn_at=timezone.now(),
                withdrawal_reason=reason,
            )
        except StaleVersion:
            self.refresh_from_db(fields=["withdrawn_at"])
            self.require_standing()
            raise


def not_in_the_future(record: models.Model, *names: str) -> None:
    """Refuse a day that has not come yet, by its field."""
    today = timezone.localdate()
    ahead = [name for name in names if (day := getattr(record, name)) and day > today]
    if ahead:
        text = "This day has not come yet."
        raise ValidationError({name: ValidationError(text, code="future") for name in ahead})
