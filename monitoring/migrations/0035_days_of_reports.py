"""Reports say their days themselves; one per kind, subject, days and revision."""

from django.db import migrations, models

# Snapshots do not change: the owner lifts the guard while the days of their periods are written.
FILL = """
ALTER TABLE monitoring_report DISABLE TRIGGER guard_report;
UPDATE monitoring_report r SET starts_on = p.starts_on, ends_on = p.ends_on
  FROM monitoring_period p WHERE p.id = r.period_id;
ALTER TABLE monitoring_report ENABLE TRIGGER guard_report;
UPDATE monitoring_reportrun r SET starts_on = p.starts_on, ends_on = p.ends_on
  FROM monitoring_period p WHERE p.id = r.period_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""

# The lights of a partnership follow its periodic reports alone.
LIGHTS = """
CREATE OR REPLACE FUNCTION monitoring_lights(partnerships bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- Two reports of one partnership published at once: the second waits, and sees the first's.
  PERFORM 1 FROM partnerships_partnership WHERE id = ANY(partnerships)
    ORDER BY id FOR NO KEY UPDATE;
  UPDATE partnerships_facets f SET achievement = coalesce(latest.achievement, ''),
    timeliness = coalesce(latest.timeliness, '')
  FROM unnest(partnerships) one LEFT JOIN LATERAL (
    SELECT r.achievement, r.timeliness FROM monitoring_report r
    WHERE r.partnership_id = one AND r.status = 'published' AND r.kind = 'partnership'
    ORDER BY r.reference_on DESC, r.revision DESC, r.id DESC LIMIT 1) latest ON true
  WHERE f.partnership_id = one;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0034_report_subjects")]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(LIGHTS, migrations.RunSQL.noop),
        *[
            migrations.AlterField(model, name, models.DateField())
            for model in ("report", "reportrun")
            for name in ("starts_on", "ends_on")
        ],
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=(
                    "kind",
                    "partnership",
                    "period",
                    "partner",
                    "goal",
                    "target",
                    "country",
                    "starts_on",
                    "ends_on",
                    "revision",
                ),
                name="report_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "partnership"),
                        ("partner__isnull", True),
                        ("partnership__isnull", False),
                        ("period__isnull", False),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "annual"),
                        ("partner__isnull", True),
                        ("partnership__isnull", False),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "partner"),
                        ("partner__isnull", False),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", False),
                        ("kind", "goal"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "target"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", False),
                    ),
                    models.Q(
                        ("country__isnull", False),
                        ("goal__isnull", True),
                        ("kind", "country"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "portfolio"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "hlpf"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="report_subject_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="report_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrun",
            constraint=models.UniqueConstraint(
                fields=(
                    "kind",
                    "partnership",
                    "period",
                    "partner",
                    "goal",
                    "target",
                    "country",
                    "starts_on",
                    "ends_on",
                    "revision",
                ),
                name="report_run_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "partnership"),
                        ("partner__isnull", True),
                        ("partnership__isnull", False),
                        ("period__isnull", False),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "annual"),
                        ("partner__isnull", True),
                        ("partnership__isnull", False),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "partner"),
                        ("partner__isnull", False),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", False),
                        ("kind", "goal"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "target"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", False),
                    ),
                    models.Q(
                        ("country__isnull", False),
                        ("goal__isnull", True),
                        ("kind", "country"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "portfolio"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("country__isnull", True),
                        ("goal__isnull", True),
                        ("kind", "hlpf"),
                        ("partner__isnull", True),
                        ("partnership__isnull", True),
                        ("period__isnull", True),
                        ("target__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="report_run_subject_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="report_run_ends_after_start",
            ),
        ),
    ]
