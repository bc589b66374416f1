"""Data as it was sent, and what a reviewer said of it."""

from datetime import datetime
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from monitoring.models.deciding import Decided
from monitoring.models.frameworks import Category, Framework
from monitoring.models.indicators import Indicator
from monitoring.models.periods import Period, ReportingUnit
from monitoring.models.reviewers import Reviewer, members_of, reviewed_by
from partnerships.models import Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, ImportBatch, User


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def approved(self) -> Self:
        return self.filter(status__in=["approved", "superseded"])

    def visible_to(self, user: Any) -> Self:
        """Approved data in settled, public frameworks; insiders see the rest."""
        inside = Partnership.objects.insider(user).values("pk")
        seen = Framework.objects.visible_to(user).filter(status__in=Framework.SETTLED).values("pk")
        approved = Q(approved_at__isnull=False, period__framework__in=seen)
        return self.filter(approved | Q(period__framework__partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        units = ReportingUnit.objects.reportable_by(user).values("pk")
        if user.is_anonymous:
            return self.none()
        reached = Membership.objects.acted_for_by(user, "manager", "evaluator")
        return self.filter(Q(unit__in=units) | Q(sent_for__in=reached.accepted().values("pk")))

    def waiting(self) -> Self:
        return self.filter(status=Submission.Status.SUBMITTED)

    def of_people(self, user: Any) -> Self:
        """Data of the partners for which the user reports, without an admin's reach."""
        return self.filter(unit__in=ReportingUnit.objects.of_people(user).values("pk"))

    def in_charge_of(self, user: Any, partner: Any) -> Self:
        """What the person has to see through for the partner: begun or taken over, not decided."""
        person = Q(in_charge=user) | Q(in_charge=None, created_by=user)
        own = Q(sent_for=None, unit__membership__partner=partner) | Q(sent_for__partner=partner)
        return self.filter(person, own, status__in=Submission.IN_PROGRESS)

    def note_writer(self, by: User) -> None:
        """Remember who had a hand in them; twice is once."""
        appended = models.Func(F("writers"), models.Value(by.pk), function="array_append")
        self.exclude(writers__contains=[by.pk]).update(writers=appended)

    def in_progress(self) -> Self:
        """Begun or sent back: its own people have to act."""
        return self.filter(status__in=[Submission.Status.DRAFT, Submission.Status.RETURNED])

    def reviewable_by(self, user: Any) -> Self:
        """Waiting ones that the user may decide (see `require_reviewer`), oldest first."""
        theirs = reviewed_by(user).values("pk")
        waiting = self.waiting().filter(period__framework__partnership__in=theirs)
        hands = Q(submitted_by=user) | Q(created_by=user) | Q(writers__contains=[user.pk])
        waiting = waiting.exclude(hands)
        if not user.is_staff:
            waiting = waiting.exclude(pk__in=self._of_own_organisation(user).values("pk"))
        return waiting.order_by("submitted_at", "pk")

    def _of_own_organisation(self, user: Any) -> Self:
        """Data that the user's own organisation reports or sends, where reviewers are named."""
        own = members_of(user).values("pk")
        named = Reviewer.objects.current().values("partnership_id")
        return self.waiting().filter(
            Q(unit__membership__in=own) | Q(sent_for__in=own),
            period__framework__partnership__in=named,
        )

    def with_names(self) -> Self:
        return self.select_related(
            "period__framework__partnership",
            "unit__country",
            "unit__membership__partner",
            "submitted_by",
        )


class Submission(Decided):
    """One reporting unit's data for one period."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    MOVES = {
        Status.DRAFT: [Status.SUBMITTED, Status.WITHDRAWN],
        Status.SUBMITTED: [Status.APPROVED, Status.RETURNED, Status.WITHDRAWN],
        Status.RETURNED: [Status.SUBMITTED, Status.WITHDRAWN],
        Status.APPROVED: [Status.SUPERSEDED, Status.WITHDRAWN],
        Status.SUPERSEDED: [Status.WITHDRAWN],
        Status.WITHDRAWN: [],
    }
    IN_PROGRESS = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)

    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="submissions")
    period = models.ForeignKey(Period, models.PROTECT, related_name="submissions")
    revision = models.PositiveSmallIntegerField(default=1, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    sent_for = models.ForeignKey(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sent_submissions",
        help_text="the member that sends, where it reports on another's behalf",
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="created_submissions"
    )
    in_charge = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="submissions_in_charge",
        help_text="who took it over; empty: who began it",
    )
    complete_at = models.DateTimeField(
        null=True, editable=False, help_text="when first handed in with every value of its unit"
    )
    comment = models.TextField(blank=True, max_length=20_000)
    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="submissions"
    )

    objects = SubmissionQuerySet.as_manager()
    history_of = "period__framework__partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [models.Index(fields=["period", "status"], name="submission_by_period")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period", "revision"], name="submission_revision_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "period"],
                condition=Q(status__in=["draft", "submitted", "returned"]),
                name="submission_one_in_progress",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_at__isnull=False),
                name="submission_approved_dated",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")),
                name="submission_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(writers__contains=[F("approved_by")]),
                name="submission_not_reviewed_by_a_writer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.period} r{self.revision}"

    def require_sender(self, by: User) -> None:
        if not Submission.objects.editable_by(by).filter(pk=self.pk).exists():
            raise NotAllowed("unit_only", "Only the reporting unit's own people may do this.")

    def require_editable(self, by: User) -> None:
        self.require_sender(by)
        if self.status not in (self.Status.DRAFT, self.Status.RETURNED):
            raise DomainError("submission_locked", f"The submission is {self.status}.")
        if self.period.status == Period.Status.CLOSED:
            raise DomainError("period_closed", f"The period {self.period} is closed.")

    def hold_editable(self, by: User) -> None:
        """Require it in the caller's transaction, in which the period cannot be closed.

        Who writes is remembered: see `note_writer`.
        """
        self.period.hold()
        self.refresh_from_db(fields=["status"])
        self.require_editable(by)
        self.note_writer(by)

    @transaction.atomic
    def submit(self, *, by: User) -> None:
        """Hand in for review; an empty submission has nothing to review."""
        self.hold_editable(by)
        if not self.observations.exists():
            raise DomainError("no_observations", "There is no value to submit.")
        self.period.require_ended()
        now = timezone.now()
        given = self.observations.values_list("indicator_id", flat=True).distinct()
        Event.move(
            self,
            self.Status.SUBMITTED,
            by=by,
            facts={"indicators": sorted(given)},
            submitted_by=by,
            submitted_at=now,
            complete_at=self.complete_at or (None if self.lacking().exists() else now),
        )
        self.return_reasons.answer(self, by=by)

    def lacking(self) -> models.QuerySet[Indicator]:
        """Indicators that this unit reports and for which the submission has no total."""
        given = self.observations.filter(category=None).values("indicator_id")
        return self.indicators().exclude(pk__in=given)

    def indicators(self) -> models.QuerySet[Indicator]:
        """What is asked of this unit: by place if it is a place, else what is not by place.

        An indicator with a responsible member is asked of that member's units only.
        """
        of_framework = Indicator.objects.filter(result__framework=self.period.framework_id)
        asked = Q(responsible=None) | Q(responsible=self.unit.membership_id)
        return of_framework.filter(asked, by_place=self.unit.has_place)


class ObservationQuerySet(models.QuerySet["Observation"]):
    def counting(self, at: datetime | None = None) -> Self:
        """Values that count, at a moment: approved by then, not yet superseded or withdrawn."""
        if at is None:
            return self.filter(counts_from__isnull=False, counts_until=None, withdraws=False)
        ended = Q(counts_until=None) | Q(counts_until__gt=at)
        return self.filter(ended, counts_from__lte=at, withdraws=False)

    def last_before(self, submission: Submission) -> Self:
        """The unit's newest counting total of each indicator in an earlier period."""
        earlier = self.counting().filter(
            unit__in=ReportingUnit.objects.in_line_with(submission.unit),
            category=None,
            period__ends_on__lt=submission.period.ends_on,
        )
        return earlier.order_by("indicator_id", "-period__ends_on", "-pk").distinct("indicator_id")

    def visible_to(self, user: Any) -> Self:
        """Counting values of public frameworks; breakdowns of people only for insiders."""
        inside = Partnership.objects.insider(user).values("pk")
        seen = Framework.objects.visible_to(user).filter(status__in=Framework.SETTLED).values("pk")
        public = Q(
            counts_from__isnull=False,
            counts_until=None,
            withdraws=False,
            period__framework__in=seen,
        )
        safe = Q(category=None) | Q(indicator__counts_people="no")
        return self.filter(public & safe | Q(period__framework__partnership__in=inside))

    @transaction.atomic
    def put_in_force(self, submission: Submission, at: datetime) -> None:
        """Let a submission's rows count from `at`; rows for the same cells end there."""
        with connection.cursor() as cursor:
            cursor.execute(_END_REPLACED, {"submission": submission.pk, "at": at})
        self.filter(submission=submission, counts_from=None).update(counts_from=at)


_END_REPLACED = """
UPDATE monitoring_observation old SET counts_until = %(at)s
FROM monitoring_observation new
WHERE new.submission_id = %(submission)s AND old.submission_id <> new.submission_id
  AND old.indicator_id = new.indicator_id AND old.period_id = new.period_id
  AND old.unit_id = new.unit_id AND old.category_id IS NOT DISTINCT FROM new.category_id
  AND old.counts_from IS NOT NULL AND old.counts_until IS NULL
"""


class Observation(models.Model):
    """One value: an indicator in a period for a reporting unit, in total or for a category."""

    class Verification(models.TextChoices):
        PUBLISHED_ELSEWHERE = "published_elsewhere", "published elsewhere"
        SELF_REPORTED = "self_reported", "self-reported"
        INTERNALLY_VALIDATED = "internally_validated", "internally validated"
        INDEPENDENTLY_VERIFIED = "independently_verified", "independently verified"

    # The constraints' index begins with the submission; most values are of no category.
    submission = models.ForeignKey(
        Submission, models.CASCADE, db_index=False, related_name="observations"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    period = models.ForeignKey(Period, models.PROTECT, related_name="observations")
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="observations")
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="observations",
    )
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    numerator = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    denominator = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    text = models.TextField(blank=True, max_length=20_000)
    comment = models.TextField(blank=True, max_length=20_000)
    variance_reason = models.TextField(
        blank=True, max_length=20_000, help_text="why it is far from what was expected"
    )
    is_provisional = models.BooleanField(default=False)
    method = models.CharField(
        blank=True, max_length=2000, help_text="how it was estimated, where it was"
    )
    sample_size = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    interval_low = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    interval_high = models.DecimalField(max_digits=30, decimal_places=10, null=True, blank=True)
    withdraws = models.BooleanField(default=False, help_text="takes the cell's value away")
    verification = models.CharField(
        max_length=22, choices=Verification, default=Verification.SELF_REPORTED
    )
    counts_from = models.DateTimeField(null=True, editable=False)
    counts_until = models.DateTimeField(null=True, editable=False)

    objects = ObservationQuerySet.as_manager()
    history_of = "period__framework__partnership"

    class Meta:
        ordering = ["submission", "indicator", "category", "pk"]
        indexes = [
            models.Index(
                fields=["category"],
                name="observation_by_category",
                condition=Q(category__isnull=False),
            ),
            # What was corrected lately: few of many.
            models.Index(
                fields=["counts_until"],
                name="observation_ended",
                condition=Q(counts_until__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "indicator", "category"],
                nulls_distinct=False,
                name="observation_once",
                violation_error_message="This cell has a value in the submission already.",
            ),
            models.UniqueConstraint(
                fields=["indicator", "period", "unit", "category"],
                condition=Q(counts_from__isnull=False, counts_until=None),
                nulls_distinct=False,
                name="observation_one_counts",
            ),
            models.CheckConstraint(
                condition=Q(withdraws=True, value=None, numerator=None, denominator=None)
                | Q(withdraws=False, value__isnull=False, numerator=None, denominator=None)
                | Q(withdraws=False, value=None, numerator__isnull=False)
                & Q(denominator__isnull=False)
                | Q(withdraws=False, value=None, numerator=None, denominator=None) & ~Q(text=""),
                name="observation_one_kind_of_value",
                violation_error_message="A value, or numerator and denominator, or a text.",
            ),
            models.CheckConstraint(
                condition=Q(interval_low=None, interval_high=None)
                | Q(interval_low__isnull=False, interval_high__gte=F("interval_low")),
                name="observation_interval_in_order",
                violation_error_message="An interval has a low and a high end, in that order.",
            ),
            models.CheckConstraint(
                condition=Q(sample_size=None) | Q(sample_size__gte=1),
                name="observation_sample_of_some",
            ),
            models.CheckConstraint(
                condition=Q(counts_until=None)
                | Q(counts_from__isnull=False, counts_until__gte=F("counts_from")),
                name="observation_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}: {self.value}"
