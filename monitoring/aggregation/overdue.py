"""Data that is past due now: which partnerships owe it, since when, how much, and whose."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db import connection

# What lights.due_items says of one framework's past, here of all of them and as it is now: a unit
# owes a period that ended while its member took part, of an edition in force or of an earlier one
# that ended before it, where an indicator asks for it; a closed period takes no data.
_OWED = """
SELECT f.partnership_id, p.due_on, u.id AS unit_id
FROM monitoring_period p
JOIN monitoring_framework f ON f.id = p.framework_id
JOIN partnerships_partnership ship ON ship.id = f.partnership_id
  AND ship.status IN ('registered', 'active')
JOIN partnerships_membership m ON m.partnership_id = f.partnership_id
  AND m.status = 'accepted' AND m.ended_on IS NULL AND m.accepted_on <= p.ends_on
JOIN registry_partner partner ON partner.id = m.partner_id AND partner.status = 'verified'
JOIN monitoring_reportingunit u ON u.membership_id = m.id AND u.merged_into_id IS NULL
  AND u.since_on <= p.ends_on
  AND (u.successor_since IS NULL OR u.successor_since > p.ends_on)
WHERE p.due_on < %(today)s AND p.status = 'open'
  AND (%(partnerships)s::bigint[] IS NULL OR f.partnership_id = ANY(%(partnerships)s))
  AND (f.status = 'agreed' OR f.status = 'superseded' AND f.agreed_at IS NOT NULL
    AND p.ends_on < (SELECT min(now.starts_on) FROM monitoring_framework now
      WHERE now.partnership_id = f.partnership_id AND now.status = 'agreed'))
  AND EXISTS (
    SELECT 1 FROM monitoring_indicator i JOIN monitoring_result r ON r.id = i.result_id
    WHERE r.framework_id = f.id AND i.by_place = (u.place <> '' OR u.country_id IS NOT NULL)
      AND (i.responsible_id IS NULL OR i.responsible_id = m.id))
  AND NOT EXISTS (
    SELECT 1 FROM monitoring_submission s JOIN monitoring_reportingunit sent ON sent.id = s.unit_id
    WHERE s.period_id = p.id AND (sent.id = u.id OR sent.merged_into_id = u.id)
      AND s.status IN ('submitted', 'approved', 'superseded'))
"""


class Overdue(NamedTuple):
    """A partnership's data that is past due: the oldest day it was due on, how many sets of data
    (reporting units × periods), and whose."""

    partnership_id: int
    oldest_due_on: date
    missing: int
    units: list[int]


def overdue(today: date, partnerships: Collection[int] | None = None) -> list[Overdue]:
    """Partnerships that owe data whose due date has passed, the oldest first; one query."""
    params = {"today": today, "partnerships": None if partnerships is None else list(partnerships)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT partnership_id, min(due_on), count(*)::int, array_agg(DISTINCT unit_id)"
            f" FROM ({_OWED}) owed GROUP BY partnership_id ORDER BY 2, 1",
            params,
        )
        return [Overdue(*row) for row in cursor.fetchall()]
