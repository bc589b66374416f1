"""What may go wrong in a partnership, what it brings, and to whom."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from partnerships.models.agreements import Agreement
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.models import Currency, Event, MovingRecord, User, check_day, require_reason

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class InLedgerQuerySet(models.QuerySet[Any]):
    """Rows that the members' people see, and everybody once the members have endorsed a ledger."""

    def visible_to(self, user: Any) -> Self:
        endorsed = Agreement.objects.binding(Agreement.Kind.LEDGER)
        public = Partnership.objects.public().filter(
            Exists(endorsed.filter(partnership=OuterRef("pk")))
        )
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(Q(partnership__in=public.values("pk")) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))


class Shared(MovingRecord):
    """What is divided between the members and the public: a risk, or a benefit."""

    sharings: Any

    class Meta:
        abstract = True

    @property
    def shares_now(self) -> list[Any]:
        """The shares that hold now, the largest first; what `with_shares` has read, if it has."""
        present = getattr(self, "present", None)
        sharings = self.sharings.filter(held_until=None) if present is None else present
        return [share for sharing in sharings for share in sharing.shares.all()]


class Risk(Shared):
    """Something that may go wrong, how likely and how grave it is, and what is done about it."""

    class Category(models.TextChoices):
        """The codes of OCDS for PPP (riskCategory), with labels of ours."""

        LAND = "landAvailability", "land"
        ENVIRONMENTAL = "environmental", "environment"
        DESIGN = "design", "design"
        CONSTRUCTION = "construction", "construction"
        COMPLETION = "completion", "completion"
        REVENUE = "revenue", "revenue"
        INFLATION = "inflationAndFx", "exchange rates and inflation"
        QUALITY = "availabilityAndQuality", "availability and quality"
        OTHER_REVENUE = "otherRevenue", "non-payment and fraud"
        FINANCE = "financeAvailability", "finance not available"
        REFINANCING = "refinancing", "refinancing"
        LAW = "changeInLaw", "changes in law"
        FORCE_MAJEURE = "forceMajeure", "disasters and conflict"
        TERMINATION = "earlyTermination", "early end"
        COMPLIANCE = "compliance", "breach of rules"
        ALL = "all", "all risks together"

    class Status(models.TextChoices):
        OPEN = "open"
        MITIGATED = "mitigated"
        OCCURRED = "occurred"
        CLOSED = "closed"

    MOVES = {
        Status.OPEN: [Status.MITIGATED, Status.OCCURRED, Status.CLOSED],
        Status.MITIGATED: [Status.OPEN, Status.OCCURRED, Status.CLOSED],
        Status.OCCURRED: [Status.OPEN, Status.MITIGATED, Status.CLOSED],
        Status.CLOSED: [Status.OPEN],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="risks")
    category = models.CharField(max_length=22, choices=Category, help_text="OCDS for PPP")
    description = models.CharField(max_length=500)
    likelihood = models.PositiveSmallIntegerField(
        validators=ONE_TO_FIVE, help_text="1 rare to 5 almost certain"
    )
    impact = models.PositiveSmallIntegerField(
        validators=ONE_TO_FIVE, help_text="1 hardly felt to 5 ends the partnership"
    )
    mitigation = models.TextField(blank=True, max_length=2000)
    owner = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_risks",
        help_text="the member that watches it",
    )
    why_bearer = models.TextField(
        blank=True, max_length=2000, help_text="why who carries it can manage it best"
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN, editable=False)

    objects = InLedgerQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)),
                name="risk_one_to_five",
                violation_error_message="Likelihood and impact go from 1 to 5.",
            )
        ]

    def __str__(self) -> str:
        return self.description

    def clean(self) -> None:
        if self.owner and self.owner.partnership_id != self.partnership_id:
            raise ValidationError({"owner": "Not a member of this partnership."})

    @property
    def weight(self) -> int:
        return self.likelihood * self.impact

    def move(self, to: str, *, by: User, reason: str) -> None:
        """It was mitigated, occurred, is closed or open again; closed ones leave the balance."""
        self.partnership.require_editor(by)
        self.partnership.require_open()
        require_reason(reason)
        self.partnership.hold()
        Event.move(self, to, by=by, reason=reason)
        self.note_rating()

    def note_rating(self) -> None:
        """Keep how it is rated and worded from now on; earlier reports read what was before."""
        RiskRating.objects.create(
            risk=self, status=self.status, held_from=timezone.now(), **terms_of(self, RiskRating)
        )


def terms_of(row: Any, kind: type["RiskRating | BenefitValue"]) -> dict[str, Any]:
    """What members endorse of a risk or a benefit, besides who has which part of it."""
    return {name: getattr(row, name) for name in kind.TERMS}


class RiskRating(models.Model):
    """How likely and how grave a risk was held to be, and its words, from a moment on."""

    TERMS = ("category", "description", "likelihood", "impact", "mitigation", "why_bearer")

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="ratings")
    category = models.CharField(max_length=22, choices=Risk.Category)
    description = models.CharField(max_length=500)
    mitigation = models.TextField(blank=True, max_length=2000)
    why_bearer = models.TextField(blank=True, max_length=2000)
    likelihood = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=Risk.Status)
    held_from = models.DateTimeField()

    class Meta:
        ordering = ["risk", "held_from", "pk"]

    def __str__(self) -> str:
        return f"{self.risk_id}: {self.likelihood} × {self.impact}"


class Benefit(Shared):
    """Something that the partnership brings, of a kind and, where it can be said, of a value."""

    class Kind(models.TextChoices):
        REVENUE = "revenue", "revenue"
        SAVINGS = "savings", "savings"
        SERVICE = "service", "a better service"
        INCOME = "income", "income and jobs"
        HEALTH = "health", "health and safety"
        ENVIRONMENT = "environment", "environment"
        KNOWLEDGE = "knowledge", "knowledge and skills"
        ASSETS = "assets", "assets that remain"
        REPUTATION = "reputation", "reputation and trust"
        OTHER = "other", "something else"

    class Status(models.TextChoices):
        EXPECTED = "expected"
        REALISED = "realised"
        DROPPED = "dropped"

    MOVES = {
        Status.EXPECTED: [Status.REALISED, Status.DROPPED],
        Status.REALISED: [Status.EXPECTED, Status.DROPPED],
        Status.DROPPED: [Status.EXPECTED],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="benefits")
    kind = models.CharField(max_length=11, choices=Kind)
    description = models.CharField(max_length=500)
    value = models.DecimalField(
        max_digits=24, decimal_places=4, null=True, blank=True, help_text="over the whole term"
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="benefits"
    )
    valued_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="the day of the value"
    )
    how_agreed = models.TextField(
        blank=True, max_length=2000, help_text="how the members agreed on who gains what"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.EXPECTED, editable=False)

    objects = InLedgerQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value=None, currency=None, valued_on=None)
                | Q(value__gte=0, currency__isnull=False, valued_on__isnull=False),
                name="benefit_value_has_currency",
                violation_error_message="A value of 0 or more, with its currency and its day; or"
                " none of the three.",
            )
        ]

    def __str__(self) -> str:
        return self.description

    def move(self, to: str, *, by: User, reason: str) -> None:
        """It was realised, is expected again, or dropped; dropped ones leave the balance."""
        self.partnership.require_editor(by)
        self.partnership.require_open()
        require_reason(reason)
        self.partnership.hold()
        Event.move(self, to, by=by, reason=reason)
        self.note_value()

    def note_value(self) -> None:
        """Keep how it is valued and worded from now on; earlier reports read what was before."""
        BenefitValue.objects.create(
            benefit=self,
            status=self.status,
            held_from=timezone.now(),
            **terms_of(self, BenefitValue),
        )


class BenefitValue(models.Model):
    """What a benefit was held to be worth, and its words, from a moment on."""

    TERMS = ("kind", "description", "value", "currency_id", "valued_on", "how_agreed")

    benefit = models.ForeignKey(Benefit, models.CASCADE, related_name="values")
    kind = models.CharField(max_length=11, choices=Benefit.Kind)
    description = models.CharField(max_length=500)
    how_agreed = models.TextField(blank=True, max_length=2000)
    value = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    currency = models.ForeignKey(Currency, models.PROTECT, null=True, related_name="benefit_values")
    valued_on = models.DateField(null=True)
    status = models.CharField(max_length=8, choices=Benefit.Status)
    held_from = models.DateTimeField()

    class Meta:
        ordering = ["benefit", "held_from", "pk"]

    def __str__(self) -> str:
        return f"{self.benefit_id}: {self.value}"
