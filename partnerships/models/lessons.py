"""What partnerships have learnt, for those that come after."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from registry.errors import NotAllowed
from registry.models import Country, Event, MovingRecord, Target, User, require_reason
from registry.models.search import words_in

# How much each likeness counts when lessons are proposed to a draft.
SAME_TARGET, SAME_GOAL, SAME_COUNTRY, SAME_KIND = 4, 2, 2, 1


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, user: Any) -> Self:
        """Published ones with their partnership; drafts and withdrawn ones for insiders."""
        public = Q(
            status=Lesson.Status.PUBLISHED,
            partnership__in=Partnership.objects.public().values("pk"),
        )
        inside = Q(partnership__in=Partnership.objects.insider(user).values("pk"))
        return self.filter(public | inside)

    def editable_by(self, user: Any) -> Self:
        """The partnership's lead, and the managers of its members."""
        if user.is_anonymous:
            return self.none()
        led = Partnership.objects.editable_by(user).values("pk")
        joined = Membership.objects.accepted().acted_for_by(user, "manager")
        return self.filter(
            Q(partnership__in=led) | Q(partnership__in=joined.values("partnership_id"))
        )

    def published(self) -> Self:
        public = Partnership.objects.public().values("pk")
        return self.filter(status=Lesson.Status.PUBLISHED, partnership__in=public)

    def chosen(
        self,
        *,
        q: str = "",
        goal: Sequence[str] = (),
        target: str = "",
        country: str = "",
        kind: Sequence[str] = (),
    ) -> Self:
        rows = self.matching(q) if q else self
        if goal:
            rows = rows.filter(_tagged("targets", target__goal_id__in=goal))
        if target:
            rows = rows.filter(_tagged("targets", target__code=target))
        if country:
            rows = rows.filter(_tagged("countries", country__alpha2=country))
        return rows.filter(kind__in=kind) if kind else rows

    def matching(self, text: str) -> Self:
        """With all the words, whose last letters may be missing, in any script."""
        if not words_in(text):
            return self.none()
        condition = "words @@ registry_search_query(%s)"
        return self.filter(RawSQL(condition, [text], output_field=models.BooleanField()))

    def for_draft(self, partnership: Partnership, most: int = 5) -> "list[Proposed]":
        """Published lessons of similar partnerships, likest first, each with what is alike."""
        if partnership.pk is None:
            return []
        with_likeness = (
            self.published()
            .exclude(partnership=partnership)
            .annotate(likeness=RawSQL(LIKENESS, [partnership.pk], output_field=models.JSONField()))
        )
        ranked = with_likeness.annotate(
            points=RawSQL(f"({POINTS})", [partnership.pk], output_field=models.IntegerField())
        ).filter(points__gte=SAME_TARGET)
        rows = ranked.select_related("partnership").order_by("-points", "-published_on", "-pk")
        return [Proposed(row, _why(row.likeness)) for row in rows[:most]]  # type: ignore[attr-defined]


class Proposed(NamedTuple):
    """A lesson that fits a partnership in the making, and why."""

    lesson: "Lesson"
    why: str


# What a lesson shares with a partnership: `%s` is the partnership's key.
_ALIKE = """
(SELECT {0} FROM partnerships_partnership mine
  JOIN partnerships_partnership theirs ON theirs.id = partnerships_lesson.partnership_id
  CROSS JOIN LATERAL (SELECT array_agg(t.code ORDER BY t.id) AS targets
    FROM partnerships_lesson_targets l JOIN partnerships_partnership_targets p
      ON p.target_id = l.target_id AND p.partnership_id = mine.id
    JOIN registry_target t ON t.id = l.target_id WHERE l.lesson_id = partnerships_lesson.id) t
  CROSS JOIN LATERAL (SELECT array_agg(DISTINCT s.goal_id::text) AS goals
    FROM partnerships_lesson_targets l JOIN registry_target s ON s.id = l.target_id
    JOIN partnerships_facets f ON f.partnership_id = mine.id AND s.goal_id::text = ANY(f.goals)
    WHERE l.lesson_id = partnerships_lesson.id) g
  CROSS JOIN LATERAL (SELECT array_agg(c.alpha2 ORDER BY c.alpha2) AS countries
    FROM partnerships_lesson_countries l JOIN partnerships_partnershipcountry p
      ON p.country_id = l.country_id AND p.partnership_id = mine.id
    JOIN registry_country c ON c.id = l.country_id WHERE l.lesson_id = partnerships_lesson.id) c
  WHERE mine.id = %s)
"""
LIKENESS = _ALIKE.format(
    "json_build_object('targets', t.targets, 'goals', g.goals, 'countries', c.countries,"
    " 'kind', mine.kind = theirs.kind)::text"
)
POINTS = _ALIKE.format(
    f"{SAME_TARGET} * coalesce(cardinality(t.targets), 0)"
    f" + {SAME_GOAL} * coalesce(cardinality(g.goals), 0)"
    f" + {SAME_COUNTRY} * coalesce(cardinality(c.countries), 0)"
    f" + CASE WHEN mine.kind = theirs.kind THEN {SAME_KIND} ELSE 0 END"
)


def _why(likeness: dict[str, Any]) -> str:
    parts = []
    for name, words in (("targets", "target"), ("goals", "goal"), ("countries", "country")):
        if shared := likeness[name]:
            parts.append(f"same {words if len(shared) == 1 else name} {', '.join(shared)}")
    if likeness["kind"]:
        parts.append("same kind of partnership")
    return "; ".join(parts)


def _tagged(field: str, **conditions: Any) -> Q:
    through: Any = getattr(Lesson, field).through
    return Q(Exists(through.objects.filter(lesson_id=OuterRef("pk"), **conditions)))


class Lesson(MovingRecord):
    """Something that happened in a partnership, and what others can learn from it."""

    class Kind(models.TextChoices):
        WORKED = "worked", "what worked"
        FAILED = "failed", "what did not work"
        SURPRISE = "surprise", "what nobody expected"
        PROCESS = "process", "how to work together"

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"

    MOVES = {
        Status.DRAFT: [Status.PUBLISHED, Status.WITHDRAWN],
        Status.PUBLISHED: [Status.WITHDRAWN],
        Status.WITHDRAWN: [],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="lessons")
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=200)
    happened = models.TextField(max_length=10_000, help_text="what happened")
    learnt = models.TextField(max_length=10_000, help_text="what was learnt")
    audience = models.CharField(max_length=300, blank=True, help_text="for whom it is of use")
    targets = models.ManyToManyField(Target, blank=True, related_name="lessons")
    countries = models.ManyToManyField(Country, blank=True, related_name="lessons")
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    published_on = models.DateField(null=True, editable=False)
    words = models.GeneratedField(
        expression=models.Func(
            models.F("title"),
            models.F("happened"),
            models.F("learnt"),
            models.F("audience"),
            function="partnerships_lesson_words",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = LessonQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [GinIndex(fields=["words"], fastupdate=False, name="lesson_words")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_on__isnull=False),
                name="lesson_published_dated",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def require_writer(self, by: User) -> None:
        if not Lesson.objects.editable_by(by).filter(pk=self.pk).exists():
            raise NotAllowed("members_only", "Only managers of its members may do this.")

    def publish(self, *, by: User) -> None:
        """Let others learn from it; what is published stays as it is."""
        self.require_writer(by)
        Event.move(self, self.Status.PUBLISHED, by=by, published_on=timezone.localdate())

    def withdraw(self, *, by: User, reason: str) -> None:
        self.require_writer(by)
        require_reason(reason)
        Event.move(self, self.Status.WITHDRAWN, by=by, reason=reason)
