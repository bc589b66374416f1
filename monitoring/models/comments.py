"""What senders and reviewers say to each other about data."""

from django.db import models
from django.utils import timezone

from monitoring.models.of_cells import OfCell, OfCellQuerySet
from monitoring.models.submissions import Submission
from registry.models import User


class SubmissionComment(OfCell):
    """A remark on a submission or on one value of it; for members only, and never changed."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="comments")
    text = models.TextField(max_length=5000)
    by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="submission_comments")
    at = models.DateTimeField(default=timezone.now, editable=False)
    is_of_sender = models.BooleanField(
        editable=False, help_text="said by the side that sends, else by the one that reviews"
    )

    objects = OfCellQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "submission comment"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category=None) | models.Q(indicator__isnull=False),
                name="submission_comment_of_a_cell",
            ),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="submission_comment_says_something",
                violation_error_message="Say something.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission}"
