"""Batches of reports are audited; of a run, when workers were told of it is bookkeeping."""

from django.db import migrations

from registry.audit import audited

LEASE = [
    "asked_at",
    "queued_at",
    "hinted_at",
    "started_at",
    "lease_until",
    "fence",
    "attempts",
    "progress_done",
    "progress_total",
]


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0039_report_batches")]

    operations = [
        migrations.RunSQL(
            "UPDATE monitoring_reportrun SET asked_at = queued_at, hinted_at = queued_at",
            migrations.RunSQL.noop,
        ),
        audited("monitoring_reportbatch"),
        audited(
            "monitoring_reportrun",
            hidden=["error"],
            ignored=LEASE,
            watched=["status", "requested_by_id", "report_id", "revision", "batch_id"],
        ),
    ]
