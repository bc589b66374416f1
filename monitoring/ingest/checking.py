"""What every row has to keep to, asked of all rows at once in the database (RULES 1-5).

`s` is the staged row, `i` its indicator, `u` its unit, `t` the target of its unit and period,
`h` what the target holds for the cell already, `c` the value that counts for the cell now.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from monitoring.errors import RowError
from monitoring.ingest.staging import Stage
from monitoring.ingest.targets import ALWAYS, REFUSALS, Target


class Rule(NamedTuple):
    """A condition that makes a row wrong, the field it is said at, and what was expected."""

    field: str
    code: str
    wrong: str
    expected: str


# What the cell would hold: a remark that a row leaves out stays as it is.
FINAL = {
    "value": "s.value",
    "numerator": "s.numerator",
    "denominator": "s.denominator",
    "text": "coalesce(s.text, CASE WHEN NOT s.withdraws THEN h.text END, '')",
    "comment": "coalesce(s.comment, h.comment, '')",
    "variance_reason": "coalesce(s.variance_reason, h.variance_reason, '')",
    "method": "coalesce(s.method, h.method, '')",
    "is_provisional": "coalesce(s.is_provisional, h.is_provisional, false)",
    **{
        name: f"CASE WHEN '{name}' = ANY(s.cleared) THEN NULL ELSE coalesce(s.{name}, h.{name}) END"
        for name in ("sample_size", "interval_low", "interval_high")
    },
    "withdraws": "s.withdraws",
}
VALUE = "s.is_read AND NOT s.withdraws"
GIVEN = "num_nonnulls(s.value, s.numerator, s.denominator)"
ONE_NUMBER = f"{VALUE} AND i.measure NOT IN ('ratio', 'narrative')"
RATIO = f"{VALUE} AND i.measure = 'ratio'"
NO_PEOPLE = "A number of people is 0 or more."
PARTS = "A ratio needs numerator and denominator."

RULES = (
    Rule("indicator", "place_missing", "i.by_place AND NOT u.has_place",
         "This indicator is reported by place."),
    Rule("indicator", "place_refused", "u.has_place AND NOT i.by_place",
         "This indicator is not reported by place."),
    Rule("withdraws", "withdrawal_with_value", f"s.withdraws AND {GIVEN} > 0",
         "A withdrawal carries no value."),
    Rule("withdraws", "nothing_to_withdraw", "s.withdraws AND s.is_named AND c.id IS NULL",
         "No value counts for this cell."),
    Rule("value", "ratio_parts_expected", f"{RATIO} AND s.value IS NOT NULL",
         "A ratio needs numerator and denominator: a bare percentage cannot be added up."),
    Rule("numerator", "ratio_parts_expected",
         f"{RATIO} AND s.value IS NULL AND s.numerator IS NULL", PARTS),
    Rule("denominator", "ratio_parts_expected",
         f"{RATIO} AND s.value IS NULL AND s.numerator IS NOT NULL AND s.denominator IS NULL",
         PARTS),
    Rule("denominator", "negative", f"{RATIO} AND s.denominator < 0",
         "A denominator is 0 or more."),
    Rule("denominator", "zero_denominator",
         f"{RATIO} AND s.denominator = 0 AND s.numerator <> 0", "Of 0 there can only be 0."),
    Rule("numerator", "negative", f"{RATIO} AND i.counts_people <> 'no' AND s.numerator < 0",
         NO_PEOPLE),
    Rule("text", "text_expected",
         f"{VALUE} AND i.measure = 'narrative'"
         f" AND ({GIVEN} > 0 OR coalesce(s.text, '') !~ '[^[:space:]]')",
         "This indicator takes a text, not a number."),
    Rule("value", "value_expected", f"{ONE_NUMBER} AND ({GIVEN} <> 1 OR s.value IS NULL)",
         "Expected one number in `value`."),
    Rule("value", "percent_sign",
         f"{ONE_NUMBER} AND s.is_percent AND i.measure <> 'percent'",
         "This indicator is not a percentage: write the number without the percent sign."),
    Rule("value", "not_yes_or_no",
         f"{ONE_NUMBER} AND i.measure = 'yes_no' AND s.value NOT IN (0, 1)",
         "Expected 1 for yes or 0 for no."),
    Rule("value", "negative", f"{ONE_NUMBER} AND i.counts_people <> 'no' AND s.value < 0",
         NO_PEOPLE),
    Rule("value", "off_scale",
         f"{ONE_NUMBER} AND i.measure = 'rating' AND s.value NOT BETWEEN"
         " coalesce(i.rating_min, 1) AND coalesce(i.rating_max, 5)",
         "Expected a rating from {low} to {high}."),
    Rule("sample_size", "not_a_sample_size",
         "s.sample_size <> trunc(s.sample_size) OR s.sample_size NOT BETWEEN 1 AND 2147483647",
         "Expected a whole number of at least 1."),
    Rule("interval_low", "interval_incomplete",
         f"s.is_estimate_read AND ({FINAL['interval_low']}) IS NULL"
         f" AND ({FINAL['interval_high']}) IS NOT NULL", "An interval has a low and a high end."),
    Rule("interval_high", "interval_incomplete",
         f"s.is_estimate_read AND ({FINAL['interval_high']}) IS NULL"
         f" AND ({FINAL['interval_low']}) IS NOT NULL", "An interval has a low and a high end."),
    Rule("interval_high", "interval_reversed",
         f"s.is_estimate_read AND ({FINAL['interval_low']}) > ({FINAL['interval_high']})",
         "The high end of an interval is not below its low end."),
    Rule("indicator", "cell_repeated", "s.is_named AND s.row_no > cell.first",
         "Another row has a value for the same cell: row {first}."),
    Rule("indicator", "cell_taken",
         "NOT %(replace)s AND h.id IS NOT NULL AND is_other",
         "The submission has a value for this cell already."),
)  # fmt: skip

TARGETS = """
    SELECT * FROM unnest(%(units)s::bigint[], %(periods)s::bigint[], %(submissions)s::bigint[],
      %(refusals)s::text[]) AS t (unit_id, period_id, submission_id, refusal)
"""
FINALS = ", ".join(FINAL.values())
OF_HELD = ", ".join(f"h.{name}" for name in FINAL)
SAME_REMARKS = " AND ".join(
    f"coalesce(s.{name} = c.{name}, s.{name} IS NULL)"
    for name in FINAL
    if name not in ("value", "numerator", "denominator", "withdraws")
)
# LIMIT keeps each look-up one of an index: by what a table that has just grown lets the planner
# guess, it would join everything with everything.
CHECK = f"""
CREATE TEMP TABLE checked ON COMMIT DROP AS
SELECT s.row_no, t.submission_id, h.id AS held, cell.first, says.is_other,
  CASE WHEN t.refusal = ANY(%(always)s) OR says.is_other THEN t.refusal END AS refusal,
  CASE WHEN i.id IS NOT NULL THEN array_remove(ARRAY[{{rules}}]::smallint[], NULL)
    ELSE '{{{{}}}}' END AS problems
FROM staged s
JOIN (
  SELECT row_no, CASE WHEN is_named THEN min(row_no) OVER (
    PARTITION BY is_named, unit_id, period_id, indicator_id, category_id) END AS first
  FROM staged
) cell ON cell.row_no = s.row_no
LEFT JOIN ({TARGETS}) t ON t.unit_id = s.unit_id AND t.period_id = s.period_id
LEFT JOIN monitoring_indicator i ON i.id = s.indicator_id
LEFT JOIN (
  SELECT id, place <> '' OR country_id IS NOT NULL AS has_place FROM monitoring_reportingunit
) u ON u.id = s.unit_id
LEFT JOIN LATERAL (
  SELECT * FROM monitoring_observation o
  WHERE o.submission_id = t.submission_id AND o.indicator_id = s.indicator_id
    AND o.category_id IS NOT DISTINCT FROM s.category_id LIMIT 1
) h ON s.is_named
LEFT JOIN LATERAL (
  SELECT * FROM monitoring_observation o
  WHERE o.indicator_id = s.indicator_id AND o.period_id = s.period_id AND o.unit_id = s.unit_id
    AND o.category_id IS NOT DISTINCT FROM s.category_id
    AND o.counts_from IS NOT NULL AND o.counts_until IS NULL AND NOT o.withdraws LIMIT 1
) c ON s.is_named
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN h.id IS NOT NULL THEN ({FINALS}) IS DISTINCT FROM ({OF_HELD})
    WHEN c.id IS NOT NULL AND NOT s.withdraws THEN NOT (
      (s.value, s.numerator, s.denominator)
        IS NOT DISTINCT FROM (c.value, c.numerator, c.denominator) AND {SAME_REMARKS})
    ELSE true END AS is_other
) says
""".replace("{{rules}}", "{rules}")
COUNT = """
SELECT count(*) FILTER (WHERE is_other AND held IS NULL),
  count(*) FILTER (WHERE is_other AND held IS NOT NULL), count(*) FILTER (WHERE NOT is_other),
  count(*) FILTER (WHERE refusal IS NOT NULL OR problems <> '{}')
FROM checked
"""
WRONG = """
SELECT k.row_no, k.problems, k.refusal, k.first, coalesce(i.rating_min, 1),
  coalesce(i.rating_max, 5), to_jsonb(s)::text
FROM checked k JOIN staged s USING (row_no) LEFT JOIN monitoring_indicator i
  ON i.id = s.indicator_id
WHERE k.refusal IS NOT NULL OR k.problems <> '{}' ORDER BY k.row_no
"""


class Counts(NamedTuple):
    new: int
    changed: int
    unchanged: int
    wrong: int


def of_targets(targets: Sequence[Target]) -> dict[str, list[Any]]:
    """The targets as arrays, for the statements that join them."""
    return {
        "units": [target.unit for target in targets],
        "periods": [target.period for target in targets],
        "submissions": [target.submission for target in targets],
        "refusals": [target.refusal for target in targets],
    }


def check(targets: Sequence[Target], *, replace: bool) -> Counts:
    """Check every staged row; the table `checked` has what is wrong with each."""
    cases = (f"CASE WHEN {rule.wrong} THEN {n} END" for n, rule in enumerate(RULES))
    with connection.cursor() as cursor:
        cursor.execute(
            CHECK.format(rules=", ".join(cases)),
            {**of_targets(targets), "always": list(ALWAYS), "replace": replace},
        )
        cursor.execute(COUNT)
        return Counts(*cursor.fetchone())


def errors(stage: Stage) -> Iterator[RowError]:
    """What is wrong with every row that was refused, as the person wrote it."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        rows = cursor.fetchall()
    for row_no, problems, refusal, first, low, high, staged in rows:
        row = json.loads(staged, parse_float=str)
        for rule in (RULES[number] for number in problems):
            expected = rule.expected.format(first=first, low=_short(low), high=_short(high))
            found = _found(stage, row, rule.field)
            yield RowError(row_no, rule.field, rule.code, expected, found)
        if refusal:
            field, expected = REFUSALS[refusal]
            yield RowError(row_no, field, refusal, expected, _found(stage, row, field))


def _found(stage: Stage, staged: dict[str, Any], field: str) -> str:
    key = staged.get(f"{field}_id")
    if key is not None:
        return stage.said.get((field, key), f"#{key}")
    said = staged.get(field)
    return stage.respelled.get((staged["row_no"], field), "" if said is None else str(said)[:80])


def _short(number: Any) -> str:
    return f"{number.normalize():f}"


def pairs(cursor: Any) -> Iterable[tuple[int, int]]:
    """The units and periods that the staged rows name."""
    cursor.execute(
        "SELECT DISTINCT unit_id, period_id FROM staged"
        " WHERE unit_id IS NOT NULL AND period_id IS NOT NULL ORDER BY 1, 2"
    )
    return [(unit, period) for unit, period in cursor.fetchall()]
