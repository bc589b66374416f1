"""What describes a partnership is audited like the rest of it."""

from django.db import migrations

from registry.audit import audited


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0008_describing")]

    operations = [
        audited("partnerships_objective"),
        audited("partnerships_location"),
        audited("partnerships_budgetline"),
        audited("partnerships_deliverable"),
    ]
