"""An index for who brought a solution in before it was taken off: reports of then count it."""

from django.db import migrations

# As `AuditEntry.objects.keys_that_held` asks. Made while others write: the log is large.
INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_solution_brought_in
ON registry_auditentry ((before -> 'partnership_id'))
WHERE table_name = 'partnerships_solution' AND operation = 'update'
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("partnerships", "0026_ledger_words_and_capacity"),
        ("registry", "0029_partners_changed_since"),
    ]
    operations = [migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS audit_solution_brought_in")]
