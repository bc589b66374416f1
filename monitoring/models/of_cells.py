"""What is said of a submission, or of one cell of it, whatever becomes of the cell's value."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models

from monitoring.models.frameworks import Category
from monitoring.models.indicators import Indicator
from partnerships.models import Partnership


class OfCellQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """For members' people and admins."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(submission__period__framework__partnership__in=inside)

    def of_cell(self, indicator_id: int, category_id: int | None) -> Self:
        return self.filter(indicator=indicator_id, category=category_id)


class OfCell(models.Model):
    """Said of a submission; with an indicator (and a category) of that value alone."""

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")

    submission: ClassVar[Any]
    history_of = "submission__period__framework__partnership"

    class Meta:
        abstract = True

    @property
    def cell_name(self) -> str:
        """The value it is about, in words; empty if it is about the whole."""
        if self.indicator is None:
            return ""
        return f"{self.indicator} ({self.category})" if self.category else str(self.indicator)


def stated(text: str, name: str, most: int) -> str:
    """A text without space around it; refused where it is longer than the field lets it be."""
    if len(text.strip()) > most:
        refusal = ValidationError(f"At most {most:,} characters.", code="max_length")
        raise ValidationError({name: refusal})
    return text.strip()


def cell_of(submission: Any, observation: Any) -> dict[str, Any]:
    """A value as a cell; refused where it belongs to another submission."""
    if observation is None:
        return {}
    if observation.submission_id != submission.pk:
        text = "A value of another submission."
        raise ValidationError({"observation": ValidationError(text, code="other_submission")})
    return {"indicator_id": observation.indicator_id, "category_id": observation.category_id}
