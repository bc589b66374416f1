"""What partnerships, places and community organisations need."""

from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.catalogue import (
    Catalogued,
    CatalogueQuerySet,
    acted_for,
    own_partners,
    stems_of,
    words_of,
)
from partnerships.models.commitments import Commitment
from partnerships.models.partnership import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Currency,
    Event,
    MovingRecord,
    Partner,
    User,
    check_day,
    days_in_range,
    require_reason,
)


class NeedQuerySet(CatalogueQuerySet):
    def public(self) -> Self:
        """A partnership's with the partnership; any other one with its verified partner."""
        registered = Partnership.objects.public().values("pk")
        own = Q(partnership=None, partner__status=Partner.Status.VERIFIED)
        return self.filter(Q(partnership__in=registered) | own)

    def visible_to(self, user: Any) -> Self:
        """Public ones, and those of the user's own partnerships and partners."""
        if user.is_anonymous:
            return self.public()
        if user.is_staff:
            return self
        inside = Partnership.objects.insider(user).values("pk")
        own = Q(partnership=None, partner__in=own_partners(user).values("pk"))
        return self.public() | self.filter(Q(partnership__in=inside) | own)

    def editable_by(self, user: Any) -> Self:
        """A partnership's by its lead's managers, any other one by its partner's."""
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        led = Partnership.objects.editable_by(user).values("pk")
        own = Q(partnership=None, partner__in=acted_for(user).values("pk"))
        return self.filter(Q(partnership__in=led) | own)

    def open_on(self, day: date) -> Self:
        """Open, and not past the day by which it is needed."""
        return self.filter(Q(needed_by=None) | Q(needed_by__gte=day), status=Need.Status.OPEN)

    def overdue(self, day: date) -> Self:
        return self.filter(status=Need.Status.OPEN, needed_by__lt=day)

    def stated_on(self, day: date, known_at: datetime) -> Self:
        """Stated by that day, as it was known at a moment, and not taken back by then (H1)."""
        taken_back = Q(status=Need.Status.WITHDRAWN, ended_on__lte=day)
        return self.filter(created_at__lte=known_at).exclude(taken_back)

    def with_accepted_match(self, at: datetime | None = None) -> Self:
        """Needs for which their owner has accepted something (H1), by a moment or by now."""
        matches: Any = Need.matches.rel.related_model._default_manager
        accepted = matches.filter(status="accepted")
        if at:
            accepted = accepted.filter(answered_at__lte=at)
        return self.filter(pk__in=accepted.values("need_id"))


class Need(Catalogued, MovingRecord):
    """What somebody lacks to reach a target: what kind of support, how much, by when."""

    class Urgency(models.TextChoices):
        NORMAL = "normal"
        HIGH = "high"
        CRITICAL = "critical"

    class Status(models.TextChoices):
        OPEN = "open"
        MET = "met"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    MOVES = {
        Status.OPEN: [Status.MET, Status.WITHDRAWN, Status.EXPIRED],
        Status.MET: [],
        Status.WITHDRAWN: [],
        Status.EXPIRED: [],
    }

    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        related_name="needs",
        help_text="who states it; of a partnership's need, its lead",
    )
    partnership = models.ForeignKey(
        Partnership, models.CASCADE, null=True, blank=True, related_name="needs"
    )
    place = models.CharField(max_length=200, blank=True, help_text="a town, a district, a lake")
    description = models.TextField(max_length=4000)
    kind = models.CharField(max_length=10, choices=Commitment.Kind)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="needs"
    )
    unit = models.CharField(max_length=60, blank=True, help_text="of a quantity that is not money")
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    needed_by = models.DateField(null=True, blank=True, validators=[check_day])
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN, editable=False)
    ended_on = models.DateField(null=True, editable=False, help_text="met, withdrawn or expired")
    words = words_of("title", "description", "place")
    stems = stems_of("title", "description")

    objects = NeedQuerySet.as_manager()
    history_of = "partner"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="need_newest"),
            GinIndex(fields=["words"], fastupdate=False, name="need_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None, currency=None, unit="")
                | Q(amount__gte=0, currency__isnull=False, unit="")
                | Q(amount__gte=0, currency=None) & ~Q(unit=""),
                name="need_amount_has_unit",
                violation_error_message="An amount of 0 or more, with a currency or a unit.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="finance") | Q(unit=""),
                name="need_of_finance_is_money",
                violation_error_message="A need of finance is an amount of money.",
            ),
            models.CheckConstraint(
                condition=Q(status="open", ended_on=None)
                | ~Q(status="open") & Q(ended_on__isnull=False),
                name="need_ended_dated",
            ),
            models.CheckConstraint(
                condition=Q(needed_by=None) | days_in_range("needed_by"), name="need_day_in_range"
            ),
        ]

    def require_editor(self, by: User) -> None:
        if not self.is_editable_by(by):
            raise NotAllowed("owner_only", "Only the need's owner may do this.")

    def require_open(self) -> None:
        if self.status != self.Status.OPEN:
            raise DomainError("need_closed", f"The need is {self.status}.")

    def meet(self, *, by: User) -> None:
        """It is met, by a match or otherwise."""
        self.require_editor(by)
        self._end(self.Status.MET, by=by)

    def withdraw(self, *, by: User, reason: str) -> None:
        self.require_editor(by)
        require_reason(reason)
        self._end(self.Status.WITHDRAWN, by=by, reason=reason)

    def expire(self) -> None:
        """The day by which it was needed has passed; done by the nightly job."""
        self._end(self.Status.EXPIRED, by=None)

    @transaction.atomic
    def _end(self, to: str, *, by: User | None, reason: str = "") -> None:
        """Whatever is proposed for it ends with it."""
        if self.partnership:
            self.partnership.hold()
        Event.move(self, to, by=by, reason=reason, ended_on=timezone.localdate())
        matches: Any = Need.matches.rel.related_model._default_manager
        matches.filter(need=self).end(f"The need is {to}.")
