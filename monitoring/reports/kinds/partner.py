"""The report of one organisation across its public partnerships.

Its own figures are those of the indicators for which a partnership's framework names it as the
one responsible; what several members report together is told as the partnership's total, and
its part of it is not. Figures are those of published reports: nothing that is a
draft, unapproved, or of a partnership that is not public.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from monitoring.aggregation.fragments import MOVED, RESPONSIBLE
from monitoring.models import ReportRun
from monitoring.reports.accountability.merges import restore_kinds
from monitoring.reports.kinds.cohort import Cohort, Days, about, cohort
from monitoring.reports.kinds.membership import data_sent, memberships, promises
from monitoring.reports.snapshot import plain
from partnerships.models import Partnership
from registry.models import Event, Partner, PartnerMerge
from registry.models.kinds import Basis, basis_of

FORMAT = "partner-report/1"

_FIGURES = f"""
WITH {MOVED}, standing AS (
  SELECT DISTINCT ON (r.partnership_id, year) r.id, r.partnership_id,
         EXTRACT(year FROM r.reference_on)::int AS year
  FROM monitoring_report r
  WHERE r.kind = 'partnership' AND r.published_at <= %(cutoff)s
    AND r.reference_on BETWEEN %(year)s::date - interval '1 year' AND %(reference)s
    AND r.partnership_id IN (SELECT partnership_id FROM report_membership)
    AND (r.status = 'published' OR NOT EXISTS (
      SELECT 1 FROM registry_event e
      WHERE e.subject_type = 'monitoring.report' AND e.subject_id = r.id
        AND e.became IN ('superseded', 'withdrawn') AND e.at <= %(cutoff)s))
  ORDER BY r.partnership_id, year, r.reference_on DESC, r.revision DESC, r.id DESC
), figure AS (
  SELECT s.partnership_id, s.year, i.series, f.*, m.id IS NOT NULL AS is_own
  FROM standing s JOIN monitoring_reportfigure f ON f.report_id = s.id AND f.country_id IS NULL
  JOIN monitoring_indicator i ON i.id = f.indicator_id
  {RESPONSIBLE}
  LEFT JOIN report_membership m ON m.id = of.responsible_id
)
SELECT now.is_own, now.partnership_id AS partnership, now.indicator_id AS indicator,
       i.disclosure_id AS disclosure, i.global_indicator_id AS global_indicator,
       g.target_id AS target, i.measure, COALESCE(i.currency_id, i.unit) AS unit,
       d.unit AS standard_unit, now.year_value AS value, now.year_low AS low,
       now.year_high AS high, now.year_reason AS reason, now.is_provisional,
       was.year_value AS was_value, was.year_low AS was_low, was.year_high AS was_high,
       COALESCE(was.year_reason, 'no_report') AS was_reason,
       now.value AS to_date, now.low AS to_date_low, now.high AS to_date_high,
       now.reason AS to_date_reason, now.progress, now.light
FROM figure now JOIN monitoring_indicator i ON i.id = now.indicator_id
LEFT JOIN registry_disclosure d ON d.id = i.disclosure_id
LEFT JOIN registry_globalindicator g ON g.id = i.global_indicator_id
LEFT JOIN figure was ON was.year = now.year - 1 AND was.series = now.series
  AND was.partnership_id = now.partnership_id
WHERE now.year = EXTRACT(year FROM %(reference)s::date)
ORDER BY i.disclosure_id, i.global_indicator_id, now.partnership_id, now.indicator_id
"""
_TARGETS = """
SELECT target, count(*) AS partnerships
FROM report_aims a JOIN report_membership m USING (partnership_id), unnest(a.targets) target
WHERE m.stands AND m.ended_on IS NULL GROUP BY 1 ORDER BY 1
"""

OF_BASIS: dict[str, Callable[[dict[str, Any]], bool]] = {
    Basis.ESG: lambda row: row["disclosure"] is not None,
    Basis.SDG_TARGETS: lambda row: row["target"] is not None,
    Basis.RESULTS: lambda row: True,
}


def build(run: ReportRun) -> dict[str, Any]:
    """The content that a run asks for, ready to be stored as JSON."""
    assert run.partner is not None
    partner = run.partner
    with cohort(Days.of(run)) as rows:
        rows.aims()
        listed = memberships(rows, partner.pk)
        basis = _basis(partner, run)
        content = {
            **about(run, FORMAT),
            "basis": basis,
            **_records(partner, run),
            "memberships": listed,
            **_standing(listed),
            "promises": promises(rows),
            "data": data_sent(rows),
            **_own(rows, basis),
            "targets": rows.rows(_TARGETS) if basis == Basis.SDG_TARGETS else [],
        }
    return plain({**content, "named": _named(content, partner.pk)})


def _standing(listed: list[dict[str, Any]]) -> dict[str, int]:
    """How many it is a member of, running and closed by then, and how many it has left."""
    member = [row for row in listed if row["ended_on"] is None]
    closed = sum(row["status"] in Partnership.CLOSED for row in member)
    former = len(listed) - len(member)
    return {"current": len(member) - closed, "closed": closed, "former": former}


def _own(rows: Cohort, basis: str) -> dict[str, Any]:
    """Its own figures: those of its basis first, any other one beside; and those of its basis that
    its partnerships report as a whole."""
    ours = OF_BASIS[Basis(basis)]
    found = rows.rows(_FIGURES)
    own = [row for row in found if row["is_own"]]
    of_basis = [_figure(row) for row in own if ours(row)]
    together = [_figure(row) for row in found if not row["is_own"] and ours(row)]
    return {
        "figures": of_basis,
        "other_figures": [_figure(row) for row in own if not ours(row)],
        "together": together,
        "with_value": sum(row["year"]["value"] is not None for row in of_basis),
    }


def _figure(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("partnership", "indicator", "disclosure", "global_indicator", "target", "measure")
    parts = {"year": "", "previous": "was_"}
    spans = {
        span: {name: row[f"{prefix}{name}"] for name in ("value", "low", "high", "reason")}
        for span, prefix in parts.items()
    }
    names = {"value": "to_date", "low": "to_date_low", "high": "to_date_high"}
    to_date = {name: row[column] for name, column in names.items()}
    unit, standard = row["unit"], row["standard_unit"]
    return {
        **{name: row[name] for name in kept},
        "unit": unit,
        "in_standard_unit": None if not standard else _same(unit, standard),
        **spans,
        "to_date": {**to_date, "reason": row["to_date_reason"]},
        "progress": row["progress"],
        "light": row["light"],
        "is_provisional": row["is_provisional"],
    }


def _same(unit: str, standard: str) -> bool:
    return unit.strip().casefold() == standard.strip().casefold()


def _basis(partner: Partner, run: ReportRun) -> str:
    """What it reports on, as it was set by the cut-off: by its kind, or otherwise by an admin."""
    restore_kinds([partner], run.cutoff_at)
    said = Event.objects.about(partner).filter(kind="partner.basis_overridden").order_by("at", "pk")
    events = list(said.values_list("at", "reason"))
    known = [reason for at, reason in events if at <= run.cutoff_at]
    if known:
        word = known[-1].partition(":")[0]
        return basis_of(partner.kind, word if word in Basis.values else "")
    return basis_of(partner.kind, "" if events else partner.basis_override)


def _records(partner: Partner, run: ReportRun) -> dict[str, Any]:
    """Other records of the same organisation: those it has taken over, and the one it is now."""
    either = Q(duplicate=partner) | Q(into=partner)
    stood = Q(undone_at=None) | Q(undone_at__gt=run.cutoff_at)
    merges = PartnerMerge.objects.filter(either, stood, merged_at__lte=run.cutoff_at)
    standing = list(merges.order_by("pk"))
    into = [merge.into_id for merge in standing if merge.duplicate_id == partner.pk]
    taken = [merge.duplicate_id for merge in standing if merge.into_id == partner.pk]
    return {"merged_into": into[-1] if into else None, "took_over": taken}


def _named(content: dict[str, Any], partner: int) -> dict[str, list[int]]:
    figures = [*content["figures"], *content["other_figures"], *content["together"]]
    partnerships = [*content["memberships"], *content["data"]["rows"], *figures]

    def of(name: str, rows: list[dict[str, Any]]) -> list[int]:
        return sorted({row[name] for row in rows if row.get(name) is not None})

    other = [content["merged_into"]] if content["merged_into"] else []
    return {
        "partner": sorted({partner, *content["took_over"], *other}),
        "partnership": of("partnership", [*partnerships, *content["promises"]["rows"]]),
        "partnerships.commitment": of("commitment", content["promises"]["rows"]),
        "monitoring.indicator": of("indicator", figures),
        "registry.disclosure": of("disclosure", figures),
        "target": sorted({*of("target", figures), *of("target", content["targets"])}),
    }
