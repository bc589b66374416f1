"""Every way to write a value, past the product as well."""

import io

import pytest
from django.db import IntegrityError, connection

from monitoring.models import Observation


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def copy_in(table, row):
    """COPY one row, as a loader would that knows nothing of the product."""
    line = "\t".join(r"\N" if v is None else str(v) for v in row.values())
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(row)}) FROM STDIN", io.StringIO(line))


def row_of(submission, indicator):
    return {
        "submission_id": submission.pk,
        "indicator_id": indicator.pk,
        "period_id": submission.period_id,
        "unit_id": submission.unit_id,
        "value": "7",
        "text": "",
        "comment": "",
        "variance_reason": "",
        "method": "",
        "is_provisional": "f",
        "withdraws": "f",
        "verification": "self_reported",
    }


def unsaved(submission, indicator):
    return Observation(
        submission=submission,
        indicator=indicator,
        period=submission.period,
        unit=submission.unit,
        value=7,
    )


def into_observation(submission, indicator):
    """Every way to insert a value."""
    row = row_of(submission, indicator)
    columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    return {
        "save": lambda: unsaved(submission, indicator).save(),
        "bulk_create": lambda: Observation.objects.bulk_create([unsaved(submission, indicator)]),
        "raw": lambda: sql(
            f"INSERT INTO monitoring_observation ({columns}) VALUES ({marks})", *row.values()
        ),
        "copy": lambda: copy_in("monitoring_observation", row),
    }


WAYS_IN = ["save", "bulk_create", "raw", "copy"]
WAYS_TO_CHANGE = {
    "save": lambda o: (setattr(o, "value", 99), o.save()),
    "update": lambda o: Observation.objects.filter(pk=o.pk).update(value=99),
    "bulk_update": lambda o: (
        setattr(o, "value", 99),
        Observation.objects.bulk_update([o], ["value"]),
    ),
    "raw": lambda o: sql("UPDATE monitoring_observation SET value = 99 WHERE id = %s", o.pk),
    "delete": lambda o: o.delete(),
    "delete all": lambda o: Observation.objects.filter(pk=o.pk).delete(),
    "raw delete": lambda o: sql("DELETE FROM monitoring_observation WHERE id = %s", o.pk),
}


def refused_by(name):
    return pytest.raises(
        IntegrityError,
        match={
            "period_closed": "is closed",
            "submission_locked": "not open for changes",
            "submission_approved": "An approved submission does not change",
            "submission_kept": "An approved submission is not deleted",
            "submission_stays": "stays with its unit",
            "observation_stays": "stays in its cell",
            "observation_history": "is history",
            "observation_unapproved": "once its submission is approved",
            "report_immutable": "does not change",
        }[name],
    )
