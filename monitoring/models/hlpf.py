"""Which goals the High-level Political Forum reviews in a year."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from registry.errors import NotAllowed
from registry.models import Event, Goal, User

FIRST_YEAR, LAST_YEAR = 2016, 2100


class HlpfReviewQuerySet(models.QuerySet["HlpfReview"]):
    def visible_to(self, user: Any) -> Self:
        """For everybody."""
        return self

    def known_at(self, moment: datetime) -> Self:
        return self.filter(set_at__lte=moment)

    def goals_of(self, year: int, moment: datetime) -> list[int]:
        """The goals under review as set by a moment; without any setting all goals."""
        last = self.known_at(moment).filter(year=year).order_by("-set_at", "-pk").first()
        if last is not None:
            return list(last.goals)
        return list(Goal.objects.order_by("number").values_list("number", flat=True))

    @transaction.atomic
    def put(self, year: int, goals: list[int], *, by: User) -> "HlpfReview":
        """Set the goals of a year; what was set before stays, for reports of before.

        Setting again what holds changes nothing.
        """
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
        chosen = sorted(set(goals))
        made = HlpfReview(year=year, goals=chosen, set_by=by)
        made.clean_fields(exclude=["set_by"])
        made.clean()
        with connection.cursor() as cursor:  # two at once: the second sees the first's
            cursor.execute("SELECT pg_advisory_xact_lock(20300714, %s)", [year])
        last = self.filter(year=year).order_by("-set_at", "-pk").first()
        if last is not None and last.goals == chosen:
            return last
        made.set_at = timezone.now()  # after whom it waited for
        made.save(force_insert=True)
        Event.log(made, "set", by=by)
        return made


class HlpfReview(models.Model):
    """The goals under review in a year, as an admin set them at a moment; never changed."""

    year = models.PositiveSmallIntegerField()
    goals = ArrayField(models.PositiveSmallIntegerField())
    set_at = models.DateTimeField(default=timezone.now, editable=False)
    set_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="hlpf_reviews")

    objects = HlpfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-set_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                name="hlpf_review_year",
                violation_error_message=f"A year from {FIRST_YEAR} to {LAST_YEAR}.",
            ),
            models.CheckConstraint(condition=~Q(goals=[]), name="hlpf_review_has_goals"),
        ]

    def __str__(self) -> str:
        return f"HLPF {self.year}: {', '.join(map(str, self.goals))}"

    def clean(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValidationError({"year": f"A year from {FIRST_YEAR} to {LAST_YEAR}."})
        known = set(Goal.objects.filter(pk__in=self.goals).values_list("pk", flat=True))
        if not self.goals or set(self.goals) - known:
            raise ValidationError({"goals": "One goal or more, by their numbers."})
