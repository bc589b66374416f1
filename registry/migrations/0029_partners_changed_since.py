"""An index for what was changed of partners and memberships since a moment: reports as of before
read it, of all of them at once."""

from django.db import migrations

# As `before` in monitoring/reports/kinds/then.py asks. Made while others write: the log is large.
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_changed_since ON registry_auditentry (table_name, at)
WHERE operation = 'update'
  AND table_name IN ('registry_partner', 'partnerships_membership', 'partnerships_affectedgroup')
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0028_priorities_reworded_on_their_first_day")]
    operations = [migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS audit_changed_since")]
