"""What a partnership agreed to measure, and how."""

import calendar
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from monitoring.models.levels import DataLevel
from partnerships.models import Agreement, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Event,
    ImportBatch,
    MovingRecord,
    Record,
    User,
    check_day,
    days_in_range,
    require_reason,
)


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, user: Any) -> Self:
        """Versions that were agreed or imported, with their partnership; the others for insiders.

        A proposal that was overtaken is superseded and was never agreed.
        """
        seen = Partnership.objects.visible_to(user).values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(settled() & Q(partnership__in=seen) | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def running(self) -> Self:
        """Those whose periods open: agreed, and the ones before until the agreed one begins."""
        later = Framework.objects.filter(
            partnership=OuterRef("partnership"),
            status=Framework.Status.AGREED,
            edition__gt=OuterRef("edition"),
            starts_on__gt=OuterRef("starts_on"),
        )
        before = Q(status=Framework.Status.SUPERSEDED, agreed_at__isnull=False) & Exists(later)
        return self.filter(Q(status=Framework.Status.AGREED) | before)

    def in_force(self) -> Self:
        return self.filter(status__in=[Framework.Status.AGREED, Framework.Status.IMPORTED])


def settled() -> Q:
    """Agreed once, or brought by a published file."""
    brought = Q(import_batch__isnull=False) | Q(status=Framework.Status.IMPORTED)
    return Q(status__in=Framework.SETTLED) & (Q(agreed_at__isnull=False) | brought)


class Framework(MovingRecord):
    """A version of a partnership's M&E framework."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PROPOSED = "proposed"
        AGREED = "agreed"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"
        IMPORTED = "imported"

    class Cadence(models.TextChoices):
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"
        HALF_YEARLY = "half_yearly", "half-yearly"
        YEARLY = "yearly"
        IRREGULAR = "irregular"

    SETTLED = (Status.AGREED, Status.SUPERSEDED, Status.IMPORTED)
    MOVES = {
        Status.DRAFT: [Status.PROPOSED, Status.WITHDRAWN],
        Status.PROPOSED: [Status.AGREED, Status.SUPERSEDED, Status.WITHDRAWN],
        Status.AGREED: [Status.SUPERSEDED],
        Status.IMPORTED: [Status.SUPERSEDED],
        Status.SUPERSEDED: [],
        Status.WITHDRAWN: [],
    }
    MONTHS: ClassVar[dict[str, int]] = {
        Cadence.MONTHLY: 1,
        Cadence.QUARTERLY: 3,
        Cadence.HALF_YEARLY: 6,
        Cadence.YEARLY: 12,
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="frameworks")
    edition = models.PositiveSmallIntegerField(default=1, help_text="counts up; old ones stay")
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    cadence = models.CharField(max_length=11, choices=Cadence, default=Cadence.QUARTERLY)
    starts_on = models.DateField(validators=[check_day])
    ends_on = models.DateField(validators=[check_day])
    grace_days = models.PositiveSmallIntegerField(default=30, validators=[MaxValueValidator(366)])
    time_zone = models.CharField(max_length=40, default="UTC")
    theory_of_change = models.TextField(
        blank=True,
        max_length=20_000,
        help_text="how what is done leads to what is to change, and for whom",
    )
    assumptions = models.TextField(
        blank=True, max_length=20_000, help_text="what has to hold outside the partners' reach"
    )
    levels = ArrayField(
        models.CharField(max_length=11, choices=DataLevel),
        default=list,
        blank=True,
        help_text="the levels at which data is to be reported, the local ones included",
    )
    based_on = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="made_from_it",
        help_text="the framework that this one was copied from",
    )
    template = models.CharField(
        max_length=40, blank=True, editable=False, help_text="the template it was begun from"
    )
    agreement = models.OneToOneField(
        Agreement, models.PROTECT, null=True, editable=False, related_name="framework"
    )
    agreed_at = models.DateTimeField(null=True, editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="frameworks"
    )

    objects = FrameworkQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "edition"], name="framework_edition_once"
            ),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(status__in=["agreed", "imported"]),
                name="framework_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="framework_ends_after_start",
                violation_error_message="The end must not come before the start.",
            ),
            models.CheckConstraint(
                condition=days_in_range("starts_on", "ends_on") & Q(grace_days__lte=366),
                name="framework_days_in_range",
            ),
            models.CheckConstraint(
                condition=~Q(cadence="irregular") | Q(import_batch__isnull=False),
                name="framework_irregular_only_imported",
                violation_error_message="Only an imported framework has irregular periods.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    def clean(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError({"time_zone": "Unknown; as in Africa/Nairobi."}) from None

    def today(self) -> date:
        """The day that it is now in the framework's time zone."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    def require_draft(self) -> None:
        """What was proposed or agreed does not change: a change makes a new edition."""
        if self.status != self.Status.DRAFT:
            raise DomainError(
                "framework_settled", f"The framework is {self.status}; make a new edition."
            )

    def following(self) -> "Framework | None":
        """The edition in force, where it came after this one."""
        later = Framework.objects.filter(
            partnership=self.partnership_id, status=self.Status.AGREED, edition__gt=self.edition
        )
        return later.first()

    def spans(self) -> Iterator[tuple[date, date]]:
        """First and last day of every period that the cadence gives, to the framework's end."""
        months = self.MONTHS.get(self.cadence)
        first, number = self.starts_on, 0
        while months and first <= self.ends_on:
            number += 1
            following = _months_later(self.starts_on, number * months)
            yield first, min(following - timedelta(days=1), self.ends_on)
            first = following

    def mark_proposed(self, agreement: Agreement, *, by: User) -> None:
        if not self.partnership.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")
        Event.move(self, self.Status.PROPOSED, by=by, agreement=agreement)

    def withdraw(self, *, by: User, reason: str) -> None:
        """Take back a draft or a proposal; what was said to it stays recorded."""
        if not self.partnership.is_editable_by(by):
            raise NotAllowed("lead_only", "Only the lead partner's managers may do this.")
        require_reason(reason)
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason, withdrawn_at=timezone.now())

    def mark_agreed(self, *, by: User) -> None:
        """Put this edition in force; the former one, and older proposals, are superseded."""
        of_partnership = Framework.objects.filter(partnership=self.partnership)
        overtaken = of_partnership.filter(status=self.Status.PROPOSED, edition__lt=self.edition)
        for framework in (of_partnership.in_force() | overtaken).exclude(pk=self.pk):
            Event.move(framework, self.Status.SUPERSEDED, by=by, superseded_at=timezone.now())
        Event.move(self, self.Status.AGREED, by=by, agreed_at=timezone.now())


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


class OfFrameworkQuerySet(models.QuerySet[Any]):
    """Rows that are as visible as their framework; `path` leads to it."""

    path = "framework"

    def visible_to(self, user: Any) -> Self:
        seen = Framework.objects.visible_to(user).values("pk")
        return self.filter(**{f"{self.path}__in": seen})

    def editable_by(self, user: Any) -> Self:
        mine = Framework.objects.editable_by(user).values("pk")
        return self.filter(**{f"{self.path}__in": mine})


class Result(Record):
    """An output, outcome or impact that the partnership wants to bring about."""

    class Level(models.TextChoices):
        OUTPUT = "output"
        OUTCOME = "outcome"
        IMPACT = "impact"
        OTHER = "other"

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="results")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    series = models.UUIDField(
        default=uuid.uuid4,
        db_default=RandomUUID(),
        editable=False,
        help_text="the same over framework editions",
    )
    level = models.CharField(max_length=7, choices=Level)
    title = models.CharField(max_length=2000)
    description = models.TextField(blank=True, max_length=20_000)
    assumptions = models.TextField(
        blank=True, max_length=20_000, help_text="what has to hold for the result to come about"
    )

    objects = OfFrameworkQuerySet.as_manager()
    history_of = "framework__partnership"

    class Meta:
        ordering = ["framework", "pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.parent and self.parent.framework_id != self.framework_id:
            raise ValidationError({"parent": "A result of another framework."})
        if self.pk and self.pk in self._ancestors():
            raise ValidationError({"parent": "A result cannot stand below itself."})

    def _ancestors(self) -> set[int]:
        """Every result above this one, as stored, whatever was stated for its parent before."""
        of_framework = Result.objects.filter(framework=self.framework_id)
        parents = dict(of_framework.values_list("pk", "parent_id"))
        above: set[int] = set()
        result = self.parent_id
        while result is not None and result not in above:
            above.add(result)
            result = parents.get(result)
        return above


class DimensionQuerySet(models.QuerySet["Dimension"]):
    def visible_to(self, user: Any) -> Self:
        """Shared ones, and those of the frameworks that the user sees."""
        seen = Framework.objects.visible_to(user).values("pk")
        return self.filter(Q(framework=None) | Q(framework__in=seen))


class Dimension(models.Model):
    """A way to break figures down; shared by all, or of one framework that uses its own."""

    framework = models.ForeignKey(
        Framework, models.CASCADE, null=True, blank=True, related_name="own_dimensions"
    )
    code = models.CharField(max_length=120)
    label = models.CharField(max_length=300)
    sdmx_concept = models.CharField(
        max_length=40, blank=True, help_text="the dimension of the SDG data structure (SDMX)"
    )
    first = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="of two that are crossed, such as sex by age",
    )
    second = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = DimensionQuerySet.as_manager()

    class Meta:
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], nulls_distinct=False, name="dimension_once"
            ),
            models.CheckConstraint(
                condition=Q(first=None, second=None)
                | Q(first__isnull=False, second__isnull=False) & ~Q(first=F("second")),
                name="dimension_crosses_two",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(dimension__in=Dimension.objects.visible_to(user).values("pk"))


class Category(models.Model):
    """One value of a dimension; "not known" is one of them."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="categories")
    code = models.CharField(max_length=120)
    label = models.CharField(max_length=300)
    sort = models.PositiveSmallIntegerField(default=0)
    sdmx_code = models.CharField(
        max_length=40, blank=True, help_text="empty: the SDMX list has no such code"
    )
    first = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="of a crossed dimension: its category of the first one",
    )
    second = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["dimension", "sort", "pk"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["dimension", "code"], name="category_once"),
            models.CheckConstraint(
                condition=Q(first=None, second=None)
                | Q(first__isnull=False, second__isnull=False) & ~Q(first=F("second")),
                name="category_crosses_two",
            ),
        ]

    def __str__(self) -> str:
        return self.label
