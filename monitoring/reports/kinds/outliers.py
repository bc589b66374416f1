"""What stands out: scores far from those of the same kind, and figures that ask to be looked at.

Scores are compared by their low ends, in which missing data counts as nothing.
"""

from typing import Any

from monitoring.reports.kinds.cohort import Cohort
from monitoring.reports.kinds.distributions import ORDERED, SPREAD

FEWEST = 5  # partnerships of a kind; the middle of fewer says little
LISTED = 20

_SCORED = """
SELECT c.partnership_id, c.kind, h.score_low AS value, h.score_high AS high
FROM report_cohort c JOIN monitoring_reportheadline h ON h.report_id = c.report_id
WHERE c.is_running AND c.is_current AND h.score_low IS NOT NULL
"""
_MEDIANS = f"""
WITH one AS ({_SCORED}), ordered AS (SELECT kind, {ORDERED} FROM one GROUP BY kind)
SELECT kind, {SPREAD} FROM ordered ORDER BY kind
"""
_FURTHEST = f"""
WITH one AS ({_SCORED}), ordered AS (SELECT kind, {ORDERED} FROM one GROUP BY kind),
middle AS MATERIALIZED (SELECT kind, {SPREAD} FROM ordered WHERE n >= %(fewest)s)
SELECT one.partnership_id AS partnership, kind, one.value AS score, one.high, middle.median,
       one.value - middle.median AS distance
FROM one JOIN middle USING (kind) WHERE one.value <> middle.median
ORDER BY abs(one.value - middle.median) DESC, one.partnership_id LIMIT %(most)s
"""
# What a figure of a report may be asked about; the words are the document's.
FLAGS = {
    "more_than_twice_the_target": "f.progress > 2",
    "worse_than_the_baseline": "f.progress < 0",
    "denominator_of_zero": "f.reason = 'zero_denominator'",
    "too_old_to_be_carried": "f.reason = 'stale'",
    "people_may_be_counted_twice": "f.low IS NOT NULL",
    "provisional": "f.is_provisional",
}
_OF_FIGURES = """
FROM report_cohort c JOIN monitoring_reportfigure f ON f.report_id = c.report_id
WHERE c.is_running AND c.is_current AND f.country_id IS NULL
"""
_COUNTS = "SELECT {sums} " + _OF_FIGURES
_MOST_FLAGGED = (
    "SELECT c.partnership_id AS partnership, count(*) AS figures, {counts} "
    + _OF_FIGURES
    + " AND ({any}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s"
)


def of_kinds(cohort: Cohort) -> dict[str, Any]:
    """The middle score of each kind of partnership, and those furthest from it."""
    kinds = cohort.rows(_MEDIANS)
    return {
        "fewest": FEWEST,
        "kinds": [
            {"kind": row["kind"], "scored": row["measured"], "median": row["median"]}
            for row in kinds
        ],
        "rows": cohort.rows(_FURTHEST, fewest=FEWEST, most=LISTED),
    }


def flags(cohort: Cohort) -> dict[str, Any]:
    """How many figures, of how many partnerships, carry each flag; and who has most of them."""
    sums = ", ".join(
        f"count(*) FILTER (WHERE {rule}) AS {name},"
        f" count(DISTINCT c.partnership_id) FILTER (WHERE {rule}) AS {name}_partnerships"
        for name, rule in FLAGS.items()
    )
    counts = cohort.row(_COUNTS.format(sums=f"count(*) AS figures, {sums}"))
    of_each = ", ".join(f"count(*) FILTER (WHERE {rule}) AS {name}" for name, rule in FLAGS.items())
    listed = _MOST_FLAGGED.format(counts=of_each, any=" OR ".join(FLAGS.values()))
    return {
        "figures": counts["figures"],
        "counts": [
            {"flag": name, "figures": counts[name], "partnerships": counts[f"{name}_partnerships"]}
            for name in FLAGS
        ],
        "rows": cohort.rows(listed, most=LISTED),
    }
