"""What the stored reports of partnerships say, as rows: for figures over many of them.

Written by the database with each report, from its content and from nothing else, and never
changed. A portfolio is read from here: a hundred thousand snapshots are not opened again.
"""

from django.db import models

from monitoring.models.indicators import Indicator
from monitoring.models.reports import Report
from registry.models import Country


def _exact() -> models.DecimalField:
    """The twenty digits of a snapshot, of however small a number."""
    return models.DecimalField(max_digits=65, decimal_places=30, null=True)


class ReportHeadline(models.Model):
    """Of one partnership report: its completeness and its score, as ranges and as a whole."""

    report = models.OneToOneField(Report, models.CASCADE, primary_key=True, related_name="headline")
    due = models.IntegerField(null=True, help_text="reporting units × periods that have ended")
    reported = models.IntegerField(null=True)
    oldest_missing_due_on = models.DateField(null=True)
    score_low = _exact()
    score_high = _exact()
    score = _exact()
    measured = models.IntegerField(null=True, help_text="measures with a value")
    applicable = models.IntegerField(null=True, help_text="measures that apply")

    stays_with_partner = True  # derived from a report, which stays too

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"report {self.report_id}: {self.score}"


class ReportMeasure(models.Model):
    """What one partnership report says of one measure of accountability."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="measures")
    code = models.CharField(max_length=8)
    state = models.CharField(max_length=20, help_text="measured, not_applicable or no_data")
    value = _exact()
    numerator = _exact()
    denominator = _exact()

    stays_with_partner = True  # derived from a report, which stays too

    class Meta:
        ordering = ["report", "code"]
        constraints = [
            models.UniqueConstraint(fields=["report", "code"], name="report_measure_once")
        ]

    def __str__(self) -> str:
        return f"report {self.report_id}, {self.code}: {self.value}"


class ReportFigure(models.Model):
    """What one partnership report says of one indicator: everywhere, or in a country."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="figures")
    # Without a constraint: a derived row keeps nobody from deleting what it is derived from.
    indicator = models.ForeignKey(
        Indicator, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    country = models.ForeignKey(
        Country, models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    level = models.CharField(max_length=10, help_text="output, outcome or impact")
    year_value = _exact()
    year_low = _exact()
    year_high = _exact()
    year_numerator = _exact()
    year_denominator = _exact()
    year_reason = models.CharField(max_length=40)
    value = _exact()
    low = _exact()
    high = _exact()
    numerator = _exact()
    denominator = _exact()
    reason = models.CharField(max_length=40, help_text="why there is no value to date")
    units = models.IntegerField(null=True, help_text="units with a value to date")
    is_provisional = models.BooleanField()
    progress = _exact()
    light = models.CharField(max_length=20)

    stays_with_partner = True  # derived from a report, which stays too

    class Meta:
        ordering = ["report", "indicator", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "indicator", "country"],
                name="report_figure_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["indicator", "report"], name="report_figure_of")]

    def __str__(self) -> str:
        return f"report {self.report_id}, indicator {self.indicator_id}: {self.value}"
