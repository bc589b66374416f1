"""What backs submitted values up."""

from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from monitoring.models.submissions import Observation, Submission
from partnerships.models import Partnership
from registry.errors import NotAllowed
from registry.models import Event, Record, User, require_reason


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: Any) -> Self:
        """Evidence is for insiders; a link that a published file carried is public."""
        inside = Partnership.objects.insider(user).values("pk")
        public = Q(submission__in=Submission.objects.visible_to(user).values("pk"))
        published = public & Q(submission__import_batch__isnull=False)
        return self.filter(published | Q(submission__period__framework__partnership__in=inside))

    def editable_by(self, user: Any) -> Self:
        return self.filter(submission__in=Submission.objects.editable_by(user).values("pk"))


class Evidence(Record):
    """A file or link behind a submission, and whether a reviewer accepted it."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="evidence")
    observation = models.ForeignKey(
        Observation, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    title = models.CharField(max_length=500)
    url = models.URLField(max_length=2000, blank=True)
    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="evidence"
    )
    accepted = models.BooleanField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="decided_evidence"
    )
    decision_reason = models.TextField(
        blank=True, max_length=2000, editable=False, help_text="why it was not accepted"
    )

    objects = EvidenceQuerySet.as_manager()
    history_of = "submission__period__framework__partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(condition=~Q(url="") | ~Q(file=""), name="evidence_file_or_link")
        ]

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def decide(self, accepted: bool, *, by: User, reason: str = "") -> None:
        """A reviewer's word on the evidence against the indicator's means of verification.

        A later word replaces the former one, and both stay in the log.
        """
        self.submission.require_reviewer(by)
        if by.pk == self.added_by_id:
            raise NotAllowed("own_evidence", "Who added the evidence cannot decide on it.")
        if not accepted:
            require_reason(reason)
        self.decision_reason = reason.strip()
        self.check_values()
        self.submission.period.framework.partnership.hold()
        self.change(
            accepted=accepted,
            decided_at=timezone.now(),
            decided_by=by,
            decision_reason=self.decision_reason,
        )
        Event.log(self, "accepted" if accepted else "refused", by=by, reason=self.decision_reason)
