"""What a country wants, and what its Government says of each entry, as of a report's dates."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from monitoring.models import ContributionStatement
from monitoring.reports.kinds.cohort import Cohort
from registry.models import FocalPoint, MovedField, NationalPriority

_AIMS = """
SELECT h.partnership_id, h.targets, h.is_only, COALESCE(d.usd, 0) AS usd
FROM report_cohort c JOIN report_here h USING (partnership_id)
LEFT JOIN (
  SELECT partnership_id, sum(usd) AS usd FROM report_amount WHERE kind = 'promised' GROUP BY 1
) d ON d.partnership_id = c.partnership_id
WHERE c.is_running ORDER BY 1
"""
_ENTRIES = """
SELECT h.partnership_id FROM report_cohort c JOIN report_here h USING (partnership_id)
WHERE h.starts_on <= %(reference)s ORDER BY 1
"""


def priorities(cohort: Cohort, country: int, targets: dict[int, int]) -> dict[str, Any]:
    """Each priority with whom and what serves it, and what is served by nobody or serves none.

    A partnership serves a priority if it names one of its targets; a result, if its global
    indicator is of one. A priority without targets can be matched with nothing, and says so.
    """
    days = cohort.days
    standing = NationalPriority.objects.filter(country=country).standing(
        days.reference_on, days.cutoff_at
    )
    rows = cohort.rows(_AIMS)
    listed = [
        _priority(one, rows, targets) for one in standing.prefetch_related("targets").order_by("pk")
    ]
    serving = {pk for one in listed for pk in one["partnerships"]}
    return {
        "listed": listed,
        "unserved": [one["id"] for one in listed if one["targets"] and not one["partnerships"]],
        "without_targets": [one["id"] for one in listed if not one["targets"]],
        "serving_none": [r["partnership_id"] for r in rows if r["partnership_id"] not in serving],
    }


def _priority(
    one: NationalPriority, rows: list[dict[str, Any]], targets: dict[int, int]
) -> dict[str, Any]:
    wanted = {target.pk for target in one.targets.all()}
    serving = [row for row in rows if wanted & set(row["targets"])]
    return {
        "id": one.pk,
        "title": one.title,
        "text": one.text,
        "since_on": one.since_on,
        "targets": sorted(wanted),
        "partnerships": [row["partnership_id"] for row in serving],
        # What works elsewhere too is not the country's alone: it stands beside, in no sum.
        "promised_usd": sum((row["usd"] for row in serving if row["is_only"]), start=0),
        "promised_usd_several": sum((row["usd"] for row in serving if not row["is_only"]), start=0),
        "results": sorted(key for key, target in targets.items() if target in wanted),
    }


def validation(cohort: Cohort, country: int) -> dict[str, Any]:
    """The entries with the newest answer and the citations of each, and how many are answered."""
    days = cohort.days
    keys = [row["partnership_id"] for row in cohort.rows(_ENTRIES)]
    answers, cited = _statements(country, days.reference_on.year, days.cutoff_at)
    entries = [
        {"partnership": key, "answer": answers.get(key), "citations": cited.get(key, [])}
        for key in keys
    ]
    answered = sum(one["answer"] is not None for one in entries)
    return {
        "year": days.reference_on.year,
        "focal_point": _focal_point(country, days.reference_on, days.cutoff_at),
        "due": len(entries),
        "answered": answered,
        "is_validated": bool(entries) and answered == len(entries),
        "entries": entries,
    }


def _statements(country: int, year: int, until: datetime) -> tuple[dict[int, Any], dict[int, Any]]:
    said = ContributionStatement.objects.filter(country=country, year=year).said_by(until)
    answers: dict[int, Any] = {}
    cited: defaultdict[int, list[Any]] = defaultdict(list)
    for one in said.newest_first():
        if one.kind in ContributionStatement.ANSWERS:
            answers.setdefault(one.partnership_id, _said(one))
        else:
            cited[one.partnership_id].append(_said(one))
    return answers, cited


def _said(one: ContributionStatement) -> dict[str, Any]:
    of_review = {name: getattr(one, name) for name in ("review", "review_year", "reference")}
    said = {"id": one.pk, "kind": one.kind, "text": one.text, "said_at": one.said_at}
    return {**said, **(of_review if one.kind == one.Kind.CITED else {})}


def _focal_point(country: int, on: date, at: datetime) -> int | None:
    """The partner that spoke for the country on the reference date, by the record of then; of two
    the newest."""
    standing = FocalPoint.objects.standing_on(on, at).filter(country=country)
    found = list(standing.order_by("-pk")[:1])
    MovedField.objects.restore(found, at, "partner_id")
    return found[0].partner_id if found else None
