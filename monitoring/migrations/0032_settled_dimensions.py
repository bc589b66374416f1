"""A framework's own ways to break figures down are part of what was proposed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION monitoring_guard_own_dimension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.framework_id IS NOT NULL THEN
    PERFORM monitoring_require_draft(OLD.framework_id);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.framework_id IS NOT NULL THEN
    PERFORM monitoring_require_draft(NEW.framework_id);
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION monitoring_guard_own_category() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM monitoring_require_draft(framework_id) FROM monitoring_dimension
      WHERE id = OLD.dimension_id AND framework_id IS NOT NULL;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM monitoring_require_draft(framework_id) FROM monitoring_dimension
      WHERE id = NEW.dimension_id AND framework_id IS NOT NULL;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER guard_own_dimension BEFORE INSERT OR UPDATE OR DELETE ON monitoring_dimension
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_own_dimension();
CREATE TRIGGER guard_own_category BEFORE INSERT OR UPDATE OR DELETE ON monitoring_category
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_own_category();
"""
BACKWARD = """
DROP FUNCTION monitoring_guard_own_dimension, monitoring_guard_own_category CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0031_lean_observations")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
