"""What holds a report's content is compared and compressed at less cost; the same is refused."""

from django.db import migrations

MOVES = ["status", "version", "updated_at", "published_at"]
MOVES += ["reply_until", "review_since", "decided_at", "embargo_until"]
NAMES = ", ".join(f"'{name}'" for name in MOVES)

GUARD = f"""
CREATE OR REPLACE FUNCTION monitoring_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moves text[] := ARRAY[{NAMES}];
  was monitoring_report := OLD;
  became monitoring_report := NEW;
BEGIN
  -- The content is compared as it is: to make it part of the whole row's JSON costs far more.
  was.content := NULL;
  became.content := NULL;
  IF TG_OP = 'DELETE' OR NEW.content IS DISTINCT FROM OLD.content
    OR to_jsonb(became) - moves IS DISTINCT FROM to_jsonb(was) - moves THEN
    RAISE EXCEPTION 'A report is a snapshot and does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_immutable';
  END IF;
  RETURN NEW;
END $$;
"""

# A server that was built without it keeps the content as before.
COMPRESSION = """
DO $$ BEGIN
  ALTER TABLE monitoring_report ALTER COLUMN content SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0057_unfinished_report_files")]

    # Backwards nothing is taken back: it guards the same as before.
    operations = [
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(COMPRESSION, migrations.RunSQL.noop),
    ]
