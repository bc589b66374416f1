"""The SDG framework: goals, targets, global indicators."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Goal(models.Model):
    """One of the 17 Sustainable Development Goals."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    label = models.CharField(max_length=120, help_text="our own short words")
    colour = models.CharField(max_length=7, help_text="official colour, #RRGGBB")
    texts = models.JSONField(default=dict, blank=True, help_text="official texts by language")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__range=(1, 17)), name="goal_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class Target(models.Model):
    """One of the 169 targets of the goals."""

    class Kind(models.TextChoices):
        OUTCOME = "outcome"
        MEANS = "means", "means of implementation"

    code = models.CharField(max_length=5, unique=True)
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=8, choices=Kind)
    label = models.CharField(max_length=160)
    texts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["goal_id", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class GlobalIndicator(models.Model):
    """One of the 248 listed indicators (231 without repeats) of the global framework."""

    code = models.CharField(max_length=8, unique=True)
    target = models.ForeignKey(Target, models.PROTECT, related_name="global_indicators")
    label = models.CharField(max_length=200)
    tier = models.CharField(max_length=20, blank=True)
    repeat_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeats"
    )
    series = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    texts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["target__goal_id", "target_id", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
