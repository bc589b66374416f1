"""What anybody says of a partnership, and what it answers."""

import re
from datetime import date, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from partnerships.models.partnership import Partnership
from partnerships.models.receipts import Receipt
from registry.errors import NotAllowed
from registry.models import Event, MovingRecord, User, require_reason

ANSWERED_WITHIN = timedelta(days=30)
LONGEST = 5_000
A_LINK = re.compile(r"(?i)\b(?:https?:|ftp:|javascript:|www\.)")


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: Any) -> Self:
        """Admins see all; insiders what was passed on to the partnership; everybody what its
        sender agreed to publish; and senders their own."""
        public = Q(
            partnership__in=Partnership.objects.public().values("pk"),
            status__in=Feedback.PASSED_ON,
            may_publish=True,
        )
        if user.is_anonymous:
            return self.filter(public)
        if user.is_staff:
            return self
        inside = Partnership.objects.insider(user).values("pk")
        passed = Q(partnership__in=inside, status__in=Feedback.PASSED_ON)
        return self.filter(public | passed | Q(user_id=user.pk))

    def waiting(self) -> Self:
        """For a moderator, the oldest first."""
        return self.filter(status=Feedback.Status.RECEIVED).order_by("created_at", "pk")

    def unanswered(self) -> Self:
        return self.filter(status=Feedback.Status.PASSED)

    def late(self, on: date) -> Self:
        """Not answered though the thirty days are over."""
        return self.unanswered().filter(answer_due_on__lt=on)

    @transaction.atomic
    def remind_late(self, on: date) -> int:
        """Tell each lead, once, that feedback has gone unanswered for thirty days."""
        told = Event.objects.filter(
            subject_type="partnerships.feedback", subject_id=OuterRef("pk"), kind="feedback.overdue"
        )
        late = self.late(on).filter(~Exists(told)).order_by("pk")
        rows = list(late.select_for_update(of=("self",), skip_locked=True)[:1000])
        for feedback in rows:
            Event.log(feedback, "overdue")
        return len(rows)


class Feedback(MovingRecord, Receipt):
    """Something said to a registered partnership by anybody, moderated, and its answer."""

    class Sender(models.TextChoices):
        AFFECTED = "affected", "somebody whom the partnership concerns"
        COMMUNITY = "community", "a community organisation"
        MEMBER = "member", "somebody of a member"
        COMPANY = "company", "a company"
        AUTHORITY = "authority", "a public authority"
        RESEARCHER = "researcher", "somebody who studies it"
        OTHER = "other", "somebody else"

    class Status(models.TextChoices):
        RECEIVED = "received"
        PASSED = "passed", "passed on to the partnership"
        ANSWERED = "answered"
        REFUSED = "refused"

    PASSED_ON = (Status.PASSED, Status.ANSWERED)
    MOVES = {
        Status.RECEIVED: [Status.PASSED, Status.REFUSED],
        # What should not have passed is taken down again.
        Status.PASSED: [Status.ANSWERED, Status.REFUSED],
        Status.ANSWERED: [Status.REFUSED],
        Status.REFUSED: [],
    }

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="feedback")
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="feedback"
    )
    sender = models.CharField(max_length=10, choices=Sender, default=Sender.OTHER)
    text = models.TextField(max_length=LONGEST)
    may_publish = models.BooleanField(
        default=False, help_text="the sender agrees that it becomes public, with the answer"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED, editable=False)
    passed_at = models.DateTimeField(null=True, editable=False)
    answer_due_on = models.DateField(null=True, editable=False)
    answer = models.TextField(max_length=LONGEST, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name_plural = "feedback"
        indexes = [models.Index(fields=["status", "answer_due_on"], name="feedback_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="answered") | ~Q(answer=""), name="feedback_answered_by_words"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["passed", "answered"]) | Q(answer_due_on__isnull=False),
                name="feedback_passed_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"Feedback on {self.partnership}"

    def clean(self) -> None:
        if not self.text.strip():
            raise ValidationError({"text": "Write what you want to say."})
        if A_LINK.search(self.text):
            raise ValidationError(
                {"text": "Write it without links: nobody opens links of strangers."}, code="links"
            )

    def pass_on(self, *, by: User) -> None:
        """A moderator lets it through: from now on the partnership has thirty days to answer."""
        self._admins_only(by)
        due = timezone.localdate() + ANSWERED_WITHIN
        Event.move(self, self.Status.PASSED, by=by, passed_at=timezone.now(), answer_due_on=due)

    def refuse(self, *, by: User, reason: str) -> None:
        """Not passed on, or taken down: insults, advertising, somebody's private life."""
        self._admins_only(by)
        require_reason(reason)
        Event.move(self, self.Status.REFUSED, by=by, reason=reason)

    def give_answer(self, answer: str, *, by: User) -> None:
        """The lead answers, once."""
        self.partnership.require_editor(by)
        if not answer.strip():
            raise ValidationError({"answer": "Write the answer."})
        self.answer = answer
        self.check_values()
        if len(answer) > LONGEST:
            raise ValidationError({"answer": f"At most {LONGEST:,} characters."})
        Event.move(self, self.Status.ANSWERED, by=by, answer=answer, answered_at=timezone.now())

    def is_late(self, on: date) -> bool:
        due = self.answer_due_on
        return self.status == self.Status.PASSED and due is not None and due < on

    def _admins_only(self, by: User) -> None:
        if not by.is_staff:
            raise NotAllowed("admins_only", "Only a registry admin may do this.")
