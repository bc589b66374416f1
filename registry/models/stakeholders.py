"""Whom an organisation belongs to in the UN's process for sustainable development."""

from django.db import models


class StakeholderGroup(models.Model):
    """A major group of Agenda 21, or another stakeholder group that works with the UN."""

    class Kind(models.TextChoices):
        MAJOR_GROUP = "major_group", "major group"
        OTHER = "other_stakeholder", "other stakeholder"

    code = models.CharField(max_length=10, unique=True)
    kind = models.CharField(max_length=17, choices=Kind)
    label = models.CharField(max_length=80)

    class Meta:
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return self.label
