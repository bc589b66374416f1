"""What the audit log costs: 50,000 values with its triggers and without, and by row instead."""

import io
import statistics
import time

from bench.measure import setup

ROWS = 50_000
COLUMNS = (
    "submission_id, indicator_id, period_id, unit_id, value, text, comment, variance_reason,"
    " method, is_provisional, withdraws, verification"
)
NAMES = ("insert", "update", "delete")
BY_ROW = """
    CREATE TRIGGER bench_row AFTER INSERT OR UPDATE OR DELETE ON monitoring_observation
    FOR EACH ROW EXECUTE FUNCTION bench_audit_row()
"""
ROW_FUNCTION = """
    CREATE FUNCTION bench_audit_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      INSERT INTO public.registry_auditentry
        (transaction, at, actor, operation, table_name, row_id, before, after, withheld)
      VALUES (pg_current_xact_id()::text::bigint, clock_timestamp(),
        nullif(current_setting('registry.actor', true), ''), lower(TG_OP), TG_TABLE_NAME,
        coalesce(NEW.id, OLD.id)::text,
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - '{comment,text}'::text[] END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - '{comment,text}'::text[] END, '{}');
      RETURN NULL;
    END $$
"""


def main() -> None:
    setup()
    from django.db import connection, transaction

    from monitoring.models import Indicator
    from tests import factories as make

    with transaction.atomic(), connection.cursor() as cursor:
        submission = make.SubmissionFactory()
        result = make.ResultFactory(framework=submission.period.framework)
        Indicator.objects.bulk_create(
            Indicator(
                result=result, title=f"I{n}", measure="number", accumulation="flow", combine="sum"
            )
            for n in range(ROWS)
        )
        keys = list(Indicator.objects.filter(result=result).values_list("pk", flat=True))
        cell = f"{submission.period_id}\t{submission.unit_id}\t12.5\t\t\t\t\tf\tf\tself_reported\n"
        text = "".join(f"{submission.pk}\t{key}\t{cell}" for key in keys)
        cursor.execute(ROW_FUNCTION)

        def insert() -> None:
            sql = f"COPY monitoring_observation ({COLUMNS}) FROM STDIN"
            cursor.copy_expert(sql, io.StringIO(text))

        def update() -> None:
            cursor.execute("UPDATE monitoring_observation SET value = value + 1")

        def delete() -> None:
            cursor.execute("DELETE FROM monitoring_observation")

        switch = {
            "without": lambda: _triggers(cursor, "DISABLE"),
            "by statement": lambda: _triggers(cursor, "ENABLE"),
            "by row": lambda: (_triggers(cursor, "DISABLE"), cursor.execute(BY_ROW)),
        }
        steps = {
            "insert": insert,
            "update": update,
            "delete": delete,
        }
        _report(_measure(cursor, switch, steps))
        transaction.set_rollback(True)


def _triggers(cursor: object, what: str) -> None:
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # type: ignore[attr-defined]
    cursor.execute("DROP TRIGGER IF EXISTS bench_row ON monitoring_observation")  # type: ignore[attr-defined]
    for name in NAMES:
        cursor.execute(f"ALTER TABLE monitoring_observation {what} TRIGGER audit_{name}")  # type: ignore[attr-defined]


def _measure(cursor: object, switch: dict, steps: dict, rounds: int = 3) -> dict:
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        for way, prepare in switch.items():
            prepare()
            for step, work in steps.items():
                started = time.perf_counter()
                work()
                if number:  # the first round warms up
                    times.setdefault((step, way), []).append(time.perf_counter() - started)
    return {key: statistics.median(taken) for key, taken in times.items()}


def _report(medians: dict) -> None:
    print(f"{ROWS:,} observations, medians; microseconds a row that the log adds")
    for (step, way), taken in medians.items():
        added = (taken - medians[step, "without"]) / ROWS * 1e6
        ratio = taken / medians[step, "without"]
        print(f"{step:<8}{way:<14}{taken * 1000:9.0f} ms  +{added:6.1f} us/row  ratio {ratio:5.2f}")


if __name__ == "__main__":
    main()
