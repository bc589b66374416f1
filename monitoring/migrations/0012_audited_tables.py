"""Every table of frameworks, data and reports that people change is audited."""

from django.db import migrations

from registry.audit import audited

LEASE = [
    "queued_at",
    "started_at",
    "lease_until",
    "fence",
    "attempts",
    "progress_done",
    "progress_total",
]


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0011_submission_in_charge"),
        ("registry", "0010_audit_log"),
    ]

    operations = [
        audited("monitoring_framework"),
        audited("monitoring_result"),
        audited("monitoring_dimension"),
        audited("monitoring_category"),
        audited("monitoring_indicator"),
        audited("monitoring_indicator_dimensions"),
        audited("monitoring_periodtarget", hidden=["comment"]),
        audited("monitoring_reportingunit"),
        audited("monitoring_period"),
        audited("monitoring_submission", hidden=["comment"]),
        audited("monitoring_observation", hidden=["comment", "text"]),
        # The file's content stands in sha256; names of files and pages may name people.
        audited("monitoring_evidence", hidden=["title", "url", "file"]),
        audited("monitoring_importedactivity"),
        # The snapshot never changes and stands in sha256.
        audited("monitoring_report", hidden=["content"]),
        audited(
            "monitoring_reportrun",
            hidden=["error"],
            ignored=LEASE,
            watched=["status", "requested_by_id", "report_id", "revision"],
        ),
    ]
