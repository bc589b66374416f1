"""What makes a submitted value doubtful: a framework's own rules over the defaults."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from monitoring.models.frameworks import Framework, OfFrameworkQuerySet
from monitoring.models.indicators import Indicator
from monitoring.models.submissions import Submission
from partnerships.models import Partnership
from registry.models import Record


class Severity(models.TextChoices):
    ERROR = "error", "error: blocks"
    WARNING = "warning", "warning: needs a reason"
    NOTE = "note", "note"
    OFF = "off", "not checked"


class Check(models.TextChoices):
    RANGE = "range", "within a range"
    WHOLE = "whole", "whole number"
    WITHIN = "within", "numerator at most the denominator"
    FALLS = "falls", "a running total that falls"
    JUMP = "jump", "jump against the last period"
    OUTLIER = "outlier", "outlier in the unit's own history"
    COPIED = "copied", "the same figure as in the last period"
    TARGET = "target", "far from the target"
    BREAKDOWN = "breakdown", "parts that do not make the total"
    EVIDENCE = "evidence", "evidence is required"


class Rule(NamedTuple):
    """How a check is made: how grave what it finds is, and beyond what it finds something."""

    severity: str
    limit: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


# What holds where a framework says nothing else.
DEFAULTS: dict[str, Rule] = {
    Check.RANGE: Rule(Severity.OFF),
    Check.WHOLE: Rule(Severity.ERROR),
    Check.WITHIN: Rule(Severity.WARNING),
    Check.FALLS: Rule(Severity.WARNING),
    Check.JUMP: Rule(Severity.WARNING, limit=Decimal(3)),
    Check.OUTLIER: Rule(Severity.WARNING, limit=Decimal("3.5")),
    Check.COPIED: Rule(Severity.NOTE),
    Check.TARGET: Rule(Severity.WARNING, limit=Decimal("0.25")),
    Check.BREAKDOWN: Rule(Severity.WARNING),
    Check.EVIDENCE: Rule(Severity.OFF),
}
LIMITED = (Check.JUMP, Check.OUTLIER, Check.TARGET)


class QualityRuleQuerySet(OfFrameworkQuerySet):
    def in_force(self, framework_ids: Iterable[int]) -> "Rules":
        """What holds in these frameworks, for one indicator or for all; one query."""
        stated = {
            (row.framework_id, row.indicator_id, row.check_of): Rule(
                row.severity, row.limit, row.low, row.high
            )
            for row in self.filter(framework__in=list(framework_ids))
        }
        return Rules(stated)


class Rules:
    """An indicator's own rule comes before its framework's, that before the default."""

    def __init__(self, stated: dict[tuple[int, int | None, str], Rule]) -> None:
        self._stated = stated

    def of(self, framework_id: int, indicator_id: int, check: str) -> Rule:
        own = self._stated.get((framework_id, indicator_id, check))
        shared = self._stated.get((framework_id, None, check))
        rule = own or shared or DEFAULTS[check]
        if check in LIMITED and rule.limit is None:
            return rule._replace(limit=DEFAULTS[check].limit)
        return rule


class QualityRule(Record):
    """What one check means in a framework, for all its indicators or for one."""

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="quality_rules")
    indicator = models.ForeignKey(
        Indicator, models.CASCADE, null=True, blank=True, related_name="quality_rules"
    )
    check_of = models.CharField("check", max_length=9, choices=Check)
    severity = models.CharField(max_length=7, choices=Severity)
    limit = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="jump: times the last value; outlier: robust deviations; target: a share of it",
    )
    low = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    high = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)

    objects = QualityRuleQuerySet.as_manager()
    history_of = "framework__partnership"

    class Meta:
        ordering = ["framework", "indicator", "check_of", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "indicator", "check_of"],
                nulls_distinct=False,
                name="quality_rule_once",
                violation_error_message="There is a rule for this check already: change that one.",
            ),
            models.CheckConstraint(
                condition=Q(check_of="range") | Q(low=None, high=None),
                name="quality_rule_range_only",
                violation_error_message="Only a range has a low and a high end.",
            ),
            models.CheckConstraint(
                condition=~Q(check_of="range")
                | Q(severity="off")
                | Q(low__isnull=False)
                | Q(high__isnull=False),
                name="quality_rule_range_has_an_end",
                violation_error_message="A range needs a low or a high end.",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(high__gte=F("low")),
                name="quality_rule_range_in_order",
                violation_error_message="The high end must not lie below the low one.",
            ),
            models.CheckConstraint(
                condition=Q(limit=None)
                | Q(check_of="jump", limit__gt=1)
                | Q(check_of__in=["outlier", "target"], limit__gt=0),
                name="quality_rule_limit_fits",
                violation_error_message="A limit above 1 for a jump, above 0 for an outlier or "
                "the distance from a target; the other checks have none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_check_of_display()}: {self.get_severity_display()}"

    def clean(self) -> None:
        if self.indicator and self.indicator.result.framework_id != self.framework_id:
            raise ValidationError({"indicator": "Not an indicator of this framework."})


class SubmissionQualityQuerySet(models.QuerySet["SubmissionQuality"]):
    def visible_to(self, user: Any) -> Any:
        """The score is as private as what was found: for the partnership's members."""
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(submission__period__framework__partnership__in=inside)


class SubmissionQuality(models.Model):
    """What the checks found when a submission was handed in, and its score from 0 to 1."""

    submission = models.OneToOneField(Submission, models.CASCADE, related_name="quality")
    score = models.DecimalField(max_digits=5, decimal_places=4)
    parts = models.JSONField(
        default=dict, blank=True, help_text="by part of the score: [of, out of]"
    )
    findings = models.JSONField(default=list, blank=True)
    warnings = models.PositiveIntegerField(default=0)
    notes = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()

    objects = SubmissionQualityQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "submission qualities"
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="submission_quality_of_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission}: {self.score}"
