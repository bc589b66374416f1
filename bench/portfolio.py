"""The portfolio report over many partnerships, each with two quarters' published reports.

    python -m bench.portfolio [partnerships]        100,000 if not named

The raw side is SQL written by hand for just this data (nothing superseded or withdrawn, no moves
after the cut-off): the same lights, spreads, movements, overdue ones, flags and sums of money.
"""

import json
import statistics
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from bench.measure import setup
from bench.rollups import copies, execute

FIRST = 10_000_000  # keys begin here
MEASURES, FIGURES = 25, 8
QUIET = [  # as in a dump that is restored; reports keep theirs, which write their rows
    "partnerships_partnership",
    "partnerships_partnershipversion",
    "partnerships_membership",
    "partnerships_commitment",
    "monitoring_framework",
    "monitoring_period",
]
CUTOFF = datetime(2025, 9, 1, tzinfo=UTC)
QUARTERS = [(date(2025, 1, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2025, 6, 30))]
RAW = [
    """CREATE TEMP TABLE raw_now AS SELECT DISTINCT ON (partnership_id) * FROM (
      SELECT id, partnership_id, reference_on, timeliness, achievement FROM monitoring_report
      WHERE kind = 'partnership' AND reference_on <= '2025-06-30') r
    ORDER BY partnership_id, reference_on DESC, id DESC""",
    """CREATE TEMP TABLE raw_was AS SELECT DISTINCT ON (partnership_id) * FROM (
      SELECT id, partnership_id, reference_on FROM monitoring_report
      WHERE kind = 'partnership' AND reference_on <= '2025-03-31') r
    ORDER BY partnership_id, reference_on DESC, id DESC""",
    "ANALYZE raw_now",
    "ANALYZE raw_was",
    "SELECT timeliness, achievement, count(*) FROM raw_now GROUP BY 1, 2",
    """SELECT m.code, count(m.value), avg(m.value), count(*) FILTER (WHERE state = 'no_data'),
      percentile_cont(ARRAY[0, .25, .5, .75, 1]) WITHIN GROUP (ORDER BY m.value)
    FROM raw_now r JOIN monitoring_reportmeasure m ON m.report_id = r.id GROUP BY 1""",
    """SELECT avg(h.score_low),
      percentile_cont(ARRAY[.25, .5, .75]) WITHIN GROUP (ORDER BY h.score_low)
    FROM raw_now r JOIN monitoring_reportheadline h ON h.report_id = r.id""",
    """CREATE TEMP TABLE raw_change AS SELECT r.partnership_id,
      avg(COALESCE(n.value, 0) - COALESCE(w.value, 0)) AS change
    FROM raw_now r JOIN raw_was b USING (partnership_id)
    JOIN monitoring_reportmeasure n ON n.report_id = r.id
    JOIN monitoring_reportmeasure w ON w.report_id = b.id AND w.code = n.code
    WHERE 'not_applicable' NOT IN (n.state, w.state) GROUP BY 1""",
    "SELECT sign(change), count(*) FROM raw_change GROUP BY 1",
    "SELECT * FROM raw_change ORDER BY change DESC LIMIT 20",
    "SELECT * FROM raw_change ORDER BY change LIMIT 20",
    """SELECT n.code, sign(COALESCE(n.value, 0) - COALESCE(w.value, 0)), count(*)
    FROM raw_now r JOIN raw_was b USING (partnership_id)
    JOIN monitoring_reportmeasure n ON n.report_id = r.id
    JOIN monitoring_reportmeasure w ON w.report_id = b.id AND w.code = n.code GROUP BY 1, 2""",
    """SELECT r.partnership_id, h.* FROM raw_now r
    JOIN monitoring_reportheadline h ON h.report_id = r.id
    WHERE timeliness IN ('late', 'overdue', 'inactive')
    ORDER BY oldest_missing_due_on LIMIT 50""",
    """SELECT count(*), count(*) FILTER (WHERE progress > 2), count(*) FILTER (WHERE progress < 0),
      count(*) FILTER (WHERE reason = 'stale'), count(*) FILTER (WHERE is_provisional)
    FROM raw_now r JOIN monitoring_reportfigure f ON f.report_id = r.id""",
    """SELECT partnership_id, count(*) FROM raw_now r
    JOIN monitoring_reportfigure f ON f.report_id = r.id
    WHERE progress > 2 OR progress < 0 OR is_provisional GROUP BY 1 ORDER BY 2 DESC LIMIT 20""",
    """SELECT p.kind, percentile_cont(.5) WITHIN GROUP (ORDER BY h.score_low)
    FROM raw_now r JOIN monitoring_reportheadline h ON h.report_id = r.id
    JOIN partnerships_partnership p ON p.id = r.partnership_id GROUP BY 1""",
    """SELECT currency_id, sum(amount) FROM partnerships_commitment
    JOIN raw_now USING (partnership_id) GROUP BY 1""",
    "DROP TABLE raw_now, raw_was, raw_change",
]


def content() -> str:
    """The snapshot as an SQL expression of `g` (the partnership) and `q` (the quarter)."""
    value = "round(((g * 7 + m * 13 + q * 3) % 101) / 100.0, 2)::text"
    state = "CASE WHEN (g + m) % 9 = 0 THEN 'no_data' ELSE 'measured' END"
    measure = (
        f"jsonb_build_object('code', 'M' || m, 'state', {state}, 'value',"
        f" CASE WHEN (g + m) % 9 <> 0 THEN {value} END)"
    )
    figure = {"value": "12.5", "reason": "", "units_contributing": 3, "is_provisional": False}
    said = json.dumps({"year": figure, "to_date": figure, "level": "output"})
    indicator = (
        f"'{said}'::jsonb || jsonb_build_object('id', g * 10 + m, 'progress', jsonb_build_object("
        "'value', ((g + m) % 30 / 10.0)::text), 'light', jsonb_build_object('colour', 'on_track'))"
    )

    def many(of: str, count: int) -> str:
        return f"(SELECT jsonb_agg({of}) FROM generate_series(1, {count}) m)"

    return (
        "jsonb_build_object('completeness', jsonb_build_object('due', 12, 'reported', g % 13),"
        " 'lights', jsonb_build_object('timeliness', jsonb_build_object('inputs',"
        " jsonb_build_object('oldest_missing_due_on', date '2024-01-01' + (g % 500)::int))),"
        f" 'scorecard', jsonb_build_object('total', round((g % 97) / 96.0, 6)::text, 'measures',"
        f" {many(measure, MEASURES)}), 'indicators', {many(indicator, FIGURES)})"
    )


class Filled:
    """Rows by SQL from one of each kind."""

    def __init__(self, partnerships: int) -> None:
        from tests import factories as f

        self.report = f.ReportFactory(published=True)
        self.version = f.PartnershipVersionFactory(partnership__active=True)
        dollar = f.CurrencyFactory(code="USD")
        self.commitment = f.CommitmentFactory(currency=dollar, amount=1000)
        self.add(partnerships)

    def add(self, partnerships: int) -> None:
        for table in QUIET:
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        each = f"SELECT g, {FIRST} + g AS own FROM generate_series(1, {partnerships}) g"
        self._partnerships(each)
        self._reports(each)
        for table in QUIET:
            execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        execute("VACUUM ANALYZE")

    def _partnerships(self, each: str) -> None:
        reference = "'P-' || 2000 + g / 50000 || '-' || lpad((g % 50000)::text, 5, '0')"
        kind = "(ARRAY['ppp', 'alliance', 'multi_stakeholder', 'community'])[1 + g % 4]"
        of = self.version.partnership_id
        copies("partnerships_partnership", of, each, id="own", reference=reference, kind=kind)
        table = "partnerships_partnershipversion"
        copies(table, self.version.pk, each, id="own", partnership_id="own")
        member = self.commitment.membership_id
        copies("partnerships_membership", member, each, id="own", partnership_id="own")
        facts = {"id": "own", "partnership_id": "own", "membership_id": "own"}
        copies("partnerships_commitment", self.commitment.pk, each, amount="g", **facts)
        execute(
            "INSERT INTO registry_event (kind, subject_type, subject_id, was, became, reason, at,"
            " facts) SELECT 'partnership.active', 'partnerships.partnership', own, '', 'active',"
            f" '', '2024-02-01', '{{}}' FROM ({each}) x"
        )

    def _reports(self, each: str) -> None:
        period = self.report.period
        framework = period.framework_id
        own = {"id": "own", "partnership_id": "own", "agreement_id": "NULL"}
        copies("monitoring_framework", framework, each, **own)
        for q, (first, last) in enumerate(QUARTERS):
            days = {"starts_on": f"date '{first}'", "ends_on": f"date '{last}'"}
            number = f"own * 2 + {q}"
            facts = {"id": number, "framework_id": "own", **days}
            copies("monitoring_period", period.pk, each, **facts, due_on=f"date '{last}' + 30")
            quarter = f"SELECT *, {q} AS q FROM ({each}) x"
            copies(
                "monitoring_report",
                self.report.pk,
                quarter,
                partnership_id="own",
                period_id=number,
                **days,
                reference_on=days["ends_on"],
                published_at=f"date '{last}' + 60",
                content=content(),
                timeliness="(ARRAY['up_to_date', 'late', 'overdue', 'due'])[1 + (g + q) % 4]",
                achievement="(ARRAY['on_track', 'at_risk', 'off_track'])[1 + (g + q) % 3]",
            )


def product() -> dict[str, Any]:
    from monitoring.models import ReportRun
    from monitoring.reports.kinds import build

    days = {"starts_on": QUARTERS[1][0], "ends_on": QUARTERS[1][1]}
    run = ReportRun(kind="portfolio", **days, reference_on=days["ends_on"], cutoff_at=CUTOFF)
    return build(run)


def raw() -> None:
    for sql in RAW:
        execute(sql)


def main() -> None:
    partnerships = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    setup()
    execute("TRUNCATE partnerships_partnership, registry_partner, registry_user CASCADE")
    started = time.perf_counter()
    Filled(partnerships)
    rows = execute("SELECT count(*) FROM monitoring_reportmeasure")[0][0]
    print(f"filled in {time.perf_counter() - started:.0f} s: {rows:,} rows of measures")
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(3):
        for taken, way in zip(times, (product, raw), strict=True):
            begun = time.perf_counter()
            way()
            taken.append(time.perf_counter() - begun)
    ours, theirs = map(statistics.median, times)
    counts = product()["partnerships"]
    print(f"{counts['current']:,} partnerships with a current report")
    print(f"portfolio report {ours:8.2f} s  raw {theirs:8.2f} s  ratio {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
