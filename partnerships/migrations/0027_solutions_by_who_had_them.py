"""An index for who brought a solution in before it was taken off: reports of then count it."""

from django.db import migrations

# As `AuditEntry.objects.keys_that_held` asks.
INDEX = """
CREATE INDEX audit_solution_brought_in ON registry_auditentry ((before -> 'partnership_id'))
WHERE table_name = 'partnerships_solution' AND operation = 'update'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0026_ledger_words_and_capacity"),
        ("registry", "0028_priorities_reworded_on_their_first_day"),
    ]
    operations = [migrations.RunSQL(INDEX, "DROP INDEX audit_solution_brought_in")]
