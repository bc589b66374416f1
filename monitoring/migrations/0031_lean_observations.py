"""Observations carry no index that nothing asks for; a hand-over's day is noted too."""

import django.db.models.deletion
from django.db import migrations, models

NOTED = """
DROP TRIGGER note_structure_update ON monitoring_reportingunit;
CREATE TRIGGER note_structure_update AFTER UPDATE ON monitoring_reportingunit
  FOR EACH ROW WHEN (
    ROW(OLD.membership_id, OLD.successor_id, OLD.successor_since, OLD.merged_into_id)
    IS DISTINCT FROM
    ROW(NEW.membership_id, NEW.successor_id, NEW.successor_since, NEW.merged_into_id))
  EXECUTE FUNCTION monitoring_note_structure();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0030_settled_baselines"),
    ]

    operations = [
        migrations.RunSQL(NOTED, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="observation",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="monitoring.category",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="submission",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="observations",
                to="monitoring.submission",
            ),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(
                condition=models.Q(("category__isnull", False)),
                fields=["category"],
                name="observation_by_category",
            ),
        ),
    ]
