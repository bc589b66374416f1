"""What an evaluation found, what it recommends, and what was put right in it afterwards."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from monitoring.models.evaluations import Evaluation
from monitoring.models.frameworks import Framework
from monitoring.models.indicators import Indicator
from partnerships.models import Membership
from registry.models import Record, User


class OfEvaluationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(evaluation__in=Evaluation.objects.visible_to(user).values("pk"))


class EvaluationFindingQuerySet(OfEvaluationQuerySet):
    def with_indicator_for(self, user: Any) -> Self:
        """Annotate `sees_indicator`: an earlier row may be about one that is only drafted."""
        seen = Indicator.objects.visible_to(user).filter(pk=OuterRef("indicator"))
        return self.annotate(sees_indicator=Exists(seen))


class EvaluationFinding(Record):
    """One thing that an evaluation found, and what it rests on."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="findings")
    number = models.PositiveSmallIntegerField(editable=False)
    text = models.TextField("finding", max_length=5000)
    evidence = models.TextField("what it rests on", max_length=5000, blank=True)
    url = models.URLField("link to the evidence", max_length=2000, blank=True)
    indicator = models.ForeignKey(
        Indicator,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluation_findings",
        help_text="of the partnership's frameworks, where it is about one",
    )

    objects: ClassVar = EvaluationFindingQuerySet.as_manager()
    history_of = "evaluation__partnership"

    class Meta:
        ordering = ["evaluation", "number", "pk"]
        verbose_name = "finding"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="finding_number_once")
        ]

    def __str__(self) -> str:
        return f"Finding {self.number}: {self.evaluation}"

    def clean(self) -> None:
        if not self.text.strip():
            raise ValidationError({"text": "Say what was found."})
        if self.indicator is None:
            return
        framework = self.indicator.framework
        if framework.partnership_id != self.evaluation.partnership_id:
            text = "Not an indicator of this partnership."
            raise ValidationError({"indicator": ValidationError(text, code="other_partnership")})
        if framework.status not in Framework.SETTLED:
            text = f"It becomes public with the finding, and its framework is {framework.status}."
            raise ValidationError({"indicator": ValidationError(text, code="framework_unsettled")})


class RecommendationQuerySet(OfEvaluationQuerySet):
    def unanswered(self) -> Self:
        """Of evaluations that stand published, without a response."""
        responses: Any = Recommendation.responses.rel.related_model._default_manager
        answered = responses.filter(recommendation=OuterRef("pk"))
        return self.filter(~Exists(answered), evaluation__status=Evaluation.Status.PUBLISHED)


class Recommendation(Record):
    """Something that an evaluation recommends to a member, or to the secretariat."""

    class Addressee(models.TextChoices):
        MEMBER = "member", "a member"
        SECRETARIAT = "secretariat", "the secretariat"

    class Priority(models.TextChoices):
        HIGH = "high"
        MEDIUM = "medium"
        LOW = "low"

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="recommendations")
    number = models.PositiveSmallIntegerField(editable=False)
    text = models.TextField("recommendation", max_length=5000)
    addressed_to = models.CharField(max_length=11, choices=Addressee, default=Addressee.MEMBER)
    member = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.MEDIUM)

    objects: ClassVar = RecommendationQuerySet.as_manager()
    history_of = "evaluation__partnership"
    SAID_AT: ClassVar[dict[str, str]] = {"recommendation_has_addressee": "member"}

    class Meta:
        ordering = ["evaluation", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "number"], name="recommendation_number_once"
            ),
            models.CheckConstraint(
                condition=Q(addressed_to="member", member__isnull=False)
                | Q(addressed_to="secretariat", member=None),
                name="recommendation_has_addressee",
                violation_error_message="Name the member; none where it goes to the secretariat.",
            ),
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.number}: {self.evaluation}"

    @property
    def is_for_secretariat(self) -> bool:
        return self.addressed_to == self.Addressee.SECRETARIAT

    def clean(self) -> None:
        if not self.text.strip():
            raise ValidationError({"text": "Say what is recommended."})
        if self.member and self.member.partnership_id != self.evaluation.partnership_id:
            text = "Not a member of this partnership."
            raise ValidationError({"member": ValidationError(text, code="other_partnership")})


class Erratum(models.Model):
    """What was put right in a published evaluation: it stands beside it, nothing is rewritten."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="errata")
    text = models.TextField(max_length=5000)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")

    objects: ClassVar = OfEvaluationQuerySet.as_manager()
    history_of = "evaluation__partnership"

    class Meta:
        ordering = ["evaluation", "at", "pk"]
        verbose_name_plural = "errata"

    def __str__(self) -> str:
        return f"Erratum of {self.evaluation}"
