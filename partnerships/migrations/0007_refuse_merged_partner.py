"""A membership is never given to a partner that was merged into another one."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER refuse_merged_partner
  BEFORE INSERT OR UPDATE OF partner_id ON partnerships_membership
  FOR EACH ROW EXECUTE FUNCTION registry_refuse_merged_partner();
"""

BACKWARD = "DROP TRIGGER IF EXISTS refuse_merged_partner ON partnerships_membership;"


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0006_audited_tables"),
        ("registry", "0023_merging_locks"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
