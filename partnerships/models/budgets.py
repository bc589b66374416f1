"""What a partnership plans to spend, line by line."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Currency, ImportBatch, Record, User, check_day
from registry.models.base import in_words

AMOUNT = models.DecimalField(max_digits=30, decimal_places=4)


class BudgetLineQuerySet(models.QuerySet["BudgetLine"]):
    def visible_to(self, user: Any) -> Self:
        """Public with the partnership; before that, its members' own."""
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(Q(partnership__in=public) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def with_spent(self, on: date | None = None) -> Self:
        """Annotate `spent`, what was reported for spans that had ended by the day."""
        reported = Expenditure.objects.filter(line=OuterRef("pk"), ends_on__lte=on or _today())
        total = reported.order_by().values("line").annotate(sum=Sum("amount")).values("sum")
        return self.annotate(
            spent=Coalesce(Subquery(total, output_field=AMOUNT), Value(0), output_field=AMOUNT)
        )


def _today() -> date:
    return timezone.localdate()


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

    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="budget_lines"
    )

    objects = BudgetLineQuerySet.as_manager()
    history_of = "partnership"

    SAID_AT = {"budget_line_ends_after_start": "ends_on", "budget_line_amount": "amount"}

    class Meta:
        ordering = ["partnership", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0) | Q(import_batch__isnull=False),
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

    @property
    def is_overspent(self) -> bool:
        """Reads what `with_spent` has annotated."""
        return bool(self.spent > self.amount)  # type: ignore[attr-defined]

    def require_reporter(self, by: User) -> None:
        """Who spends it reports on it, or the lead."""
        own = self.membership is not None and by.has_role(self.membership.partner_id, "manager")
        if not own:
            self.partnership.require_editor(by)
        elif self.membership:
            self.membership.require_manager(by)

    def clean(self) -> None:
        if self.membership and self.membership.partnership_id != self.partnership_id:
            raise ValidationError({"membership": "Not a member of this partnership."})
        self._in_its_currency()
        self._within_partnership()

    def _in_its_currency(self) -> None:
        """What was spent of it was reported in this currency, and does not become another sum."""
        others = Expenditure.objects.filter(line=self.pk).exclude(line__currency=self.currency_id)
        if self.pk and others.exists():
            text = "Something was spent of this line in its currency: write another line."
            raise ValidationError({"currency": text}, code="spent_in_currency")

    def _within_partnership(self) -> None:
        if not self.starts_on or not self.ends_on:
            return
        first, last = self.partnership.starts_on, self.partnership.ends_on
        if self.starts_on < first or (last and self.ends_on > last):
            until = in_words(last, "its end")
            text = f"Days within the partnership: from {in_words(first)} to {until}."
            raise ValidationError({"starts_on": text}, code="outside_partnership")


class Span(Func):
    """The days from the first to the last, both included."""

    function = "daterange"
    output_field = models.Field()

    def __init__(self, first: str, last: str, **extra: Any) -> None:
        super().__init__(F(first), F(last), Value("[]"), **extra)


class ExpenditureQuerySet(models.QuerySet["Expenditure"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(line__in=BudgetLine.objects.visible_to(user).values("pk"))


class Expenditure(Record):
    """What was spent of a budget line in a span of days, in the line's currency."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="expenditures")
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    note = models.TextField(blank=True, max_length=2000, help_text="members only")

    objects = ExpenditureQuerySet.as_manager()
    history_of = "line__partnership"

    SAID_AT = {"expenditure_ends_after_start": "ends_on", "expenditure_amount": "amount"}

    class Meta:
        ordering = ["line", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="expenditure_amount",
                violation_error_message="An amount of 0 or more.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="expenditure_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            ExclusionConstraint(
                name="expenditure_spans_apart",
                expressions=[
                    ("line", RangeOperators.EQUAL),
                    (Span("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_code="overlapping_expenditure",
                violation_error_message="Another expenditure covers a part of this span.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.starts_on} to {self.ends_on}"

    def clean(self) -> None:
        if self.ends_on and self.ends_on > timezone.localdate():
            raise ValidationError({"ends_on": "This day has not come yet."}, code="not_ended")
        if self.starts_on and self.starts_on < self.line.starts_on:
            text = f"A day from {in_words(self.line.starts_on)} on, when the line starts."
            raise ValidationError({"starts_on": text}, code="before_line")
