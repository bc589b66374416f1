"""A partnership's lights follow its published reports, whoever writes those."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION monitoring_lights(partnerships bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two reports of one partnership published at once: the second waits, and sees the first's.
  PERFORM 1 FROM partnerships_partnership WHERE id = ANY(partnerships)
    ORDER BY id FOR NO KEY UPDATE;
  UPDATE partnerships_facets f SET achievement = coalesce(latest.achievement, ''),
    timeliness = coalesce(latest.timeliness, '')
  FROM unnest(partnerships) one LEFT JOIN LATERAL (
    SELECT r.achievement, r.timeliness FROM monitoring_report r
    WHERE r.partnership_id = one AND r.status = 'published'
    ORDER BY r.reference_on DESC, r.revision DESC, r.id DESC LIMIT 1) latest ON true
  WHERE f.partnership_id = one;
END $$;

CREATE FUNCTION monitoring_report_lights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM monitoring_lights(ARRAY(SELECT DISTINCT partnership_id FROM became
      WHERE status = 'published'));
  ELSE
    PERFORM monitoring_lights(ARRAY(SELECT DISTINCT became.partnership_id
      FROM became JOIN was USING (id) WHERE became.status IS DISTINCT FROM was.status));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER report_lights_insert AFTER INSERT ON monitoring_report
  REFERENCING NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_report_lights();
CREATE TRIGGER report_lights_update AFTER UPDATE ON monitoring_report
  REFERENCING OLD TABLE AS was NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_report_lights();
"""

BACKWARD = """
DROP TRIGGER report_lights_insert ON monitoring_report;
DROP TRIGGER report_lights_update ON monitoring_report;
DROP FUNCTION monitoring_report_lights();
DROP FUNCTION monitoring_lights(bigint[]);
"""

FILL = "SELECT monitoring_lights(ARRAY(SELECT DISTINCT partnership_id FROM monitoring_report));"


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0014_reporting_unit_merged_into"),
        ("partnerships", "0016_search"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
