"""Who has reported for a period, and who owes: for pages; nothing is computed from it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models.functions import Coalesce

from monitoring.models import Framework, Indicator, Period, ReportingUnit, Submission
from partnerships.models import Partnership

Status = Submission.Status
APPROVED = (Status.APPROVED, Status.SUPERSEDED)


class UnitState(NamedTuple):
    """How one unit stands to one period; `code` is a state as tags know it."""

    unit: ReportingUnit
    code: str
    submission: Submission | None


class PeriodState(NamedTuple):
    """A period with its units, those that owe first."""

    period: Period
    code: str
    units: list[UnitState]

    @property
    def approved(self) -> int:
        return sum(one.code == "approved" for one in self.units)

    @property
    def waiting(self) -> list[UnitState]:
        """Handed in, and not decided: they keep the period from being closed."""
        return [one for one in self.units if one.code == Status.SUBMITTED]

    @property
    def lacking(self) -> list[UnitState]:
        """What a closed period would shut out: nothing begun, begun, or returned to be answered."""
        return [one for one in self.units if one.code not in ("approved", Status.SUBMITTED)]


# Those that somebody has to act on stand first.
ORDER = ["overdue", "late", "due", "returned", "draft", "submitted", "not_due", "approved"]


def period_states(
    partnership: Partnership, periods: Sequence[Period], units: Sequence[ReportingUnit]
) -> list[PeriodState]:
    """Each period with the units whose data is due for it; three queries for any number.

    A period of an earlier edition that goes on into the time of the one in force expects nothing.
    """
    latest = _latest(periods)
    keys = [period.pk for period in periods]
    expecting = set(Period.objects.expecting().filter(pk__in=keys).values_list("pk", flat=True))
    asked = Indicator.objects.asked_of_whom({period.framework_id for period in periods})
    states = []
    for period in periods:
        wanted = asked.get(period.framework_id, set())
        today = period.framework.today()
        rows = [
            _unit_state(unit, period, latest.get((unit.pk, period.pk)), today)
            for unit in units
            if (unit.pk, period.pk) in latest
            or (period.pk in expecting and _is_due(unit, period, wanted))
        ]
        rows.sort(key=lambda row: ORDER.index(row.code))
        states.append(PeriodState(period, _period_code(period, today), rows))
    return states


def _latest(periods: Iterable[Period]) -> dict[tuple[int, int], Submission]:
    """The approved revision, or else the last one, by unit and period."""
    line = Coalesce("unit__merged_into", "unit")
    rows = Submission.objects.filter(period__in=[period.pk for period in periods])
    rows = rows.exclude(status=Status.WITHDRAWN).annotate(line=line)
    found: dict[tuple[int, int], Submission] = {}
    for row in rows.order_by("revision", "pk"):
        cell = (row.line, row.period_id)
        if cell not in found or found[cell].status not in APPROVED or row.status in APPROVED:
            found[cell] = row
    return found


def _is_due(unit: ReportingUnit, period: Period, asked: set[tuple[bool, int | None]]) -> bool:
    ended_on = unit.membership.ended_on
    takes_part = ended_on is None or ended_on >= period.ends_on
    return takes_part and unit.owes(period) and bool(unit.asks & asked)


def _unit_state(
    unit: ReportingUnit, period: Period, submission: Submission | None, today: date
) -> UnitState:
    if submission:
        code = "approved" if submission.status in APPROVED else str(submission.status)
        return UnitState(unit, code, submission)
    return UnitState(unit, _period_code(period, today), None)


def _period_code(period: Period, today: date) -> str:
    """As the reporting light has it: due until its due date, late for 90 days, then overdue."""
    if period.ends_on >= today:
        return "not_due"
    days = (today - period.due_on).days
    if days <= 0:
        return "due"
    return "late" if days <= 90 else "overdue"


def next_span(framework: Framework) -> tuple[date, date] | None:
    """The first period of the cadence that has not begun yet."""
    today = framework.today()
    return next((span for span in framework.spans() if span[0] > today), None)
