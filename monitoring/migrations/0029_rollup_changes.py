"""Whatever changes a figure is noted in the transaction that does it, whoever writes."""

from django.db import migrations

# What else a figure is made of than values. By row, for these seldom change.
COLUMNS = {
    "monitoring_framework": ["status", "edition", "starts_on", "partnership_id"],
    "monitoring_period": ["starts_on", "ends_on", "framework_id"],
    "monitoring_result": ["framework_id"],
    "monitoring_indicator": ["series", "accumulation", "result_id"],
    "monitoring_dimension": ["code", "framework_id"],
    "monitoring_category": ["code", "dimension_id"],
    "monitoring_reportingunit": ["membership_id", "successor_id", "merged_into_id"],
    "partnerships_membership": ["ended_on", "partnership_id"],
}
ADDED = ["monitoring_period", "monitoring_indicator", "monitoring_category"]
DELETED = ["monitoring_framework", *ADDED]

# The partnership of a row, by its table; a draft framework has no figures yet.
FUNCTIONS = """
CREATE FUNCTION monitoring_note_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO monitoring_rollupchange
    (partnership_id, indicator_id, unit_id, period_id, transaction)
  SELECT DISTINCT f.partnership_id, c.indicator_id, c.unit_id, c.period_id,
    pg_current_xact_id()::text::bigint
  FROM changed c
  JOIN monitoring_period p ON p.id = c.period_id
  JOIN monitoring_framework f ON f.id = p.framework_id
  WHERE c.counts_from IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION monitoring_note_partnership(changed bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO monitoring_rollupchange (partnership_id, transaction)
  SELECT changed, pg_current_xact_id()::text::bigint
  WHERE changed IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM monitoring_rollupchange q
    WHERE q.partnership_id = changed AND q.indicator_id IS NULL
      AND q.transaction = pg_current_xact_id()::text::bigint)
$$;

CREATE FUNCTION monitoring_partnership_of(kind text, changed jsonb) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT CASE kind
    WHEN 'monitoring_framework' THEN (changed->>'partnership_id')::bigint
    WHEN 'partnerships_membership' THEN (changed->>'partnership_id')::bigint
    WHEN 'monitoring_reportingunit' THEN (
      SELECT partnership_id FROM partnerships_membership
      WHERE id = (changed->>'membership_id')::bigint)
    WHEN 'monitoring_indicator' THEN (
      SELECT f.partnership_id FROM monitoring_framework f
      JOIN monitoring_result r ON r.framework_id = f.id
      WHERE r.id = (changed->>'result_id')::bigint AND f.status IN ('agreed', 'superseded', 'imported'))
    WHEN 'monitoring_category' THEN (
      SELECT f.partnership_id FROM monitoring_framework f
      JOIN monitoring_dimension d ON d.framework_id = f.id
      WHERE d.id = (changed->>'dimension_id')::bigint AND f.status IN ('agreed', 'superseded', 'imported'))
    ELSE (
      SELECT partnership_id FROM monitoring_framework
      WHERE id = (changed->>'framework_id')::bigint AND status IN ('agreed', 'superseded', 'imported'))
    END
$$;

CREATE FUNCTION monitoring_note_structure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM monitoring_note_partnership(monitoring_partnership_of(TG_TABLE_NAME, to_jsonb(OLD)));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM monitoring_note_partnership(monitoring_partnership_of(TG_TABLE_NAME, to_jsonb(NEW)));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER note_values_insert AFTER INSERT ON monitoring_observation
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_values();
CREATE TRIGGER note_values_update AFTER UPDATE ON monitoring_observation
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_values();
CREATE TRIGGER note_values_delete AFTER DELETE ON monitoring_observation
  REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_values();

-- What is there already waits for its first refresh.
INSERT INTO monitoring_rollupchange (partnership_id, transaction)
  SELECT DISTINCT partnership_id, 0 FROM monitoring_framework
  WHERE status IN ('agreed', 'superseded', 'imported');
"""


def trigger(table, on, when=""):
    return (
        f"CREATE TRIGGER note_structure_{on.lower()} AFTER {on} ON {table}"
        f" FOR EACH ROW {when} EXECUTE FUNCTION monitoring_note_structure();"
    )


def if_changed(columns):
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"WHEN (ROW({old}) IS DISTINCT FROM ROW({new}))"


TRIGGERS = [
    *(trigger(table, "UPDATE", if_changed(columns)) for table, columns in COLUMNS.items()),
    *(trigger(table, "INSERT") for table in ADDED),
    *(trigger(table, "DELETE") for table in DELETED),
]
FORWARD = "\n".join([FUNCTIONS, *TRIGGERS])
BACKWARD = """
DROP FUNCTION monitoring_note_values, monitoring_note_structure CASCADE;
DROP FUNCTION monitoring_note_partnership, monitoring_partnership_of;
DELETE FROM monitoring_rollupchange;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0028_rollups")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
