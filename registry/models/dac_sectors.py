"""The sectors of development work."""

from django.db import models


class DacSector(models.Model):
    """A sector of work: a three-digit category of the list of OECD's development committee."""

    code = models.CharField(max_length=3, primary_key=True)
    label = models.CharField(max_length=80)

    class Meta:
        ordering = ["code"]
        verbose_name = "DAC sector"

    def __str__(self) -> str:
        return self.label
