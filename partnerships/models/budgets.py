"""What a partnership plans to spend, line by line."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Currency, Record, check_day


class BudgetLineQuerySet(models.QuerySet["BudgetLine"]):
    def visible_to(self, user: Any) -> Self:
        """Public with the partnership; before that, its members' own."""
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(Q(partnership__in=public) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))


class BudgetLine(Record):
    """A purpose for which money is planned, in one currency and for a span of days."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="budget_lines")
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="budget_lines",
        help_text="the member that spends it",
    )
    title = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="budget_lines")
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])

    objects = BudgetLineQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["partnership", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="budget_line_amount",
                violation_error_message="An amount of 0 or more.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="budget_line_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.membership and self.membership.partnership_id != self.partnership_id:
            raise ValidationError({"membership": "Not a member of this partnership."})
        self._within_partnership()

    def _within_partnership(self) -> None:
        if not self.starts_on or not self.ends_on:
            return
        first, last = self.partnership.starts_on, self.partnership.ends_on
        if self.starts_on < first or (last and self.ends_on > last):
            text = f"Days within the partnership: from {first} to {last or 'its end'}."
            raise ValidationError({"starts_on": text}, code="outside_partnership")
