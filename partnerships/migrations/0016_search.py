"""Partnerships are searched by a document of their own, kept by triggers whoever writes."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from registry.audit import audited

FORWARD = r"""
ALTER TABLE partnerships_partnershipsearch ADD CONSTRAINT partnershipsearch_of_partnership
  FOREIGN KEY (record_id) REFERENCES partnerships_partnership (id) ON DELETE CASCADE;

CREATE FUNCTION partnerships_search(partnerships bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two that add an objective to one partnership at once: the second waits, and sees the first's.
  PERFORM 1 FROM partnerships_partnershipsearch WHERE record_id = ANY(partnerships)
    ORDER BY record_id FOR UPDATE;
  INSERT INTO partnerships_partnershipsearch (record_id, keys, names, words)
  SELECT id, keys, lines, setweight(to_tsvector('simple', lines), 'A')
    || setweight(to_tsvector('simple', registry_search_text(summary)), 'B')
    || setweight(to_tsvector('simple', registry_search_text(left(objectives, 60000))), 'C')
  FROM (
    SELECT *, E'\n' || array_to_string(keys, E'\n') || E'\n' AS lines FROM (
      SELECT p.id, p.summary, array_remove(ARRAY[registry_search_text(p.title),
          registry_search_text(p.reference), registry_search_text(p.iati_identifier)], '') AS keys,
        coalesce((SELECT string_agg(o.text || ' ' || o.measure, ' ' ORDER BY o.id)
          FROM partnerships_objective o WHERE o.partnership_id = p.id), '') AS objectives
      FROM partnerships_partnership p WHERE p.id = ANY(partnerships)
    ) named
  ) written
  ON CONFLICT (record_id) DO UPDATE
    SET keys = excluded.keys, names = excluded.names, words = excluded.words
    WHERE (partnerships_partnershipsearch.names, partnerships_partnershipsearch.words)
      IS DISTINCT FROM (excluded.names, excluded.words);
END $$;

CREATE FUNCTION partnerships_search_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM partnerships_search(ARRAY(SELECT id FROM became));
  ELSE
    PERFORM partnerships_search(ARRAY(
      SELECT became.id FROM became JOIN was USING (id)
      WHERE (became.title, became.summary, became.reference, became.iati_identifier)
        IS DISTINCT FROM (was.title, was.summary, was.reference, was.iati_identifier)));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION partnerships_search_objectives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM partnerships_search(ARRAY(SELECT DISTINCT partnership_id FROM became));
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM partnerships_search(ARRAY(SELECT DISTINCT partnership_id FROM was));
  ELSE
    PERFORM partnerships_search(ARRAY(
      SELECT partnership_id FROM became UNION SELECT partnership_id FROM was));
  END IF;
  RETURN NULL;
END $$;

-- As of every search, but of partnerships with all the words those that have them in the title
-- come before those that have them in the summary, and these before the objectives.
CREATE FUNCTION partnerships_search_rank(
  asked text, words_asked tsquery, keys text[], names text, words tsvector
) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN words @@ words_asked AND strpos(names, E'\n' || asked) = 0
    THEN 2000 + 700 * least(ts_rank(words, words_asked), 1) + 299 * similarity(keys[1], asked)
  ELSE registry_search_rank(asked, words_asked, keys, names, words)
END::integer;

CREATE TRIGGER partnership_search_insert AFTER INSERT ON partnerships_partnership
  REFERENCING NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_search_itself();
CREATE TRIGGER partnership_search_update AFTER UPDATE ON partnerships_partnership
  REFERENCING OLD TABLE AS was NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_search_itself();
CREATE TRIGGER partnership_search_insert AFTER INSERT ON partnerships_objective
  REFERENCING NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_search_objectives();
CREATE TRIGGER partnership_search_update AFTER UPDATE ON partnerships_objective
  REFERENCING OLD TABLE AS was NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_search_objectives();
CREATE TRIGGER partnership_search_delete AFTER DELETE ON partnerships_objective
  REFERENCING OLD TABLE AS was
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_search_objectives();

CREATE FUNCTION partnerships_facets(partnerships bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two that write parts of one partnership at once: the second waits, and sees the first's.
  PERFORM 1 FROM partnerships_facets WHERE partnership_id = ANY(partnerships)
    ORDER BY partnership_id FOR UPDATE;
  INSERT INTO partnerships_facets
    (partnership_id, kind, level, status, track, goals, countries, markers)
  SELECT p.id, p.kind, p.level, p.status, p.track,
    ARRAY(SELECT goal::text FROM (
      SELECT p.primary_goal_id WHERE p.primary_goal_id IS NOT NULL
      UNION SELECT g.goal_id FROM partnerships_partnership_goals g WHERE g.partnership_id = p.id
      UNION SELECT t.goal_id FROM partnerships_partnership_targets l
        JOIN registry_target t ON t.id = l.target_id WHERE l.partnership_id = p.id
    ) named (goal) ORDER BY goal),
    ARRAY(SELECT c.alpha2 FROM partnerships_partnershipcountry l
      JOIN registry_country c ON c.id = l.country_id WHERE l.partnership_id = p.id ORDER BY 1),
    ARRAY(SELECT DISTINCT m.kind FROM partnerships_marker m
      WHERE m.partnership_id = p.id AND m.significance > 0 ORDER BY 1)
  FROM partnerships_partnership p WHERE p.id = ANY(partnerships)
  ON CONFLICT (partnership_id) DO UPDATE SET kind = excluded.kind, level = excluded.level,
    status = excluded.status, track = excluded.track, goals = excluded.goals,
    countries = excluded.countries, markers = excluded.markers
  WHERE (partnerships_facets.kind, partnerships_facets.level, partnerships_facets.status,
      partnerships_facets.track, partnerships_facets.goals, partnerships_facets.countries,
      partnerships_facets.markers)
    IS DISTINCT FROM (excluded.kind, excluded.level, excluded.status, excluded.track,
      excluded.goals, excluded.countries, excluded.markers);
END $$;

CREATE FUNCTION partnerships_facets_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM partnerships_facets(ARRAY(SELECT id FROM became));
  ELSE
    PERFORM partnerships_facets(ARRAY(
      SELECT became.id FROM became JOIN was USING (id)
      WHERE (became.kind, became.level, became.status, became.track, became.primary_goal_id)
        IS DISTINCT FROM (was.kind, was.level, was.status, was.track, was.primary_goal_id)));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION partnerships_facets_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM partnerships_facets(ARRAY(SELECT DISTINCT partnership_id FROM became));
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM partnerships_facets(ARRAY(SELECT DISTINCT partnership_id FROM was));
  ELSE
    PERFORM partnerships_facets(ARRAY(
      SELECT partnership_id FROM became UNION SELECT partnership_id FROM was));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER partnership_facets_insert AFTER INSERT ON partnerships_partnership
  REFERENCING NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_facets_itself();
CREATE TRIGGER partnership_facets_update AFTER UPDATE ON partnerships_partnership
  REFERENCING OLD TABLE AS was NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION partnerships_facets_itself();
"""

BACKWARD = """
DROP TRIGGER partnership_facets_insert ON partnerships_partnership;
DROP TRIGGER partnership_facets_update ON partnerships_partnership;
DROP FUNCTION partnerships_facets_itself();
DROP FUNCTION partnerships_facets_parts() CASCADE;
DROP FUNCTION partnerships_facets(bigint[]);
DROP TRIGGER partnership_search_insert ON partnerships_partnership;
DROP TRIGGER partnership_search_update ON partnerships_partnership;
DROP TRIGGER partnership_search_insert ON partnerships_objective;
DROP TRIGGER partnership_search_update ON partnerships_objective;
DROP TRIGGER partnership_search_delete ON partnerships_objective;
DROP FUNCTION partnerships_search_rank(text, tsquery, text[], text, tsvector);
DROP FUNCTION partnerships_search_objectives();
DROP FUNCTION partnerships_search_itself();
DROP FUNCTION partnerships_search(bigint[]);
"""

PARTS = (
    "partnerships_partnership_goals",
    "partnerships_partnership_targets",
    "partnerships_partnershipcountry",
    "partnerships_marker",
)
FILL = "SELECT partnerships_search(ARRAY(SELECT id FROM partnerships_partnership));"
FILL_FACETS = "SELECT partnerships_facets(ARRAY(SELECT id FROM partnerships_partnership));"


def parts(table: str) -> str:
    """Triggers on a table of a partnership's facts."""
    return "".join(
        f"CREATE TRIGGER partnership_facets_{event.lower()} AFTER {event} ON {table}"
        f" REFERENCING {tables} FOR EACH STATEMENT"
        " EXECUTE FUNCTION partnerships_facets_parts();\n"
        for event, tables in (
            ("INSERT", "NEW TABLE AS became"),
            ("UPDATE", "OLD TABLE AS was NEW TABLE AS became"),
            ("DELETE", "OLD TABLE AS was"),
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0015_whole_shares"),
        ("registry", "0020_partner_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Facets",
            fields=[
                (
                    "partnership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="facets",
                        serialize=False,
                        to="partnerships.partnership",
                    ),
                ),
                ("kind", models.CharField(max_length=17)),
                ("level", models.CharField(max_length=11)),
                ("status", models.CharField(max_length=10)),
                ("track", models.CharField(max_length=5)),
                (
                    "goals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        help_text="primary, named, or of a target",
                        size=None,
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "markers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        help_text="assessed as significant or principal",
                        size=None,
                    ),
                ),
                ("achievement", models.CharField(db_default="", default="", max_length=9)),
                ("timeliness", models.CharField(db_default="", default="", max_length=10)),
            ],
            options={
                "verbose_name_plural": "facets",
            },
        ),
        migrations.CreateModel(
            name="PartnershipSearch",
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
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="partnership",
            name="partnership_search",
        ),
        migrations.RemoveField(
            model_name="partnership",
            name="search",
        ),
        migrations.AddIndex(
            model_name="partnershipsearch",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["keys"], name="partnershipsearch_keys"
            ),
        ),
        migrations.AddIndex(
            model_name="partnershipsearch",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["words"], name="partnershipsearch_words"
            ),
        ),
        migrations.AddIndex(
            model_name="partnershipsearch",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("names"), name="gin_trgm_ops"),
                fastupdate=False,
                name="partnershipsearch_names",
            ),
        ),
        # Its arguments named the column that goes.
        audited("partnerships_partnership"),
        migrations.RunSQL(FORWARD + "".join(map(parts, PARTS)), BACKWARD),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_FACETS, migrations.RunSQL.noop),
    ]
