"""Whether an organisation may enter partnerships between the UN or the public and business."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models.base import MovingRecord, Record, check_day, days_in_range
from registry.models.events import Event
from registry.models.notices import Notice
from registry.models.partners import Partner
from registry.models.people import User

REMIND_BEFORE = (60, 30, 7, 0)  # days before the last day on which a review holds
LONGEST = 5 * 366


class ExclusionCriterionQuerySet(models.QuerySet["ExclusionCriterion"]):
    def active(self, on: date) -> Self:
        """What is asked in a review that is decided on that day."""
        return self.filter(
            Q(active_until=None) | Q(active_until__gte=on), active_from__lte=on
        ).order_by("number", "pk")


class ExclusionCriterion(Record):
    """A ground on which an organisation is kept out; admins edit the list."""

    number = models.PositiveSmallIntegerField(default=1, help_text="its place in the list")
    text = models.CharField(max_length=500)
    active_from = models.DateField(default=timezone.localdate, validators=[check_day])
    active_until = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="the last day on which it is asked"
    )

    objects = ExclusionCriterionQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name_plural = "exclusion criteria"
        constraints = [
            models.CheckConstraint(
                condition=Q(active_until=None) | Q(active_until__gte=F("active_from")),
                name="criterion_ends_after_start",
                violation_error_message="The last day must not come before the first.",
            ),
            models.CheckConstraint(
                condition=days_in_range("active_from", "active_until"),
                name="criterion_days_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Reminder(NamedTuple):
    """A review that soon holds no longer, and how many days before one is told."""

    review: "DueDiligence"
    days: int

    def tell(self) -> None:
        """Tell admins and the partner's managers: when it ends, and nothing of what was found."""
        review, days = self
        facts = {"days": days, "expires_on": str(review.expires_on), "partner": review.partner_id}
        event = Event.log(review, "expiring" if days else "expires", by=None, facts=facts)
        managing = Q(affiliations__partner=review.partner_id, affiliations__role="manager")
        people = User.objects.filter(managing | Q(is_staff=True), is_active=True)
        Notice.tell(event, people.distinct())


class DueDiligenceQuerySet(models.QuerySet["DueDiligence"]):
    def visible_to(self, user: Any) -> Self:
        """All for admins; what was decided, for the partner's own managers; else nothing.

        Of what managers see, only outcome and dates are theirs: see `OPEN_TO_MANAGERS`.
        """
        if user.is_anonymous:
            return self.none()
        if user.is_staff:
            return self
        own = Partner.objects.with_role(user, "manager").values("pk")
        return self.exclude(status=DueDiligence.Status.DRAFT).filter(partner__in=own)

    def current(self) -> Self:
        """The last word on each partner."""
        return self.filter(status=DueDiligence.Status.DECIDED)

    def valid(self, on: date) -> Self:
        """Reviews that let a partner in on that day: cleared, not superseded, not expired."""
        cleared = [DueDiligence.Outcome.CLEARED, DueDiligence.Outcome.CONDITIONAL]
        return self.current().filter(outcome__in=cleared, decided_on__lte=on, expires_on__gte=on)

    def cleared_on(self, on: date) -> Self:
        """Decided for letting a partner in and not expired on a day, superseded since or not."""
        cleared = [DueDiligence.Outcome.CLEARED, DueDiligence.Outcome.CONDITIONAL]
        return self.exclude(status=DueDiligence.Status.DRAFT).filter(
            outcome__in=cleared, decided_on__lte=on, expires_on__gte=on
        )

    def under_way_at(self, on: date, known_at: datetime) -> Self:
        """Begun, and not decided yet on a past day."""
        undecided = Q(decided_on=None) | Q(decided_on__gt=on)
        return self.filter(undecided, created_at__lte=known_at)

    @transaction.atomic
    def claim_reminders(self, *, on: date) -> list[Reminder]:
        """Reviews of which to tell now; each stage of each review is given out once.

        After days without a run the most urgent stage alone is told.
        """
        ending = self.current().filter(expires_on__lte=on + timedelta(days=max(REMIND_BEFORE)))
        claimed = []
        for review in ending.exclude(reminded=0).select_related("partner").order_by("pk"):
            days = min(d for d in REMIND_BEFORE if review.days_left(on) <= d)
            unclaimed = self.current().filter(Q(reminded=None) | Q(reminded__gt=days), pk=review.pk)
            if unclaimed.update(reminded=days):
                claimed.append(Reminder(review, days))
        return claimed

    @transaction.atomic
    def remind(self, *, on: date) -> int:
        """Tell admins and the partner's managers which reviews end soon, or have; never twice."""
        claimed = self.claim_reminders(on=on)
        for reminder in claimed:
            reminder.tell()
        return len(claimed)


class DueDiligence(MovingRecord):
    """A dated review of a partner: commitment to the Ten Principles, exclusion, outcome."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        DECIDED = "decided"
        SUPERSEDED = "superseded"

    class Outcome(models.TextChoices):
        CLEARED = "cleared"
        CONDITIONAL = "conditional", "cleared with conditions"
        NOT_CLEARED = "not_cleared", "not cleared"

    MOVES = {
        Status.DRAFT: [Status.DECIDED],
        Status.DECIDED: [Status.SUPERSEDED],
        Status.SUPERSEDED: [],
    }
    OPEN_TO_MANAGERS = ("id", "partner", "status", "outcome", "decided_on", "expires_on")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="due_diligence")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="reviews_of_partners")
    ten_principles_on = models.DateField(
        "Ten Principles since",
        null=True,
        blank=True,
        validators=[check_day],
        help_text="the day of the commitment to the UN Global Compact's Ten Principles",
    )
    ten_principles_statement = models.TextField(
        blank=True, max_length=2000, help_text="what was committed to, or where it can be read"
    )
    findings = models.TextField(blank=True, max_length=20_000, help_text="for admins only")
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True)
    conditions = models.TextField(blank=True, max_length=5000, help_text="for admins only")
    expires_on = models.DateField(
        null=True, blank=True, validators=[check_day], help_text="the last day on which it holds"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    decided_on = models.DateField(null=True, editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)
    reminded = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="the last reminder: days before it expires"
    )

    objects = DueDiligenceQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = "due diligence review"
        indexes = [models.Index(fields=["status", "expires_on"], name="due_diligence_expiry")]
        constraints = [
            models.UniqueConstraint(
                fields=["partner"],
                condition=Q(status="decided"),
                name="due_diligence_one_current",
                violation_error_message="Another review of this partner was decided meanwhile.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(decided_on__isnull=False, expires_on__gte=F("decided_on")) & ~Q(outcome=""),
                name="due_diligence_decided_whole",
                violation_error_message="A decision has an outcome and a later last day.",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="conditional") | ~Q(conditions=""),
                name="due_diligence_conditions_stated",
                violation_error_message="State the conditions.",
            ),
            models.CheckConstraint(
                condition=days_in_range("ten_principles_on", "expires_on"),
                name="due_diligence_days_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"Due diligence of {self.partner}"

    def is_current_at(self, at: datetime) -> bool:
        """Whether no later review had taken its place by a moment."""
        return self.superseded_at is None or self.superseded_at > at

    def days_left(self, on: date) -> int:
        """Days until the last one on which it holds; below 0 once it has expired."""
        return (self.expires_on - on).days if self.expires_on else 0

    def require_reviewer(self, by: User) -> None:
        """Admins review, but never an organisation that they act for."""
        self.require_admin(by)
        if by.has_role(self.partner_id):
            raise NotAllowed("own_partner", "Nobody reviews an organisation of their own.")

    @staticmethod
    def require_admin(by: User) -> None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")

    def require_draft(self) -> None:
        if self.status != self.Status.DRAFT:
            raise DomainError("review_decided", f"The review is {self.status}: write a new one.")

    def clean(self) -> None:
        if self.ten_principles_on and self.ten_principles_on > timezone.localdate():
            raise ValidationError({"ten_principles_on": "This day has not come yet."})

    @transaction.atomic
    def decide(self, *, by: User) -> None:
        """Give the outcome its force; the partner's review before this one is superseded."""
        self.require_reviewer(by)
        self.require_draft()
        if lacking := self.lacking():
            raise ValidationError(lacking)
        now = timezone.now()
        former = DueDiligence.objects.current().filter(partner=self.partner_id)
        try:
            with transaction.atomic():
                for review in former.select_for_update(no_key=True):
                    Event.move(review, self.Status.SUPERSEDED, by=by, superseded_at=now)
                Event.move(self, self.Status.DECIDED, by=by, decided_on=timezone.localdate())
        except IntegrityError:
            text = "Another review of this partner was decided meanwhile."
            raise DomainError("decided_meanwhile", text) from None

    def lacking(self) -> dict[str, str]:
        """What keeps the review from being decided, by field; empty if nothing does."""
        today = timezone.localdate()
        faults = self._faults_of_dates(today) | self._faults_of_answers(today)
        if not self.outcome:
            faults["outcome"] = "Give the outcome."
        if self.outcome == self.Outcome.CONDITIONAL and not self.conditions.strip():
            faults["conditions"] = "State the conditions."
        if not self.findings.strip():
            faults["findings"] = "Say what was found."
        return faults

    def _faults_of_dates(self, today: date) -> dict[str, str]:
        faults: dict[str, str] = {}
        last = today + timedelta(days=LONGEST)
        if not self.expires_on or not today <= self.expires_on <= last:
            faults["expires_on"] = f"A day from today to {last}."
        if self.outcome == self.Outcome.CLEARED and not self.ten_principles_on:
            faults["ten_principles_on"] = "Without this commitment there are conditions at best."
        return faults

    def _faults_of_answers(self, today: date) -> dict[str, str]:
        answers: Mapping[int, str] = dict(self.answers.values_list("criterion_id", "answer"))
        asked = set(ExclusionCriterion.objects.active(today).values_list("pk", flat=True))
        Answer = CriterionAnswer.Answer
        if asked - answers.keys():
            return {"answers": f"{len(asked - answers.keys())} criteria have no answer yet."}
        given = set(answers.values())
        if Answer.APPLIES in given and self.outcome != self.Outcome.NOT_CLEARED:
            return {"outcome": "Not cleared: an exclusion criterion applies."}
        if Answer.UNCLEAR in given and self.outcome == self.Outcome.CLEARED:
            return {"outcome": "Not without conditions: a criterion could not be answered."}
        return {}


class CriterionAnswer(models.Model):
    """What a review answered to one exclusion criterion, in the words it was asked in."""

    class Answer(models.TextChoices):
        CLEAR = "clear", "does not apply"
        UNCLEAR = "unclear", "could not be answered"
        APPLIES = "applies"

    review = models.ForeignKey(DueDiligence, models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(ExclusionCriterion, models.PROTECT, related_name="answers")
    wording = models.CharField(max_length=500, help_text="as it was asked")
    answer = models.CharField(max_length=7, choices=Answer)
    note = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering = ["review", "criterion__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="criterion_answered_once")
        ]

    def __str__(self) -> str:
        return f"{self.wording}: {self.answer}"
