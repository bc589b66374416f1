"""What a Government says of a partnership's contribution in its country."""

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partnerships.models import Partnership
from registry.models import Country, FocalPoint, User

FIRST_YEAR, LAST_YEAR = 2015, 2100
YEARS: list[Any] = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


class ContributionStatementQuerySet(models.QuerySet["ContributionStatement"]):
    def visible_to(self, user: Any) -> Self:
        """With the partnership."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user).values("pk"))

    def said_by(self, at: datetime) -> Self:
        return self.filter(said_at__lte=at)

    def of_entry(self, country: Country, partnership: Partnership, year: int) -> Self:
        return self.filter(country=country, partnership=partnership, year=year)

    def newest_first(self) -> Self:
        return self.order_by("-said_at", "-pk")

    def answers(self) -> Self:
        """What makes an entry validated: it was confirmed, or commented; citing is not enough."""
        return self.filter(kind__in=ContributionStatement.ANSWERS)


class ContributionStatement(models.Model):
    """A country's focal point on one entry of its report: a partnership in a year.

    A statement is never changed: a newer one of its kind stands in its place. What was confirmed
    and is commented later is commented; a citation in a review stands beside both.
    """

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "confirmed"
        COMMENTED = "commented", "commented"
        CITED = "cited", "cited in a review"

    class Review(models.TextChoices):
        VNR = "vnr", "Voluntary National Review"
        HLPF = "hlpf", "High-level Political Forum"
        OTHER = "other", "another review"

    ANSWERS = (Kind.CONFIRMED, Kind.COMMENTED)

    country = models.ForeignKey(Country, models.PROTECT, related_name="contribution_statements")
    partnership = models.ForeignKey(
        Partnership, models.PROTECT, related_name="contribution_statements"
    )
    year = models.PositiveSmallIntegerField(validators=YEARS, help_text="that the entry is of")
    kind = models.CharField(max_length=9, choices=Kind)
    text = models.TextField(max_length=5_000, blank=True, help_text="needed for a comment")
    review = models.CharField(max_length=5, choices=Review, blank=True)
    review_year = models.PositiveSmallIntegerField(validators=YEARS, null=True, blank=True)
    reference = models.CharField(
        max_length=500, blank=True, help_text="where in the review: a page, a paragraph"
    )
    focal_point = models.ForeignKey(
        FocalPoint, models.PROTECT, editable=False, related_name="statements"
    )
    by = models.ForeignKey(
        User, models.PROTECT, editable=False, related_name="contribution_statements"
    )
    said_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ContributionStatementQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-said_at", "-pk"]
        indexes = [models.Index(fields=["country", "year", "partnership"], name="statement_entry")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="commented") | ~Q(text=""),
                name="statement_comment_has_text",
                violation_error_message="Write the comment.",
            ),
            models.CheckConstraint(
                condition=Q(kind="cited", review_year__isnull=False)
                & ~Q(review="")
                & ~Q(reference="")
                | ~Q(kind="cited") & Q(review="", review_year=None, reference=""),
                name="statement_citation_names_review",
                violation_error_message="A citation, and nothing else, names its review.",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="statement_year_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} on {self.partnership} in {self.year}: {self.kind}"

    def check_values(self) -> None:
        """Raise ValidationError by field for what the row itself can refuse."""
        self.text, self.reference = self.text.strip(), self.reference.strip()
        self.clean_fields()
        errors = self._lacking() if self.kind == self.Kind.CITED else self._too_much()
        if self.kind == self.Kind.COMMENTED and not self.text:
            errors["text"] = "Write the comment."
        if len(self.text) > 5_000:
            errors["text"] = "At most 5,000 characters."
        if self.year > timezone.localdate().year:
            errors["year"] = "The year is in the future."
        if errors:
            raise ValidationError(errors)

    def _lacking(self) -> dict[str, str]:
        needed = {
            "review": "Say which review it is.",
            "review_year": "Say of which year the review is.",
            "reference": "Say where in the review it stands.",
        }
        return {name: text for name, text in needed.items() if not getattr(self, name)}

    def _too_much(self) -> dict[str, str]:
        given = [name for name in ("review", "review_year", "reference") if getattr(self, name)]
        return dict.fromkeys(given, "Only a citation names a review.")

    def says_the_same(self, other: "ContributionStatement") -> bool:
        names = ("kind", "text", "review", "review_year", "reference", "focal_point_id")
        return all(getattr(self, name) == getattr(other, name) for name in names)
