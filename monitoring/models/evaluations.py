"""Evaluations of a partnership: what was looked at, by whom, and how far it has come."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import (
    Event,
    MovingRecord,
    User,
    check_day,
    days_in_range,
    require_reason,
)

FOLDER = "evaluations"  # where their files are kept
RESPOND_WITHIN = timedelta(days=60)  # of publication
CRITERIA = ("relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability")
LOWEST, HIGHEST = 1, 6
ONE_TO_SIX = [MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]


def rating(criterion: str) -> "models.PositiveSmallIntegerField[Any, Any]":
    return models.PositiveSmallIntegerField(
        criterion,
        null=True,
        blank=True,
        validators=ONE_TO_SIX,
        help_text="by the evaluators, 1 very poor to 6 very good; empty: not rated",
    )


def _ratings_in_range() -> Q:
    """Each between 1 and 6, or empty: a comparison with nothing holds nobody up."""
    fits = Q()
    for name in CRITERIA:
        fits &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (LOWEST, HIGHEST)})
    return fits


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: Any) -> Self:
        """Those that were published, withdrawn ones with the reason; insiders see the others."""
        public = Partnership.objects.public().values("pk")
        inside = Partnership.objects.insider(user).values("pk")
        published = Q(published_at__isnull=False, partnership__in=public)
        return self.filter(published | Q(partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(partnership__in=Partnership.objects.editable_by(user).values("pk"))

    def published_at_dates(self, reference_on: date, cutoff_at: datetime) -> Self:
        """Published by the reference date, known at the cut-off, and not withdrawn by then."""
        stands = Q(withdrawn_at=None) | Q(withdrawn_at__gt=cutoff_at)
        return self.filter(stands, published_on__lte=reference_on, published_at__lte=cutoff_at)


class Evaluation(MovingRecord):
    """A mid-term, final or thematic evaluation of a partnership, and its report."""

    class Kind(models.TextChoices):
        MID_TERM = "mid_term", "mid-term evaluation"
        FINAL = "final", "final evaluation"
        THEMATIC = "thematic", "thematic evaluation"

    class Status(models.TextChoices):
        PLANNED = "planned"
        UNDER_WAY = "under_way", "under way"
        SUBMITTED = "submitted", "submitted, not published yet"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"

    MOVES: ClassVar[dict[str, list[str]]] = {
        Status.PLANNED: [Status.UNDER_WAY, Status.WITHDRAWN],
        Status.UNDER_WAY: [Status.SUBMITTED, Status.WITHDRAWN],
        Status.SUBMITTED: [Status.UNDER_WAY, Status.PUBLISHED, Status.WITHDRAWN],
        Status.PUBLISHED: [Status.WITHDRAWN],
        Status.WITHDRAWN: [],
    }
    OPEN = (Status.PLANNED, Status.UNDER_WAY)

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="evaluations")
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=300)
    scope = models.TextField(
        "scope and questions", max_length=10_000, help_text="what is looked at, and what is asked"
    )
    method = models.TextField("how it is done", max_length=10_000, blank=True)
    starts_on = models.DateField("covers from", validators=[check_day])
    ends_on = models.DateField("covers to", validators=[check_day])
    evaluators = models.CharField(
        max_length=300, help_text="an organisation or a team, no person: everybody reads it"
    )
    is_independent = models.BooleanField(
        default=False,
        help_text="by an organisation that is no member, and paid by none for anything else",
    )
    expected_on = models.DateField(
        "report expected on", null=True, blank=True, validators=[check_day]
    )
    relevance = rating("relevance")
    coherence = rating("coherence")
    effectiveness = rating("effectiveness")
    efficiency = rating("efficiency")
    impact = rating("impact")
    sustainability = rating("sustainability")
    url = models.URLField("link to the report", max_length=2000, blank=True, editable=False)
    file = models.FileField(upload_to=f"{FOLDER}/%Y/%m/", blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.PLANNED, editable=False)
    submitted_on = models.DateField(null=True, editable=False)
    published_on = models.DateField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    respond_by = models.DateField(null=True, editable=False, help_text="60 days after publication")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_reason = models.CharField(
        max_length=2000,
        blank=True,
        editable=False,
        help_text="public where the evaluation had been published",
    )

    objects = EvaluationQuerySet.as_manager()
    history_of = "partnership"
    SAID_AT: ClassVar[dict[str, str]] = {"evaluation_ends_after_start": "ends_on"}

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="evaluation_ends_after_start",
                violation_error_message="The last day must not come before the first.",
            ),
            models.CheckConstraint(
                condition=days_in_range("starts_on", "ends_on"), name="evaluation_days_in_range"
            ),
            models.CheckConstraint(
                condition=_ratings_in_range(),
                name="evaluation_ratings_in_range",
                violation_error_message="A rating goes from 1 to 6.",
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(file=""),
                name="evaluation_one_document",
                violation_error_message="Either a link or a file.",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_on=None, respond_by=None)
                | Q(
                    published_at__isnull=False,
                    published_on__isnull=False,
                    respond_by__isnull=False,
                ),
                name="evaluation_publication_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="evaluation_published_dated",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | ~Q(status="withdrawn") & Q(withdrawn_at=None),
                name="evaluation_withdrawn_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.expected_on and self.expected_on < self.starts_on:
            text = "Not before the first day that it covers."
            raise ValidationError({"expected_on": ValidationError(text, code="expected_before")})

    @property
    def has_document(self) -> bool:
        return bool(self.url or self.file)

    @property
    def ratings(self) -> dict[str, int]:
        """What was rated, in the order of the criteria."""
        given = {name: getattr(self, name) for name in CRITERIA}
        return {name: value for name, value in given.items() if value is not None}

    def is_written_by(self, user: Any) -> bool:
        """Whether the user drafts findings and recommendations: the lead's managers, members'
        evaluators whose role reaches the partnership, admins."""
        if self.partnership.is_editable_by(user):
            return True
        reached = Membership.objects.acted_for_by(user, "evaluator").accepted()
        return reached.filter(partnership=self.partnership_id).exists()

    def require_writer(self, by: User) -> None:
        if not self.is_written_by(by):
            text = "Only the lead's managers and members' evaluators may do this."
            raise NotAllowed("writers_only", text)

    def require_open(self) -> None:
        """What was submitted does not change; it is sent back first."""
        if self.status not in self.OPEN:
            raise DomainError("evaluation_settled", f"The evaluation is {self.status}.")

    def require_under_way(self) -> None:
        if self.status != self.Status.UNDER_WAY:
            raise DomainError("not_under_way", f"The evaluation is {self.status}.")

    def require_published(self) -> None:
        """What is answered and followed up is what everybody reads."""
        if self.status != self.Status.PUBLISHED:
            raise DomainError("not_published", f"The evaluation is {self.status}.")

    def hold(self) -> None:
        """Lock the partnership, and read how far the evaluation has come."""
        self.partnership.hold()
        self.refresh_from_db(fields=["status", "published_on", "published_at", "withdrawn_at"])

    def begin(self, *, by: User) -> None:
        self._go_on(self.Status.PLANNED, by=by)

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Say that the report is whole: its days are over, it is attached and finds something."""
        self.partnership.require_editor(by)
        self.hold()
        today = timezone.localdate()
        if self.status == self.Status.UNDER_WAY:
            self._require_whole(today)
        Event.move(self, self.Status.SUBMITTED, by=by, submitted_on=today)

    def _require_whole(self, today: date) -> None:
        if self.ends_on >= today:
            raise DomainError("days_not_over", "The days that it covers are not over yet.")
        if not self.has_document:
            raise DomainError("no_document", "Attach the report, or a link to it.")
        findings: Any = Evaluation.findings.rel.related_model._default_manager
        if not findings.filter(evaluation=self.pk).exists():
            raise DomainError("no_findings", "Enter at least one finding.")

    def send_back(self, *, by: User, reason: str) -> None:
        """Let the evaluators go on with it."""
        require_reason(reason)
        self._go_on(self.Status.SUBMITTED, by=by, reason=reason)

    @transaction.atomic
    def publish(self, *, by: User) -> None:
        """Let everybody read it; from now on nothing of it changes."""
        self.partnership.require_editor(by)
        self.hold()
        today = timezone.localdate()
        Event.move(
            self,
            self.Status.PUBLISHED,
            by=by,
            published_on=today,
            published_at=timezone.now(),
            respond_by=today + RESPOND_WITHIN,
        )

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take it back for good; what everybody had read stays to be seen, with the reason."""
        self.partnership.require_editor(by)
        require_reason(reason)
        self.hold()
        Event.move(
            self,
            self.Status.WITHDRAWN,
            by=by,
            reason=reason,
            withdrawn_at=timezone.now(),
            withdrawal_reason=reason,
        )

    @transaction.atomic
    def _go_on(self, was: str, *, by: User, reason: str = "") -> None:
        """Let the evaluators work on it, from one state alone: another has a move of its own."""
        self.partnership.require_editor(by)
        self.hold()
        to = self.Status.UNDER_WAY
        if self.status != was:
            raise DomainError("invalid_transition", f"Cannot go from {self.status} to {to}.")
        Event.move(self, to, by=by, reason=reason, submitted_on=None)
