"""A1, A2, A4 and B1 once more, from the tables by plain SQL and naive loops.

Imports no product code. Run by itself it prints them for every computed report of a database, with
its arithmetic: `python -m tests.monitoring.measures_by_hand DATABASE_URL [P-2026-00001]`.
"""

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

CONTEXT = Context(prec=20, rounding=ROUND_HALF_UP)
PRIVATE = {
    "large_company": "esg",
    "financial": "esg",
    "msme": "sdg_targets",
    "start_up": "sdg_targets",
}


class Report:
    """A report's partnership, period and two dates, as the table of reports has them."""

    def __init__(self, cursor, key):
        self.cursor = cursor
        row = self.one(
            """SELECT r.partnership_id, r.period_id, r.reference_on, r.cutoff_at, p.framework_id,
                      p.starts_on, p.ends_on, p.due_on, f.time_zone, f.edition, f.starts_on,
                      f.cadence, f.import_batch_id
               FROM monitoring_report r JOIN monitoring_period p ON p.id = r.period_id
               JOIN monitoring_framework f ON f.id = p.framework_id WHERE r.id = %s""",
            key,
        )
        (self.partnership, self.period, self.on, self.cutoff, self.framework, self.starts_on,
         self.ends_on, self.due_on, zone, self.edition, self.framework_starts_on,
         self.cadence, self.batch) = row  # fmt: skip
        self.zone = ZoneInfo(zone)
        day_after = datetime.combine(self.on + timedelta(days=1), time(), self.zone)
        self.until = min(day_after.astimezone(UTC), self.cutoff)
        self.year_before = year_before(self.on)

    def all(self, sql, *values):
        self.cursor.execute(sql, values)
        return self.cursor.fetchall()

    def one(self, sql, *values):
        return self.all(sql, *values)[0]

    def members(self):
        """(membership, partner, kind, basis set by an admin) of those accepted on the day."""
        return self.all(
            """SELECT m.id, m.partner_id, p.kind, p.basis_override
               FROM partnerships_membership m JOIN registry_partner p ON p.id = m.partner_id
               WHERE m.partnership_id = %s AND m.accepted_on <= %s
                 AND (m.ended_on IS NULL OR m.ended_on >= %s) AND m.created_at <= %s""",
            self.partnership, self.on, self.on, self.cutoff,
        )  # fmt: skip

    def moves(self, submission):
        rows = self.all(
            """SELECT became, at, facts::text FROM registry_event
               WHERE subject_type = 'monitoring.submission' AND subject_id = %s
                 AND became <> '' AND at <= %s ORDER BY at, id""",
            submission, self.cutoff,
        )  # fmt: skip
        return [(became, at, json.loads(facts)) for became, at, facts in rows]


def year_before(day):
    last = day.day - 1 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - 1, day.month, last)


def share(above, below):
    return (above, below, CONTEXT.divide(Decimal(above), Decimal(below))) if below else None


def a1(report):
    """Members who endorsed / members; (numerator, denominator, value), or None without a value."""
    members = [row[0] for row in report.members()]
    rows = report.all(
        """SELECT f.agreement_id, f.agreed_at, f.withdrawn_at, a.proposed_at
           FROM monitoring_framework f LEFT JOIN partnerships_agreement a ON a.id = f.agreement_id
           WHERE f.partnership_id = %s ORDER BY f.edition""",
        report.partnership,
    )
    agreed = [row[0] for row in rows if row[1] and row[1] < report.until]
    proposed = [
        row[0]
        for row in rows
        if row[3] and row[3] < report.until and not (row[2] and row[2] < report.until)
    ]
    agreement = (agreed or proposed or [None])[-1]
    if not members:
        return None
    if agreement is None:
        (activated_at,) = report.one(
            "SELECT activated_at FROM partnerships_partnership WHERE id = %s", report.partnership
        )
        return share(0, len(members)) if activated_at and activated_at < report.until else None
    endorsed = 0
    for member in members:
        found = report.all(
            """SELECT 1 FROM partnerships_endorsement
               WHERE agreement_id = %s AND membership_id = %s AND endorsed_at < %s""",
            agreement, member, report.until,
        )  # fmt: skip
        endorsed += bool(found)
    return share(endorsed, len(members))


def a2(report):
    if report.due_on > report.cutoff.astimezone(report.zone).date():
        return None
    waiting = set()
    sent = report.all("SELECT id FROM monitoring_submission WHERE period_id = %s", report.period)
    for (submission,) in sent:
        moves = report.moves(submission)
        if moves and moves[-1][0] == "submitted":
            waiting |= set(moves[-1][2].get("indicators", []))
    above = below = 0
    rows = report.all(
        """SELECT i.id, i.accumulation, i.measure, i.direction, i.baseline_value,
                  i.baseline_numerator
           FROM monitoring_indicator i JOIN monitoring_result r ON r.id = i.result_id
           WHERE r.framework_id = %s AND i.measure <> 'narrative'""",
        report.framework,
    )
    for key, accumulation, measure, direction, value, numerator in rows:
        actual = report.all(
            """SELECT 1 FROM monitoring_observation WHERE indicator_id = %s AND period_id = %s
                 AND category_id IS NULL AND NOT withdraws AND counts_from <= %s
                 AND (counts_until IS NULL OR counts_until > %s)""",
            key, report.period, report.cutoff, report.cutoff,
        )  # fmt: skip
        if not actual and key in waiting:
            continue
        target = report.all(
            """SELECT 1 FROM monitoring_periodtarget WHERE indicator_id = %s
                 AND category_id IS NULL AND starts_on <= %s AND ends_on >= %s""",
            key, report.ends_on, report.starts_on,
        )  # fmt: skip
        is_flow = accumulation == "flow" and measure != "ratio"
        needs_baseline = not is_flow and not direction.startswith("maintain")
        has_baseline = value is not None or numerator is not None
        below += 1
        above += bool(actual and target and (has_baseline or not needs_baseline))
    return share(above, below)


def a4(report):
    if report.batch is not None or report.cadence == "irregular":
        return None
    above = below = 0
    for unit, period, due_on in due(report):
        if not report.year_before < due_on <= report.on:
            continue
        below += 1
        above += kept(report, unit, period, due_on)
    return share(above, below)


def due(report):
    """(unit, period, due day) of what was due, of this edition and of earlier ones before it."""
    return report.all(
        """SELECT u.id, p.id, p.due_on
           FROM monitoring_period p JOIN monitoring_framework f ON f.id = p.framework_id,
                monitoring_reportingunit u JOIN partnerships_membership m ON m.id = u.membership_id
           WHERE m.partnership_id = f.partnership_id AND f.partnership_id = %s
             AND p.ends_on <= %s
             AND (f.id = %s OR f.edition < %s AND f.status = 'superseded'
                  AND f.cadence <> 'irregular' AND p.ends_on < %s)
             AND m.accepted_on <= p.ends_on AND (m.ended_on IS NULL OR m.ended_on >= p.ends_on)
             AND m.created_at <= %s AND u.since_on <= p.ends_on AND u.merged_into_id IS NULL
             AND (u.handed_over_at IS NULL OR u.handed_over_at > %s
                  OR u.successor_since > p.ends_on)
             AND EXISTS (SELECT 1 FROM monitoring_indicator i
                         JOIN monitoring_result r ON r.id = i.result_id
                         WHERE r.framework_id = f.id
                           AND i.by_place = (u.place <> '' OR u.country_id IS NOT NULL)
                           AND (i.responsible_id IS NULL OR i.responsible_id = m.id))""",
        report.partnership, report.on, report.framework, report.edition,
        report.framework_starts_on, report.cutoff, report.cutoff,
    )  # fmt: skip


def kept(report, unit, period, due_on):
    sent = report.all(
        """SELECT id, complete_at FROM monitoring_submission
           WHERE unit_id = %s AND period_id = %s ORDER BY revision""",
        unit, period,
    )  # fmt: skip
    for submission, complete_at in sent:
        moves = report.moves(submission)
        became = [move[0] for move in moves]
        if "submitted" not in became or became[-1] == "withdrawn":
            continue
        if complete_at is None or complete_at > report.cutoff:
            return False
        if complete_at.astimezone(report.zone).date() > due_on:
            return False
        fortnight = timedelta(days=14)
        for _, at, _ in (move for move in moves if move[0] == "returned"):
            answers = [m[1] for m in moves if m[0] == "submitted" and at < m[1] <= at + fortnight]
            if not answers and report.cutoff - at > fortnight:
                return False
        return True
    return False


def b1(report):
    above = below = 0
    for _, partner, kind, override in report.members():
        if kind not in PRIVATE:
            continue
        basis = override or PRIVATE[kind]
        column = {"esg": "disclosure_id", "sdg_targets": "global_indicator_id"}.get(basis, "id")
        done = report.all(
            f"""SELECT 1 FROM monitoring_observation o
                JOIN monitoring_indicator i ON i.id = o.indicator_id
                JOIN monitoring_period p ON p.id = o.period_id
                JOIN monitoring_framework f ON f.id = p.framework_id
                JOIN monitoring_reportingunit u ON u.id = o.unit_id
                JOIN partnerships_membership m ON m.id = u.membership_id
                WHERE f.partnership_id = %s AND m.partner_id = %s AND i.{column} IS NOT NULL
                  AND p.ends_on > %s AND p.ends_on <= %s AND o.category_id IS NULL
                  AND NOT o.withdraws AND o.counts_from <= %s
                  AND (o.counts_until IS NULL OR o.counts_until > %s)""",
            report.partnership, partner, report.year_before, report.on, report.cutoff,
            report.cutoff,
        )  # fmt: skip
        if not done and waits(report, partner, column):
            continue
        below += 1
        above += bool(done)
    return share(above, below)


def waits(report, partner, column):
    """Whether values on its basis lay with a reviewer at the cut-off."""
    sent = report.all(
        """SELECT s.id FROM monitoring_submission s JOIN monitoring_period p ON p.id = s.period_id
           JOIN monitoring_framework f ON f.id = p.framework_id
           JOIN monitoring_reportingunit u ON u.id = s.unit_id
           JOIN partnerships_membership m ON m.id = u.membership_id
           WHERE f.partnership_id = %s AND m.partner_id = %s AND p.ends_on > %s
             AND p.ends_on <= %s""",
        report.partnership, partner, report.year_before, report.on,
    )  # fmt: skip
    for (submission,) in sent:
        moves = report.moves(submission)
        if not moves or moves[-1][0] != "submitted":
            continue
        for key in moves[-1][2].get("indicators", []):
            if report.all(
                f"""SELECT 1 FROM monitoring_indicator i
                    JOIN monitoring_result r ON r.id = i.result_id
                    WHERE i.id = %s AND r.framework_id = %s AND i.{column} IS NOT NULL""",
                key, report.framework,
            ):  # fmt: skip
                return True
    return False


BY_HAND = {"A1": a1, "A2": a2, "A4": a4, "B1": b1}


def main(url, reference=""):
    import psycopg2

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT r.id, p.reference, r.content->'period'->>'label'
               FROM monitoring_report r JOIN partnerships_partnership p ON p.id = r.partnership_id
               WHERE r.kind = 'partnership' AND (%s = '' OR p.reference = %s)
               ORDER BY p.reference, r.reference_on, r.revision""",
            (reference, reference),
        )
        for key, name, label in cursor.fetchall():
            report = Report(cursor, key)
            said = ((code, measure(report)) for code, measure in BY_HAND.items())
            words = (
                f"{code} = {found[0]} / {found[1]} = {found[2]}" if found else f"{code}: no value"
                for code, found in said
            )
            print(name, label, "; ".join(words))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
