"""Each stored partnership report is written down as rows too, whoever stores it and however."""

from django.db import migrations

# A snapshot may be of any format: what is no number, day or list there gives no value or no row.
FORWARD = r"""
CREATE FUNCTION monitoring_snapshot_number(text text) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN text ~ '^-?[0-9]+(\.[0-9]+)?$' THEN text::numeric END
$$;
CREATE FUNCTION monitoring_snapshot_list(list jsonb) RETURNS SETOF jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_array_elements(CASE WHEN jsonb_typeof(list) = 'array' THEN list ELSE '[]' END)
$$;

CREATE FUNCTION monitoring_write_report_rows(reports bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO monitoring_reportheadline (report_id, due, reported, oldest_missing_due_on,
    score_low, score_high, score, measured, applicable)
  SELECT r.id, monitoring_snapshot_number(content #>> '{completeness,due}'),
         monitoring_snapshot_number(content #>> '{completeness,reported}'),
         (content #>> '{lights,timeliness,inputs,oldest_missing_due_on}')::date,
         monitoring_snapshot_number(content #>> '{scorecard,low}'),
         monitoring_snapshot_number(content #>> '{scorecard,high}'),
         monitoring_snapshot_number(content #>> '{scorecard,total}'),
         monitoring_snapshot_number(content #>> '{scorecard,measured}'),
         monitoring_snapshot_number(content #>> '{scorecard,applicable}')
  FROM monitoring_report r WHERE r.id = ANY(reports) AND r.kind = 'partnership';

  INSERT INTO monitoring_reportmeasure (report_id, code, state, value, numerator, denominator)
  SELECT r.id, m ->> 'code', m ->> 'state', monitoring_snapshot_number(m ->> 'value'),
         monitoring_snapshot_number(m ->> 'numerator'),
         monitoring_snapshot_number(m ->> 'denominator')
  FROM monitoring_report r, monitoring_snapshot_list(content #> '{scorecard,measures}') m
  WHERE r.id = ANY(reports) AND r.kind = 'partnership' AND m ->> 'state' IS NOT NULL
  ON CONFLICT DO NOTHING;

  INSERT INTO monitoring_reportfigure (report_id, indicator_id, country_id, level,
    year_value, year_low, year_high, year_numerator, year_denominator, year_reason,
    value, low, high, numerator, denominator, reason, units, is_provisional, progress, light)
  SELECT r.id, (i ->> 'id')::bigint, country, COALESCE(i ->> 'level', ''),
         monitoring_snapshot_number(i #>> '{year,value}'),
         monitoring_snapshot_number(i #>> '{year,low}'),
         monitoring_snapshot_number(i #>> '{year,high}'),
         monitoring_snapshot_number(i #>> '{year,numerator}'),
         monitoring_snapshot_number(i #>> '{year,denominator}'),
         COALESCE(i #>> '{year,reason}', ''),
         monitoring_snapshot_number(i #>> '{to_date,value}'),
         monitoring_snapshot_number(i #>> '{to_date,low}'),
         monitoring_snapshot_number(i #>> '{to_date,high}'),
         monitoring_snapshot_number(i #>> '{to_date,numerator}'),
         monitoring_snapshot_number(i #>> '{to_date,denominator}'),
         COALESCE(i #>> '{to_date,reason}', ''),
         monitoring_snapshot_number(i #>> '{to_date,units_contributing}'),
         COALESCE((i #>> '{to_date,is_provisional}')::boolean, false),
         monitoring_snapshot_number(i #>> '{progress,value}'),
         COALESCE(i #>> '{light,colour}', '')
  FROM monitoring_report r, LATERAL (
    SELECT i, NULL::bigint AS country FROM monitoring_snapshot_list(content -> 'indicators') i
    UNION ALL
    SELECT i, (place ->> 'country')::bigint
    FROM monitoring_snapshot_list(content -> 'places') place,
         monitoring_snapshot_list(place -> 'indicators') i
  ) said
  WHERE r.id = ANY(reports) AND r.kind = 'partnership' AND i ->> 'id' ~ '^[0-9]+$'
  ON CONFLICT DO NOTHING;
$$;

CREATE FUNCTION monitoring_report_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM monitoring_write_report_rows(ARRAY(SELECT id FROM became WHERE kind = 'partnership'));
  RETURN NULL;
END $$;
CREATE TRIGGER report_rows AFTER INSERT ON monitoring_report REFERENCING NEW TABLE AS became
  FOR EACH STATEMENT EXECUTE FUNCTION monitoring_report_rows();

-- They are as immutable as the content: only the trigger above adds any, and only once.
CREATE FUNCTION monitoring_guard_report_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND pg_trigger_depth() > 1 THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What a report says does not change.'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'report_rows_immutable';
END $$;

SELECT monitoring_write_report_rows(ARRAY(SELECT id FROM monitoring_report));
"""
GUARDS = [
    f"CREATE TRIGGER guard_report_rows BEFORE INSERT OR UPDATE OR DELETE ON monitoring_{table}"
    " FOR EACH ROW EXECUTE FUNCTION monitoring_guard_report_rows()"
    for table in ("reportheadline", "reportmeasure", "reportfigure")
]
BACKWARD = """
DROP FUNCTION monitoring_report_rows, monitoring_guard_report_rows CASCADE;
DROP FUNCTION monitoring_write_report_rows, monitoring_snapshot_list, monitoring_snapshot_number;
DELETE FROM monitoring_reportfigure;
DELETE FROM monitoring_reportmeasure;
DELETE FROM monitoring_reportheadline;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0036_report_facts")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
