"""The scorecard of a partnership's periodic report, and what changed since the previous one."""

from collections.abc import Mapping
from typing import Any

from monitoring.models import Report
from monitoring.reports.accountability import Measure, Outcome, Subject, measure_all, scores
from monitoring.reports.accountability.scoring import FIRST, change_since, coverage_of


def scorecard(subject: Subject) -> dict[str, Any]:
    """Every measure with its evidence and coverage, the scores, and their changes.

    `previous` says of which report the former values are: one that was public at the cut-off. What
    waited for reviewers then is shown as the secretariat's own.
    """
    outcomes = measure_all(subject)
    card = {"measures": [_measure(*one) for one in outcomes], **scores(outcomes)}
    former, before = _previous(subject)
    _compare(card, former, before)
    waiting = subject.waiting
    return {
        **card,
        "previous": former,
        "waiting_for_secretariat": {
            "submissions": len(waiting),
            "longest_days": subject.longest_wait(waiting),
        },
    }


def _measure(measure: Measure, outcome: Outcome) -> dict[str, Any]:
    return {
        "code": measure.code,
        "group": measure.group,
        "title": measure.title,
        "asked": measure.asked,
        "is_scored": measure.is_scored,
        **vars(outcome),
        "coverage": coverage_of(outcome),
    }


def _compare(
    card: dict[str, Any], former: Mapping[str, Any] | None, before: Mapping[str, Any]
) -> None:
    """Say of each measure, group and of the total what became of it since the previous report.

    Scores are compared by their low ends, where missing counts as nothing: so one that is no
    longer recorded raises none. `same_measures` says whether the same ones of a group applied in
    both reports.
    """
    then = {measure["code"]: measure for measure in before.get("measures", ())}
    for one in card["measures"]:
        one["change"] = change_since(one, then.get(one["code"])) if former else FIRST
    groups = before.get("groups", {})
    for name, group in card["groups"].items():
        group["change"] = change_since(group, groups.get(name), "low") if former else FIRST
        codes = (_asked_codes(side, name) for side in (card["measures"], then.values()))
        group["change"] = {**group["change"], "same_measures": len(set(codes)) == 1}
    card["change"] = change_since(card, before, "low") if former else FIRST


def _asked_codes(measures: Any, group: str) -> frozenset[str]:
    """Of a group's scored measures those that apply."""
    of_group = (m for m in measures if m["group"] == group and m.get("is_scored", True))
    return frozenset(m["code"] for m in of_group if m["state"] != "not_applicable")


def _previous(subject: Subject) -> tuple[dict[str, Any] | None, Mapping[str, Any]]:
    """The partnership's latest earlier periodic report that was public at the cut-off, with its
    scorecard. Two queries.

    What was not public then stays untold, and what becomes of a run or a report later changes
    nothing: publications, supersessions and withdrawals are dated.
    """
    if not subject.has(Report):
        return None, {}
    earlier = Report.objects.public_at(subject.cutoff_at).filter(
        partnership=subject.partnership, reference_on__lt=subject.reference_on
    )
    latest = earlier.order_by("-reference_on", "-starts_on", "-revision", "-pk")
    report = latest.defer("content").select_related("period").first()
    if report is None:
        return None, {}
    about = {
        "label": report.label,
        "starts_on": report.starts_on,
        "ends_on": report.ends_on,
        "revision": report.revision,
        "reference_on": report.reference_on,
        "cutoff_at": report.cutoff_at,
    }
    return about, _stored(report)


def _stored(report: Report) -> dict[str, Any]:
    """Its scorecard as it was stored, without the rest of the content."""
    rows = Report.objects.filter(pk=report.pk)
    return rows.values_list("content__scorecard", flat=True).get() or {}
