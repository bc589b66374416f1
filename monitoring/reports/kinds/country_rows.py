"""What a country's report asks of the partnerships that worked there: counts, members, money.

Each is one query over `report_cohort` and `report_aims` (see cohort.py). Amounts are those of
whole partnerships: what one that works in several countries promised is not this country's alone,
so it is counted apart and never divided.
"""

from typing import Any

from monitoring.aggregation.fragments import then
from monitoring.reports.kinds.cohort import SAID, Cohort
from monitoring.reports.kinds.then import before, members
from registry.models.kinds import FACTS

# Public partnerships that worked in the country, closed ones too.
HERE = "c.partnership_id IN (SELECT partnership_id FROM report_here)"
RUNNING = f"c.is_running AND {HERE}"
LISTED = 500

_HERE = f"""
CREATE TEMPORARY TABLE report_here ON COMMIT DROP AS
SELECT a.partnership_id, a.level, a.targets, a.countries = ARRAY[%(country)s]::bigint[] AS is_only,
       COALESCE((said.document #>> '{{about,starts_on}}')::date, p.starts_on) AS starts_on
FROM report_aims a JOIN partnerships_partnership p ON p.id = a.partnership_id
LEFT JOIN LATERAL ({SAID.format(of="a.partnership_id")}) said ON true
WHERE %(country)s = ANY(a.countries)
"""
_COUNTS = f"""
SELECT count(*) AS public, count(*) FILTER (WHERE c.is_running) AS running,
       count(*) FILTER (WHERE NOT c.is_running) AS closed,
       count(*) FILTER (WHERE c.is_running AND h.is_only) AS only_here,
       count(*) FILTER (WHERE c.is_running AND c.is_current) AS current,
       count(*) FILTER (WHERE c.is_running AND c.report_id IS NULL) AS never
FROM report_cohort c JOIN report_here h USING (partnership_id) WHERE {HERE}
"""
_LEVELS = """
SELECT h.level, count(*) AS partnerships
FROM report_cohort c JOIN report_here h USING (partnership_id)
WHERE c.is_running GROUP BY 1 ORDER BY 1
"""
_MEMBERS = "FROM report_member m JOIN report_here h USING (partnership_id)"
_SECTORS = f"""
SELECT k.sector, count(DISTINCT m.partner_id) AS partners,
       count(DISTINCT m.partnership_id) AS partnerships
{_MEMBERS}
JOIN unnest(%(kinds)s::text[], %(sectors)s::text[]) k (kind, sector) ON k.kind = m.kind
GROUP BY 1 ORDER BY 1
"""
_FROM_HERE = f"""
SELECT m.partner_id AS partner, count(DISTINCT m.partnership_id) AS partnerships,
       count(*) OVER () AS n
{_MEMBERS} WHERE m.country_id = %(country)s
GROUP BY m.partner_id ORDER BY 2 DESC, 1 LIMIT %(most)s
"""
_GROUPS = f"""
WITH was AS ({before("partnerships_affectedgroup", "people", at="%(cutoff)s")})
SELECT one.people, count(DISTINCT g.partnership_id) AS partnerships
FROM report_cohort c JOIN partnerships_affectedgroup g ON g.partnership_id = c.partnership_id
JOIN report_here h ON h.partnership_id = c.partnership_id
LEFT JOIN was ON was.id = g.id
CROSS JOIN LATERAL (SELECT {then("people", "text", "g", "was")} AS people) one
WHERE c.is_running AND one.people <> '' AND g.mapped_on <= %(reference)s
  AND g.created_at <= %(cutoff)s AND (g.withdrawn_at IS NULL OR g.withdrawn_at > %(cutoff)s)
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_DOLLARS = """
LEFT JOIN (
  SELECT partnership_id, sum(usd) FILTER (WHERE kind = 'promised') AS promised,
         sum(usd) FILTER (WHERE kind = 'confirmed') AS confirmed
  FROM report_amount GROUP BY 1
) d ON d.partnership_id = c.partnership_id
"""
_PARTNERSHIPS = f"""
SELECT c.partnership_id AS partnership, c.status, h.level, h.is_only, r.timeliness, r.achievement,
       s.score_low AS score, s.score_high,
       COALESCE(d.promised, 0) AS promised_usd, COALESCE(d.confirmed, 0) AS confirmed_usd
FROM report_cohort c JOIN report_here h USING (partnership_id)
LEFT JOIN monitoring_report r ON r.id = c.report_id AND c.is_current
LEFT JOIN monitoring_reportheadline s ON s.report_id = r.id
{_DOLLARS}
WHERE {HERE} ORDER BY c.is_running DESC, promised_usd DESC, c.partnership_id
"""
_AMOUNTS = """
CREATE TEMPORARY TABLE report_amount ON COMMIT DROP AS
WITH amount (partnership_id, kind, currency, day, amount) AS (
  SELECT partnership_id, 'promised', currency_id, committed_on, amount
  FROM partnerships_commitment
  WHERE amount IS NOT NULL AND currency_id IS NOT NULL AND stage <> 'pledge'
    AND committed_on <= %(reference)s AND created_at <= %(cutoff)s
    AND (withdrawn_on IS NULL OR withdrawn_on > %(reference)s)
  UNION ALL
  SELECT partnership_id, said, currency_id, delivered_on, amount
  FROM partnerships_delivery d
  CROSS JOIN LATERAL (
    SELECT 'delivered' AS said
    UNION ALL SELECT 'confirmed' WHERE confirmed_at <= %(cutoff)s) one
  WHERE currency_id IS NOT NULL AND amount IS NOT NULL AND flow IN ('delivery', 'disbursement')
    AND delivered_on <= %(reference)s AND created_at <= %(cutoff)s
    AND (ended_at IS NULL OR ended_at > %(cutoff)s)
    -- Not what the receiver disputed by then, and no correction beside what it corrects.
    AND (confirmed_at <= %(cutoff)s OR status = 'recorded' OR COALESCE((
      SELECT CASE WHEN e.at <= %(cutoff)s THEN e.became ELSE e.was END FROM registry_event e
      WHERE e.subject_type = 'partnerships.delivery' AND e.subject_id = d.id AND e.became <> ''
      ORDER BY e.at <= %(cutoff)s DESC, CASE WHEN e.at <= %(cutoff)s THEN e.at END DESC, e.at
      LIMIT 1), status) <> 'disputed')
    AND NOT EXISTS (
      SELECT 1 FROM partnerships_delivery was
      WHERE was.id = d.replaces_id AND (was.ended_at IS NULL OR was.ended_at > %(cutoff)s))
)
SELECT a.partnership_id, h.is_only, a.kind, a.currency, sum(a.amount) AS amount,
       COALESCE(sum(a.amount * r.usd), 0) AS usd,
       sum(a.amount) FILTER (WHERE r.usd IS NULL) AS unrated
FROM amount a JOIN report_here h USING (partnership_id)
CROSS JOIN LATERAL (
  SELECT CASE a.currency WHEN 'USD' THEN 1 ELSE (
    SELECT e.usd FROM registry_exchangerate e
    WHERE e.currency_id = a.currency AND e.loaded_at <= %(cutoff)s
      AND e.on <= LEAST(a.day, %(reference)s)
    ORDER BY e.on DESC, e.loaded_at DESC, e.id DESC LIMIT 1) END AS usd
) r
GROUP BY 1, 2, 3, 4
"""
_SUMS = ", ".join(
    f"COALESCE(sum({{of}}) FILTER (WHERE kind = '{kind}'), 0) AS {kind}"
    for kind in ("promised", "delivered", "confirmed")
)
_BY_SCOPE = f"""
SELECT CASE WHEN is_only THEN 'only_here' ELSE 'several' END AS scope,
       count(DISTINCT partnership_id) AS partnerships, {_SUMS.format(of="usd")}
FROM report_amount GROUP BY 1 ORDER BY 1
"""
_BY_CURRENCY = f"""
SELECT CASE WHEN is_only THEN 'only_here' ELSE 'several' END AS scope, currency,
       {_SUMS.format(of="amount")}, sum(unrated) AS without_rate
FROM report_amount GROUP BY 1, 2 ORDER BY 1, 2
"""
_FIGURES = f"""
SELECT c.partnership_id AS partnership, f.indicator_id AS indicator, w.light,
       f.country_id IS NOT NULL AS is_by_place, i.unit, i.currency_id AS currency, i.measure,
       y.year_value, y.year_low, y.year_high, COALESCE(y.year_reason, 'no_report') AS year_reason,
       f.value, f.low, f.high, f.reason,
       count(*) OVER () AS n
FROM report_cohort c JOIN report_here h USING (partnership_id)
JOIN monitoring_reportfigure f ON f.report_id = c.report_id
JOIN monitoring_indicator i ON i.id = f.indicator_id
JOIN monitoring_reportfigure w ON w.report_id = f.report_id AND w.indicator_id = f.indicator_id
  AND w.country_id IS NULL
-- Its year is the report's own: that of a report on days in this year, as in results.py.
LEFT JOIN monitoring_reportfigure y ON y.id = f.id AND c.reference_on >= %(year)s
{_DOLLARS}
WHERE {HERE} AND c.is_current
  AND (f.country_id = %(country)s OR f.country_id IS NULL AND h.is_only AND NOT i.by_place)
ORDER BY c.is_running DESC, COALESCE(d.promised, 0) DESC, c.partnership_id, f.indicator_id
LIMIT %(most)s
"""


class CountryRows:
    """The rows of one country's report."""

    def __init__(self, cohort: Cohort, country: int) -> None:
        self.cohort, self.of = cohort, {"country": country}
        cohort.aims()
        members(cohort)
        cohort.make("report_here", _HERE, **self.of)
        cohort.make("report_amount", _AMOUNTS)

    def rows(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        return self.cohort.rows(sql, **self.of, **more)

    def counts(self) -> dict[str, Any]:
        return self.cohort.row(_COUNTS)

    def levels(self) -> list[dict[str, Any]]:
        return self.rows(_LEVELS)

    def sectors(self) -> list[dict[str, Any]]:
        kinds = [str(kind) for kind in FACTS]
        sectors = [str(facts.sector.value) for facts in FACTS.values()]
        return self.rows(_SECTORS, kinds=kinds, sectors=sectors)

    def groups(self) -> list[dict[str, Any]]:
        return self.rows(_GROUPS)

    def members(self) -> dict[str, Any]:
        """Members that come from the country, those in most partnerships first."""
        found = self.rows(_FROM_HERE, most=LISTED)
        listed = [{name: row[name] for name in ("partner", "partnerships")} for row in found]
        return {"n": found[0]["n"] if found else 0, "listed": listed}

    def partnerships(self) -> list[dict[str, Any]]:
        return self.rows(_PARTNERSHIPS)

    def commitments(self) -> dict[str, Any]:
        """In US dollars and by currency: of those that work only here, and of the others."""
        none = {"partnerships": 0, "promised": 0, "delivered": 0, "confirmed": 0}
        found = {row.pop("scope"): row for row in self.rows(_BY_SCOPE)}
        currencies = self.rows(_BY_CURRENCY)
        unrated = {row["currency"] for row in currencies if row["without_rate"] is not None}
        return {
            "usd": {scope: found.get(scope, none) for scope in ("only_here", "several")},
            "currencies": currencies,
            "without_rate": sorted(unrated),
        }

    def figures(self) -> dict[str, Any]:
        """Of each partnership's current report, what it says of the country; the partnerships in
        the order of their list."""
        found = self.rows(_FIGURES, most=LISTED)
        in_all = [row.pop("n") for row in found]
        return {"figures": found, "figures_in_all": in_all[0] if in_all else 0}
