"""Whom a report over many partnerships is about: who was public by then, and whose report stood.

Both as of a reference date and a cut-off (RULES 20), from dated facts alone: the moves and
versions of partnerships, and the moments at which reports were published, superseded or
withdrawn. The rows stand in tables of the transaction; every figure is one query over them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from monitoring.models import ReportRun
from monitoring.models.report_subjects import days_in_words
from registry.models import months_before

CURRENT_MONTHS = 12  # a report on older days says nothing about now

# A report that was public at the cut-off, of days up to one.
_STANDING = """
SELECT DISTINCT ON (r.partnership_id) r.partnership_id, r.id, r.reference_on
FROM monitoring_report r
WHERE r.kind = 'partnership' AND r.published_at <= %(cutoff)s AND r.reference_on <= %({day})s
  AND (r.status = 'published' OR NOT EXISTS (
    SELECT 1 FROM registry_event e
    WHERE e.subject_type = 'monitoring.report' AND e.subject_id = r.id
      AND e.became IN ('superseded', 'withdrawn') AND e.at <= %(cutoff)s))
ORDER BY r.partnership_id, r.reference_on DESC, r.revision DESC, r.id DESC
"""
# What a partnership said by the end of the reference date; of one that was first written down
# later the first version, which says what stood before (as `countries_at` reads it).
SAID = """
  SELECT v.id, v.document FROM partnerships_partnershipversion v
  WHERE v.partnership_id = {of} AND v.why <> 'submitted'
  ORDER BY v.at <= %(known)s DESC, CASE WHEN v.at <= %(known)s THEN v.number END DESC NULLS LAST,
           v.number LIMIT 1
"""
_COHORT = f"""
CREATE TEMPORARY TABLE report_cohort ON COMMIT DROP AS
WITH standing AS ({_STANDING.format(day="reference")}),
earlier AS ({_STANDING.format(day="before")})
SELECT p.id AS partnership_id, COALESCE(moved.became, p.status) AS status,
       (p.registered_at AT TIME ZONE 'UTC')::date AS registered_on,
       COALESCE(moved.became, p.status) NOT IN ('completed', 'terminated') AS is_running,
       COALESCE(said.document #>> '{{about,kind}}', p.kind) AS kind,
       standing.id AS report_id, standing.reference_on,
       COALESCE(standing.reference_on > %(current)s, false) AS is_current,
       CASE WHEN earlier.reference_on > %(current_before)s THEN earlier.id END AS earlier_id
FROM partnerships_partnership p
LEFT JOIN LATERAL (
  SELECT e.became FROM registry_event e
  WHERE e.subject_type = 'partnerships.partnership' AND e.subject_id = p.id
    AND e.became <> '' AND e.at <= %(known)s
  ORDER BY e.at DESC, e.id DESC LIMIT 1
) moved ON true
LEFT JOIN LATERAL ({SAID.format(of="p.id")}) said ON true
LEFT JOIN standing ON standing.partnership_id = p.id
LEFT JOIN earlier ON earlier.partnership_id = p.id
WHERE p.registered_at <= %(known)s
"""
# What it set out to do; what an import brought, and nobody amended, has no versions.
_AIMS = (
    """
CREATE TEMPORARY TABLE report_aims ON COMMIT DROP AS
SELECT c.partnership_id,
       CASE WHEN v.id IS NULL THEN p.level ELSE v.document #>> '{about,level}' END AS level,
       CASE WHEN v.id IS NULL THEN p.primary_goal_id
            ELSE (v.document #>> '{targets,primary_goal}')::int END AS goal_id,
       CASE WHEN v.id IS NULL THEN ARRAY(
         SELECT goal_id::int FROM partnerships_partnership_goals g
         WHERE g.partnership_id = p.id ORDER BY 1)
       ELSE ARRAY(SELECT jsonb_array_elements_text(v.document #> '{targets,goals}')::int) END
         AS goals,
       CASE WHEN v.id IS NULL THEN ARRAY(
         SELECT target_id FROM partnerships_partnership_targets t
         WHERE t.partnership_id = p.id ORDER BY 1)
       ELSE ARRAY(
         SELECT t.id FROM registry_target t
         WHERE t.code IN (SELECT jsonb_array_elements_text(v.document #> '{targets,targets}'))
         ORDER BY 1) END AS targets,
       CASE WHEN v.id IS NULL THEN ARRAY(
         SELECT country_id FROM partnerships_partnershipcountry k
         WHERE k.partnership_id = p.id ORDER BY 1)
       ELSE ARRAY(
         SELECT k.id FROM registry_country k
         WHERE k.alpha2 IN (
           SELECT one ->> 'id' FROM jsonb_array_elements(v.document #> '{places,countries}') one)
         ORDER BY 1) END AS countries
FROM report_cohort c JOIN partnerships_partnership p ON p.id = c.partnership_id
LEFT JOIN LATERAL ("""
    + SAID.format(of="c.partnership_id")
    + ") v ON true"
)


@dataclass(frozen=True)
class Days:
    """The days of a report over many partnerships, its reference date and its cut-off."""

    starts_on: date
    reference_on: date
    cutoff_at: datetime

    @classmethod
    def of(cls, run: ReportRun) -> "Days":
        return cls(run.starts_on, run.reference_on, run.cutoff_at)

    @property
    def before(self) -> date:
        """The last day before the report's days: what it compares with stood then."""
        return self.starts_on - timedelta(days=1)

    def parameters(self) -> dict[str, Any]:
        after = datetime.combine(self.reference_on + timedelta(days=1), time(), UTC)
        return {
            "starts": self.starts_on,
            "reference": self.reference_on,
            "before": self.before,
            "cutoff": self.cutoff_at,
            "known": min(after, self.cutoff_at),
            "current": months_before(self.reference_on, CURRENT_MONTHS),
            "current_before": months_before(self.before, CURRENT_MONTHS),
            "year": date(self.reference_on.year, 1, 1),
        }


class Cohort:
    """The rows of one report, to be asked in SQL: see `cohort`."""

    def __init__(self, days: Days) -> None:
        self.days = days
        self._made: set[str] = set()
        self.make("report_cohort", _COHORT)

    def make(self, table: str, sql: str, **more: Any) -> None:
        """A table of the transaction, made once."""
        if table in self._made:
            return
        self._made.add(table)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(sql, {**self.days.parameters(), **more})
            cursor.execute(f"ANALYZE pg_temp.{table}")

    def keep(self, table: str, found: QuerySet[Any, Any]) -> None:
        """A table of the transaction from what the models' own rules find."""
        compiler = found.query.get_compiler(connection=connection, elide_empty=False)
        sql, params = compiler.as_sql()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {sql}", params)

    def aims(self) -> None:
        """`report_aims`: level, goals, targets and countries of each partnership."""
        self.make("report_aims", _AIMS)

    def rows(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        """What a query gives, by column."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.days.parameters(), **more})
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, **more: Any) -> dict[str, Any]:
        (row,) = self.rows(sql, **more)
        return row

    def tally(self, sql: str, **more: Any) -> Mapping[str, int]:
        """Counts by the first of two columns."""
        return {str(word): n for word, n in (tuple(r.values()) for r in self.rows(sql, **more))}


@contextmanager
def cohort(days: Days) -> Iterator[Cohort]:
    """The partnerships as of the report's two dates, for as long as the block lasts."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # a hundred thousand reports fit, and sort, in memory
            cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        yield Cohort(days)


def about(run: ReportRun, form: str) -> dict[str, Any]:
    """What every content says first; the subject by its number alone."""
    subject = run.subject
    return {
        "format": form,
        "subject": {"type": run.kind, "id": subject.pk if subject else None},
        "period": {
            "label": days_in_words(run.starts_on, run.ends_on),
            "starts_on": run.starts_on,
            "ends_on": run.ends_on,
        },
        "reference_on": run.reference_on,
        "cutoff_at": run.cutoff_at,
    }
