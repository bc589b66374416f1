"""What arrives of what was promised, and what the receiver says to it."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models.commitments import Commitment, OfPartnershipQuerySet
from partnerships.models.deliverables import Deliverable
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Currency,
    Event,
    ImportBatch,
    MovingRecord,
    User,
    check_day,
    require_reason,
)


class DeliveryQuerySet(OfPartnershipQuerySet):
    def to_answer_by(self, partners: Collection[int]) -> Self:
        """Those that wait for the word of one of the partners: as the receiver, or where none is
        named, as the lead, unless it is the one that gave.
        """
        named = Q(commitment__receiver__partner__in=partners)
        led = Membership.objects.accepted().filter(
            partner__in=partners, roles__contains=[Membership.Role.LEAD]
        )
        for_lead = Q(commitment__receiver=None, partnership__in=led.values("partnership_id"))
        waiting = self.filter(status=Delivery.Status.RECORDED, commitment__isnull=False)
        return waiting.filter(named | for_lead & ~Q(commitment__membership__in=led))


class Delivery(MovingRecord):
    """What a member actually handed over, against a promise or without one."""

    class Flow(models.TextChoices):
        DELIVERY = "delivery"
        DISBURSEMENT = "disbursement"
        EXPENDITURE = "expenditure"
        INCOMING = "incoming", "incoming funds"
        OTHER = "other", "other transaction"

    class Status(models.TextChoices):
        RECORDED = "recorded"
        CONFIRMED = "confirmed"
        DISPUTED = "disputed"
        WITHDRAWN = "withdrawn"
        REPLACED = "replaced"

    # A confirmed one is replaced once its correction is confirmed, any other one at once.
    MOVES = {
        Status.RECORDED: [
            Status.CONFIRMED,
            Status.DISPUTED,
            Status.WITHDRAWN,
            Status.REPLACED,
        ],
        Status.DISPUTED: [Status.CONFIRMED, Status.WITHDRAWN, Status.REPLACED],
        Status.CONFIRMED: [Status.REPLACED],
        Status.WITHDRAWN: [],
        Status.REPLACED: [],
    }
    WAITING = (Status.RECORDED, Status.DISPUTED)

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="deliveries")
    membership = models.ForeignKey(
        Membership, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    commitment = models.ForeignKey(
        Commitment, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    deliverables = models.ManyToManyField(Deliverable, blank=True, related_name="deliveries")
    flow = models.CharField(max_length=12, choices=Flow, default=Flow.DELIVERY)
    status = models.CharField(max_length=9, choices=Status, default=Status.RECORDED, editable=False)
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
    disputed_because = models.TextField(
        blank=True, max_length=2000, editable=False, help_text="members only"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="corrections"
    )
    ended_at = models.DateTimeField(
        null=True, editable=False, help_text="until when it counted: replaced or withdrawn"
    )
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="deliveries"
    )

    objects = DeliveryQuerySet.as_manager()
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
            models.CheckConstraint(
                condition=Q(status="replaced")
                | Q(status="confirmed", confirmed_at__isnull=False)
                | ~Q(status="confirmed") & Q(confirmed_at=None),
                name="delivery_confirmed_dated",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["withdrawn", "replaced"], ended_at__isnull=False)
                | ~Q(status__in=["withdrawn", "replaced"]) & Q(ended_at=None),
                name="delivery_ended_dated",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("pk")),
                name="delivery_replaces_another",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(status="withdrawn"),
                name="delivery_corrected_once",
                violation_error_message="A correction of this delivery exists already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment or self.partnership}: {self.delivered_on}"

    @transaction.atomic
    def confirm(self, *, by: User, at: datetime | None = None) -> None:
        """The receiver says that it arrived; what it corrects counts no more from now on."""
        if self.confirmed_at:
            raise DomainError("already_confirmed", "This delivery was confirmed already.")
        self._receiver_only(by)
        self.partnership.hold()
        at = at or timezone.now()
        Event.move(self, self.Status.CONFIRMED, by=by, confirmed_at=at, confirmed_by=by)
        if self.replaces and self.replaces.status == self.Status.CONFIRMED:
            self.replaces.give_way(by=by, reason=f"Corrected by delivery {self.pk}.", at=at)

    @transaction.atomic
    def dispute(self, *, by: User, reason: str) -> None:
        """The receiver says that it did not arrive, or not so."""
        self._receiver_only(by)
        require_reason(reason)
        self.partnership.hold()
        Event.move(self, self.Status.DISPUTED, by=by, disputed_because=reason)

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """The member takes back what it recorded; never what was confirmed."""
        self.givers_only(by)
        require_reason(reason)
        self.partnership.hold()
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason, ended_at=timezone.now())

    def give_way(self, *, by: User, reason: str, at: datetime) -> None:
        """A correction stands for it from now on."""
        Event.move(self, self.Status.REPLACED, by=by, reason=reason, ended_at=at)

    def givers_only(self, by: User) -> None:
        if self.membership is None or self.commitment is None:
            raise NotAllowed("published_elsewhere", "This was published elsewhere, not recorded.")
        # Whoever owes the rest of the promise now, what was delivered stays its giver's.
        self.membership.require_manager(by)

    def _receiver_only(self, by: User) -> None:
        if not (self.commitment and self.commitment.is_received_by(by)):
            raise NotAllowed(
                "receiver_only", "Only the receiving member confirms or disputes a delivery."
            )
