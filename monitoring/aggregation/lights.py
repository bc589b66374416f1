"""The two lights of a partnership, never one for the other: RULES 19."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from monitoring.aggregation.figures import DueItem, IndicatorFigures, Light
from monitoring.aggregation.fragments import RESPONSIBLE, UNITS_AT_CUTOFF
from monitoring.models import Framework, Result

WORST_FIRST = ("inactive", "overdue", "late", "due")
TWO_YEARS = timedelta(days=730)


_DUE = f"""
WITH view AS (
  SELECT id, partnership_id, edition, starts_on FROM monitoring_framework
  WHERE id = ANY(%(frameworks)s)
), {UNITS_AT_CUTOFF}, line AS MATERIALIZED (
  -- By the unit that goes on, with itself, those that a merge of partners made one with it.
  SELECT COALESCE(merged_into_id, id) AS id, array_agg(id) AS units FROM unit_then GROUP BY 1
)
SELECT u.id, p.id, p.ends_on, p.due_on, (
    SELECT min(e.at) FROM monitoring_submission s
    JOIN registry_event e ON e.subject_type = 'monitoring.submission' AND e.subject_id = s.id
    WHERE s.unit_id = ANY(line.units) AND s.period_id = p.id AND e.became = 'submitted'
      AND e.at <= %(cutoff)s
      AND (SELECT l.became FROM registry_event l
           WHERE l.subject_type = 'monitoring.submission' AND l.subject_id = s.id
             AND l.at <= %(cutoff)s AND l.became <> ''
           ORDER BY l.at DESC, l.id DESC LIMIT 1) IN ('submitted', 'approved', 'superseded'))
FROM monitoring_period p
JOIN monitoring_framework f ON f.id = p.framework_id
JOIN view now ON now.partnership_id = f.partnership_id
JOIN partnerships_membership m ON m.partnership_id = f.partnership_id
JOIN unit_then u ON u.membership_id = m.id
JOIN line ON line.id = u.id
WHERE p.ends_on <= %(reference)s
  AND (f.id = now.id OR f.edition < now.edition AND f.status = 'superseded'
       AND f.cadence <> 'irregular' AND p.ends_on < now.starts_on)
  AND EXISTS (
    SELECT 1 FROM monitoring_indicator i JOIN monitoring_result r ON r.id = i.result_id
    {RESPONSIBLE}
    WHERE r.framework_id = f.id AND i.by_place = (u.place <> '' OR u.country_id IS NOT NULL)
      AND (of.responsible_id IS NULL OR of.responsible_id = m.id))
  AND m.accepted_on <= p.ends_on AND (m.ended_on IS NULL OR m.ended_on >= p.ends_on)
  AND m.created_at <= %(cutoff)s AND u.since_on <= p.ends_on
  AND (u.handed_over_at IS NULL OR u.handed_over_at > %(cutoff)s OR u.successor_since > p.ends_on)
ORDER BY p.ends_on, p.id, u.id
"""


def due_items(framework: Framework, *, reference_on: date, cutoff_at: datetime) -> list[DueItem]:
    """Reporting units × periods that have ended by the reference date, as known at the cut-off.

    Of earlier editions too, up to the day before this one begins (RULES 21: what was due by then
    counts as it was due then). A unit that is asked for no indicator owes nothing.
    """
    return due_items_of([framework.pk], reference_on=reference_on, cutoff_at=cutoff_at)


def due_items_of(
    frameworks: Sequence[int], *, reference_on: date, cutoff_at: datetime
) -> list[DueItem]:
    """The same for the frameworks in force of several partnerships, by their keys; one query."""
    params: dict[str, Any] = {
        "frameworks": list(frameworks),
        "reference": reference_on,
        "cutoff": cutoff_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, params)
        return [DueItem(*row) for row in cursor.fetchall()]


def timeliness(
    framework: Framework | None, items: Sequence[DueItem], *, cutoff_at: datetime
) -> Light:
    """How old what is missing is, on the day of the cut-off in the framework's time zone."""
    if framework is None:
        return Light("no_data", "no_framework")
    if framework.status == Framework.Status.IMPORTED or framework.cadence == "irregular":
        return Light("no_data", "imported")
    if not items:
        return Light("no_data", "nothing_due")
    today = cutoff_at.astimezone(ZoneInfo(framework.time_zone)).date()
    missing = [item for item in items if item.sent_at is None]
    inputs = {
        "due": len(items),
        "missing": len(missing),
        "oldest_missing_due_on": min((item.due_on for item in missing), default=None),
    }
    if not missing:
        return Light("up_to_date", "all_reported", inputs)
    colours = {_lateness(item, today) for item in missing} | set(_repeated(missing, today))
    if _is_inactive(items, today):
        colours.add("inactive")
    worst = next(colour for colour in WORST_FIRST if colour in colours)
    return Light(worst, "missing", inputs)


def _lateness(item: DueItem, today: date) -> str:
    days = (today - item.due_on).days
    return "due" if days <= 0 else "late" if days <= 90 else "overdue"


def _repeated(missing: Iterable[DueItem], today: date) -> list[str]:
    """Two periods past their due date are overdue, however short they are."""
    per_unit = Counter(item.unit_id for item in missing if item.due_on < today)
    return ["overdue"] if any(count >= 2 for count in per_unit.values()) else []


def _is_inactive(items: Sequence[DueItem], today: date) -> bool:
    """Nothing reported for two years, counted from the last report or the first due date."""
    sent = [item.sent_at.date() for item in items if item.sent_at]
    last = max(sent) if sent else min(item.due_on for item in items)
    return today - last > TWO_YEARS


def achievement(
    indicators: Sequence[IndicatorFigures], *, on: date, has_ended_period: bool
) -> Light:
    """Grey below half with data; else by the shares of those with data (RULES 19).

    Due are the indicators whose first target span has begun, and those without any target.
    """
    indicators = [i for i in indicators if i.begins_on is None or i.begins_on <= on]
    if not indicators or not has_ended_period:
        return Light("no_data", "nothing_due", {"due": len(indicators)})
    count = Counter(item.light.colour for item in indicators)
    with_data = len(indicators) - count["no_data"]
    off, good = count["off_track"], count["on_track"] + count["met"]
    outcome_off = any(
        item.light.colour == "off_track" and item.indicator.result.level == Result.Level.OUTCOME
        for item in indicators
    )
    inputs = {
        "due": len(indicators),
        "with_data": with_data,
        "on_track": good,
        "at_risk": count["at_risk"],
        "off_track": off,
        "outcome_off_track": outcome_off,
    }
    if 2 * with_data < len(indicators) or not with_data:
        return Light("no_data", "too_little_data", inputs)
    if 3 * off > with_data:
        return Light("off_track", "shares", inputs)
    if 3 * good >= 2 * with_data and not outcome_off:
        return Light("on_track", "shares", inputs)
    return Light("at_risk", "shares", inputs)
