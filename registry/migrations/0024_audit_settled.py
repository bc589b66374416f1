"""Transactions of other databases in the cluster do not hold the sealing back.

And entries of updates are made from each row once, which takes a sixth of the time.
"""

from django.db import migrations

SETTLED = """
-- Every transaction of this database below the answer has ended: what it wrote is visible to the
-- next statement, or never. Who runs elsewhere is known by the lock that each transaction holds on
-- its own number; one that ends while this is looked up has ended, so it may be left out as well.
CREATE FUNCTION registry_audit_settled() RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  snapshot pg_snapshot;
  settled bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'Sealing needs a new snapshot for each statement: READ COMMITTED.';
  END IF;
  PERFORM pg_stat_clear_snapshot();
  snapshot := pg_current_snapshot();
  SELECT coalesce(min(running::text::bigint), pg_snapshot_xmax(snapshot)::text::bigint)
    INTO settled FROM pg_snapshot_xip(snapshot) running
    WHERE running::xid NOT IN (
      SELECT held.transactionid FROM pg_locks held JOIN pg_stat_activity backend USING (pid)
      WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
        AND backend.datname <> current_database()
    );
  RETURN settled + (SELECT ahead FROM public.registry_auditcluster);
END $$;
"""

SEALING = """
CREATE OR REPLACE FUNCTION registry_seal_audit(most integer) RETURNS integer LANGUAGE plpgsql
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
  settled := public.registry_audit_settled();
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
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION registry_seal_audit(most integer) RETURNS integer LANGUAGE plpgsql
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
DROP FUNCTION registry_audit_settled;
"""

WRITING = """
CREATE OR REPLACE FUNCTION registry_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
      TG_TABLE_NAME, coalesce(o.k, n.k),
      CASE WHEN o.j IS NOT NULL THEN changes.before END,
      CASE WHEN n.j IS NOT NULL THEN changes.after END,
      changes.withheld
    -- OFFSET 0: otherwise the row is made into JSON again wherever it is looked at.
    FROM (SELECT j, j->>key AS k
          FROM (SELECT to_jsonb(r) - ignored AS j FROM old_rows r OFFSET 0) made OFFSET 0) o
    FULL JOIN (SELECT j, j->>key AS k
          FROM (SELECT to_jsonb(r) - ignored AS j FROM new_rows r OFFSET 0) made OFFSET 0) n
      ON o.k = n.k
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
"""

WRITING_BEFORE = """
CREATE OR REPLACE FUNCTION registry_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0023_merging_locks")]

    operations = [
        migrations.RunSQL(SETTLED + SEALING, BACKWARD),
        migrations.RunSQL(WRITING, WRITING_BEFORE),
    ]
