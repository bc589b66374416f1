"""Into which submission the values of a unit and period go, and when they may not."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection

from monitoring.ingest.outcome import Consolidated
from monitoring.models import Period, ReportingUnit, Submission
from partnerships.models import Membership
from registry.errors import DomainError, NotAllowed
from registry.models import Event, User

Status = Submission.Status
# What keeps a row out of its unit's and period's data: the field it is said at, and why.
REFUSALS = {
    "unit_not_yours": ("unit", "Expected a reporting unit whose data you may send."),
    "unit_merged": ("unit", "This unit is one with another since a merge: report there."),
    "not_a_member_then": ("unit", "The member's last day was before the period's end."),
    "unit_handed_over": (
        "unit",
        "The unit was handed over before the period's end: its successor reports for this period.",
    ),
    "period_closed": ("period", "The period is closed."),
    "submission_not_yours": ("unit", "The unit's own people have begun this period's data."),
    "submission_locked": ("period", "This period's data waits for review and cannot change."),
    "submission_exists": (
        "unit",
        "A unit that was merged into this one has data for the period: correct that.",
    ),
    "already_approved": (
        "period",
        "This period's data is approved: only a correction changes it, and this is none.",
    ),
}
ALWAYS = ("unit_not_yours", "unit_merged")  # even where a row changes nothing


class Target(NamedTuple):
    """The submission of a unit and period, or the revision that would be begun."""

    unit: int
    period: int
    submission: int | None
    revision: int = 1
    refusal: str | None = None


def lock(scope: Consolidated, pairs: Iterable[tuple[int, int]]) -> None:
    """In the order that all writers keep: the partnership, its periods, then the units."""
    scope.framework.partnership.hold()
    found = list(pairs)
    with connection.cursor() as cursor:
        for table, how, column in (
            ("monitoring_period", "UPDATE", 1),
            ("monitoring_reportingunit", "NO KEY UPDATE", 0),
        ):
            keys = sorted({pair[column] for pair in found})
            query = f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR {how}"
            cursor.execute(query, [keys])


def of_many(scope: Consolidated, pairs: list[tuple[int, int]], by: User) -> list[Target]:
    """The target of each pair of unit and period, in a fixed number of queries."""
    units = ReportingUnit.objects.filter(pk__in={unit for unit, _ in pairs})
    periods = Period.objects.filter(pk__in={period for _, period in pairs})
    known = _Known(
        sendable(scope, by),
        {unit.pk: unit for unit in units.select_related("membership")},
        {period.pk: period for period in periods},
        _submissions(pairs),
        _of_merged(pairs),
        set(),
    )
    held = [s.pk for line in known.submissions.values() for s in line]
    editable = Submission.objects.editable_by(by).filter(pk__in=held)
    known.editable.update(editable.values_list("pk", flat=True))
    return [known.target(unit, period, corrects=scope.corrects) for unit, period in pairs]


def sendable(scope: Consolidated, by: User) -> set[int]:
    """The units whose data the person may send, for their own members or for `sent_for`."""
    partnership = scope.framework.partnership_id
    of_partnership = ReportingUnit.objects.filter(membership__partnership=partnership)
    if scope.sent_for is None:
        reported = ReportingUnit.objects.reportable_by(by)
        return set(of_partnership.filter(pk__in=reported.values("pk")).values_list("pk", flat=True))
    if scope.sent_for.partnership_id != partnership:
        raise ValidationError({"sent_for": "Not a member of this partnership."})
    if scope.sent_for.status != Membership.Status.ACCEPTED:
        raise DomainError("not_accepted", "Only accepted members report.")
    senders = Membership.objects.acted_for_by(by, "manager", "evaluator")
    if not (by.is_staff or senders.filter(pk=scope.sent_for.pk).exists()):
        raise NotAllowed("unit_only", "Only the reporting unit's own people may do this.")
    return set(of_partnership.values_list("pk", flat=True))


def _submissions(pairs: list[tuple[int, int]]) -> dict[tuple[int, int], list[Submission]]:
    """The submissions of each pair, newest first."""
    units, periods = {unit for unit, _ in pairs}, {period for _, period in pairs}
    rows = Submission.objects.filter(unit__in=units, period__in=periods).order_by("-revision")
    found: dict[tuple[int, int], list[Submission]] = {}
    for row in rows:
        found.setdefault((row.unit_id, row.period_id), []).append(row)
    return found


def _of_merged(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Pairs for which a unit that was merged into the pair's own has data that stands."""
    gone = [Status.WITHDRAWN, Status.SUPERSEDED]
    rows = Submission.objects.filter(
        unit__merged_into__in={unit for unit, _ in pairs},
        period__in={period for _, period in pairs},
    ).exclude(status__in=gone)
    found: Any = rows.order_by().values_list("unit__merged_into", "period")
    return set(found)


class _Known(NamedTuple):
    """What decides over targets, read once for all."""

    sendable: set[int]
    units: dict[int, ReportingUnit]
    periods: dict[int, Period]
    submissions: dict[tuple[int, int], list[Submission]]
    of_merged: set[tuple[int, int]]
    editable: set[int]

    def target(self, unit: int, period: int, *, corrects: bool) -> Target:
        line = self.submissions.get((unit, period), [])
        running = next((s for s in line if s.status in Submission.IN_PROGRESS), None)
        following = line[0].revision + 1 if line else 1
        refusal = self._of_cell(unit, period) or self._of_line(line, running, corrects)
        return Target(unit, period, running.pk if running else None, following, refusal)

    def _of_cell(self, unit: int, period: int) -> str | None:
        where, when = self.units[unit], self.periods[period]
        ended_on = where.membership.ended_on
        if unit not in self.sendable:
            return "unit_not_yours"
        if where.merged_into_id:
            return "unit_merged"
        if where.is_handed_over(when):
            return "unit_handed_over"
        if when.status == Period.Status.CLOSED:
            return "period_closed"
        if (unit, period) in self.of_merged:
            return "submission_exists"
        return "not_a_member_then" if ended_on and ended_on < when.ends_on else None

    def _of_line(
        self, line: list[Submission], running: Submission | None, corrects: bool
    ) -> str | None:
        if running is None:
            approved = any(s.status == Status.APPROVED for s in line)
            return "already_approved" if approved and not corrects else None
        if running.status == Status.SUBMITTED:
            return "submission_locked"
        return None if running.pk in self.editable else "submission_not_yours"


def begin(targets: list[Target], scope: Consolidated, by: User) -> list[Target]:
    """Begin the submissions that are missing, each its unit's own; the targets with them."""
    missing = [target for target in targets if target.submission is None]
    members = dict(
        ReportingUnit.objects.filter(pk__in={t.unit for t in missing}).values_list(
            "pk", "membership_id"
        )
    )
    sender: Any = scope.sent_for
    begun = Submission.objects.bulk_create(
        Submission(
            unit_id=target.unit,
            period_id=target.period,
            revision=target.revision,
            created_by=by,
            writers=[by.pk],
            sent_for=sender if sender and sender.pk != members[target.unit] else None,
        )
        for target in missing
    )
    Event.log_all(begun, "drafted", by=by, became=Status.DRAFT)
    keys = {(s.unit_id, s.period_id): s.pk for s in begun}
    return [
        target._replace(submission=target.submission or keys[target.unit, target.period])
        for target in targets
    ]
