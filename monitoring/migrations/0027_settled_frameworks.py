"""What was proposed never changes, whoever writes: ORM, bulk, raw SQL and COPY."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION monitoring_refuse(text, text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', $2 USING ERRCODE = 'check_violation', CONSTRAINT = $1;
END $$;

CREATE FUNCTION monitoring_guard_framework() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moves text[] := ARRAY['status', 'version', 'updated_at', 'agreement_id', 'agreed_at',
                        'superseded_at', 'withdrawn_at', 'based_on_id'];
BEGIN
  IF OLD.import_batch_id IS NOT NULL THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.status <> 'draft' THEN
      PERFORM monitoring_refuse('framework_settled', 'What was proposed is not deleted.');
    END IF;
    RETURN OLD;
  END IF;
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
    ('draft', 'proposed'), ('draft', 'withdrawn'), ('proposed', 'agreed'),
    ('proposed', 'superseded'), ('proposed', 'withdrawn'), ('agreed', 'superseded'),
    ('imported', 'superseded')
  ) THEN
    PERFORM monitoring_refuse('framework_moves',
      format('A framework does not go from %s to %s.', OLD.status, NEW.status));
  END IF;
  IF NEW.import_batch_id IS NOT NULL
     OR OLD.status NOT IN ('draft', 'imported')
        AND to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves
     OR OLD.agreement_id IS NOT NULL AND NEW.agreement_id IS DISTINCT FROM OLD.agreement_id THEN
    PERFORM monitoring_refuse('framework_settled', 'What was proposed does not change.');
  END IF;
  RETURN NEW;
END $$;

-- FOR SHARE waits for a framework that is being proposed in another transaction.
CREATE FUNCTION monitoring_require_draft(framework bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE its record;
BEGIN
  SELECT status, import_batch_id INTO its FROM monitoring_framework
    WHERE id = framework FOR SHARE;
  IF its.status NOT IN ('draft', 'imported') AND its.import_batch_id IS NULL THEN
    PERFORM monitoring_refuse('framework_settled', 'What was proposed does not change.');
  END IF;
END $$;

CREATE FUNCTION monitoring_guard_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counts text[] := ARRAY['version', 'updated_at'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - counts = to_jsonb(OLD) - counts THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' THEN PERFORM monitoring_require_draft(OLD.framework_id); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM monitoring_require_draft(NEW.framework_id); END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

-- Who is responsible may pass to another membership of the partnership: members are merged.
CREATE FUNCTION monitoring_guard_indicator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  counts text[] := ARRAY['version', 'updated_at', 'responsible_id', 'continues_id'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - counts = to_jsonb(OLD) - counts
     AND (NEW.responsible_id IS NULL OR NEW.responsible_id = OLD.responsible_id OR EXISTS (
       SELECT 1 FROM partnerships_membership a JOIN partnerships_membership b
         ON b.partnership_id = a.partnership_id
       JOIN registry_partner p ON p.id IN (a.partner_id, b.partner_id) AND p.status = 'merged'
       WHERE a.id = OLD.responsible_id AND b.id = NEW.responsible_id))
     AND (NEW.continues_id IS NULL OR NEW.continues_id = OLD.continues_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM monitoring_require_draft(framework_id) FROM monitoring_result
      WHERE id = OLD.result_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM monitoring_require_draft(framework_id) FROM monitoring_result
      WHERE id = NEW.result_id;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION monitoring_guard_of_indicator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counts text[] := ARRAY['version', 'updated_at'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - counts = to_jsonb(OLD) - counts THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM monitoring_require_draft(r.framework_id) FROM monitoring_indicator i
      JOIN monitoring_result r ON r.id = i.result_id WHERE i.id = OLD.indicator_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM monitoring_require_draft(r.framework_id) FROM monitoring_indicator i
      JOIN monitoring_result r ON r.id = i.result_id WHERE i.id = NEW.indicator_id;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER guard_framework BEFORE UPDATE OR DELETE ON monitoring_framework
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_framework();
CREATE TRIGGER guard_result BEFORE INSERT OR UPDATE OR DELETE ON monitoring_result
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_result();
CREATE TRIGGER guard_indicator BEFORE INSERT OR UPDATE OR DELETE ON monitoring_indicator
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_indicator();
CREATE TRIGGER guard_target BEFORE INSERT OR UPDATE OR DELETE ON monitoring_periodtarget
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_of_indicator();
CREATE TRIGGER guard_dimension BEFORE INSERT OR UPDATE OR DELETE
  ON monitoring_indicator_dimensions
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_of_indicator();

-- On the light track at most five indicators are asked for; the lock keeps two writers apart.
CREATE FUNCTION monitoring_guard_light() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE framework bigint;
BEGIN
  SELECT f.id INTO framework FROM monitoring_result r
    JOIN monitoring_framework f ON f.id = r.framework_id
    JOIN partnerships_partnership p ON p.id = f.partnership_id
    WHERE r.id = NEW.result_id AND p.track = 'light' AND f.import_batch_id IS NULL;
  IF framework IS NULL THEN
    RETURN NEW;
  END IF;
  PERFORM 1 FROM monitoring_framework WHERE id = framework FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM monitoring_indicator i JOIN monitoring_result r ON r.id = i.result_id
      WHERE r.framework_id = framework AND i.id <> NEW.id) >= 5 THEN
    PERFORM monitoring_refuse('light_at_most_five',
      'On the light track at most five indicators are reported.');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_light BEFORE INSERT OR UPDATE OF result_id ON monitoring_indicator
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_light();

CREATE FUNCTION monitoring_guard_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.kind = 'irregular' THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_OP = 'DELETE' THEN
    IF OLD.status = 'closed' THEN
      PERFORM monitoring_refuse('period_closed', format('The period %s is closed.', OLD.label));
    END IF;
    RETURN OLD;
  END IF;
  IF (OLD.framework_id, OLD.starts_on, OLD.ends_on, OLD.kind)
     IS DISTINCT FROM (NEW.framework_id, NEW.starts_on, NEW.ends_on, NEW.kind) THEN
    PERFORM monitoring_refuse('period_stays', 'A period keeps its days.');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard_period BEFORE UPDATE OR DELETE ON monitoring_period
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_period();

CREATE FUNCTION monitoring_guard_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM monitoring_refuse('unit_handed_over', 'From when on a unit is another''s is history.');
  RETURN NULL;
END $$;

CREATE TRIGGER guard_handover BEFORE UPDATE ON monitoring_reportingunit
  FOR EACH ROW WHEN (OLD.successor_id IS NOT NULL
    AND (OLD.successor_id, OLD.successor_since, OLD.handed_over_at)
        IS DISTINCT FROM (NEW.successor_id, NEW.successor_since, NEW.handed_over_at))
  EXECUTE FUNCTION monitoring_guard_handover();

CREATE FUNCTION monitoring_guard_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed text;
BEGIN
  SELECT p.label INTO closed FROM monitoring_submission s
    JOIN monitoring_period p ON p.id = s.period_id
    WHERE s.id = COALESCE(NEW.submission_id, OLD.submission_id) AND p.status = 'closed'
      AND s.import_batch_id IS NULL FOR SHARE OF p;
  IF closed IS NOT NULL THEN
    PERFORM monitoring_refuse('period_closed', format('The period %s is closed.', closed));
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER guard_evidence BEFORE INSERT OR DELETE OR UPDATE OF title, url, file, sha256,
  submission_id, observation_id ON monitoring_evidence
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_evidence();
"""

BACKWARD = """
DROP FUNCTION monitoring_guard_framework, monitoring_guard_result, monitoring_guard_indicator,
  monitoring_guard_of_indicator, monitoring_guard_light, monitoring_guard_period,
  monitoring_guard_handover, monitoring_guard_evidence, monitoring_require_draft,
  monitoring_refuse CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0026_framework_editions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
