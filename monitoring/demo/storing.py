"""Puts submissions into the database by its own rules: drafts first, then what became of them."""

from django.db.models import OuterRef, Subquery

from monitoring.demo.reporting import Sent, Status
from monitoring.models import Evidence, Observation, Story, Submission, UnsafeBreakdown


def store(sent: list[Sent]) -> None:
    """First revisions, then second ones: a unit has one submission in progress at a time."""
    for revision in (1, 2):
        _store_wave([item for item in sent if item.submission.revision == revision])


def _store_wave(sent: list[Sent]) -> None:
    """Insert as drafts, as the database insists; then what became of them, set by set."""
    submissions = [item.submission for item in sent]
    later = ("approved_by", "approved_at", "withdrawn_at")
    decided = [{name: getattr(s, name) for name in later} for s in submissions]
    for submission in submissions:
        submission.approved_by = submission.approved_at = submission.withdrawn_at = None
    Submission.objects.bulk_create(submissions, batch_size=1000)
    Observation.objects.bulk_create([o for item in sent for o in item.observations], 1000)
    Evidence.objects.bulk_create([e for item in sent for e in item.evidence], 1000)
    Story.objects.bulk_create([one for item in sent for one in item.stories])
    UnsafeBreakdown.objects.bulk_create([one for item in sent for one in item.unsafe])
    for item, values in zip(sent, decided, strict=True):
        for name, value in {"status": item.status, **values}.items():
            setattr(item.submission, name, value)
    Submission.objects.bulk_update(submissions, ["status", *later], batch_size=500)
    _put_in_force(submissions)


def _put_in_force(submissions: list[Submission]) -> None:
    approved = [s for s in submissions if s.approved_at]
    for submission in approved:
        if submission.revision > 1 and submission.approved_at:
            Observation.objects.put_in_force(submission, submission.approved_at)
            _supersede_emptied(submission)
    approved_at = Submission.objects.filter(pk=OuterRef("submission")).values("approved_at")
    fresh = Observation.objects.filter(submission__in=approved, counts_from=None)
    fresh.update(counts_from=Subquery(approved_at))
    for submission in approved:
        if submission.withdrawn_at:
            counting = submission.observations.filter(counts_until=None)
            counting.update(counts_until=submission.withdrawn_at)


def _supersede_emptied(correction: Submission) -> None:
    """A first revision of which nothing counts any more is superseded."""
    first = Submission.objects.filter(
        unit=correction.unit, period=correction.period, status=Status.APPROVED, revision=1
    )
    counting = Observation.objects.filter(counts_until=None).values("submission_id")
    first.exclude(pk__in=counting).update(status=Status.SUPERSEDED)
