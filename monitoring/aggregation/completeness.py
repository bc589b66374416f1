"""Who has reported what and when: reporting units × periods, as it stands now."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from monitoring.models import Framework, Period

MOST_PERIODS = 12
STATES = {
    "complete": "every value approved",
    "partial": "some values approved",
    "handed_in": "waits for review",
    "to_come": "the period has not ended",
    "due": "due",
    "late": "past the due date",
    "closed": "closed without all of it",
}


class UnitPeriod(NamedTuple):
    """One unit's data for one period: its state, and how many of the values asked are there.

    `given` counts what counts (approved), `entered` also what is on its way.
    """

    unit_id: int
    period_id: int
    state: str
    asked: int
    given: int
    entered: int
    submission_id: int | None

    def for_everybody(self) -> "UnitPeriod":
        """Without what is on its way: that something was handed in is as public as timeliness."""
        return self._replace(entered=self.given, submission_id=None)


# The units that owe a period, as timeliness has it (RULES 19), with their newest submission.
_CELLS = """
WITH asked AS (
  SELECT r.framework_id, i.id, i.by_place, i.responsible_id
  FROM monitoring_indicator i JOIN monitoring_result r ON r.id = i.result_id
  WHERE r.framework_id = ANY(%(frameworks)s)
), owed AS (
  SELECT u.id AS unit_id, p.id AS period_id, p.ends_on, p.due_on, p.status,
         array_agg(a.id) AS indicators
  FROM monitoring_period p
  JOIN monitoring_framework f ON f.id = p.framework_id
  JOIN partnerships_membership m ON m.partnership_id = f.partnership_id
  JOIN monitoring_reportingunit u ON u.membership_id = m.id
  JOIN asked a ON a.framework_id = f.id
    AND a.by_place = (u.place <> '' OR u.country_id IS NOT NULL)
    AND (a.responsible_id IS NULL OR a.responsible_id = m.id)
  WHERE p.id = ANY(%(periods)s) AND u.merged_into_id IS NULL
    AND m.accepted_on <= p.ends_on AND (m.ended_on IS NULL OR m.ended_on >= p.ends_on)
    AND u.since_on <= p.ends_on
    AND (u.successor_since IS NULL OR u.successor_since > p.ends_on)
  GROUP BY u.id, p.id
), line AS (
  SELECT u.id, COALESCE(u.merged_into_id, u.id) AS unit_id
  FROM monitoring_reportingunit u
  WHERE COALESCE(u.merged_into_id, u.id) IN (SELECT unit_id FROM owed)
), sent AS (
  SELECT DISTINCT ON (line.unit_id, s.period_id) line.unit_id, s.period_id, s.id, s.status
  FROM monitoring_submission s JOIN line ON line.id = s.unit_id
  WHERE s.period_id = ANY(%(periods)s) AND s.status <> 'withdrawn'
  ORDER BY line.unit_id, s.period_id, s.revision DESC, s.id DESC
), value AS (
  SELECT line.unit_id, o.period_id, o.indicator_id,
         bool_or(o.counts_from IS NOT NULL AND o.counts_until IS NULL) AS counts
  FROM monitoring_observation o
  JOIN line ON line.id = o.unit_id
  JOIN monitoring_submission s ON s.id = o.submission_id
  WHERE o.period_id = ANY(%(periods)s) AND o.category_id IS NULL AND NOT o.withdraws
    AND (o.counts_from IS NOT NULL AND o.counts_until IS NULL
         OR s.status IN ('draft', 'submitted', 'returned'))
  GROUP BY 1, 2, 3
)
SELECT o.unit_id, o.period_id, o.ends_on, o.due_on, o.status, cardinality(o.indicators),
       count(v.indicator_id) FILTER (WHERE v.counts), count(v.indicator_id), sent.id, sent.status
FROM owed o
LEFT JOIN value v ON v.unit_id = o.unit_id AND v.period_id = o.period_id
  AND v.indicator_id = ANY(o.indicators)
LEFT JOIN sent ON sent.unit_id = o.unit_id AND sent.period_id = o.period_id
GROUP BY o.unit_id, o.period_id, o.ends_on, o.due_on, o.status, o.indicators, sent.id, sent.status
ORDER BY o.ends_on, o.period_id, o.unit_id
"""


def periods_shown(framework: Framework, *, before: date | None = None) -> list[Period]:
    """The last periods that have begun, oldest first; with `before`, those before that day."""
    begun = framework.periods.filter(starts_on__lte=framework.today())
    if before:
        begun = begun.filter(ends_on__lt=before)
    return list(begun.order_by("-ends_on", "-pk")[:MOST_PERIODS])[::-1]


def completeness(framework: Framework, periods: Sequence[Period]) -> list[UnitPeriod]:
    """What each unit owes for these periods of the framework; one query."""
    today = framework.today()
    params = {"frameworks": [framework.pk], "periods": [period.pk for period in periods]}
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, params)
        rows = cursor.fetchall()
    return [
        UnitPeriod(unit, period, _state(sent, dates, given, asked, today), asked, given, all_, key)
        for unit, period, *dates, asked, given, all_, key, sent in rows
    ]


def _state(
    sent: str | None, dates: Sequence[date | str], given: int, asked: int, today: date
) -> str:
    """Approved in full or in part comes first, then what was handed in, then how late it is."""
    ends_on, due_on, status = dates
    if given >= asked:
        return "complete"
    if sent == "submitted":
        return "handed_in"
    if status == Period.Status.CLOSED:
        return "closed"
    if given:
        return "partial"
    if isinstance(ends_on, date) and ends_on >= today:
        return "to_come"
    return "late" if isinstance(due_on, date) and due_on < today else "due"
