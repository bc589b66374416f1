"""What was published of an evaluation does not change; what was answered and noted is kept."""

from django.db import migrations

from registry.audit import audited

LOCKS = """
CREATE FUNCTION monitoring_guard_evaluation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['status', 'version', 'updated_at', 'withdrawn_at',
  'withdrawal_reason'];
BEGIN
  IF OLD.published_at IS NULL THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves
     OR NEW.status NOT IN ('published', 'withdrawn')
     OR OLD.status = 'withdrawn' AND NEW.status <> 'withdrawn' THEN
    RAISE EXCEPTION 'A published evaluation does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evaluation_published';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION monitoring_guard_part_of_evaluation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.evaluation_id IS DISTINCT FROM OLD.evaluation_id THEN
    RAISE EXCEPTION 'It stays with its evaluation.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evaluation_stays';
  END IF;
  IF EXISTS (
    SELECT 1 FROM monitoring_evaluation
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.evaluation_id ELSE OLD.evaluation_id END
      AND published_at IS NOT NULL FOR SHARE
  ) THEN
    RAISE EXCEPTION 'A published evaluation does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'evaluation_published';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION monitoring_guard_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (OLD.recommendation_id, OLD.what)
     IS DISTINCT FROM (NEW.recommendation_id, NEW.what) THEN
    RAISE EXCEPTION 'What was planned stays on record.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'management_action_kept';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_evaluation BEFORE UPDATE OR DELETE ON monitoring_evaluation
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_evaluation();
CREATE TRIGGER guard_part BEFORE INSERT OR UPDATE OR DELETE ON monitoring_evaluationfinding
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_part_of_evaluation();
CREATE TRIGGER guard_part BEFORE INSERT OR UPDATE OR DELETE ON monitoring_recommendation
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_part_of_evaluation();
CREATE TRIGGER guard_action BEFORE UPDATE OR DELETE ON monitoring_managementaction
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_action();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON monitoring_managementresponse
  FOR EACH ROW EXECUTE FUNCTION monitoring_refuse_change('management_response_kept');
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON monitoring_followup
  FOR EACH ROW EXECUTE FUNCTION monitoring_refuse_change('follow_up_kept');
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON monitoring_erratum
  FOR EACH ROW EXECUTE FUNCTION monitoring_refuse_change('erratum_kept');
"""
UNLOCKED = """
DROP TRIGGER kept ON monitoring_managementresponse;
DROP TRIGGER kept ON monitoring_followup;
DROP TRIGGER kept ON monitoring_erratum;
DROP FUNCTION monitoring_guard_evaluation, monitoring_guard_part_of_evaluation,
  monitoring_guard_action CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0041_evaluations"), ("registry", "0010_audit_log")]

    operations = [
        migrations.RunSQL(LOCKS, UNLOCKED),
        # A file's content stands in sha256; names of files and pages may name people.
        audited("monitoring_evaluation", hidden=["url", "file"]),
        audited("monitoring_evaluationfinding", hidden=["evidence", "url"]),
        audited("monitoring_recommendation"),
        audited("monitoring_erratum", hidden=["text"]),
        audited("monitoring_managementresponse", hidden=["reason"]),
        audited("monitoring_managementaction"),
        audited("monitoring_followup", hidden=["note"]),
        audited("monitoring_evaluationreminder"),
    ]
