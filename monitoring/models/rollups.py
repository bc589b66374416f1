"""Figures kept ready: derived from approved values and from nothing else."""

from django.db import models
from django.dispatch import Signal

# Sent with `partnership`, by whoever changed its figures and has not committed yet: a hint to
# refresh soon. What triggers have put into the queue is the truth.
figures_changed = Signal()

# Plain keys: derived rows keep nobody from deleting what they are derived from, and go with the
# next refresh.
_key = models.BigIntegerField


def _parts() -> models.DecimalField:
    """Values and their sums, as exact as the values themselves."""
    return models.DecimalField(max_digits=40, decimal_places=10, null=True)


class UnitRollup(models.Model):
    """A reporting unit's value of an indicator as of a period, in total or for a category."""

    pk = models.CompositePrimaryKey(
        "partnership_id", "indicator_id", "category_id", "period_id", "unit_id"
    )
    partnership_id = _key()
    indicator_id = _key()
    category_id = _key(help_text="0: in total")
    period_id = _key()
    unit_id = _key()
    value = _parts()
    numerator = _parts()
    denominator = _parts()
    is_provisional = models.BooleanField()
    reported = models.BooleanField(help_text="for this period; else it is carried")
    value_on = models.DateField(help_text="end of the period for which it was reported")

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id} {self.unit_id}: {self.value}"


class FigureRollup(models.Model):
    """An indicator's units combined in every way, as of a period or over what ends with it."""

    class Span(models.TextChoices):
        PERIOD = "period", "as of the period"
        TO_DATE = "to_date", "a flow's sum to the period's end"
        YEAR = "year", "a flow's sum in the calendar year"
        FRAMEWORK_YEAR = "framework_year", "a flow's sum in the framework's year"

    pk = models.CompositePrimaryKey(
        "partnership_id", "indicator_id", "category_id", "period_id", "span"
    )
    partnership_id = _key()
    indicator_id = _key()
    category_id = _key(help_text="0: in total")
    period_id = _key()
    span = models.CharField(max_length=14, choices=Span)
    total = _parts()
    least = _parts()
    most = _parts()
    numerator = _parts()
    denominator = _parts()
    contributing = models.IntegerField(help_text="units with a value")
    reported = models.IntegerField(help_text="units that reported for the period")
    is_provisional = models.BooleanField()
    carried_from = models.DateField(null=True, help_text="the oldest value that is carried")
    largest_sum = _parts()
    largest = _parts()

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period_id} {self.span}: {self.total}"


class RollupChange(models.Model):
    """A queue: what triggers have seen change and no refresh has taken into the rollups yet.

    Without a unique constraint, on which writers would wait for each other; a trigger adds what
    its transaction has not added yet. Without indicator the whole partnership is computed anew.
    """

    partnership_id = _key()
    indicator_id = _key(null=True)
    unit_id = _key(null=True)
    period_id = _key(null=True)
    transaction = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["partnership_id"], name="rollup_change_by_partnership")]

    def __str__(self) -> str:
        return f"{self.partnership_id}: {self.indicator_id} {self.unit_id} {self.period_id}"
