"""Standards of ESG reporting: what companies disclose, and how that links to the SDG targets."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.models.sdg import Target


class Standard(models.Model):
    """A version of a reporting standard; a new version is a row of its own."""

    code = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=200, help_text="our own short words")
    publisher = models.CharField(max_length=200)
    url = models.URLField(blank=True)
    note = models.CharField(
        max_length=1000, blank=True, help_text="what was checked against the publication"
    )
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    is_shipped = models.BooleanField(
        default=False, help_text="as the registry ships it; an operator's own file ends that"
    )
    loaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="standard_version_once"),
            models.CheckConstraint(
                condition=Q(superseded_by=None) | ~Q(superseded_by=F("pk")),
                name="standard_not_superseded_by_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def in_use(self) -> Self:
        """Those that an indicator of a partnership is taken from."""
        used = Disclosure.indicators.rel.related_model._default_manager
        return self.filter(pk__in=used.filter(disclosure__isnull=False).values("disclosure_id"))

    def chosen(self, q: str) -> Self:
        words = (Q(code__iexact=word) | Q(label__icontains=word) for word in q.split())
        return self.filter(*words)


class Disclosure(models.Model):
    """An indicator of a standard, under its code there and in short words of our own."""

    class Pillar(models.TextChoices):
        ENVIRONMENT = "environment"
        SOCIAL = "social"
        GOVERNANCE = "governance"
        ECONOMIC = "economic"

    class Measure(models.TextChoices):
        NUMBER = "number"
        CURRENCY = "currency"
        RATIO = "ratio"
        PERCENT = "percent"
        RATING = "rating"
        YES_NO = "yes_no", "yes or no"
        NARRATIVE = "narrative"

    class Direction(models.TextChoices):
        INCREASE = "increase", "more is better"
        DECREASE = "decrease", "less is better"
        MAINTAIN = "maintain"
        NONE = "none", "neither"

    # What a reported figure rests on: settled once an indicator is taken from the disclosure.
    MEANING = ("code", "label", "pillar", "unit", "measure", "direction", "is_core")

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="disclosures")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=300)
    pillar = models.CharField(max_length=11, choices=Pillar)
    unit = models.CharField(max_length=60, blank=True)
    measure = models.CharField(max_length=9, choices=Measure)
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.NONE)
    is_core = models.BooleanField(default=False)
    checked = models.BooleanField(default=False, help_text="against the publication")
    source = models.CharField(max_length=300, blank=True)
    sort = models.PositiveSmallIntegerField(default=0)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["standard", "sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="disclosure_once"),
            models.CheckConstraint(
                condition=Q(checked=False) | ~Q(source=""),
                name="disclosure_checked_against_what",
                violation_error_message="What was checked names its source.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Crosswalk(models.Model):
    """What a disclosure says about an SDG target."""

    class Kind(models.TextChoices):
        IDENTICAL = "identical"
        PROXY = "proxy"
        CONTRIBUTES = "contributes"

    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="crosswalks")
    target = models.ForeignKey(Target, models.PROTECT, related_name="crosswalks")
    kind = models.CharField(max_length=11, choices=Kind, default=Kind.CONTRIBUTES)
    checked = models.BooleanField(default=False, help_text="against the publication")
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["disclosure", "target"]
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "target"], name="crosswalk_once"),
            models.CheckConstraint(
                condition=Q(checked=False) | ~Q(source=""),
                name="crosswalk_checked_against_what",
                violation_error_message="What was checked names its source.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure_id} → {self.target_id}"


class Principle(models.Model):
    """One of the ten principles of the UN Global Compact, in short words of our own."""

    class Area(models.TextChoices):
        HUMAN_RIGHTS = "human_rights", "human rights"
        LABOUR = "labour"
        ENVIRONMENT = "environment"
        ANTI_CORRUPTION = "anti_corruption", "anti-corruption"

    number = models.PositiveSmallIntegerField(primary_key=True)
    area = models.CharField(max_length=15, choices=Area)
    label = models.CharField(max_length=120)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
