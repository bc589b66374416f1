"""What may move in a report's life, the rules that every kind begins with, and their audit."""

from django.db import migrations

from registry.audit import audited

GUARD = """
CREATE OR REPLACE FUNCTION monitoring_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY[{moves}];
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves THEN
    RAISE EXCEPTION 'A report is a snapshot and does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_immutable';
  END IF;
  RETURN NEW;
END $$;
"""
BEFORE = ["status", "version", "updated_at", "published_at"]
MOVES = [*BEFORE, "reply_until", "review_since", "decided_at", "embargo_until"]

# Replies to what is public, or no longer waits, stand as they were said.
REPLIES = """
CREATE FUNCTION monitoring_guard_report_reply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.report_id <> OLD.report_id THEN
    RAISE EXCEPTION 'A reply stays with its report.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_reply_stays';
  END IF;
  IF (TG_OP = 'INSERT' OR (NEW.text, NEW.has_no_comment)
      IS DISTINCT FROM (OLD.text, OLD.has_no_comment))
    AND NOT EXISTS (SELECT 1 FROM monitoring_report
      WHERE id = NEW.report_id AND status = 'in_reply') THEN
    RAISE EXCEPTION 'The right of reply is over, or has not begun.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_reply_in_time';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_report_reply BEFORE INSERT OR UPDATE ON monitoring_reportreply
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_reply();
"""

DEFAULTS = """
INSERT INTO monitoring_publicationrule
  (kind, reply_days, review_days, version, created_at, updated_at)
SELECT kind, CASE WHEN kind IN ('partnership', 'annual', 'partner') THEN 14 ELSE 0 END, NULL, 1,
  '2026-01-01T00:00Z', '2026-01-01T00:00Z'
FROM unnest(ARRAY['partnership', 'annual', 'partner', 'goal', 'target', 'country', 'portfolio',
  'hlpf']) kind
ON CONFLICT DO NOTHING;
"""


def guard(moves: list[str]) -> str:
    return GUARD.format(moves=", ".join(f"'{name}'" for name in moves))


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0043_report_life")]

    operations = [
        migrations.RunSQL(guard(MOVES), guard(BEFORE)),
        migrations.RunSQL(REPLIES, "DROP FUNCTION monitoring_guard_report_reply CASCADE;"),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        # Of a large row only what moves is compared.
        audited("monitoring_report", hidden=["content"], watched=MOVES),
        audited("monitoring_publicationrule"),
        audited("monitoring_reportreply", hidden=["text"]),
    ]
