"""Search documents of partners, kept by triggers whoever writes: ORM, bulk, raw SQL or COPY."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

FORWARD = r"""
ALTER TABLE registry_partnersearch ADD CONSTRAINT partnersearch_of_partner
  FOREIGN KEY (record_id) REFERENCES registry_partner (id) ON DELETE CASCADE;

CREATE FUNCTION registry_partner_search(partners bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two that add a name to one partner at once: the second waits here, and sees the first's.
  PERFORM 1 FROM registry_partnersearch WHERE record_id = ANY(partners)
    ORDER BY record_id FOR UPDATE;
  INSERT INTO registry_partnersearch (record_id, keys, names, words)
  SELECT id, keys, lines, to_tsvector('simple', lines) FROM (
    SELECT id, keys, E'\n' || array_to_string(keys, E'\n') || E'\n' AS lines FROM (
      SELECT p.id, array_remove(
        ARRAY[registry_search_text(p.name), registry_search_text(p.acronym)]
        || ARRAY(SELECT registry_search_text(f.name) FROM registry_formername f
                 WHERE f.partner_id = p.id ORDER BY f.id)
        || ARRAY(SELECT registry_search_text(i.value) FROM registry_partneridentifier i
                 WHERE i.partner_id = p.id ORDER BY i.id)
        || ARRAY(SELECT registry_search_text(i."full") FROM registry_partneridentifier i
                 WHERE i.partner_id = p.id AND i.scheme <> 'IATI' ORDER BY i.id),
        '') AS keys
      FROM registry_partner p WHERE p.id = ANY(partners)
    ) named
  ) written
  ON CONFLICT (record_id) DO UPDATE
    SET keys = excluded.keys, names = excluded.names, words = excluded.words
    WHERE registry_partnersearch.names IS DISTINCT FROM excluded.names;
END $$;

CREATE FUNCTION registry_partner_search_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM registry_partner_search(ARRAY(SELECT id FROM became));
  ELSE
    PERFORM registry_partner_search(ARRAY(
      SELECT became.id FROM became JOIN was USING (id)
      WHERE (became.name, became.acronym) IS DISTINCT FROM (was.name, was.acronym)));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION registry_partner_search_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM registry_partner_search(ARRAY(SELECT DISTINCT partner_id FROM became));
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM registry_partner_search(ARRAY(SELECT DISTINCT partner_id FROM was));
  ELSE
    PERFORM registry_partner_search(ARRAY(
      SELECT partner_id FROM became UNION SELECT partner_id FROM was));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER partner_search_insert AFTER INSERT ON registry_partner
  REFERENCING NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION registry_partner_search_itself();
CREATE TRIGGER partner_search_update AFTER UPDATE ON registry_partner
  REFERENCING OLD TABLE AS was NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION registry_partner_search_itself();
"""

BACKWARD = """
DROP TRIGGER partner_search_insert ON registry_partner;
DROP TRIGGER partner_search_update ON registry_partner;
DROP TRIGGER partner_search_insert ON registry_partneridentifier;
DROP TRIGGER partner_search_update ON registry_partneridentifier;
DROP TRIGGER partner_search_delete ON registry_partneridentifier;
DROP TRIGGER partner_search_insert ON registry_formername;
DROP TRIGGER partner_search_update ON registry_formername;
DROP TRIGGER partner_search_delete ON registry_formername;
DROP FUNCTION registry_partner_search_itself();
DROP FUNCTION registry_partner_search_parts();
DROP FUNCTION registry_partner_search(bigint[]);
"""

NAMED = ("registry_partneridentifier", "registry_formername")
FILL = "SELECT registry_partner_search(ARRAY(SELECT id FROM registry_partner));"


def parts(table: str) -> str:
    """Triggers on a table of a partner's names or codes."""
    return "".join(
        f"CREATE TRIGGER partner_search_{event.lower()} AFTER {event} ON {table}"
        f" REFERENCING {tables} FOR EACH STATEMENT"
        " EXECUTE FUNCTION registry_partner_search_parts();\n"
        for event, tables in (
            ("INSERT", "NEW TABLE AS became"),
            ("UPDATE", "OLD TABLE AS was NEW TABLE AS became"),
            ("DELETE", "OLD TABLE AS was"),
        )
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0019_search_functions")]

    operations = [
        migrations.CreateModel(
            name="PartnerSearch",
            fields=[
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        help_text="whole names and codes; the name is the first",
                        size=None,
                    ),
                ),
                ("names", models.TextField(help_text="the keys, each on a line of its own")),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "record",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="search_document",
                        serialize=False,
                        to="registry.partner",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["keys"], name="partnersearch_keys"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["words"], name="partnersearch_words"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            models.F("names"), name="gin_trgm_ops"
                        ),
                        fastupdate=False,
                        name="partnersearch_names",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD + "".join(map(parts, NAMED)), BACKWARD),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
