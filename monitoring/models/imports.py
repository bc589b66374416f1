"""Which published activity became which partnership."""

from django.db import models

from partnerships.models import Partnership
from registry.models import ImportBatch


class ImportedActivity(models.Model):
    """A published activity as it was when last imported, to tell a change from a repetition."""

    identifier = models.CharField(max_length=200, unique=True)
    partnership = models.OneToOneField(
        Partnership, models.CASCADE, related_name="imported_activity"
    )
    sha256 = models.CharField(max_length=64, help_text="of the whole activity, canonical")
    results_sha256 = models.CharField(max_length=64, help_text="of its results alone")
    partnership_version = models.PositiveIntegerField(help_text="as the import left it")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="activities")

    class Meta:
        ordering = ["identifier", "pk"]
        verbose_name_plural = "imported activities"

    def __str__(self) -> str:
        return self.identifier
