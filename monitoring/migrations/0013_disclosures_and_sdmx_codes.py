"""Indicators may be taken from a disclosure, which then keeps its meaning; SDMX codes."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
-- What was reported under a disclosure stays what it was: a change makes a new version.
CREATE FUNCTION monitoring_keep_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM monitoring_indicator WHERE disclosure_id = OLD.id) THEN
    RAISE EXCEPTION 'Indicators are taken from this disclosure: load a new version instead.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'disclosure_in_use';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION monitoring_keep_standard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM registry_disclosure d JOIN monitoring_indicator i ON i.disclosure_id = d.id
    WHERE d.standard_id = OLD.id
  ) THEN
    RAISE EXCEPTION 'Indicators are taken from this standard: load a new version instead.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_in_use';
  END IF;
  RETURN NEW;
END $$;

-- So that taking an indicator from a disclosure and changing it cannot pass each other.
CREATE FUNCTION monitoring_hold_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM registry_disclosure WHERE id = NEW.disclosure_id FOR SHARE;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_disclosure_meaning BEFORE UPDATE ON registry_disclosure FOR EACH ROW
  WHEN ((OLD.id, OLD.standard_id, OLD.code, OLD.label, OLD.pillar, OLD.unit, OLD.measure,
         OLD.direction, OLD.is_core)
    IS DISTINCT FROM
        (NEW.id, NEW.standard_id, NEW.code, NEW.label, NEW.pillar, NEW.unit, NEW.measure,
         NEW.direction, NEW.is_core))
  EXECUTE FUNCTION monitoring_keep_disclosure();
CREATE TRIGGER keep_disclosure BEFORE DELETE ON registry_disclosure
  FOR EACH ROW EXECUTE FUNCTION monitoring_keep_disclosure();
CREATE TRIGGER keep_standard BEFORE UPDATE ON registry_standard FOR EACH ROW
  WHEN ((OLD.id, OLD.code, OLD.version) IS DISTINCT FROM (NEW.id, NEW.code, NEW.version))
  EXECUTE FUNCTION monitoring_keep_standard();
CREATE TRIGGER hold_disclosure BEFORE INSERT OR UPDATE OF disclosure_id ON monitoring_indicator
  FOR EACH ROW WHEN (NEW.disclosure_id IS NOT NULL)
  EXECUTE FUNCTION monitoring_hold_disclosure();
"""

BACKWARD = """
DROP TRIGGER hold_disclosure ON monitoring_indicator;
DROP TRIGGER keep_standard ON registry_standard;
DROP TRIGGER keep_disclosure ON registry_disclosure;
DROP TRIGGER keep_disclosure_meaning ON registry_disclosure;
DROP FUNCTION monitoring_keep_disclosure, monitoring_keep_standard, monitoring_hold_disclosure;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0012_audited_tables"),
        ("partnerships", "0004_days_and_messages"),
        ("registry", "0012_standards_and_country_groups"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="sdmx_code",
            field=models.CharField(
                blank=True, help_text="empty: the SDMX list has no such code", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="dimension",
            name="sdmx_concept",
            field=models.CharField(
                blank=True,
                help_text="the dimension of the SDG data structure (SDMX)",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="disclosure",
            field=models.ForeignKey(
                blank=True,
                help_text="of an ESG standard; an indicator names one library at most",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="indicators",
                to="registry.disclosure",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("global_indicator", None), ("disclosure", None), _connector="OR"
                ),
                name="indicator_one_library",
                violation_error_message="An indicator is taken from one library at most.",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
