"""Money over many partnerships as of a report's dates: needed, promised, arrived, matched.

Each amount at the latest rate for a day up to its own (of a promise the day of the promise, of a
payment the day of payment, of a budget its first day, of a need the day it was stated; never after
the reference date), as loaded by the cut-off. What has no rate is in no sum and is named.
Budgets are those of the version that held on the reference date, needs and funds as they were
stated then, as D3 reads them.
A partnership's need is its budget; without one, what it states as needs of finance. The gap is
taken for each partnership, never below 0: what one has too much fills no gap of another.
"""

from typing import Any

from monitoring.aggregation.fragments import then
from monitoring.reports.kinds.cohort import SAID, Cohort
from monitoring.reports.kinds.then import before

_AMOUNTS = f"""
CREATE TEMPORARY TABLE report_money ON COMMIT DROP AS
WITH held AS (
  SELECT c.partnership_id, v.document -> 'budget' AS lines
  FROM report_cohort c CROSS JOIN LATERAL ({SAID.format(of="c.partnership_id")}) v
), budget (partnership_id, currency_id, starts_on, amount) AS (
  SELECT partnership_id, one ->> 'currency', (one ->> 'starts_on')::date,
         (one ->> 'amount')::numeric
  FROM held CROSS JOIN LATERAL jsonb_array_elements(lines) one
  UNION ALL
  SELECT partnership_id, currency_id, starts_on, amount FROM partnerships_budgetline
  WHERE created_at <= %(cutoff)s AND partnership_id NOT IN (SELECT partnership_id FROM held)
), need_was AS ({before("partnerships_need", "kind", "amount", "currency_id")}),
fund_was AS ({before("partnerships_fund", "most", "currency_id")}),
asked AS (
  SELECT n.id, n.partnership_id, n.created_at, n.status, n.ended_on,
         {then("kind", "text", "n", "was")} AS kind,
         {then("amount", "numeric", "n", "was")} AS amount,
         {then("currency_id", "text", "n", "was")} AS currency_id
  FROM partnerships_need n LEFT JOIN need_was was USING (id)
  WHERE n.partnership_id IS NOT NULL AND n.created_at <= %(known)s
    AND (n.ended_on IS NULL OR n.ended_on > %(reference)s OR n.status = 'met')
), stated AS (
  SELECT * FROM asked
  WHERE kind = 'finance' AND amount IS NOT NULL AND currency_id IS NOT NULL
), fund AS (
  SELECT f.id, {then("most", "numeric", "f", "was")} AS most,
         {then("currency_id", "text", "f", "was")} AS currency_id
  FROM partnerships_fund f LEFT JOIN fund_was was USING (id)
), amount (partnership_id, kind, currency, day, amount) AS (
  SELECT partnership_id, 'budget', currency_id, starts_on, sum(amount)
  FROM budget GROUP BY 1, 3, 4
  UNION ALL
  SELECT partnership_id, 'committed', currency_id, committed_on, sum(amount)
  FROM partnerships_commitment
  WHERE amount IS NOT NULL AND currency_id IS NOT NULL AND stage <> 'pledge'
    AND committed_on <= %(reference)s AND created_at <= %(cutoff)s
    AND (withdrawn_on IS NULL OR withdrawn_on > %(reference)s)
  GROUP BY 1, 3, 4
  UNION ALL
  SELECT partnership_id, 'confirmed', currency_id, delivered_on, sum(amount)
  FROM partnerships_delivery
  WHERE currency_id IS NOT NULL AND flow IN ('delivery', 'disbursement')
    AND delivered_on <= %(reference)s AND confirmed_at <= %(cutoff)s
    AND (ended_at IS NULL OR ended_at > %(cutoff)s)
  GROUP BY 1, 3, 4
  UNION ALL
  SELECT partnership_id, 'stated', currency_id, created_at::date, sum(amount)
  FROM stated GROUP BY 1, 3, 4
  UNION ALL
  SELECT partnership_id, 'matched', currency_id, created_at::date, sum(covered)
  FROM (
    SELECT n.partnership_id, n.currency_id, n.created_at, CASE
      WHEN n.status = 'met' AND n.ended_on <= %(reference)s THEN n.amount
      ELSE (
        SELECT max(CASE WHEN f.currency_id = n.currency_id
                   THEN LEAST(n.amount, COALESCE(f.most, n.amount)) ELSE n.amount END)
        FROM partnerships_match m LEFT JOIN fund f ON f.id = m.fund_id
        WHERE m.need_id = n.id AND m.status = 'accepted' AND m.answered_at <= %(known)s
          AND (m.offer_answer <> 'refused' OR m.offer_answered_at > %(known)s)
          AND m.solution_id IS NULL)
      END AS covered
    FROM stated n
  ) met WHERE covered IS NOT NULL GROUP BY 1, 3, 4
), rate AS (
  SELECT currency, day, CASE currency WHEN 'USD' THEN 1 ELSE (
    SELECT e.usd FROM registry_exchangerate e
    WHERE e.currency_id = currency AND e.loaded_at <= %(cutoff)s
      AND e.on <= LEAST(day, %(reference)s)
    ORDER BY e.on DESC, e.loaded_at DESC, e.id DESC LIMIT 1) END AS usd
  FROM (SELECT DISTINCT currency, day FROM amount) one
)
SELECT a.partnership_id, a.kind, a.currency, sum(a.amount) AS amount,
       COALESCE(sum(a.amount * r.usd), 0) AS usd,
       sum(a.amount) FILTER (WHERE r.usd IS NULL) AS unrated
FROM amount a JOIN rate r USING (currency, day)
JOIN report_cohort USING (partnership_id)
GROUP BY 1, 2, 3
"""
# One row per partnership with money, in US dollars; what has no rate is left out of them.
_DOLLARS = """
CREATE TEMPORARY TABLE report_dollars ON COMMIT DROP AS
SELECT *, GREATEST(need - committed - matched, 0) AS gap FROM (
  SELECT partnership_id,
         CASE WHEN bool_or(kind = 'budget') THEN sum(usd) FILTER (WHERE kind = 'budget')
              ELSE sum(usd) FILTER (WHERE kind = 'stated') END AS need,
         COALESCE(sum(usd) FILTER (WHERE kind = 'committed'), 0) AS committed,
         COALESCE(sum(usd) FILTER (WHERE kind = 'confirmed'), 0) AS confirmed,
         COALESCE(sum(usd) FILTER (WHERE kind = 'matched'), 0) AS matched,
         bool_or(unrated IS NOT NULL) AS lacks_rates
  FROM report_money GROUP BY partnership_id
) one
"""
_TOTALS = """
SELECT count(need) AS with_need, count(*) FILTER (WHERE gap > 0) AS with_gap,
       count(*) FILTER (WHERE lacks_rates) AS lacking_rates,
       COALESCE(sum(need), 0) AS need, COALESCE(sum(committed), 0) AS committed,
       COALESCE(sum(confirmed), 0) AS confirmed, COALESCE(sum(matched), 0) AS matched,
       COALESCE(sum(gap), 0) AS gap
FROM report_dollars JOIN report_cohort c USING (partnership_id) WHERE {which}
"""
_CURRENCIES = """
SELECT currency,
       sum(amount) FILTER (WHERE m.kind = 'budget') AS budget,
       sum(amount) FILTER (WHERE m.kind = 'stated') AS stated,
       sum(amount) FILTER (WHERE m.kind = 'committed') AS committed,
       sum(amount) FILTER (WHERE m.kind = 'confirmed') AS confirmed,
       sum(amount) FILTER (WHERE m.kind = 'matched') AS matched,
       sum(unrated) AS without_rate
FROM report_money m JOIN report_cohort c USING (partnership_id) WHERE {which}
GROUP BY currency ORDER BY currency
"""
_GAPS = """
SELECT partnership_id AS partnership, need, committed, matched, gap
FROM report_dollars JOIN report_cohort c USING (partnership_id)
WHERE gap > 0 AND {which} ORDER BY gap DESC, partnership_id LIMIT %(most)s
"""
RUNNING = "c.is_running"


def prepare(cohort: Cohort) -> None:
    """`report_money` and `report_dollars`, which other queries may join."""
    cohort.make("report_money", _AMOUNTS)
    cohort.make("report_dollars", _DOLLARS)


def funding(cohort: Cohort, which: str = RUNNING, *, most: int = 20, **more: Any) -> dict[str, Any]:
    """Totals in US dollars, sums by currency, and the greatest gaps."""
    prepare(cohort)
    currencies = cohort.rows(_CURRENCIES.format(which=which), **more)
    return {
        "usd": cohort.row(_TOTALS.format(which=which), **more),
        "currencies": currencies,
        "without_rate": [row["currency"] for row in currencies if row["without_rate"] is not None],
        "gaps": cohort.rows(_GAPS.format(which=which), most=most, **more),
    }
