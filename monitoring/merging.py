"""What becomes of reporting units, submissions and reports when two partners are made one."""

from datetime import date
from typing import Any

from django.db.models import Q

from monitoring.models import (
    Indicator,
    Observation,
    Period,
    Recommendation,
    Report,
    ReportingUnit,
    ReportReply,
    ReportRun,
    Submission,
    UnitHandover,
    Verification,
)
from partnerships.models import Membership
from registry.services.moving import Moving

GONE = (Submission.Status.WITHDRAWN, Submission.Status.SUPERSEDED)
WHY_VERIFIED = "says for which member a value was verified, and is never changed"
WHY_HANDOVER = "says which of the two handed a unit to the other"
WHY_RECOMMENDED = "a published evaluation names the member that it was addressed to"
WHY_REPORTED = "a report stays about the partner of which it was computed"
WHY_REPLIED = "what a member replied to a report stands as it was said"
WHY_SENT = "says who sent what was approved or closed"


def leave_recommendations(sender: Any, moving: Moving, gone: Membership, **_: Any) -> None:
    """What a published evaluation says is not rewritten; what is to be done about it moves."""
    named = Recommendation.objects.filter(member=gone.pk, evaluation__published_at__isnull=False)
    for recommendation in named.order_by("pk"):
        moving.leave(recommendation, WHY_RECOMMENDED)


def leave_reports(sender: Any, moving: Moving, **_: Any) -> None:
    """Reports on the duplicate itself, and the runs that computed or shall compute them."""
    moving.first(_leave_reports)


def _leave_reports(moving: Moving) -> None:
    for model in (Report, ReportRun):
        rows = model.objects.filter(partner=moving.duplicate).only("pk", "partner")
        for row in rows.order_by("pk"):
            moving.leave(row, WHY_REPORTED)


def leave_replies(sender: Any, moving: Moving, gone: Membership, **_: Any) -> None:
    for reply in ReportReply.objects.filter(membership=gone.pk).order_by("pk"):
        moving.leave(reply, WHY_REPLIED)


def combine_units(
    sender: Any, moving: Moving, kept: Membership, gone: Membership, together: str, **_: Any
) -> None:
    """Units in the same place become one line; what one sent for others stays as it was sent."""
    _leave_settled_sendings(moving, gone)
    for verification in Verification.objects.filter(membership=gone.pk).order_by("pk"):
        moving.leave(verification, WHY_VERIFIED)
    both = [kept.pk, gone.pk]
    for handover in UnitHandover.objects.filter(giver__in=both, taker__in=both).order_by("pk"):
        moving.leave(handover, WHY_HANDOVER)
    units = list(ReportingUnit.objects.filter(membership=kept.pk, merged_into=None))
    ours = {(unit.country_id, unit.place): unit for unit in units}
    theirs = ReportingUnit.objects.filter(membership=gone.pk, merged_into=None).order_by("pk")
    for unit in theirs:
        since = max(unit.since_on, gone.accepted_on or unit.since_on)
        if other := ours.get((unit.country_id, unit.place)):
            _combine(moving, unit, other, since, together)
        else:
            # Its new membership may be the older one: no more is due than was.
            moving.write(unit, together=together, since_on=since)


def _combine(
    moving: Moving, unit: ReportingUnit, other: ReportingUnit, since: date, together: str
) -> None:
    _settle_periods(moving, unit, other)
    for earlier in unit.merged_units.order_by("pk"):
        moving.write(earlier, together=together, merged_into_id=other.pk)
    moving.write(unit, together=together, merged_into_id=other.pk)
    moving.write(other, together=together, since_on=min(since, other.since_on))


def _settle_periods(moving: Moving, unit: ReportingUnit, other: ReportingUnit) -> None:
    """One unit has one submission for a period: which of two it is, people decide."""
    lines = [_line(unit), _line(other)]
    ours, theirs = (
        dict(Submission.objects.filter(line).exclude(status__in=GONE).values_list("period", "pk"))
        for line in lines
    )
    both = Period.objects.filter(pk__in=ours.keys() & theirs.keys()).order_by("ends_on", "pk")
    for period in both:
        text = f"Both have a submission of {other} for {period}: withdraw one of them."
        pair = sorted([ours[period.pk], theirs[period.pk]])
        moving.settle("two_submissions", text, period=period.pk, submissions=pair)
    _settle_running_totals(moving, other, lines)


def _settle_running_totals(moving: Moving, other: ReportingUnit, lines: list[Q]) -> None:
    """Two running totals of one unit are one from now on, the latest: the other's part is lost."""
    series = [
        set(
            Observation.objects.counting()
            .filter(line, category=None, indicator__accumulation=_RUNNING)
            .values_list("indicator__series", flat=True)
        )
        for line in lines
    ]
    for indicator in Indicator.objects.filter(series__in=series[0] & series[1]).order_by("pk"):
        text = f"Both have running totals of {indicator} for {other}: withdraw those of one."
        moving.settle("two_running_totals", text, indicator=indicator.pk, unit=other.pk)


_RUNNING = Indicator.Accumulation.CUMULATIVE


def _line(unit: ReportingUnit) -> Q:
    return Q(unit=unit) | Q(unit__merged_into=unit)


def _leave_settled_sendings(moving: Moving, gone: Membership) -> None:
    """What was approved, or lies in a closed period, the database does not let anybody change."""
    settled = Q(approved_at__isnull=False) | Q(period__status=Period.Status.CLOSED)
    for submission in Submission.objects.filter(settled, sent_for=gone.pk).order_by("pk"):
        moving.leave(submission, WHY_SENT)
