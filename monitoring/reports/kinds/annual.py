"""The annual report of a partnership: a year's figures, scorecard and promises, and the members'
own words, as they stood at the cut-off."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from monitoring.aggregation import Light, partnership_figures
from monitoring.aggregation.editions import editions_at, periods_ended
from monitoring.models import Framework, NarrativeEdit, Period, ReportRun
from monitoring.models.annual_narratives import Topic
from monitoring.models.report_subjects import days_in_words
from monitoring.reports.accountability.merges import BeforeMerges
from monitoring.reports.evaluations import evaluations_of
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import plain
from partnerships.models import Partnership

FORMAT = "annual-report/1"
# What is taken over from the periodic report, computed for the last day of the year.
FIGURES = ("framework", "lights", "completeness", "indicators", "places", "scorecard")


def build(run: ReportRun) -> dict[str, Any]:
    """The content that a run asks for, ready to be stored as JSON."""
    assert run.partnership
    return annual_report(
        run.partnership, run.ends_on.year, reference_on=run.reference_on, cutoff_at=run.cutoff_at
    )


def annual_report(
    partnership: Partnership, year: int, *, reference_on: date, cutoff_at: datetime
) -> dict[str, Any]:
    """The report of a calendar year; what it lacks stands in `missing`, never as a 0.

    Figures are those of the edition that held on `reference_on`, as known at the cut-off.
    """
    starts_on, ends_on = date(year, 1, 1), date(year, 12, 31)
    editions = editions_at(partnership, reference_on, cutoff_at)
    figures = _figures(partnership, editions, (starts_on, reference_on), cutoff_at)
    narrative = _narrative(partnership, year, cutoff_at)
    members = _members(partnership, reference_on, cutoff_at)
    promised = promises(partnership, reference_on, cutoff_at)
    content = {
        "format": FORMAT,
        "subject": {
            "type": "partnership",
            "id": partnership.pk,
            "reference": partnership.reference,
        },
        "period": {
            "label": days_in_words(starts_on, ends_on),
            "starts_on": starts_on,
            "ends_on": ends_on,
        },
        "reference_on": reference_on,
        "cutoff_at": cutoff_at,
        **figures,
        "members": members,
        "promises": promised,
        "narrative": narrative,
        "missing": list(_missing(figures, members, narrative)),
        "named": _named(members, narrative, promised),
    }
    return plain(content)


def _figures(
    partnership: Partnership,
    editions: Sequence[Framework],
    days: tuple[date, date],
    cutoff_at: datetime,
) -> dict[str, Any]:
    """The periodic report's figures at the year's end, its scorecard over all periods that ended
    in the year; without a period what figures there are."""
    reference_on = days[1]
    framework = editions[-1] if editions else None
    period = _last_period(framework, reference_on)
    if period:
        made = partnership_report(
            period,
            reference_on=reference_on,
            cutoff_at=cutoff_at,
            of_year=periods_ended(editions, *days),
        )
        kept = {name: made.get(name) for name in (*FIGURES, "evaluations")}
        # Of an indicator the year counts here, not the last of its periods.
        kept["indicators"] = [{**item, "period": None} for item in made["indicators"]]
        return kept
    nothing: dict[str, Any] = {
        **dict.fromkeys(FIGURES),
        "indicators": [],
        "evaluations": evaluations_of(partnership, reference_on, cutoff_at),
    }
    if framework is None:
        none = asdict(Light("no_data", "no_framework"))
        lights = {"timeliness": none, "achievement": none}
        return {**nothing, "lights": lights, "completeness": {"reported": 0, "due": 0}}
    found = partnership_figures(
        partnership, reference_on=reference_on, cutoff_at=cutoff_at, framework=framework
    )
    return {
        **nothing,
        "framework": {"id": framework.pk, "edition": framework.edition},
        "lights": {
            "timeliness": asdict(found.timeliness),
            "achievement": asdict(found.achievement),
        },
        "completeness": {"reported": found.reported, "due": found.due},
    }


def _last_period(framework: Framework | None, reference_on: date) -> Period | None:
    """The last one that had ended by then; its framework and partnership come with it."""
    if framework is None:
        return None
    ended = framework.periods.ended_by(reference_on)
    return ended.select_related("framework__partnership").order_by("-ends_on", "-starts_on").first()


def _members(partnership: Partnership, reference_on: date, cutoff_at: datetime) -> list[int]:
    """Partners that were members on the day, by the records of then."""
    members = BeforeMerges(partnership, cutoff_at).members_on(reference_on)
    return sorted({member.partner_id for member in members})


def _narrative(partnership: Partnership, year: int, cutoff_at: datetime) -> list[dict[str, Any]]:
    """Each section's words as of the cut-off, who wrote them, and when; what nobody wrote, or
    somebody emptied, is left out."""
    last = NarrativeEdit.objects.standing_at(partnership, year, cutoff_at)
    by_topic = {edit.section.topic: edit for edit in last if edit.text}
    writers = _writers(partnership, year, cutoff_at)
    return [
        {
            "topic": topic.value,
            "text": edit.text,
            "edition": edit.number,
            "by": sorted(writers[topic.value]),
            "on": edit.edited_at.date(),
        }
        for topic in Topic
        if (edit := by_topic.get(topic.value))
    ]


def _writers(partnership: Partnership, year: int, cutoff_at: datetime) -> dict[str, set[int]]:
    """Whose hands each section went through."""
    edits = NarrativeEdit.objects.filter(
        section__partnership=partnership, section__year=year, edited_at__lte=cutoff_at
    )
    found: dict[str, set[int]] = {}
    for topic, key in edits.order_by("number").values_list("section__topic", "partner_key"):
        found.setdefault(topic, set()).add(key)
    return found


def promises(partnership: Partnership, reference_on: date, cutoff_at: datetime) -> dict[str, Any]:
    """Commitments due by the reference date under their first due dates, as of the two dates.

    Kept by the one rule of promises (`with_kept`): delivered in full by the reference date and
    confirmed by the cut-off, the amount and each deliverable. Nothing due: 0 of 0.
    """
    promised = partnership.commitments.promised_by(reference_on, cutoff_at)
    due = promised.filter(due_on__lte=reference_on).with_kept(reference_on, cutoff_at)
    rows = [_promise(one) for one in due.order_by("due_on", "pk")]
    return {"due": len(rows), "kept": sum(row["is_kept"] for row in rows), "commitments": rows}


def _promise(commitment: Any) -> dict[str, Any]:
    """Reads what `with_kept` has annotated."""
    return {
        "id": commitment.pk,
        "kind": commitment.kind,
        "due_on": commitment.due_on,
        "amount": commitment.amount,
        "unit": commitment.currency_id or commitment.unit,
        "delivered": commitment.arrived if commitment.amount else None,
        "has_arrived": commitment.has_arrived,
        "is_kept": commitment.is_kept,
    }


def _missing(
    figures: dict[str, Any], members: list[int], narrative: list[dict[str, Any]]
) -> Iterator[str]:
    """Codes of what the report lacks; its document says them in words."""
    if not members:
        yield "members"
    if figures["framework"] is None:
        yield "framework"
    elif not figures["scorecard"]:
        yield "period"
    elif not figures["indicators"]:
        yield "indicators"
    elif not any(_has_value(item["to_date"]) for item in figures["indicators"]):
        yield "data"
    written = {one["topic"] for one in narrative}
    yield from (f"narrative_{topic.value}" for topic in Topic if topic.value not in written)


def _named(
    members: list[int], narrative: list[dict[str, Any]], promised: dict[str, Any]
) -> dict[str, list[int]]:
    """Whose names the document looks up."""
    partners = {*members, *(key for one in narrative for key in one["by"])}
    return {
        "partner": sorted(partners),
        "partnerships.commitment": [row["id"] for row in promised["commitments"]],
    }


def _has_value(figure: dict[str, Any]) -> bool:
    return figure["value"] is not None or figure["low"] is not None
