"""A partnership is found by a marker as it was assessed last; what was withdrawn does not count."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION partnerships_facets(partnerships bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
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
    ARRAY({markers})
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
"""
CURRENT = """SELECT kind FROM (
      SELECT DISTINCT ON (m.kind) m.kind, m.significance FROM partnerships_marker m
      WHERE m.partnership_id = p.id AND m.withdrawn_at IS NULL
      ORDER BY m.kind, m.assessed_on DESC NULLS LAST, m.id DESC
    ) latest WHERE significance > 0 ORDER BY 1"""
ANY = """SELECT DISTINCT m.kind FROM partnerships_marker m
      WHERE m.partnership_id = p.id AND m.significance > 0 ORDER BY 1"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0017_principles_and_dialogue")]

    operations = [
        migrations.RunSQL(FUNCTION.format(markers=CURRENT), FUNCTION.format(markers=ANY)),
    ]
