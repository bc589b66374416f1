"""What members promise, and what arrives."""

from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Currency,
    Event,
    ImportBatch,
    MovingRecord,
    Partner,
    Record,
    Target,
    User,
    check_day,
    require_reason,
)


class OfPartnershipQuerySet(models.QuerySet[Any]):
    """Rows that are public with their partnership; before that, its members' own."""

    def visible_to(self, user: Any) -> Self:
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(Q(partnership__in=public) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        """The lead partner's managers, and those of the member that promises."""
        if user.is_anonymous:
            return self.none()
        mine = Membership.objects.editable_by(user)
        return self.filter(membership__in=mine.values("pk"))


class CommitmentQuerySet(OfPartnershipQuerySet):
    def due_by(self, on: date) -> Self:
        """Promises whose first due date has come, those withdrawn by agreement left out."""
        return self.filter(due_on__lte=on).exclude(status="withdrawn", receiver_agreed=True)

    def with_confirmed_delivery(self) -> Self:
        """Promises of which at least a part was confirmed by the receiver."""
        confirmed = Delivery.objects.filter(confirmed_at__isnull=False, commitment__isnull=False)
        return self.filter(pk__in=confirmed.values("commitment_id"))


class Commitment(MovingRecord):
    """A promise by one member: what, how much, by when."""

    class Kind(models.TextChoices):
        FINANCE = "finance"
        TECHNOLOGY = "technology"
        EXPERTISE = "expertise"
        CAPACITY = "capacity", "capacity building"
        DATA = "data"
        IN_KIND = "in_kind", "in kind"
        POLICY = "policy", "policy change"

    class Status(models.TextChoices):
        OPEN = "open"
        WITHDRAWN = "withdrawn"

    MOVES = {Status.OPEN: [Status.WITHDRAWN], Status.WITHDRAWN: []}

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="commitments")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="commitments")
    receiver = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="expected_commitments"
    )
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN, editable=False)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="commitments"
    )
    unit = models.CharField(max_length=60, blank=True, help_text="of a quantity that is not money")
    committed_on = models.DateField(help_text="the day of the promise", validators=[check_day])
    due_on = models.DateField(
        null=True,
        blank=True,
        validators=[check_day],
        help_text="as promised at first; a later date is a DueDate",
    )
    targets = models.ManyToManyField(Target, blank=True, related_name="commitments")
    withdrawn_on = models.DateField(null=True, editable=False)
    receiver_agreed = models.BooleanField(default=False, editable=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="commitments"
    )

    objects = CommitmentQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["partnership", "due_on"], name="commitment_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("committed_on")),
                name="commitment_due_after_promise",
                violation_error_message="The due date must not come before the promise.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(import_batch__isnull=False),
                name="commitment_time_bound",
                violation_error_message="A commitment needs a due date.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None)
                | Q(amount__gte=0, currency__isnull=False, unit="")
                | Q(amount__gte=0, currency=None) & ~Q(unit=""),
                name="commitment_amount_has_unit",
                violation_error_message="An amount of 0 or more, with a currency or a unit.",
            ),
            models.CheckConstraint(
                condition=Q(receiver=None) | ~Q(receiver=F("membership")),
                name="commitment_to_somebody_else",
                violation_error_message="A member cannot be the receiver of its own promise.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        for field in ("membership", "receiver"):
            member = getattr(self, field)
            if member and member.partnership_id != self.partnership_id:
                raise ValidationError({field: "Not a member of this partnership."})

    @transaction.atomic
    def postpone(self, due_on: date, *, by: User, reason: str) -> "DueDate":
        """State a later date; the one promised at first stays for the scorecard (D4)."""
        self.membership.require_manager(by)
        require_reason(reason)
        self.partnership.hold()
        if self.status != self.Status.OPEN:
            raise DomainError("withdrawn", "The commitment was withdrawn.")
        last = self.due_dates.last()
        if (promised := last.due_on if last else self.due_on) and due_on <= promised:
            raise ValidationError({"due_on": f"A day after {promised}, which holds now."})
        self.partnership.require_within(due_on)
        check_day(due_on)
        self.change()
        Event.log(self, "postponed", by=by, reason=reason)
        return self.due_dates.create(due_on=due_on, reason=reason, held_from=timezone.now())

    def withdraw(self, *, by: User, reason: str, receiver_agreed: bool = False) -> None:
        """The member takes its promise back, and it stays in the measures; or the receiver
        lets it go (`receiver_agreed`), and it does not.
        """
        if not receiver_agreed:
            self._members_only(by)
        elif not self.is_received_by(by):
            raise NotAllowed("receiver_only", "Only the receiver can say that it agreed.")
        require_reason(reason)
        Event.move(
            self,
            self.Status.WITHDRAWN,
            by=by,
            reason=reason,
            withdrawn_on=timezone.localdate(),
            receiver_agreed=receiver_agreed,
        )

    def _members_only(self, by: User) -> None:
        """A promise is its member's own: not even the lead moves it."""
        if not (by.is_staff or by.has_role(self.membership.partner_id, "manager")):
            raise NotAllowed("members_only", "Only the member's own managers may do this.")

    def is_received_by(self, user: User) -> bool:
        """Whether the user speaks for the receiver; where none is named, for the lead."""
        if user.is_staff:
            return True
        lead = self.partnership.memberships.accepted().filter(roles__contains=["lead"]).first()
        receiver = self.receiver or lead
        if receiver is None or receiver.pk == self.membership_id:
            return False
        spoken_for = Partner.objects.acted_for_by(user, "manager")
        return spoken_for.filter(pk=receiver.partner_id).exists()


class DueDate(models.Model):
    """A due date agreed after the first one, from the moment on at which it held."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="due_dates")
    due_on = models.DateField(validators=[check_day])
    held_from = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["commitment", "held_from", "pk"]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.due_on}"


class Delivery(Record):
    """What a member actually handed over, against a promise or without one."""

    class Flow(models.TextChoices):
        DELIVERY = "delivery"
        DISBURSEMENT = "disbursement"
        EXPENDITURE = "expenditure"
        INCOMING = "incoming", "incoming funds"
        OTHER = "other", "other transaction"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="deliveries")
    membership = models.ForeignKey(
        Membership, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    commitment = models.ForeignKey(
        Commitment, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    flow = models.CharField(max_length=12, choices=Flow, default=Flow.DELIVERY)
    delivered_on = models.DateField(validators=[check_day])
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    note = models.TextField(blank=True, max_length=2000)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="confirmed_deliveries"
    )
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="deliveries"
    )

    objects = OfPartnershipQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment__isnull=False) | Q(import_batch__isnull=False),
                name="delivery_of_a_promise",
                violation_error_message="A delivery names its commitment.",
            ),
            models.CheckConstraint(
                condition=Q(currency=None) | Q(amount__isnull=False),
                name="delivery_currency_has_amount",
                violation_error_message="An amount is needed where a currency is stated.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment or self.partnership}: {self.delivered_on}"

    def confirm(self, *, by: User, at: datetime | None = None) -> None:
        """The receiver says that it arrived."""
        if self.confirmed_at:
            raise DomainError("already_confirmed", "This delivery was confirmed already.")
        if not (self.commitment and self.commitment.is_received_by(by)):
            raise NotAllowed("receiver_only", "Only the receiving member confirms a delivery.")
        with transaction.atomic():
            self.partnership.hold()
            self.change(
                where={"confirmed_at": None}, confirmed_at=at or timezone.now(), confirmed_by=by
            )
            Event.log(self, "confirmed", by=by)
