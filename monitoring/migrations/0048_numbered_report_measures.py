"""Measures of reports get numbers of their own; the rows are written anew from the contents."""

import django.db.models.deletion
from django.db import migrations, models

EXACT = {"decimal_places": 30, "max_digits": 65, "null": True}
FILL = """
INSERT INTO monitoring_reportmeasure (report_id, code, state, value, numerator, denominator)
SELECT r.id, m ->> 'code', m ->> 'state', monitoring_snapshot_number(m ->> 'value'),
       monitoring_snapshot_number(m ->> 'numerator'),
       monitoring_snapshot_number(m ->> 'denominator')
FROM monitoring_report r, monitoring_snapshot_list(content #> '{scorecard,measures}') m
WHERE r.kind = 'partnership' AND m ->> 'state' IS NOT NULL
ON CONFLICT DO NOTHING;
"""
GUARD = """
CREATE TRIGGER guard_report_rows BEFORE INSERT OR UPDATE OR DELETE ON monitoring_reportmeasure
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_rows();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0047_hlpf_reviews")]

    operations = [
        migrations.DeleteModel(name="ReportMeasure"),
        migrations.CreateModel(
            name="ReportMeasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        help_text="measured, not_applicable or no_data", max_length=20
                    ),
                ),
                ("value", models.DecimalField(**EXACT)),
                ("numerator", models.DecimalField(**EXACT)),
                ("denominator", models.DecimalField(**EXACT)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measures",
                        to="monitoring.report",
                    ),
                ),
            ],
            options={"ordering": ["report", "code"]},
        ),
        migrations.AddConstraint(
            model_name="reportmeasure",
            constraint=models.UniqueConstraint(
                fields=("report", "code"), name="report_measure_once"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
