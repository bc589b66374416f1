"""What was merged takes nothing new; logs of merges and decided reviews stay as they are."""

from django.db import migrations

from registry.audit import audited

FORWARD = """
-- FOR KEY SHARE waits for a merge that is under way (it holds the partner FOR UPDATE).
CREATE FUNCTION registry_refuse_merged_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM registry_partner WHERE id = NEW.partner_id AND status <> 'merged' FOR KEY SHARE;
  IF NOT FOUND AND EXISTS (SELECT 1 FROM registry_partner WHERE id = NEW.partner_id) THEN
    RAISE EXCEPTION 'The partner was merged into another one.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'partner_merged';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION registry_guard_partner_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE undoing text[] := ARRAY['undone_at', 'undone_by_id', 'undo_reason', 'kept'];
BEGIN
  IF TG_OP = 'DELETE' OR OLD.undone_at IS NOT NULL
     OR to_jsonb(NEW) - undoing IS DISTINCT FROM to_jsonb(OLD) - undoing THEN
    RAISE EXCEPTION 'The log of a merge does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'partner_merge_immutable';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION registry_guard_moved_field() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The log of a merge does not change.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'partner_merge_immutable';
END $$;

CREATE FUNCTION registry_guard_due_diligence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['status', 'version', 'updated_at', 'superseded_at', 'reminded',
                              'partner_id'];
BEGIN
  IF OLD.status = 'draft' THEN
    RETURN COALESCE(NEW, OLD);
  END IF;
  IF TG_OP = 'DELETE' OR NEW.status = 'draft'
     OR to_jsonb(NEW) - moves IS DISTINCT FROM to_jsonb(OLD) - moves THEN
    RAISE EXCEPTION 'A decided review does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'review_decided';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION registry_guard_criterion_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE reviews bigint[] := ARRAY[]::bigint[];
BEGIN
  IF TG_OP <> 'INSERT' THEN reviews := reviews || OLD.review_id; END IF;
  IF TG_OP <> 'DELETE' THEN reviews := reviews || NEW.review_id; END IF;
  -- FOR SHARE waits for a decision that is under way.
  PERFORM 1 FROM registry_duediligence WHERE id = ANY (reviews) ORDER BY id FOR SHARE;
  IF EXISTS (
    SELECT 1 FROM registry_duediligence WHERE id = ANY (reviews) AND status <> 'draft'
  ) THEN
    RAISE EXCEPTION 'A decided review does not change.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'review_decided';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER refuse_merged_partner BEFORE INSERT OR UPDATE OF partner_id ON registry_affiliation
  FOR EACH ROW EXECUTE FUNCTION registry_refuse_merged_partner();
CREATE TRIGGER refuse_merged_partner BEFORE INSERT OR UPDATE OF partner_id ON registry_joinrequest
  FOR EACH ROW EXECUTE FUNCTION registry_refuse_merged_partner();
CREATE TRIGGER refuse_merged_partner
  BEFORE INSERT OR UPDATE OF partner_id ON registry_partneridentifier
  FOR EACH ROW EXECUTE FUNCTION registry_refuse_merged_partner();
CREATE TRIGGER refuse_merged_partner
  BEFORE INSERT OR UPDATE OF partner_id ON registry_duediligence
  FOR EACH ROW EXECUTE FUNCTION registry_refuse_merged_partner();
CREATE TRIGGER guard_partner_merge BEFORE UPDATE OR DELETE ON registry_partnermerge
  FOR EACH ROW EXECUTE FUNCTION registry_guard_partner_merge();
CREATE TRIGGER guard_moved_field BEFORE UPDATE OR DELETE ON registry_movedfield
  FOR EACH ROW EXECUTE FUNCTION registry_guard_moved_field();
CREATE TRIGGER guard_due_diligence BEFORE UPDATE OR DELETE ON registry_duediligence
  FOR EACH ROW EXECUTE FUNCTION registry_guard_due_diligence();
CREATE TRIGGER guard_criterion_answer BEFORE INSERT OR UPDATE OR DELETE
  ON registry_criterionanswer
  FOR EACH ROW EXECUTE FUNCTION registry_guard_criterion_answer();
"""

BACKWARD = """
DROP FUNCTION registry_refuse_merged_partner, registry_guard_partner_merge,
  registry_guard_moved_field, registry_guard_due_diligence, registry_guard_criterion_answer
  CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0022_merging_and_due_diligence")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        audited("registry_partnermerge", hidden=["reason", "undo_reason"]),
        audited("registry_movedfield"),
        audited(
            "registry_duediligence",
            hidden=["findings", "conditions", "ten_principles_statement"],
            ignored=["reminded"],
        ),
        audited("registry_exclusioncriterion"),
        audited("registry_criterionanswer", hidden=["note"]),
    ]
