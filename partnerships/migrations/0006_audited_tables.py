"""Every table about partnerships is audited."""

from django.db import migrations

from registry.audit import audited


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0005_assignments"),
        ("registry", "0010_audit_log"),
    ]

    operations = [
        audited("partnerships_partnership", ignored=["search"]),
        audited("partnerships_partnership_goals"),
        audited("partnerships_partnership_targets"),
        audited("partnerships_partnershipcountry"),
        audited("partnerships_referenceyear", key="year"),
        audited("partnerships_assignment"),
        audited("partnerships_membership", hidden=["interests"]),
        # What was agreed stands in sha256; the text may name who signs.
        audited("partnerships_agreement", hidden=["text"]),
        audited("partnerships_endorsement"),
        audited("partnerships_commitment"),
        audited("partnerships_commitment_targets"),
        audited("partnerships_duedate", hidden=["reason"]),
        audited("partnerships_delivery", hidden=["note"]),
        audited("partnerships_marker", hidden=["evidence"]),
        audited("partnerships_document"),
    ]
