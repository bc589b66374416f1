"""What members write of a year, in their own words: the sections of the annual report."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from partnerships.models import Membership, Partnership
from registry.models import Record, User

LONGEST = 50_000
FIRST_YEAR = 1990


class Topic(models.TextChoices):
    """The sections, in the order of reading."""

    ACHIEVEMENTS = "achievements", "Achievements"
    VARIANCE = "variance", "Reasons for variance"
    LESSONS = "lessons", "Lessons"
    CONSEQUENCES = "consequences", "Unintended consequences"
    NEXT_YEAR = "next_year", "Next year"


HINTS = {
    Topic.ACHIEVEMENTS: "What changed, for whom, and what the partnership did for it.",
    Topic.VARIANCE: "Where results differ from targets: why, and what was done about it.",
    Topic.LESSONS: "What you would do again, and what not.",
    Topic.CONSEQUENCES: "What happened that nobody intended, good or bad, and to whom.",
    Topic.NEXT_YEAR: "What is planned, what changes, what is needed for it.",
}


class NarrativeSectionQuerySet(models.QuerySet["NarrativeSection"]):
    def visible_to(self, user: Any) -> Self:
        """The members' own: everybody reads them in the report, once that is published."""
        return self.filter(partnership__in=Partnership.objects.insider(user).values("pk"))

    def of_year(self, partnership: Partnership, year: int) -> Self:
        return self.filter(partnership=partnership, year=year)


class NarrativeSection(Record):
    """One section of a partnership's year, as it stands now; members write it together."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="narrative_sections")
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(FIRST_YEAR)])
    topic = models.CharField(max_length=12, choices=Topic)
    text = models.TextField(
        blank=True, max_length=LONGEST, help_text="plain text; empty: nothing to say"
    )
    membership = models.ForeignKey(
        Membership,
        models.PROTECT,
        editable=False,
        related_name="narrative_sections",
        help_text="the member that wrote last",
    )

    objects = NarrativeSectionQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "year", "topic"], name="narrative_section_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()} {self.year}"

    def clean(self) -> None:
        if self.year > timezone.localdate().year:
            raise ValidationError({"year": "This year has not begun."})


class NarrativeEdit(models.Model):
    """A section as one of the members left it at a moment: never changed, read by reports."""

    section = models.ForeignKey(NarrativeSection, models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField(help_text="the section's version from then on")
    text = models.TextField(blank=True)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="narrative_edits")
    partner_key = models.PositiveBigIntegerField(
        help_text="the member's organisation as it wrote, which no merge changes: reports name it"
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="narrative_edits")
    edited_at = models.DateTimeField(default=timezone.now)

    class QuerySet(models.QuerySet["NarrativeEdit"]):
        def visible_to(self, user: Any) -> Self:
            inside = Partnership.objects.insider(user).values("pk")
            return self.filter(section__partnership__in=inside)

        def standing_at(self, partnership: Partnership, year: int, moment: Any) -> Self:
            """Each section's last edit up to a moment; one row for each topic that has any."""
            known = self.filter(
                section__partnership=partnership, section__year=year, edited_at__lte=moment
            )
            last = known.order_by("section__topic", "-number").distinct("section__topic")
            return last.select_related("section", "membership")

    objects = QuerySet.as_manager()
    history_of = "section__partnership"

    class Meta:
        ordering = ["-edited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="narrative_edit_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="narrative_edit_counts"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["section", "edited_at"], name="narrative_edit_at")
        ]

    def __str__(self) -> str:
        return f"{self.section} #{self.number}"


def plain_text(text: str, longest: int = LONGEST) -> str:
    """Members' words as they are kept: one kind of line end, no surrounding space.

    What is too long or holds what a database cannot is refused, at the field `text`.
    """
    if len(text) > longest:
        raise ValidationError({"text": f"At most {longest:,} characters."})
    if "\x00" in text:
        raise ValidationError({"text": "Null characters are not text."})
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def writers_in(partnership: Partnership, user: Any) -> list[Membership]:
    """The accepted members in whose name a user may write: as manager or evaluator."""
    if not getattr(user, "is_authenticated", False):
        return []
    accepted = Membership.objects.accepted().filter(partnership=partnership)
    own = accepted.acted_for_by(user, "manager", "evaluator").select_related("partner")
    return list(own.order_by("pk"))
