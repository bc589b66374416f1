"""The moves of a report, its replies once they are in, and files that were given out, are kept."""

from django.db import migrations

# From where to where a report moves; as ReportLife.MOVES when this was written.
MOVES = (
    "draft in_reply",
    "draft in_review",
    "draft withdrawn",
    "in_reply in_review",
    "in_reply withdrawn",
    "in_review published",
    "in_review withdrawn",
    "published superseded",
    "published withdrawn",
)
# Moments are those that the row itself states, so that no clock is asked.
LIFE = """
CREATE FUNCTION monitoring_guard_report_life() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> OLD.status
     AND (OLD.status || ' ' || NEW.status) <> ALL (ARRAY[{moves}]) THEN
    RAISE EXCEPTION 'A report does not go from % to %.', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_moves';
  END IF;
  IF OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at
     OR NEW.status = 'published' AND OLD.status <> 'published' AND NEW.published_at IS NULL THEN
    RAISE EXCEPTION 'A report is published at one moment.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_published_once';
  END IF;
  IF NEW.status = 'published' AND OLD.status <> 'published'
     AND NEW.published_at < NEW.embargo_until THEN
    RAISE EXCEPTION 'The report is under embargo until %.', NEW.embargo_until
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_under_embargo';
  END IF;
  IF NEW.embargo_until IS DISTINCT FROM OLD.embargo_until
     AND OLD.status NOT IN ('draft', 'in_reply', 'in_review') THEN
    RAISE EXCEPTION 'What is public, or withdrawn, is under no embargo any more.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_embargo_is_over';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_report_life BEFORE UPDATE ON monitoring_report
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_life();
""".format(moves=", ".join(f"'{move}'" for move in MOVES))

REPLIES = """
CREATE FUNCTION monitoring_guard_report_reply_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP = 'DELETE' OR (NEW.membership_id, NEW.author_id, NEW.said_at)
      IS DISTINCT FROM (OLD.membership_id, OLD.author_id, OLD.said_at))
    AND NOT EXISTS (SELECT 1 FROM monitoring_report
      WHERE id = OLD.report_id AND status = 'in_reply') THEN
    RAISE EXCEPTION 'A reply stands as it was said, and by whom.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_reply_kept';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER guard_report_reply_kept BEFORE UPDATE OR DELETE ON monitoring_reportreply
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_reply_kept();
"""

# What was given out is known by its hash for ever. A file that was lost is made again: queued,
# running, ready; with other bytes its former hash goes on under `former`.
FILES = """
CREATE FUNCTION monitoring_guard_report_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given text[] := ARRAY['file', 'sha256', 'size', 'members', 'former'];
DECLARE was jsonb := to_jsonb(OLD);
DECLARE now jsonb := to_jsonb(NEW);
BEGIN
  IF OLD.sha256 = '' THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE'
     OR (NEW.report_id, NEW.form, NEW.is_draft) <> (OLD.report_id, OLD.form, OLD.is_draft)
     OR OLD.status = 'ready' AND NEW.status NOT IN ('ready', 'queued')
     OR NEW.sha256 <> OLD.sha256 AND NOT jsonb_exists(now -> 'former', OLD.sha256)
     OR NOT (OLD.status = 'running' AND NEW.status = 'ready')
        AND EXISTS (SELECT FROM unnest(given) name WHERE was -> name IS DISTINCT FROM now -> name)
  THEN
    RAISE EXCEPTION 'A file that was given out stands as it is.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'report_file_stands';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_report_file BEFORE UPDATE OR DELETE ON monitoring_reportfile
  FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_file();
"""
BACKWARD = """
DROP FUNCTION monitoring_guard_report_life, monitoring_guard_report_reply_kept,
  monitoring_guard_report_file CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0059_files_in_portions")]

    operations = [migrations.RunSQL([LIFE, REPLIES, FILES], BACKWARD)]
