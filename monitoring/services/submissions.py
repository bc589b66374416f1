"""A reporting unit's data for a period: begun, filled in, corrected."""

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.errors import RowErrors
from monitoring.ingest import pipeline
from monitoring.ingest.columns import PARTS
from monitoring.ingest.staging import Row
from monitoring.models import (
    Observation,
    Period,
    ReportingUnit,
    Submission,
)
from partnerships.models import Membership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, User


@transaction.atomic
def start_submission(
    unit: ReportingUnit,
    period: Period,
    *,
    by: User,
    sent_for: Membership | None = None,
    comment: str = "",
) -> Submission:
    """Begin a unit's data for a period; where one exists, say which."""
    _may_send(unit, sent_for, by)
    if unit.membership.partnership_id != period.framework.partnership_id:
        raise ValidationError({"unit": "Not a reporting unit of this period's partnership."})
    _wait_for(unit, period)
    unit.require_standing()
    gone = [Submission.Status.WITHDRAWN, Submission.Status.SUPERSEDED]
    line = ReportingUnit.objects.in_line_with(unit)
    existing = Submission.objects.filter(unit__in=line, period=period).exclude(status__in=gone)
    if first := existing.order_by("revision").first():
        text = f"There is a submission already: {first.pk}. Correct that one."
        raise DomainError("submission_exists", text, submission=first.pk)
    last = unit.submissions.filter(period=period).order_by("-revision").first()
    return _submission(
        unit, period, last.revision + 1 if last else 1, by=by, sent_for=sent_for, comment=comment
    )


@transaction.atomic
def correct_submission(submission: Submission, *, by: User, comment: str = "") -> Submission:
    """Begin the next revision of approved data; it carries only the rows that change."""
    reached = Membership.objects.of_people(by, "manager", "evaluator")
    own = reached.filter(pk=submission.unit.membership_id).exists()
    sent_for = None if own or not submission.sent_for else submission.sent_for.now()
    _may_send(submission.unit, sent_for, by)
    _wait_for(submission.unit, submission.period)
    submission.refresh_from_db(fields=["status"])
    if submission.status != Submission.Status.APPROVED:
        raise DomainError("not_approved", f"The submission is {submission.status}.")
    of_cell = Submission.objects.filter(unit=submission.unit, period=submission.period)
    last = of_cell.order_by("-revision").first()
    if last and last.status in Submission.IN_PROGRESS:
        text = f"There is a correction already: {last.pk}."
        raise DomainError("submission_exists", text, submission=last.pk)
    return _submission(
        submission.unit,
        submission.period,
        (last or submission).revision + 1,
        by=by,
        sent_for=sent_for,
        comment=comment,
    )


@transaction.atomic
def record_observations(
    submission: Submission,
    rows: Sequence[Row],
    *,
    by: User,
    replace: bool = False,
    emptied: Collection[int] = (),
) -> list[Observation]:
    """Save values into a draft: all rows or none; RowErrors names every bad row.

    With `replace`, rows change what the draft has for the same cells, and what they leave out
    stays; totals of `emptied` indicators are taken out of the draft, withdrawals are not.
    """
    submission.hold_editable(by)
    emptying: Any = submission.observations.none()
    if replace and emptied:
        totals = submission.observations.filter(category=None, withdraws=False)
        emptying = totals.filter(indicator__in=emptied)
    taken_out, _ = emptying.delete()
    outcome = pipeline.load(
        submission,
        enumerate(rows, start=1),
        by=by,
        replace=replace,
        typed=True,
        names_stored=True,
    )
    if outcome.errors:
        raise RowErrors(outcome.errors)
    if taken_out and not outcome.saved:
        submission.change()
    stored = Observation.objects.in_bulk(outcome.observations)
    return [stored[key] for key in outcome.observations]


@transaction.atomic
def edit_submission(submission: Submission, *, by: User, comment: str) -> Submission:
    submission.hold_editable(by)
    return submission.amend(comment=comment)


@transaction.atomic
def amend_observation(observation: Observation, *, by: User, **fields: Any) -> Observation:
    """Change a draft's value. Two writers of one submission: the second is stale."""
    kept = {name: getattr(observation, name) for name in (*PARTS, "text", "withdraws")}
    cell = {"indicator": observation.indicator_id, "category": observation.category_id}
    record_observations(observation.submission, [kept | fields | cell], by=by, replace=True)
    observation.refresh_from_db()
    return observation


@transaction.atomic
def remove_observation(observation: Observation, *, by: User) -> None:
    """Take a value out of a draft."""
    observation.submission.hold_editable(by)
    observation.submission.change()
    observation.delete()


def _submission(unit: ReportingUnit, period: Period, revision: int, **fields: Any) -> Submission:
    by = fields.pop("by")
    submission = Submission(
        unit=unit, period=period, revision=revision, created_by=by, writers=[by.pk], **fields
    ).store()
    Event.log(submission, "drafted", by=by, became=submission.status)
    return submission


def _may_send(unit: ReportingUnit, sent_for: Membership | None, by: User) -> None:
    """The unit's own people send its data, or those of the member that reports for it."""
    if sent_for is None:
        allowed = ReportingUnit.objects.reportable_by(by).filter(pk=unit.pk).exists()
    else:
        _refuse_sender(unit, sent_for)
        senders = Membership.objects.acted_for_by(by, "manager", "evaluator")
        allowed = by.is_staff or senders.filter(pk=sent_for.pk).exists()
    if not allowed:
        raise NotAllowed("unit_only", "Only the reporting unit's own people may do this.")


def _refuse_sender(unit: ReportingUnit, sent_for: Membership) -> None:
    if sent_for.partnership_id != unit.membership.partnership_id:
        raise ValidationError({"sent_for": "Not a member of this partnership."})
    if sent_for.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members report.")


def _wait_for(unit: ReportingUnit, period: Period) -> None:
    """Who begins a unit's data for a period at the same time waits, and then sees ours; whose it
    is by then (the unit may have been handed over, its member may have left) is asked anew."""
    period.hold()
    ReportingUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    unit.refresh_from_db(fields=["successor", "successor_since", "handed_over_at"])
    unit.membership.refresh_from_db(fields=["status", "ended_on"])
    unit.require_member_at(period)
