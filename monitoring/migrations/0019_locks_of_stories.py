"""What was told and stated with data stands as it was handed in, whoever writes."""

from django.db import migrations

from registry.audit import audited

FORWARD = """
CREATE FUNCTION monitoring_refuse_closed_period_of_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed text;
BEGIN
  PERFORM 1 FROM monitoring_period p WHERE p.id IN (
    SELECT s.period_id FROM changed c JOIN monitoring_submission s ON s.id = c.submission_id
  ) ORDER BY p.id FOR SHARE;
  SELECT p.label INTO closed FROM changed c
    JOIN monitoring_submission s ON s.id = c.submission_id
    JOIN monitoring_period p ON p.id = s.period_id WHERE p.status = 'closed' LIMIT 1;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'The period % is closed.', closed
      USING ERRCODE = 'check_violation', CONSTRAINT = 'period_closed';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION monitoring_guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later text[] := ARRAY['version', 'updated_at', 'selected_by', 'selection_reason',
  'selected_at', 'consent_withdrawn_at'];
BEGIN
  IF NEW.submission_id IS DISTINCT FROM OLD.submission_id THEN
    RAISE EXCEPTION 'It stays with its submission.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_stays';
  END IF;
  IF TG_TABLE_NAME = 'monitoring_story' THEN
    -- Consent can be withdrawn at any time, and the name with it.
    IF NOT NEW.consent AND NOT NEW.consent_to_name AND NEW.told_by = '' THEN
      later := later || ARRAY['consent', 'consent_to_name', 'told_by'];
    END IF;
  ELSE
    later := ARRAY[]::text[];
  END IF;
  IF to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later AND NOT EXISTS (
    SELECT 1 FROM monitoring_submission s JOIN monitoring_period p ON p.id = s.period_id
    WHERE s.id = OLD.submission_id AND s.status IN ('draft', 'returned') AND p.status = 'open'
    FOR SHARE
  ) THEN
    RAISE EXCEPTION 'The submission is not open for changes.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_locked';
  END IF;
  RETURN NEW;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER closed_period_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period_of_part();
CREATE TRIGGER closed_period_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period_of_part();
CREATE TRIGGER open_submission_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_require_open_submission();
CREATE TRIGGER open_submission_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_require_open_submission();
CREATE TRIGGER guard_part BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_part();
"""
TABLES = ("monitoring_story", "monitoring_unsafebreakdown")
BACKWARD = """
DROP TRIGGER open_submission_insert ON {table};
DROP TRIGGER open_submission_delete ON {table};
"""
BACKWARD_FUNCTIONS = """
DROP FUNCTION monitoring_refuse_closed_period_of_part, monitoring_guard_part CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0018_stories_and_unsafe_breakdowns")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD_FUNCTIONS),
        *(
            migrations.RunSQL(TRIGGERS.format(table=table), BACKWARD.format(table=table))
            for table in TABLES
        ),
        # What people tell, who they are, and why it is dangerous to count them.
        audited(
            "monitoring_story",
            hidden=[
                "title",
                "changed",
                "for_whom",
                "place",
                "significance",
                "told_by",
                "described_as",
                "consent_how",
                "selected_by",
                "selection_reason",
            ],
        ),
        audited("monitoring_unsafebreakdown", hidden=["reason"]),
    ]
