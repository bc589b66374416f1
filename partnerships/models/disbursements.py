"""When promised money is planned to be paid."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from partnerships.models.commitments import Commitment
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Currency, ImportBatch, Record, check_day
from registry.models.base import in_words


class PlannedDisbursementQuerySet(models.QuerySet["PlannedDisbursement"]):
    def visible_to(self, user: Any) -> Self:
        """Public with the partnership; before that, its members' own."""
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(Q(partnership__in=public) | Q(partnership__in=inside))


class PlannedDisbursement(Record):
    """A part of promised money that is planned to be paid in a span of days.

    Of a promise made here the provider is the member that owes it; an imported one names its
    provider, if the file does.
    """

    partnership = models.ForeignKey(
        Partnership, models.CASCADE, related_name="planned_disbursements"
    )
    commitment = models.ForeignKey(
        Commitment,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="planned_disbursements",
    )
    provider = models.ForeignKey(
        Membership,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="planned_disbursements",
    )
    receiver = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="expected_disbursements",
    )
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="planned_disbursements")
    import_batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="planned_disbursements",
    )

    objects = PlannedDisbursementQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0) | Q(import_batch__isnull=False),
                name="planned_disbursement_amount",
                violation_error_message="An amount of 0 or more.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="planned_disbursement_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=Q(commitment__isnull=False, provider=None)
                | Q(commitment=None, import_batch__isnull=False),
                name="planned_disbursement_of_a_promise",
                violation_error_message="A planned disbursement names its commitment.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.amount} from {self.starts_on} on"

    def clean(self) -> None:
        if self.receiver and self.receiver.partnership_id != self.partnership_id:
            raise ValidationError({"receiver": "Not a member of this partnership."})
        if self.commitment:
            self._of_commitment(self.commitment)

    def _of_commitment(self, commitment: Commitment) -> None:
        if self.receiver_id == commitment.membership_id:
            raise ValidationError({"receiver": "The provider does not pay itself."})
        if commitment.currency_id is None or self.currency_id != commitment.currency_id:
            money = commitment.currency_id or "no currency"
            raise ValidationError({"currency": f"The commitment is in {money}."})
        if self.starts_on and self.starts_on < commitment.partnership.starts_on:
            first = in_words(commitment.partnership.starts_on)
            text = f"A day from {first} on, when the partnership starts."
            raise ValidationError({"starts_on": text}, code="outside_partnership")
        last = commitment.partnership.ends_on
        if last and self.ends_on and self.ends_on > last:
            text = f"A day until {in_words(last)}, when the partnership ends."
            raise ValidationError({"ends_on": text}, code="outside_partnership")
