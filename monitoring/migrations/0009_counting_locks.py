"""Only approved values count, and nothing leaves a closed period, whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION monitoring_count_only_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM monitoring_submission
    WHERE id = NEW.submission_id AND approved_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'A value counts once its submission is approved.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'observation_unapproved';
  END IF;
  RETURN NEW;
END $$;

-- An import writes values that count before it approves the submission, in one transaction.
CREATE FUNCTION monitoring_insert_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM changed c JOIN monitoring_submission s ON s.id = c.submission_id
    WHERE c.counts_from IS NOT NULL AND s.import_batch_id IS NULL
  ) THEN
    RAISE EXCEPTION 'A value counts once its submission is approved.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'observation_unapproved';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER count_only_approved BEFORE UPDATE ON monitoring_observation
  FOR EACH ROW WHEN (OLD.counts_from IS NULL AND NEW.counts_from IS NOT NULL)
  EXECUTE FUNCTION monitoring_count_only_approved();
CREATE TRIGGER insert_uncounted AFTER INSERT ON monitoring_observation
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_insert_uncounted();
CREATE TRIGGER closed_period_delete AFTER DELETE ON monitoring_submission
  REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period();
"""

BACKWARD = """
DROP TRIGGER closed_period_delete ON monitoring_submission;
DROP FUNCTION monitoring_count_only_approved, monitoring_insert_uncounted CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0008_stricter_checks")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
