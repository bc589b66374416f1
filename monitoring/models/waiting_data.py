"""What waits of data, for the workspace: to review, to correct, to follow up."""

from collections.abc import Collection, Iterator

from django.urls import reverse

from monitoring.models.checks import DataQualityAssessment, SpotCheck
from monitoring.models.submissions import Submission
from registry.models import Task, User

MOST = 20  # of each kind: the queue and the list of one's own data have the rest


def to_review(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Data that the person may decide on, the oldest first."""
    for row in Submission.objects.reviewable_by(person).with_names()[:MOST]:
        at = reverse("submission-review", args=[row.pk])
        yield Task("review", f"Data to review: {row.unit}, {row.period}", at, is_own=False)


def returned(person: User, partners: Collection[int]) -> Iterator[Task]:
    """Data that came back to be corrected."""
    rows = Submission.objects.of_people(person).filter(status=Submission.Status.RETURNED)
    for row in rows.with_names().order_by("period__due_on", "pk")[:MOST]:
        at = reverse("submission", args=[row.pk])
        yield Task("submission", f"Data to correct: {row.unit}, {row.period}", at, is_own=False)


def follow_ups(person: User, partners: Collection[int]) -> Iterator[Task]:
    """What checks of data asked the person's partners to do."""
    for model in (SpotCheck, DataQualityAssessment):
        for row in model.objects.to_follow_up_by(partners)[:MOST]:
            at = reverse(str(model._meta.model_name), args=[row.pk])
            label = f"To be done by {row.due_on:%-d %b %Y}: {row.action[:120]}"
            yield Task("follow_up", label, at, is_own=False)


SOURCES = [to_review, returned, follow_ups]
