"""What improved and what got worse: each partnership's report beside the one that stood before.

"Before" is the latest report, public at the cut-off, on days that ended before the report's own
began (and within twelve months of that). A partnership's change is the mean, over the scored
measures that both reports apply, of value now less value then, where missing data counts as
nothing: who no longer records does not look better for it. A measure that was added, or that
applies in one of the reports only, moves nothing.
"""

from typing import Any

from monitoring.reports.accountability import MEASURES
from monitoring.reports.kinds.cohort import Cohort

LISTED = 20
_COMPARED = """
SELECT count(*) FILTER (WHERE c.report_id <> c.earlier_id) AS compared,
       count(*) FILTER (WHERE c.report_id = c.earlier_id) AS no_newer,
       count(*) FILTER (WHERE c.earlier_id IS NULL) AS first_time
FROM report_cohort c WHERE c.is_running AND c.is_current
"""
UNSCORED = [measure.code for measure in MEASURES if not measure.is_scored]
_WORTH = "CASE WHEN {0}.state = 'no_data' THEN 0 ELSE {0}.value END"
NOW, WAS = _WORTH.format("now"), _WORTH.format("was")
_BOTH = f"{NOW} IS NOT NULL AND {WAS} IS NOT NULL AND now.code <> ALL(%(unscored)s)"
_MOVED = f"""
CREATE TEMPORARY TABLE report_moved ON COMMIT DROP AS
SELECT c.partnership_id, now.code, {WAS} AS was, {NOW} AS now
FROM report_cohort c
JOIN monitoring_reportmeasure now ON now.report_id = c.report_id
JOIN monitoring_reportmeasure was ON was.report_id = c.earlier_id AND was.code = now.code
WHERE c.is_running AND c.is_current AND c.report_id <> c.earlier_id
  AND {_BOTH}
"""
_CHANGE = """
CREATE TEMPORARY TABLE report_change ON COMMIT DROP AS
SELECT partnership_id, count(*) AS measures, round(sum(now - was) / count(*), 20) AS change
FROM report_moved GROUP BY partnership_id
"""
_SIGNS = """
SELECT count(*) FILTER (WHERE change > 0) AS better, count(*) FILTER (WHERE change < 0) AS worse,
       count(*) FILTER (WHERE change = 0) AS same
FROM report_change
"""
_LIGHTS = """
SELECT '{light}' AS light, was.{light} AS was, now.{light} AS now, count(*) AS partnerships
FROM report_cohort c JOIN monitoring_report now ON now.id = c.report_id
JOIN monitoring_report was ON was.id = c.earlier_id
WHERE c.is_running AND c.is_current AND was.id <> now.id AND was.{light} <> now.{light}
GROUP BY 2, 3 ORDER BY 2, 3
"""
_MEASURES = """
SELECT code, count(*) AS compared, count(*) FILTER (WHERE now > was) AS better,
       count(*) FILTER (WHERE now < was) AS worse, count(*) FILTER (WHERE now = was) AS same
FROM report_moved GROUP BY 1 ORDER BY 1
"""
# The measure that moved most in the direction of the whole stands beside it.
_MOST = """
SELECT m.partnership_id AS partnership, m.measures, m.change, most.code, most.was, most.now
FROM (
  SELECT * FROM report_change WHERE {sign}change > 0
  ORDER BY {sign}change DESC, partnership_id LIMIT %(most)s
) m JOIN report_cohort c USING (partnership_id)
CROSS JOIN LATERAL (
  SELECT now.code, was.value AS was, now.value AS now
  FROM monitoring_reportmeasure now
  JOIN monitoring_reportmeasure was ON was.report_id = c.earlier_id AND was.code = now.code
  WHERE now.report_id = c.report_id AND {both}
  ORDER BY {sign}({now} - {was}) DESC, now.code LIMIT 1
) most
ORDER BY {sign}m.change DESC, m.partnership_id
"""


def _most(sign: str) -> str:
    return _MOST.format(sign=sign, both=_BOTH, now=NOW, was=WAS)


def changes(cohort: Cohort) -> dict[str, Any]:
    """Counts, lights that changed, each measure's movements, and who moved most either way."""
    of = {"unscored": UNSCORED}
    cohort.make("report_moved", _MOVED, **of)
    cohort.make("report_change", _CHANGE)
    return {
        "before": cohort.days.before,
        **cohort.row(_COMPARED),
        **cohort.row(_SIGNS),
        "lights": [
            row
            for light in ("timeliness", "achievement")
            for row in cohort.rows(_LIGHTS.format(light=light))
        ],
        "measures": cohort.rows(_MEASURES),
        "most_better": cohort.rows(_most(""), most=LISTED, **of),
        "most_worse": cohort.rows(_most("-"), most=LISTED, **of),
    }
