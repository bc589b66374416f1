"""Baselines of categories are part of what was proposed."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER guard_baseline BEFORE INSERT OR UPDATE OR DELETE ON monitoring_categorybaseline
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_of_indicator();
"""
BACKWARD = "DROP TRIGGER guard_baseline ON monitoring_categorybaseline;"


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0029_rollup_changes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
