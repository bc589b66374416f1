"""Locks that hold against everybody: ORM, bulk, raw SQL and COPY."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION monitoring_refuse_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed text;
BEGIN
  -- FOR SHARE waits for a period that is being closed in another transaction.
  PERFORM 1 FROM monitoring_period WHERE id IN (SELECT DISTINCT period_id FROM changed)
    ORDER BY id FOR SHARE;
  SELECT label INTO closed FROM monitoring_period
    WHERE id IN (SELECT DISTINCT period_id FROM changed) AND status = 'closed' LIMIT 1;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'The period % is closed.', closed
      USING ERRCODE = 'check_violation', CONSTRAINT = 'period_closed';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION monitoring_require_open_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM monitoring_submission WHERE id IN (SELECT DISTINCT submission_id FROM changed)
    ORDER BY id FOR SHARE;
  IF EXISTS (
    SELECT 1 FROM monitoring_submission s
    LEFT JOIN registry_importbatch b ON b.id = s.import_batch_id
    WHERE s.id IN (SELECT DISTINCT submission_id FROM changed)
      AND s.status NOT IN ('draft', 'returned')
      AND NOT (TG_OP = 'DELETE' AND b.undoing IS TRUE)
  ) THEN
    RAISE EXCEPTION 'The submission is not open for changes.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_locked';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION monitoring_guard_observation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE dates text[] := ARRAY['counts_from', 'counts_until'];
BEGIN
  IF (OLD.submission_id, OLD.indicator_id, OLD.period_id, OLD.unit_id)
     IS DISTINCT FROM (NEW.submission_id, NEW.indicator_id, NEW.period_id, NEW.unit_id)
     OR OLD.category_id IS DISTINCT FROM NEW.category_id THEN
    RAISE EXCEPTION 'A value stays in its cell.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'observation_stays';
  END IF;
  IF to_jsonb(NEW) - dates IS DISTINCT FROM to_jsonb(OLD) - dates AND NOT EXISTS (
    SELECT 1 FROM monitoring_submission
    WHERE id = OLD.submission_id AND status IN ('draft', 'returned') FOR SHARE
  ) THEN
    RAISE EXCEPTION 'The submission is not open for changes.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_locked';
  END IF;
  IF OLD.counts_from IS NOT NULL AND NEW.counts_from IS DISTINCT FROM OLD.counts_from
     OR OLD.counts_until IS NOT NULL AND NEW.counts_until IS DISTINCT FROM OLD.counts_until THEN
    RAISE EXCEPTION 'From when to when a value counted is history.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'observation_history';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION monitoring_guard_submission() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['status', 'version', 'updated_at', 'withdrawn_at'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.approved_at IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM registry_importbatch WHERE id = OLD.import_batch_id AND undoing
    ) THEN
      RAISE EXCEPTION 'An approved submission is not deleted.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_kept';
    END IF;
    RETURN OLD;
  END IF;
  IF (OLD.unit_id, OLD.period_id, OLD.revision)
     IS DISTINCT FROM (NEW.unit_id, NEW.period_id, NEW.revision) THEN
    RAISE EXCEPTION 'A submission stays with its unit and period.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_stays';
  END IF;
  IF OLD.approved_at IS NOT NULL AND (
    to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves
    OR NEW.status NOT IN ('approved', 'superseded', 'withdrawn')
    OR OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn'
  ) THEN
    RAISE EXCEPTION 'An approved submission does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'submission_approved';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION monitoring_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['status', 'version', 'updated_at', 'published_at'];
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves THEN
    RAISE EXCEPTION 'A report is a snapshot and does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_immutable';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER closed_period_insert AFTER INSERT ON monitoring_observation
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period();
CREATE TRIGGER closed_period_update AFTER UPDATE ON monitoring_observation
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period();
CREATE TRIGGER closed_period_delete AFTER DELETE ON monitoring_observation
  REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period();
CREATE TRIGGER closed_period_insert AFTER INSERT ON monitoring_submission
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period();
CREATE TRIGGER closed_period_update AFTER UPDATE ON monitoring_submission
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_refuse_closed_period();
CREATE TRIGGER open_submission_insert AFTER INSERT ON monitoring_observation
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_require_open_submission();
CREATE TRIGGER open_submission_delete AFTER DELETE ON monitoring_observation
  REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_require_open_submission();
CREATE TRIGGER guard_observation BEFORE UPDATE ON monitoring_observation
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_observation();
CREATE TRIGGER guard_submission BEFORE UPDATE OR DELETE ON monitoring_submission
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_submission();
CREATE TRIGGER guard_report BEFORE UPDATE OR DELETE ON monitoring_report
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report();
"""

BACKWARD = """
DROP FUNCTION monitoring_refuse_closed_period, monitoring_require_open_submission,
  monitoring_guard_observation, monitoring_guard_submission, monitoring_guard_report CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_relations"), ("registry", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
