"""One organisation's part in public partnerships: memberships, promises, and data that it owes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from monitoring.aggregation.fragments import then
from monitoring.aggregation.lights import due_items_of
from monitoring.models import Framework, ReportingUnit
from monitoring.reports.kinds.cohort import Cohort
from monitoring.reports.kinds.then import before
from partnerships.models import Commitment
from registry.models import MovedField

LISTED = 100

# A membership is the organisation's that held it at the cut-off: what a later merge of two
# records of one organisation moved, or the undoing of one, is read back from the log of it. One
# that a merge by then ended does not stand: the organisation goes on under the other. What hangs on
# it (a promise between the two) is still its own.
_MEMBERSHIPS = f"""
CREATE TEMPORARY TABLE report_membership ON COMMIT DROP AS
WITH was AS ({before("partnerships_membership", "roles", at="%(cutoff)s")}), moved AS (
  SELECT f.row_id, jsonb_object_agg(f.field, f.before ORDER BY f.id DESC) AS held
  FROM registry_movedfield f JOIN registry_partnermerge g ON g.id = f.merge_id
  CROSS JOIN LATERAL (
    SELECT CASE f.together WHEN 'undone' THEN g.undone_at ELSE g.merged_at END AS at
  ) written
  WHERE f.model = 'partnerships.membership' AND f.field IN ('partner_id', 'ended_on')
    AND written.at > %(cutoff)s AND %(partner)s IN (g.duplicate_id, g.into_id)
  GROUP BY f.row_id
), own AS (
  SELECT m.id, m.partnership_id, m.accepted_on, one.ended_on,
         one.ended_on < %(reference)s IS TRUE AS has_left, ended.by_merge IS TRUE AS is_merged,
         CASE WHEN was.held ? 'roles'
              THEN ARRAY(SELECT jsonb_array_elements_text(was.held -> 'roles'))
              ELSE m.roles::text[] END AS roles
  FROM partnerships_membership m JOIN report_cohort USING (partnership_id)
  LEFT JOIN was ON was.id = m.id
  LEFT JOIN moved ON moved.row_id = m.id
  CROSS JOIN LATERAL (
    SELECT {then("partner_id", "bigint", "m", "moved")} AS partner_id,
           {then("ended_on", "date", "m", "moved")} AS ended_on
  ) one
  -- The last that a merge, or its end, wrote by then: its undoing may have left the row as it was.
  LEFT JOIN LATERAL (
    SELECT f.after = to_jsonb(one.ended_on) AS by_merge
    FROM registry_movedfield f JOIN registry_partnermerge g ON g.id = f.merge_id
    WHERE f.model = 'partnerships.membership' AND f.row_id = m.id AND f.field = 'ended_on'
      AND CASE f.together WHEN 'undone' THEN g.undone_at ELSE g.merged_at END <= %(cutoff)s
    ORDER BY f.id DESC LIMIT 1
  ) ended ON true
  WHERE (m.partner_id = %(partner)s OR m.id IN (SELECT row_id FROM moved))
    AND one.partner_id = %(partner)s
    AND m.accepted_on <= %(reference)s AND m.created_at <= %(cutoff)s
)
SELECT id, partnership_id, roles, accepted_on, CASE WHEN has_left THEN ended_on END AS ended_on,
       NOT is_merged AND (has_left OR row_number() OVER (
         PARTITION BY partnership_id, has_left, is_merged
         ORDER BY ended_on DESC NULLS FIRST, id DESC
       ) = 1) AS stands
FROM own
"""
_LISTED = """
SELECT m.partnership_id AS partnership, m.roles, m.accepted_on, m.ended_on, c.status,
       r.timeliness, r.achievement, c.reference_on AS reported_to,
       lit.on_track, lit.at_risk, lit.off_track, lit.no_data
FROM report_membership m JOIN report_cohort c USING (partnership_id)
LEFT JOIN monitoring_report r ON r.id = c.report_id AND c.is_current
LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE f.light IN ('on_track', 'met')) AS on_track,
         count(*) FILTER (WHERE f.light = 'at_risk') AS at_risk,
         count(*) FILTER (WHERE f.light = 'off_track') AS off_track,
         count(*) FILTER (WHERE f.light = 'no_data') AS no_data
  FROM monitoring_reportfigure f WHERE f.report_id = r.id AND f.country_id IS NULL
) lit ON true
WHERE m.stands
ORDER BY m.ended_on DESC NULLS FIRST, m.accepted_on, m.id
"""
# Original due dates, as in D4; whether a promise was kept says `report_kept`, by the one rule of
# promises. One that was taken back stays, unless the receiver agreed.
_PROMISES = """
CREATE TEMPORARY TABLE report_promise ON COMMIT DROP AS
SELECT k.id AS commitment, k.partnership_id AS partnership, k.kind, k.amount,
       k.currency_id AS currency, k.unit, k.due_on, k.amount * rate.usd AS usd,
       k.currency_id IS NOT NULL AND rate.usd IS NULL AND k.amount IS NOT NULL AS lacks_rate,
       kept.arrived, GREATEST(kept.arrived, 0) * rate.usd AS arrived_usd,
       CASE
         WHEN k.withdrawn_on <= %(reference)s AND k.receiver_agreed THEN 'withdrawn'
         WHEN kept.is_kept_in_time THEN 'kept_in_time'
         WHEN kept.is_kept AND k.due_on IS NULL THEN 'kept'
         WHEN kept.is_kept THEN 'kept_late'
         WHEN k.withdrawn_on <= %(reference)s AND k.due_on <= %(reference)s IS NOT TRUE
           THEN 'taken_back'
         WHEN k.due_on IS NULL THEN 'undated'
         WHEN k.due_on > %(reference)s THEN 'not_due'
         WHEN kept.has_arrived THEN 'partly'
         ELSE 'not_kept' END AS state
FROM report_kept kept JOIN partnerships_commitment k USING (id)
LEFT JOIN LATERAL (
  SELECT CASE k.currency_id WHEN 'USD' THEN 1 ELSE (
    SELECT e.usd FROM registry_exchangerate e
    WHERE e.currency_id = k.currency_id AND e.loaded_at <= %(cutoff)s AND e.on <= k.committed_on
    ORDER BY e.on DESC, e.loaded_at DESC, e.id DESC LIMIT 1) END AS usd
) rate ON true
"""
_PROMISED = """
SELECT count(*) AS promises, count(usd) AS valued, COALESCE(sum(usd), 0) AS promised_usd,
       COALESCE(sum(usd) FILTER (WHERE due_on <= %(reference)s), 0) AS due_usd,
       COALESCE(sum(LEAST(arrived_usd, usd)) FILTER (WHERE due_on <= %(reference)s), 0)
         AS arrived_usd
FROM report_promise WHERE state <> 'withdrawn'
"""
_STATES = "SELECT state, count(*) AS n FROM report_promise GROUP BY 1 ORDER BY 1"
_UNRATED = "SELECT DISTINCT currency FROM report_promise WHERE lacks_rate ORDER BY 1"
_EACH = """
SELECT commitment, partnership, kind, amount, currency, unit, due_on, arrived, state
FROM report_promise ORDER BY due_on DESC NULLS LAST, commitment LIMIT %(most)s
"""


def memberships(cohort: Cohort, partner: int) -> list[dict[str, Any]]:
    """Those accepted by the reference date, with how each partnership stands."""
    cohort.make("report_membership", _MEMBERSHIPS, partner=partner)
    return cohort.rows(_LISTED)


def promises(cohort: Cohort) -> dict[str, Any]:
    """What the organisation promised, and what of it arrived, in time or late.

    A promise is its that owed it at the cut-off, whatever was handed over since.
    """
    days = cohort.days
    own = [row["id"] for row in cohort.rows(_OWN)]
    promised = Commitment.objects.owed_at(own, days.cutoff_at).filter(
        committed_on__lte=days.reference_on, created_at__lte=days.cutoff_at
    )
    kept = promised.with_kept(days.reference_on, days.cutoff_at).order_by()
    cohort.keep("report_kept", kept.values("id", *_KEPT))
    cohort.make("report_promise", _PROMISES)
    listed = cohort.rows(_EACH, most=LISTED)
    return {
        **cohort.row(_PROMISED),
        "states": cohort.tally(_STATES),
        "without_rate": [row["currency"] for row in cohort.rows(_UNRATED)],
        "rows": listed,
    }


def data_sent(cohort: Cohort) -> dict[str, Any]:
    """Of its reporting units × ended periods: due, handed in, and by the due date."""
    of = {row["id"]: row["partnership_id"] for row in cohort.rows(_OWN)}
    days = cohort.days
    units = ReportingUnit.objects.only("pk", "membership_id")
    held = MovedField.objects.held(units, days.cutoff_at, "membership_id", of.keys())
    where = {unit.pk: of[unit.membership_id] for unit in held}
    frameworks = _in_force(cohort, set(of.values()))
    zones = {one.partnership_id: ZoneInfo(one.time_zone) for one in frameworks}
    found: dict[int, dict[str, int]] = {}
    for item in due_items_of(
        [one.pk for one in frameworks], reference_on=days.reference_on, cutoff_at=days.cutoff_at
    ):
        if item.unit_id not in where:
            continue
        partnership = where[item.unit_id]
        counts = found.setdefault(partnership, {"due": 0, "sent": 0, "in_time": 0})
        counts["due"] += 1
        if item.sent_at:
            counts["sent"] += 1
            sent_on = item.sent_at.astimezone(zones[partnership]).date()
            counts["in_time"] += sent_on <= item.due_on
    rows = [{"partnership": key, **found[key]} for key in sorted(found)]
    names = ("due", "sent", "in_time")
    return {**{name: sum(row[name] for row in rows) for name in names}, "rows": rows}


_KEPT = ("arrived", "has_arrived", "is_kept", "is_kept_in_time")
_OWN = "SELECT id, partnership_id FROM report_membership ORDER BY id"


def _in_force(cohort: Cohort, partnerships: set[int]) -> list[Framework]:
    """The agreed framework of each partnership, as of the cut-off."""
    at = cohort.days.cutoff_at
    current = Q(superseded_at=None) | Q(superseded_at__gt=at)
    agreed = Framework.objects.filter(
        current, partnership__in=partnerships, agreed_at__lte=at, status__in=Framework.SETTLED
    ).exclude(cadence="irregular")
    return list(agreed.order_by("partnership_id", "-edition").distinct("partnership_id"))
