"""Rollups of 1,000,000 observations: computed anew, read, and refreshed per dirty cell.

The raw side of a full computation is SQL written by hand for just this data (no editions, merges,
members that left …); it stores the same two levels in tables with the same keys.
"""

import statistics
import time
from typing import Any

from bench.measure import compare, setup

FEW, MANY = 3_334, 33_334  # partnerships; each has 2 indicators, 3 units, 5 periods: 30 values
BIG = (40, 50, 5)  # one more, with so many indicators, units and periods
FIRST = 10_000_000  # keys begin here
TABLES = [
    "partnerships_partnership",
    "partnerships_membership",
    "monitoring_framework",
    "monitoring_result",
    "monitoring_indicator",
    "monitoring_reportingunit",
    "monitoring_period",
    "monitoring_submission",
    "monitoring_observation",
]

RAW_UNITS = """
INSERT INTO raw_unit
WITH per AS (
  SELECT id, framework_id, ends_on, row_number() OVER (PARTITION BY framework_id ORDER BY ends_on)
    AS n FROM monitoring_period
), line AS (
  SELECT f.partnership_id, o.indicator_id, i.accumulation, o.unit_id, per.framework_id, per.n,
         o.period_id, per.ends_on, o.value, o.is_provisional,
         lead(per.n) OVER (PARTITION BY o.indicator_id, o.unit_id ORDER BY per.n) AS next_n
  FROM monitoring_observation o
  JOIN monitoring_indicator i ON i.id = o.indicator_id
  JOIN per ON per.id = o.period_id
  JOIN monitoring_framework f ON f.id = per.framework_id
  WHERE o.counts_from IS NOT NULL AND o.counts_until IS NULL AND o.value IS NOT NULL
)
SELECT l.partnership_id, l.indicator_id, 0, per.id, l.unit_id, l.value, NULL, NULL,
       l.is_provisional, per.n = l.n, l.ends_on
FROM line l JOIN per ON per.framework_id = l.framework_id AND per.n >= l.n
  AND (l.next_n IS NULL OR per.n < l.next_n) AND (l.accumulation = 'cumulative' OR per.n = l.n)
"""
RAW_FIGURES = """
INSERT INTO raw_figure
SELECT partnership_id, indicator_id, 0, period_id, 'period', sum(value), min(value), max(value),
       NULL::numeric, NULL::numeric, count(*), count(*) FILTER (WHERE reported),
       bool_or(is_provisional), min(value_on) FILTER (WHERE NOT reported), NULL::numeric,
       NULL::numeric
FROM raw_unit GROUP BY 1, 2, 4
UNION ALL
SELECT partnership_id, indicator_id, 0, period_id, span, sum(so_far), min(so_far), max(so_far),
       NULL, NULL, count(*), count(*), bool_or(is_provisional), NULL::date, sum(most), max(most)
FROM (
  SELECT r.partnership_id, r.indicator_id, r.period_id, k.span, r.is_provisional,
         sum(value) OVER so_far AS so_far, max(value) OVER so_far AS most
  FROM raw_unit r JOIN monitoring_indicator i ON i.id = r.indicator_id
  JOIN monitoring_period p ON p.id = r.period_id
  CROSS JOIN LATERAL (VALUES ('to_date', 0), ('year', EXTRACT(year FROM p.ends_on)),
    ('framework_year', EXTRACT(year FROM p.ends_on))) k (span, part_of)
  WHERE i.accumulation = 'flow'
  WINDOW so_far AS (PARTITION BY r.indicator_id, r.unit_id, k.span, k.part_of ORDER BY p.ends_on)
) running GROUP BY 1, 2, 4, 5
"""
GROUPED = """
SELECT i.id, o.period_id, o.category_id, sum(o.value), min(o.value), max(o.value),
       sum(o.numerator), sum(o.denominator), count(*), bool_or(o.is_provisional)
FROM monitoring_observation o JOIN monitoring_indicator i ON i.id = o.indicator_id
WHERE o.counts_from IS NOT NULL AND o.counts_until IS NULL GROUP BY 1, 2, 3
"""


def execute(sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def copies(table: str, template: int, rows: str, **columns: str) -> None:
    """Rows like one good row, with some columns made from the rows `r` of a query."""
    names = [
        name
        for (name,) in execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        if name != "id" or "id" in columns
    ]
    made = ", ".join(columns.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    execute(
        f"INSERT INTO {table} ({quoted}) SELECT {made} FROM ({rows}) r"
        f" CROSS JOIN (SELECT * FROM {table} WHERE id = {template}) t"
    )


class Filled:
    """Rows by SQL from one of each kind; triggers off, as in a dump that is restored."""

    def __init__(self) -> None:
        from tests import factories as f
        from tests.monitoring.locked import set_locks

        set_locks("DISABLE")  # for factories, which write an agreed framework
        self.submission = f.SubmissionFactory(approved=True)
        indicator = f.IndicatorFactory(result__framework=self.submission.period.framework)
        draft = f.SubmissionFactory()
        self.observation = f.ObservationFactory(submission=draft, indicator=indicator)
        self.indicator, self.draft = indicator, draft
        set_locks("ENABLE")

    def add(
        self, low: int, high: int, indicators: int = 2, units: int = 3, periods: int = 5
    ) -> None:
        """Partnerships `low` to `high`; all of them with so many rows of each kind."""
        for table in TABLES:
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self._copy(f"generate_series({low}, {high}) g", indicators, units, periods)
        for table in TABLES:
            execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def _copy(self, g: str, indicators: int, units: int, periods: int) -> None:
        period, framework = self.submission.period, self.submission.period.framework
        membership = self.submission.unit.membership
        first = f"{FIRST} + g * 200"
        each = f"SELECT g, {FIRST} + g AS own FROM {g}"
        unit, quarter, which = (
            f"generate_series(0, {n - 1})" for n in (units, periods, indicators)
        )
        per_unit = f"SELECT g, u, {FIRST} + g AS own, {first} + u AS unit FROM {g}, {unit} u"
        per_period = (
            f"SELECT *, {first} + q AS period, {FIRST} + (g * 200 + u) * 20 + q AS sent"
            f" FROM ({per_unit}) x, {quarter} q"
        )
        copies(
            "partnerships_partnership",
            membership.partnership_id,
            each,
            id="own",
            reference="'P-' || 2000 + g / 50000 || '-' || lpad((g % 50000)::text, 5, '0')",
        )
        copies(
            "monitoring_framework",
            framework.pk,
            each,
            id="own",
            partnership_id="own",
            agreement_id="NULL",
        )
        copies("monitoring_result", self.indicator.result_id, each, id="own", framework_id="own")
        copies(
            "monitoring_indicator",
            self.indicator.pk,
            f"SELECT *, {first} + k AS indicator FROM ({each}) x, {which} k",
            id="indicator",
            result_id="own",
            series="gen_random_uuid()",
            accumulation="(ARRAY['flow', 'cumulative'])[1 + k % 2]",
        )
        # One member with all the units.
        copies("partnerships_membership", membership.pk, each, id="own", partnership_id="own")
        copies(
            "monitoring_reportingunit",
            self.submission.unit.pk,
            per_unit,
            id="unit",
            membership_id="own",
            place="'Place ' || u",
        )
        copies(
            "monitoring_period",
            period.pk,
            f"SELECT *, {first} + q AS period FROM ({each}) x, {quarter} q",
            id="period",
            framework_id="own",
            starts_on="(date '2024-01-01' + q * interval '3 months')::date",
            ends_on="(date '2024-04-01' + q * interval '3 months')::date - 1",
            due_on="(date '2024-05-01' + q * interval '3 months')::date",
        )
        copies(
            "monitoring_submission",
            self.submission.pk,
            per_period,
            id="sent",
            unit_id="unit",
            period_id="period",
        )
        copies(
            "monitoring_observation",
            self.observation.pk,
            f"SELECT *, {first} + k AS indicator FROM ({per_period}) x, {which} k",
            submission_id="sent",
            indicator_id="indicator",
            period_id="period",
            unit_id="unit",
            value="(g * 7 + u * 31 + q * 5 + k) % 1000",
            counts_from="now()",
        )


def computed_anew() -> None:
    from django.db import transaction

    from monitoring.aggregation.refreshing import rebuild

    execute(
        "DROP TABLE IF EXISTS raw_unit, raw_figure;"
        "CREATE TABLE raw_unit (LIKE monitoring_unitrollup INCLUDING ALL);"
        "CREATE TABLE raw_figure (LIKE monitoring_figurerollup INCLUDING ALL)"
    )

    def product() -> None:
        execute("TRUNCATE monitoring_unitrollup, monitoring_figurerollup")
        rebuild()

    def raw() -> None:
        with transaction.atomic():
            execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")  # as the product has it
            execute("TRUNCATE raw_unit, raw_figure")
            execute(RAW_UNITS)
            execute("ANALYZE raw_unit")
            execute(RAW_FIGURES)

    compare("computed anew and stored, against SQL by hand that stores it", product, raw, rounds=2)
    for level in ("unit", "figure"):
        rows = execute(f"SELECT count(*) FROM monitoring_{level}rollup")[0][0]
        wrong = execute(
            f"SELECT count(*) FROM (TABLE monitoring_{level}rollup EXCEPT TABLE raw_{level}) x"
        )[0][0]
        print(f"  {rows:,} rows of {level}s' rollups; {wrong} are not those by hand")
    compare(
        "the same, nothing to write, against one grouped SELECT",
        rebuild,
        lambda: execute(GROUPED),
        2,
    )
    execute(
        "DROP TABLE raw_unit, raw_figure; ANALYZE monitoring_unitrollup, monitoring_figurerollup"
    )


def read() -> None:
    from monitoring.aggregation.rollups import figures_now

    compare(
        "a partnership's figures (10 as of periods) against the grouped SELECT",
        lambda: figures_now([FIRST + 77]),
        lambda: execute(GROUPED),
        rounds=3,
    )
    compare(
        "100 partnerships' figures against the grouped SELECT of those",
        lambda: figures_now(range(FIRST + 1000, FIRST + 1100)),
        lambda: execute(
            GROUPED.replace("GROUP BY", "AND i.result_id = ANY(%s) GROUP BY"),
            [list(range(FIRST + 1000, FIRST + 1100))],
        ),
    )


def dirty(where: str, cells: int, rounds: int = 3) -> None:
    """Take values out; how long the refresh takes then, per value. Rolled back each time."""
    from django.db import transaction

    from monitoring.aggregation.refreshing import refresh_all

    times = []
    for _ in range(rounds):
        with transaction.atomic():
            execute(
                "UPDATE monitoring_observation SET counts_until = now() WHERE id IN ("
                "  SELECT o.id FROM monitoring_observation o WHERE o.counts_until IS NULL"
                f"  AND o.counts_from IS NOT NULL AND {where} ORDER BY o.indicator_id, o.id"
                f"  LIMIT {cells})"
            )
            begun = time.perf_counter()
            done = refresh_all()
            times.append(time.perf_counter() - begun)
            assert done.changes == cells, done
            transaction.set_rollback(True)
    taken = statistics.median(times)
    print(f"  {cells:>6} dirty cells: {taken * 1000:8.1f} ms, {taken / cells * 1e6:6.0f} µs each")


def refreshed(partnerships: int) -> None:
    print(f"refreshed, {partnerships:,} partnerships and one big one")
    lowest = FIRST + 200 * 5
    for cells in (100, 1_000, 10_000):
        dirty(f"o.indicator_id > {lowest} AND o.period_id % 5 = 0", cells)
    for cells in (100, 1_000, 10_000):
        dirty(f"o.indicator_id < {FIRST + 200}", cells)


def main() -> None:
    setup()
    from django.core.management import call_command

    call_command("load_vocabularies", verbosity=0)
    execute("TRUNCATE partnerships_partnership, registry_partner, registry_user CASCADE")
    execute("DELETE FROM monitoring_rollupchange")
    filled = Filled()
    filled.add(0, 0, *BIG)
    filled.add(1, FEW)
    prepare()
    refreshed(FEW)
    filled.add(FEW + 1, MANY)
    prepare()
    print(f"{execute('SELECT count(*) FROM monitoring_observation')[0][0]:,} observations")
    computed_anew()
    read()
    refreshed(MANY)


def prepare() -> None:
    from monitoring.aggregation.refreshing import rebuild

    execute("VACUUM ANALYZE")
    rebuild()
    execute("VACUUM ANALYZE monitoring_unitrollup")
    execute("VACUUM ANALYZE monitoring_figurerollup")


if __name__ == "__main__":
    main()
