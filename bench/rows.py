"""2,000 values into one submission, against COPY into the same table and its triggers."""

import io

from bench.measure import compare, setup

ROWS = 2_000
COLUMNS = (
    "submission_id, indicator_id, period_id, unit_id, value, text, comment, is_provisional,"
    " withdraws, verification"
)


def main() -> None:
    setup()
    from django.db import connection, transaction

    from monitoring.models import Indicator
    from monitoring.services import record_observations
    from tests import factories as make

    with transaction.atomic():
        submission = make.SubmissionFactory()
        result = make.ResultFactory(framework=submission.period.framework)
        Indicator.objects.bulk_create(
            Indicator(
                result=result, title=f"I{n}", measure="number", accumulation="flow", combine="sum"
            )
            for n in range(ROWS)
        )
        keys = list(Indicator.objects.filter(result=result).values_list("pk", flat=True))
        rows = [{"indicator": key, "value": "12.5"} for key in keys]
        by = make.UserFactory(is_staff=True)

        def product() -> None:
            record_observations(submission, rows, by=by)
            undo()

        def raw() -> None:
            cell = f"{submission.period_id}\t{submission.unit_id}\t12.5\t\t\tf\tf\tself_reported\n"
            text = "".join(f"{submission.pk}\t{key}\t{cell}" for key in keys)
            with connection.cursor() as cursor:
                cursor.copy_expert(
                    f"COPY monitoring_observation ({COLUMNS}) FROM STDIN", io.StringIO(text)
                )
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            undo()

        def undo() -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM monitoring_observation WHERE submission_id = %s", [submission.pk]
                )

        compare(f"{ROWS} rows against COPY", product, raw, rounds=5)
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
