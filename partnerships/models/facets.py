"""What lists of partnerships are narrowed and counted by, in one narrow row each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partnerships.models.partnership import Partnership

# The colours that monitoring gives; without a published report there is none.
ACHIEVEMENT = [
    ("on_track", "on track"),
    ("at_risk", "at risk"),
    ("off_track", "off track"),
    ("no_data", "no data"),
]
TIMELINESS = [
    ("up_to_date", "up to date"),
    ("due", "due"),
    ("late", "late"),
    ("overdue", "overdue"),
    ("inactive", "inactive"),
    ("no_data", "no data"),
]


class Facets(models.Model):
    """What a partnership is counted under: kept by triggers, whoever writes."""

    partnership = models.OneToOneField(
        Partnership, models.CASCADE, primary_key=True, related_name="facets"
    )
    kind = models.CharField(max_length=17)
    level = models.CharField(max_length=11)
    status = models.CharField(max_length=10)
    track = models.CharField(max_length=5)
    goals = ArrayField(models.TextField(), help_text="primary, named, or of a target")
    countries = ArrayField(models.TextField())
    markers = ArrayField(models.TextField(), help_text="assessed as significant or principal")
    # Of the latest published report; monitoring's own trigger writes them.
    achievement = models.CharField(max_length=9, default="", db_default="")
    timeliness = models.CharField(max_length=10, default="", db_default="")

    class Meta:
        verbose_name_plural = "facets"

    def __str__(self) -> str:
        return str(self.partnership_id)
