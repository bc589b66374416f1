"""Checks of submitted data: a framework's rules, and handing in what stands up to them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from monitoring.ingest.quality import Finding
from monitoring.ingest.scoring import Scored, scored
from monitoring.models import Framework, QualityRule, Severity, Submission, SubmissionQuality
from registry.errors import DomainError
from registry.models import User


@transaction.atomic
def set_quality_rule(framework: Framework, *, by: User, **fields: Any) -> QualityRule:
    """State what a check means here; a second rule for the same check is refused."""
    framework.partnership.require_editor(by)
    return QualityRule(framework=framework, **fields).store()


@transaction.atomic
def edit_quality_rule(rule: QualityRule, *, by: User, **fields: Any) -> QualityRule:
    rule.framework.partnership.require_editor(by)
    return rule.amend(**fields)


@transaction.atomic
def drop_quality_rule(rule: QualityRule, *, by: User) -> None:
    """Let the default hold again."""
    rule.framework.partnership.require_editor(by)
    rule.delete()


@transaction.atomic
def hand_in(submission: Submission, *, by: User) -> Submission:
    """Submit for review what has no error and a reason for every warning; its score is kept.

    Raises DomainError `doubtful`, whose `findings` name every value that is in the way.
    """
    submission.hold_editable(by)
    now = timezone.now()
    checked = scored(submission, at=now)
    if blocking := checked.blocking():
        raise _doubtful(blocking)
    submission.submit(by=by)
    SubmissionQuality.objects.update_or_create(
        submission=submission,
        defaults={
            "score": checked.score,
            "parts": checked.parts,
            "findings": [as_data(one) for one in checked.findings],
            "warnings": checked.count(Severity.WARNING),
            "notes": checked.count(Severity.NOTE),
            "checked_at": now,
        },
    )
    return submission


def checked_now(submission: Submission) -> Scored:
    """What handing in would find at this moment."""
    return scored(submission, at=timezone.now())


def as_data(finding: Finding) -> dict[str, Any]:
    row = finding.observation
    return {
        "severity": str(finding.severity),
        "check": str(finding.check),
        "observation": row.pk,
        "indicator": row.indicator_id,
        "category": row.category_id,
        "text": finding.text,
        "reason": row.variance_reason,
    }


def _doubtful(blocking: list[Finding]) -> DomainError:
    wrong = {one.observation.pk for one in blocking if one.severity == Severity.ERROR}
    errors = len(wrong)
    unexplained = len({one.observation.pk for one in blocking} - wrong)
    said = [f"{errors} value(s) cannot be right"] if errors else []
    said += [f"{unexplained} value(s) need a reason (variance_reason)"] if unexplained else []
    text = f"Not handed in: {' and '.join(said)}; what was entered is kept."
    return DomainError("doubtful", text, findings=[as_data(one) for one in blocking])
