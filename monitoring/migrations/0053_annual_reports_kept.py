"""Edits of an annual report's text are never changed; what members write is audited."""

from django.db import migrations

from registry.audit import audited

FORWARD = """
CREATE FUNCTION monitoring_guard_narrative_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Whose member it was may move with a merge of partners; what was written does not.
  IF TG_OP = 'DELETE' OR (NEW.section_id, NEW.number, NEW.text, NEW.partner_key, NEW.edited_at)
     IS DISTINCT FROM (OLD.section_id, OLD.number, OLD.text, OLD.partner_key, OLD.edited_at) THEN
    RAISE EXCEPTION 'An edit stands as it was made.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'narrative_edit_stands';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_narrative_edit BEFORE UPDATE OR DELETE ON monitoring_narrativeedit
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_narrative_edit();

CREATE FUNCTION monitoring_guard_report_endorsement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.report_id, NEW.sha256, NEW.endorsed_at)
     IS DISTINCT FROM (OLD.report_id, OLD.sha256, OLD.endorsed_at)
     OR OLD.invalidated_at IS NOT NULL
        AND NEW.invalidated_at IS DISTINCT FROM OLD.invalidated_at THEN
    RAISE EXCEPTION 'An endorsement stands as it was given.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_endorsement_stands';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_report_endorsement BEFORE UPDATE OR DELETE ON monitoring_reportendorsement
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_endorsement();
"""
BACKWARD = """
DROP FUNCTION monitoring_guard_narrative_edit CASCADE;
DROP FUNCTION monitoring_guard_report_endorsement CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0052_annual_reports")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        audited("monitoring_narrativesection", hidden=["text"]),
        audited("monitoring_narrativeedit", hidden=["text"]),
        audited("monitoring_reportendorsement"),
    ]
