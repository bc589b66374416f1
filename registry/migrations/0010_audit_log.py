"""The audit log: its table, what writes it, what seals it, and what keeps it as it is."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

TABLES = """
CREATE TABLE registry_auditentry (
  id bigint GENERATED ALWAYS AS IDENTITY,
  transaction bigint NOT NULL,
  at timestamptz NOT NULL,
  actor text, token text, request text,
  operation text NOT NULL,
  table_name text NOT NULL,
  row_id text,
  before jsonb, after jsonb,
  withheld text[] NOT NULL,
  -- The order in which entries are sealed.
  PRIMARY KEY (transaction, id)
);
CREATE INDEX audit_of_row ON registry_auditentry (table_name, row_id, id);

CREATE TABLE registry_auditseal (
  number bigint PRIMARY KEY,
  entries integer NOT NULL,
  total bigint NOT NULL,
  last_transaction bigint NOT NULL,
  last_id bigint NOT NULL,
  sealed_at timestamptz NOT NULL,
  marks bytea NOT NULL,
  sha256 bytea NOT NULL
);

-- Transaction numbers start low in another cluster: `ahead` lets them go on where the log, restored
-- there, had come to.
CREATE TABLE registry_auditcluster (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  system bigint NOT NULL,
  ahead bigint NOT NULL
);
INSERT INTO registry_auditcluster SELECT true, system_identifier, 0 FROM pg_control_system();
"""

WRITING = """
CREATE FUNCTION registry_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  key text := TG_ARGV[0];
  hidden text[] := TG_ARGV[1];
  ignored text[] := TG_ARGV[2];
  unseen text[] := hidden || ignored;
  entry public.registry_auditentry;
BEGIN
  SELECT pg_current_xact_id()::text::bigint + ahead INTO entry.transaction
    FROM public.registry_auditcluster;
  entry.at := clock_timestamp();
  entry.actor := nullif(current_setting('registry.actor', true), '');
  entry.token := nullif(current_setting('registry.token', true), '');
  entry.request := nullif(current_setting('registry.request', true), '');

  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, row_id, after, withheld)
    SELECT entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'insert',
      TG_TABLE_NAME, j->>key, j - unseen,
      CASE WHEN hidden = '{}' THEN hidden ELSE ARRAY(
        SELECT name FROM unnest(hidden) name WHERE j->>name <> '' ORDER BY name) END
    FROM (SELECT to_jsonb(n) AS j FROM new_rows n) rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, row_id, before, withheld)
    SELECT entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'delete',
      TG_TABLE_NAME, j->>key, j - unseen,
      CASE WHEN hidden = '{}' THEN hidden ELSE ARRAY(
        SELECT name FROM unnest(hidden) name WHERE j->>name <> '' ORDER BY name) END
    FROM (SELECT to_jsonb(o) AS j FROM old_rows o) rows;
  ELSIF TG_OP = 'TRUNCATE' THEN
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, withheld)
    VALUES (entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'truncate',
      TG_TABLE_NAME, '{}');
  ELSIF TG_LEVEL = 'ROW' THEN
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, row_id,
       before, after, withheld)
    SELECT entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'update',
      TG_TABLE_NAME, coalesce(o.j, n.j)->>key, changes.before, changes.after, changes.withheld
    FROM (SELECT to_jsonb(OLD) - ignored AS j) o CROSS JOIN (SELECT to_jsonb(NEW) - ignored AS j) n
    CROSS JOIN LATERAL (
      SELECT
        jsonb_object_agg(name, o.j->name) FILTER (WHERE name <> ALL (hidden)) AS before,
        jsonb_object_agg(name, n.j->name) FILTER (WHERE name <> ALL (hidden)) AS after,
        coalesce(array_agg(name ORDER BY name) FILTER (WHERE name = ANY (hidden)), '{}') AS withheld
      FROM jsonb_object_keys(n.j) name WHERE o.j->name IS DISTINCT FROM n.j->name
    ) changes
    WHERE o.j IS DISTINCT FROM n.j;
  ELSE
    -- Paired by key; a row whose key changed leaves one half in each of two entries.
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, row_id,
       before, after, withheld)
    SELECT entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'update',
      TG_TABLE_NAME, coalesce(o.j, n.j)->>key,
      CASE WHEN o.j IS NOT NULL THEN changes.before END,
      CASE WHEN n.j IS NOT NULL THEN changes.after END,
      changes.withheld
    FROM (SELECT to_jsonb(r) - ignored AS j FROM old_rows r) o
    FULL JOIN (SELECT to_jsonb(r) - ignored AS j FROM new_rows r) n ON o.j->>key = n.j->>key
    CROSS JOIN LATERAL (
      SELECT
        jsonb_object_agg(name, o.j->name) FILTER (WHERE name <> ALL (hidden)) AS before,
        jsonb_object_agg(name, n.j->name) FILTER (WHERE name <> ALL (hidden)) AS after,
        coalesce(array_agg(name ORDER BY name) FILTER (WHERE name = ANY (hidden)), '{}') AS withheld
      FROM jsonb_object_keys(coalesce(n.j, o.j)) name
      WHERE o.j->name IS DISTINCT FROM n.j->name
    ) changes
    WHERE o.j IS DISTINCT FROM n.j;
  END IF;
  RETURN NULL;
END $$;
-- Who may execute it could attach it to a table of their own and so write entries at will.
REVOKE EXECUTE ON FUNCTION registry_audit() FROM PUBLIC;
"""

SEALING = """
CREATE FUNCTION registry_seal_audit(most integer) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  settled bigint;
  last public.registry_auditseal;
  seal public.registry_auditseal;
  digests bytea;
BEGIN
  -- One at a time; the others have nothing to do.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('registry_seal_audit', 0)) THEN
    RETURN 0;
  END IF;
  -- Every transaction below this one has ended: what it wrote is visible now or never.
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ahead INTO settled
    FROM public.registry_auditcluster;
  SELECT * INTO last FROM public.registry_auditseal ORDER BY number DESC LIMIT 1;
  IF last.last_transaction >= settled THEN
    RAISE EXCEPTION 'The log was restored from another cluster: run seal_audit --after-restore.'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  SELECT count(*), max(transaction), (array_agg(id ORDER BY transaction DESC, id DESC))[1],
    string_agg(digest, NULL ORDER BY transaction, id),
    string_agg(substring(digest FOR 8), NULL ORDER BY transaction, id)
    INTO seal.entries, seal.last_transaction, seal.last_id, digests, seal.marks
  FROM (
    SELECT transaction, id, sha256(convert_to(jsonb_build_array(
        id, transaction, (extract(epoch FROM at) * 1000000)::bigint, actor, token, request,
        operation, table_name, row_id, before, after, withheld
      )::text, 'UTF8')) AS digest
    FROM public.registry_auditentry
    WHERE (transaction, id) > (coalesce(last.last_transaction, -1), coalesce(last.last_id, -1))
      AND transaction < settled
    ORDER BY transaction, id LIMIT most
  ) entry;
  IF seal.entries = 0 THEN
    RETURN 0;
  END IF;
  seal.number := coalesce(last.number, 0) + 1;
  seal.total := coalesce(last.total, 0) + seal.entries;
  seal.sealed_at := clock_timestamp();
  seal.sha256 := sha256(
    coalesce(last.sha256, '') || convert_to(jsonb_build_array(
      seal.number, seal.entries, seal.total, seal.last_transaction, seal.last_id,
      (extract(epoch FROM seal.sealed_at) * 1000000)::bigint
    )::text, 'UTF8') || digests);
  INSERT INTO public.registry_auditseal SELECT seal.*;
  RETURN seal.entries;
END $$;
REVOKE EXECUTE ON FUNCTION registry_seal_audit(integer) FROM PUBLIC;
"""

KEEPING = """
CREATE FUNCTION registry_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is only added to.'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION registry_keep_audit();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON registry_auditseal
  FOR EACH STATEMENT EXECUTE FUNCTION registry_keep_audit();

-- Default privileges may have opened the new tables to the application.
DO $$
DECLARE grant_ record;
BEGIN
  FOR grant_ IN
    SELECT DISTINCT c.relname, r.rolname FROM pg_class c
    CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid IN ('registry_auditentry'::regclass, 'registry_auditseal'::regclass,
      'registry_auditcluster'::regclass) AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %I', grant_.relname, grant_.rolname);
    EXECUTE format('GRANT SELECT ON %I TO %I', grant_.relname, grant_.rolname);
  END LOOP;
END $$;
"""

BACKWARD = """
DROP TABLE registry_auditentry, registry_auditseal, registry_auditcluster;
DROP FUNCTION registry_audit, registry_seal_audit, registry_keep_audit;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_people_and_tokens")]

    operations = [
        migrations.RunSQL(TABLES + WRITING + SEALING + KEEPING, BACKWARD),
        # Not managed by Django: a flush, which truncates, then leaves them alone.
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "transaction",
                    models.BigIntegerField(help_text="entries are sealed in the order of these"),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.TextField(help_text="a user's key, or the task or command", null=True),
                ),
                ("token", models.TextField(help_text="how the token's key begins", null=True)),
                ("request", models.TextField(null=True)),
                (
                    "operation",
                    models.TextField(
                        choices=[
                            ("insert", "Insert"),
                            ("update", "Update"),
                            ("delete", "Delete"),
                            ("truncate", "Truncate"),
                        ]
                    ),
                ),
                ("table_name", models.TextField()),
                ("row_id", models.TextField(null=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "withheld",
                    ArrayField(
                        models.TextField(), help_text="columns that changed and are not kept"
                    ),
                ),
            ],
            options={"verbose_name_plural": "audit entries", "ordering": ["-id"], "managed": False},
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entries", models.IntegerField()),
                ("total", models.BigIntegerField(help_text="entries sealed up to here")),
                ("last_transaction", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("sealed_at", models.DateTimeField()),
                (
                    "marks",
                    models.BinaryField(
                        help_text="8 bytes of each entry's hash: names the one that differs"
                    ),
                ),
                ("sha256", models.BinaryField()),
            ],
            options={"ordering": ["number"], "managed": False},
        ),
    ]
