"""What makes a submission worth opening before it is approved."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from monitoring.models.evidence import Evidence
from monitoring.models.quality import SubmissionQuality
from monitoring.models.submissions import Observation, Submission

TEXTS = {
    "has_warnings": "values with a warning",
    "evidence_refused": "evidence was refused",
    "evidence_waits": "evidence waits for a word",
    "takes_away": "takes values away",
}
RULE = (
    "Only what has no blemish is approved without being opened: complete, no correction, no value"
    " taken away, no warning, and no evidence that waits or was refused."
)


def with_blemishes(rows: "QuerySet[Submission]") -> Any:
    """The rows with what speaks against approving them unread, in no further query."""
    here = OuterRef("pk")
    evidence = Evidence.objects.filter(submission=here)
    warned = SubmissionQuality.objects.filter(submission=here, warnings__gt=0)
    withdrawing = Observation.objects.filter(submission=here, withdraws=True)
    return rows.annotate(
        has_warnings=Exists(warned),
        evidence_refused=Exists(evidence.filter(accepted=False)),
        evidence_waits=Exists(evidence.filter(accepted=None)),
        takes_away=Exists(withdrawing),
    )


def without_blemish(rows: "QuerySet[Submission]") -> Any:
    """Those that several at once may be approved of."""
    none: dict[str, Any] = dict.fromkeys(TEXTS, False)
    whole = Q(revision=1, complete_at__isnull=False)
    return with_blemishes(rows).filter(whole, **none)


def blemishes_of(submission: Any) -> list[str]:
    """In words, of a row that `with_blemishes` has read."""
    found = ["a correction"] if submission.revision > 1 else []
    if submission.complete_at is None:
        found.append("values are missing")
    return found + [text for name, text in TEXTS.items() if getattr(submission, name)]
