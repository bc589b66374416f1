"""The audit log makes a row into JSON once, however large it is; its entries are the same."""

from django.db import migrations

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

  -- OFFSET 0: otherwise the row is made into JSON again wherever it is looked at.
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, row_id, after, withheld)
    SELECT entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'insert',
      TG_TABLE_NAME, j->>key, j - unseen,
      CASE WHEN hidden = '{}' THEN hidden ELSE ARRAY(
        SELECT name FROM unnest(hidden) name WHERE j->>name <> '' ORDER BY name) END
    FROM (SELECT to_jsonb(n) AS j FROM new_rows n OFFSET 0) rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO public.registry_auditentry
      (transaction, at, actor, token, request, operation, table_name, row_id, before, withheld)
    SELECT entry.transaction, entry.at, entry.actor, entry.token, entry.request, 'delete',
      TG_TABLE_NAME, j->>key, j - unseen,
      CASE WHEN hidden = '{}' THEN hidden ELSE ARRAY(
        SELECT name FROM unnest(hidden) name WHERE j->>name <> '' ORDER BY name) END
    FROM (SELECT to_jsonb(o) AS j FROM old_rows o OFFSET 0) rows;
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
    FROM (SELECT to_jsonb(OLD) - ignored AS j OFFSET 0) o
    CROSS JOIN (SELECT to_jsonb(NEW) - ignored AS j OFFSET 0) n
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


class Migration(migrations.Migration):
    dependencies = [("registry", "0026_national_priorities")]

    # Backwards nothing is taken back: it writes the same entries as before.
    operations = [migrations.RunSQL(WRITING, migrations.RunSQL.noop)]
