"""Funds that are available: from whom, for whom, how much, until when."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
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
from registry.errors import NotAllowed
from registry.models import Currency, Partner, Record, User, check_day, days_in_range


class FundQuerySet(CatalogueQuerySet):
    def public(self) -> Self:
        return self.filter(partner__status=Partner.Status.VERIFIED)

    def visible_to(self, user: Any) -> Self:
        """Those of verified partners, and of the user's own; admins see all."""
        if user.is_anonymous:
            return self.public()
        if user.is_staff:
            return self
        return self.public() | self.filter(partner__in=own_partners(user).values("pk"))

    def editable_by(self, user: Any) -> Self:
        if user.is_anonymous:
            return self.none()
        return self if user.is_staff else self.filter(partner__in=acted_for(user).values("pk"))

    def open_on(self, day: date) -> Self:
        """Within the window; a fund without a last day stays open."""
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=day), opens_on__lte=day)

    def not_open_on(self, day: date) -> Self:
        return self.filter(Q(opens_on__gt=day) | Q(closes_on__lt=day))


class Fund(Catalogued, Record):
    """Money that a partner offers to others, in a window of time and under conditions."""

    class FinanceType(models.TextChoices):
        """IATI (OECD DAC) finance types."""

        GRANT = "110", "grant"
        LOAN = "421", "loan"
        EQUITY = "510", "equity"
        GUARANTEE = "1100", "guarantee"

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="funds", help_text="who offers it"
    )
    description = models.TextField(max_length=4000)
    finance_type = models.CharField(
        max_length=4, choices=FinanceType, default=FinanceType.GRANT, help_text="IATI FinanceType"
    )
    for_kinds = ArrayField(
        models.CharField(max_length=20, choices=Partner.Kind),
        size=16,
        default=list,
        blank=True,
        help_text="kinds of organisations that may apply; none: any",
    )
    for_sizes = ArrayField(
        models.CharField(max_length=8, choices=Partner.Size),
        size=5,
        default=list,
        blank=True,
        help_text="sizes of companies that may apply; none: any",
    )
    opens_on = models.DateField(validators=[check_day])
    closes_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="the last day to apply"
    )
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="funds")
    amount = models.DecimalField(
        max_digits=24, decimal_places=4, null=True, blank=True, help_text="of the whole fund"
    )
    least = models.DecimalField(
        max_digits=24, decimal_places=4, null=True, blank=True, help_text="for one applicant"
    )
    most = models.DecimalField(
        max_digits=24, decimal_places=4, null=True, blank=True, help_text="for one applicant"
    )
    conditions = models.TextField(max_length=4000, blank=True)
    website = models.URLField(blank=True)
    words = words_of("title", "description", "conditions")
    stems = stems_of("title", "description")

    objects = FundQuerySet.as_manager()
    history_of = "partner"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(F("updated_at").desc(), F("id").desc(), name="fund_newest"),
            GinIndex(fields=["words"], fastupdate=False, name="fund_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="fund_closes_after_opening",
                violation_error_message="The window must not close before it opens.",
            ),
            models.CheckConstraint(
                condition=(Q(amount=None) | Q(amount__gte=0))
                & (Q(least=None) | Q(least__gte=0))
                & (Q(most=None) | Q(most__gte=0))
                & (Q(least=None) | Q(most=None) | Q(most__gte=F("least"))),
                name="fund_amounts",
                violation_error_message="Amounts of 0 or more, the least one first.",
            ),
            models.CheckConstraint(
                condition=days_in_range("opens_on")
                & (Q(closes_on=None) | days_in_range("closes_on")),
                name="fund_days_in_range",
            ),
        ]

    def clean(self) -> None:
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValidationError({"closes_on": "The window must not close before it opens."})
        if self.least is not None and self.most is not None and self.most < self.least:
            raise ValidationError({"most": "Not below the least amount."})

    def require_editor(self, by: User) -> None:
        if not self.is_editable_by(by):
            raise NotAllowed("owner_only", "Only the managers of who offers it may do this.")

    @property
    def is_open(self) -> bool:
        """Whether one can apply today."""
        today = timezone.localdate()
        return self.opens_on <= today and (self.closes_on is None or today <= self.closes_on)

    @property
    def window(self) -> str:
        """`open`, `closed`, or `waiting` for its first day."""
        return "open" if self.is_open else self._window_when_shut

    @property
    def _window_when_shut(self) -> str:
        return "waiting" if timezone.localdate() < self.opens_on else "closed"
