"""Principles a partnership pursues, and documents about it that stand elsewhere."""

from django.db import models
from django.db.models import Q

from partnerships.models.partnership import Partnership


class Marker(models.Model):
    """How far a partnership pursues a cross-cutting principle (OECD policy marker codes)."""

    class Kind(models.TextChoices):
        LEAVE_NO_ONE_BEHIND = "leave_no_one_behind", "leaving no one behind"
        GENDER = "gender", "gender equality"
        HUMAN_RIGHTS = "human_rights", "human rights"
        CLIMATE = "climate", "climate action"
        ENVIRONMENT = "environment", "aid to environment"
        GOVERNANCE = "governance", "participatory development and good governance"
        TRADE = "trade", "trade development"
        BIODIVERSITY = "biodiversity"
        MITIGATION = "mitigation", "climate change mitigation"
        ADAPTATION = "adaptation", "climate change adaptation"
        DESERTIFICATION = "desertification"
        HEALTH = "health", "reproductive, maternal, newborn and child health"
        DISASTER_RISK = "disaster_risk", "disaster risk reduction"
        DISABILITY = "disability"
        NUTRITION = "nutrition"

    IATI = {
        "1": Kind.GENDER,
        "2": Kind.ENVIRONMENT,
        "3": Kind.GOVERNANCE,
        "4": Kind.TRADE,
        "5": Kind.BIODIVERSITY,
        "6": Kind.MITIGATION,
        "7": Kind.ADAPTATION,
        "8": Kind.DESERTIFICATION,
        "9": Kind.HEALTH,
        "10": Kind.DISASTER_RISK,
        "11": Kind.DISABILITY,
        "12": Kind.NUTRITION,
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="markers")
    kind = models.CharField(max_length=19, choices=Kind)
    significance = models.PositiveSmallIntegerField(help_text="0 not, 1 significant, 2 principal")
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["partnership", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "kind"], name="marker_once"),
            models.CheckConstraint(
                condition=Q(significance__range=(0, 4)), name="marker_significance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.significance}"


class Document(models.Model):
    """A document about a partnership that stands elsewhere on the web."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="documents")
    title = models.CharField(max_length=500)
    url = models.URLField(max_length=2000)
    format = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=10, blank=True, help_text="IATI DocumentCategory")

    class Meta:
        ordering = ["partnership", "pk"]

    def __str__(self) -> str:
        return self.title
