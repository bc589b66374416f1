"""A snapshot is unpacked once for all of its rows; what is no day there gives none."""

from django.db import migrations

FORWARD = r"""
CREATE OR REPLACE FUNCTION monitoring_snapshot_day(text text) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN text::date END
$$;

CREATE OR REPLACE FUNCTION monitoring_write_report_rows(reports bigint[]) RETURNS void
LANGUAGE sql AS $$
  WITH said AS MATERIALIZED (
    -- Unpacked once: what is joined to nothing comes out of its compressed form.
    SELECT id, content || '{}'::jsonb AS content FROM monitoring_report
    WHERE id = ANY(reports) AND kind = 'partnership'
  ), headline AS (
    INSERT INTO monitoring_reportheadline (report_id, due, reported, oldest_missing_due_on,
      score_low, score_high, score, measured, applicable)
    SELECT r.id, monitoring_snapshot_number(content #>> '{completeness,due}'),
           monitoring_snapshot_number(content #>> '{completeness,reported}'),
           monitoring_snapshot_day(content #>> '{lights,timeliness,inputs,oldest_missing_due_on}'),
           monitoring_snapshot_number(content #>> '{scorecard,low}'),
           monitoring_snapshot_number(content #>> '{scorecard,high}'),
           monitoring_snapshot_number(content #>> '{scorecard,total}'),
           monitoring_snapshot_number(content #>> '{scorecard,measured}'),
           monitoring_snapshot_number(content #>> '{scorecard,applicable}')
    FROM said r
  ), measure AS (
    INSERT INTO monitoring_reportmeasure (report_id, code, state, value, numerator, denominator)
    SELECT r.id, m ->> 'code', m ->> 'state', monitoring_snapshot_number(m ->> 'value'),
           monitoring_snapshot_number(m ->> 'numerator'),
           monitoring_snapshot_number(m ->> 'denominator')
    FROM said r, monitoring_snapshot_list(content #> '{scorecard,measures}') m
    WHERE m ->> 'state' IS NOT NULL
    ON CONFLICT DO NOTHING
  )
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
  FROM said r, LATERAL (
    SELECT i, NULL::bigint AS country FROM monitoring_snapshot_list(content -> 'indicators') i
    UNION ALL
    SELECT i, (place ->> 'country')::bigint
    FROM monitoring_snapshot_list(content -> 'places') place,
         monitoring_snapshot_list(place -> 'indicators') i
  ) one
  WHERE i ->> 'id' ~ '^[0-9]+$'
  ON CONFLICT DO NOTHING;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0055_reports_by_hash")]

    # Backwards nothing is taken back: it writes the same rows as before.
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
