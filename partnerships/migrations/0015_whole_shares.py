"""The database holds shares to 100 % and agreed documents to their words, whoever writes."""

from django.db import migrations

from registry.audit import audited

WHOLE_SHARES = """
-- The sharing is locked first, in every isolation level: what another transaction writes to the
-- same sharing is seen here, or waits. A sharing never stands without shares, so two writers
-- cannot both fill an empty one either.
CREATE FUNCTION partnerships_whole_shares(sharing bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
  PERFORM 1 FROM partnerships_sharing WHERE id = sharing FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT coalesce(sum(percent), 0) INTO total FROM partnerships_share WHERE sharing_id = sharing;
  IF total <> 100 THEN
    RAISE EXCEPTION 'The shares of sharing % make up % %%, not 100 %%.', sharing, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_make_up_100';
  END IF;
END $$;

CREATE FUNCTION partnerships_check_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM partnerships_whole_shares(OLD.sharing_id); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM partnerships_whole_shares(NEW.sharing_id); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION partnerships_check_sharing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM partnerships_whole_shares(NEW.id);
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER shares_make_up_100
  AFTER INSERT OR UPDATE OR DELETE ON partnerships_share
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION partnerships_check_share();

CREATE CONSTRAINT TRIGGER sharing_has_shares
  AFTER INSERT ON partnerships_sharing
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION partnerships_check_sharing();
"""

NO_WHOLE_SHARES = """
DROP TRIGGER sharing_has_shares ON partnerships_sharing;
DROP TRIGGER shares_make_up_100 ON partnerships_share;
DROP FUNCTION partnerships_check_sharing();
DROP FUNCTION partnerships_check_share();
DROP FUNCTION partnerships_whole_shares(bigint);
"""

FROZEN_WORDS = """
CREATE FUNCTION partnerships_keep_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' AND
     (NEW.text, NEW.sha256, NEW.title, NEW.preamble, NEW.kind, NEW.edition, NEW.partnership_id,
      NEW.quorum, NEW.silence_days, NEW.amendments_need_endorsement, NEW.rule_from_id)
     IS DISTINCT FROM
     (OLD.text, OLD.sha256, OLD.title, OLD.preamble, OLD.kind, OLD.edition, OLD.partnership_id,
      OLD.quorum, OLD.silence_days, OLD.amendments_need_endorsement, OLD.rule_from_id) THEN
    RAISE EXCEPTION 'Agreement % was proposed: its words stay as they were read.', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_words_stay';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION partnerships_keep_clause() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE status_now text;
BEGIN
  SELECT status INTO status_now FROM partnerships_agreement
    WHERE id = (CASE WHEN TG_OP = 'INSERT' THEN NEW.agreement_id ELSE OLD.agreement_id END)
    FOR SHARE;
  IF status_now <> 'draft' THEN
    RAISE EXCEPTION 'The agreement was proposed: its clauses stay as they were read.'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'clause_words_stay';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER agreement_words_stay BEFORE UPDATE ON partnerships_agreement
  FOR EACH ROW EXECUTE FUNCTION partnerships_keep_agreement();
CREATE TRIGGER clause_words_stay BEFORE INSERT OR UPDATE OR DELETE ON partnerships_clause
  FOR EACH ROW EXECUTE FUNCTION partnerships_keep_clause();
"""

NO_FROZEN_WORDS = """
DROP TRIGGER clause_words_stay ON partnerships_clause;
DROP TRIGGER agreement_words_stay ON partnerships_agreement;
DROP FUNCTION partnerships_keep_clause();
DROP FUNCTION partnerships_keep_agreement();
"""

# A draft's words were its text; its text is now made of preamble and clauses when it is proposed.
WORDS_OF_DRAFTS = """
UPDATE partnerships_agreement SET preamble = left(text, 10000), text = ''
  WHERE status = 'draft' AND kind IN ('partnership', 'engagement');
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0014_agreements_and_ledger")]

    operations = [
        migrations.RunSQL(WORDS_OF_DRAFTS, migrations.RunSQL.noop),
        migrations.RunSQL(WHOLE_SHARES, NO_WHOLE_SHARES),
        migrations.RunSQL(FROZEN_WORDS, NO_FROZEN_WORDS),
        audited("partnerships_agreement", hidden=["text", "preamble"]),
        audited("partnerships_clause", hidden=["text"]),
        audited("partnerships_objection", hidden=["reason"]),
        audited("partnerships_risk", hidden=["mitigation", "why_bearer"]),
        audited("partnerships_riskrating"),
        audited("partnerships_benefit", hidden=["how_agreed"]),
        audited("partnerships_benefitvalue"),
        audited("partnerships_sharing"),
        audited("partnerships_share"),
    ]
