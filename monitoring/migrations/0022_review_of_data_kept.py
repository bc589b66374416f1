"""What reviews leave behind is audited; what was verified or said is never changed."""

from django.db import migrations

from registry.audit import audited

WRITERS = """
UPDATE monitoring_submission SET writers = ARRAY(
  SELECT DISTINCT known FROM unnest(ARRAY[created_by_id, in_charge_id, submitted_by_id]) known
  WHERE known IS NOT NULL
)
WHERE approved_at IS NULL
  AND period_id IN (SELECT id FROM monitoring_period WHERE status = 'open')
"""

KEPT = """
CREATE FUNCTION monitoring_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What was recorded here is neither changed nor deleted.'
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON monitoring_verification
  FOR EACH ROW EXECUTE FUNCTION monitoring_refuse_change('verification_kept');
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON monitoring_submissioncomment
  FOR EACH ROW EXECUTE FUNCTION monitoring_refuse_change('submission_comment_kept');
"""
NOT_KEPT = "DROP FUNCTION monitoring_refuse_change CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0021_review_of_data"),
        ("registry", "0010_audit_log"),
    ]

    operations = [
        migrations.RunSQL(WRITERS, migrations.RunSQL.noop),
        migrations.RunSQL(KEPT, NOT_KEPT),
        audited("monitoring_reviewer"),
        audited("monitoring_returnreason", hidden=["text"]),
        audited("monitoring_submissioncomment", hidden=["text"]),
        # A file's content stands in sha256; names of files and pages may name people.
        audited("monitoring_verification", hidden=["note", "url", "file"]),
        audited("monitoring_spotcheck", hidden=["finding", "action", "done_note"]),
        audited(
            "monitoring_dataqualityassessment",
            hidden=[
                "validity_findings",
                "reliability_findings",
                "timeliness_findings",
                "precision_findings",
                "integrity_findings",
                "action",
                "done_note",
            ],
        ),
        audited("monitoring_evidence", hidden=["title", "url", "file", "decision_reason"]),
    ]
