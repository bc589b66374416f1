"""The scorecard of a snapshot, group by group."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from monitoring.reports.documents.parts import (
    Column,
    Link,
    Links,
    Measured,
    Missing,
    Paragraph,
    Section,
    Sort,
    Table,
    Value,
)
from monitoring.reports.documents.reading import points
from monitoring.reports.documents.words import counted, say
from registry import display

GROUPS = {
    "A": "Accountability and data",
    "B": "ESG and SDG bases",
    "C": "Fair public-private partnerships",
    "D": "What makes partnerships work",
    "E": "Inclusiveness",
    "F": "Beyond finance",
    "G": "Principled foundation",
    "H": "Solutions and needs",
    "I": "Follow-up and review",
}
LEDE = (
    "What the ECOSOC Partnership Forum asked of partnerships, measured. A score is for learning: "
    "recording nothing never looks better than recording weakly."
)
WITHOUT_DIFFERENCE = {
    "first": "first report",
    "new": "not measured before",
    "gained": "has data now",
    "lost": "had data before",
    "none": "no data",
}
RANGE = (
    "A range runs from what is known if missing data counts as nothing, which is what is compared, "
    "to what was measured alone, which is the total where enough was measured."
)
UNLIKE = "Other measures of some groups applied before: their change is not like for like."
UNSCORED = "shown, not scored"
# Evidence is opened on the partnership's page, on this one, or else in the API.
ON_PARTNERSHIP = ("partnerships.commitment", "partnerships.membership")
MOST_LINKS = 40


def headline(card: dict[str, Any]) -> tuple[Value, Sort, str]:
    """The score's range with the total, where enough is known for one, and what it is out of."""
    note = f"{card.get('measured', 0)} of {card.get('applicable', 0)} measures have data"
    note = note if card.get("coverage") else "no measure applies"
    if card.get("total") is not None:
        note = f"total {display.percent(card['total'])}; {note}"
    return _range(card), "share", note


def section(content: dict[str, Any], home: str) -> Section:
    """What every measure says, what it was read from, and what would be next."""
    card = content.get("scorecard") or {}
    measures = card.get("measures", [])
    heading = "Accountability scorecard"
    if not measures:
        return Section("scorecard", heading, [Paragraph("This report has no scorecard.")])
    groups = sorted({measure["group"] for measure in measures})
    inner = [
        Section(
            f"scorecard-{group.lower()}",
            GROUPS.get(group, group),
            [_measures(group, [m for m in measures if m["group"] == group], home)],
        )
        for group in groups
    ]
    said = [Paragraph(text) for text in (LEDE, *_compared_and_waiting(card))]
    return Section("scorecard", heading, [*said, _scores(card, groups)], inner)


def _compared_and_waiting(card: dict[str, Any]) -> Iterator[str]:
    """With which report it is compared, and what lay with reviewers: the secretariat's own wait."""
    if previous := card.get("previous"):
        cutoff = date.fromisoformat(previous["cutoff_at"][:10])
        about = f"the report for {previous['label']}"
        yield say("Changes are since {about}, as of {cutoff}.", about=about, cutoff=cutoff)
    waiting = card.get("waiting_for_secretariat") or {}
    if number := waiting.get("submissions"):
        yield say(
            "At the cut-off {sent} waited for a reviewer, the longest for {days}: that is the "
            "secretariat's own delay and counts against no measure.",
            sent=counted(number, "submission", "submissions"),
            days=counted(waiting["longest_days"], "day", "days"),
        )


def _scores(card: dict[str, Any], groups: list[str]) -> Table:
    scores = card.get("groups", {})
    changed = "change" in card
    return Table(
        key="scorecard",
        caption="Scores by group",
        columns=[
            Column("group", "Group"),
            Column("score", "Score", "share"),
            *([Column("change", "Change in points", "points")] if changed else []),
            Column("measured", "Measures with data", "number"),
            Column("applicable", "Measures that apply", "number"),
        ],
        rows=[
            [
                f"{group} {GROUPS.get(group, '')}".strip(),
                _range(scores.get(group, {})),
                *([_change(scores.get(group, {}).get("change"))] if changed else []),
                scores.get(group, {}).get("measured", 0),
                scores.get(group, {}).get("applicable", 0),
            ]
            for group in groups
        ],
        totals=[
            "All groups",
            _total(card),
            *([_change(card.get("change"))] if changed else []),
            card.get("measured", 0),
            card.get("applicable", 0),
        ],
        notes=[RANGE, *([UNLIKE] if _is_unlike(scores) else [])],
    )


def _total(card: dict[str, Any]) -> Value:
    """The range of all groups, with the total where enough is known for one."""
    found = _range(card)
    if isinstance(found, Measured) and card.get("total") is not None:
        return replace(found, note=f"total {display.percent(card['total'])}")
    return found


def _is_unlike(scores: dict[str, Any]) -> bool:
    """Whether a group was measured by other measures than in the previous report."""
    changes = [score.get("change") or {} for score in scores.values()]
    return any(change.get("same_measures") is False for change in changes)


def _sentence(words: str) -> str:
    """With its first letter large; the others stay as they are (PPP, ESG)."""
    return words[:1].upper() + words[1:]


def _range(score: dict[str, Any]) -> Value:
    if not score.get("applicable"):
        return Missing("not applicable")
    if score.get("high") is None:
        return Missing("no data")
    low, high = Decimal(score["low"]), Decimal(score["high"])
    return Measured(low, "share", high=None if low == high else high)


def _measures(group: str, measures: list[dict[str, Any]], home: str) -> Table:
    changed = any("change" in measure for measure in measures)
    return Table(
        key=f"measures_{group.lower()}",
        caption=f"{GROUPS.get(group, group)}: measures",
        columns=[
            Column("measure", "Measure"),
            Column("value", "Value", "share"),
            Column("numerator", "Counted", "number"),
            Column("denominator", "Out of", "number"),
            *([Column("change", "Change in points", "points")] if changed else []),
            Column("next_step", "Next step"),
            Column("evidence", "Evidence"),
        ],
        rows=[_measure(measure, home, changed) for measure in measures],
        anchors=[f"measure-{measure['code'].lower()}" for measure in measures],
    )


def _measure(measure: dict[str, Any], home: str, changed: bool) -> list[Value]:
    scored = "" if measure.get("is_scored", True) else f"; {UNSCORED}"
    asked = f"asked: {measure['asked']}{scored}"
    return [
        Measured(f"{measure['code']} {measure['title']}", "text", note=asked),
        _value(measure),
        _part(measure, "numerator"),
        _part(measure, "denominator"),
        *([_change(measure.get("change"))] if changed else []),
        measure["next_step"] or _sentence(measure["why"]) or "Nothing: fully met",
        _evidence(measure.get("evidence", []), home),
    ]


def _value(measure: dict[str, Any]) -> Value:
    if measure["state"] != "measured":
        return Missing(measure["state"].replace("_", " "))
    return Measured(Decimal(measure["value"]), "share", note=_set_aside(measure))


def _set_aside(measure: dict[str, Any]) -> str:
    """What the value leaves out, where it leaves anything out."""
    counts = measure.get("coverage") or measure.get("beside", {})
    names = {"left_out": "left out", "waiting_for_reviewer": "waiting for a reviewer"}
    said = {name: counts.get(name) for name in names}
    found = {name: n for name, n in said.items() if isinstance(n, int) and n}
    return "; ".join(f"{display.number(n)} {names[name]}" for name, n in found.items())


def _part(measure: dict[str, Any], name: str) -> Value:
    if measure.get(name) is not None:
        return Decimal(measure[name])
    return Missing(measure["state"].replace("_", " ") if measure["state"] != "measured" else "–")


def _change(change: dict[str, Any] | None) -> Value:
    """By how much since the previous report, or in words where there is nothing to subtract."""
    if not change:
        return Missing("not compared")
    if change["by"] is None:
        return Missing(WITHOUT_DIFFERENCE.get(change["how"], change["how"]))
    by = points(change["by"])
    return Measured(by, "points", note=f"was {display.percent(change['was'])}")


def _evidence(rows: list[dict[str, Any]], home: str) -> Value:
    if not rows:
        return Missing("none")
    links = [_link(row, home) for row in rows[:MOST_LINKS]]
    if len(rows) > MOST_LINKS:
        links.append(Link(f"and {len(rows) - MOST_LINKS} more in the report's JSON", ""))
    return Links(f"{len(rows)} row{'' if len(rows) == 1 else 's'} read", links)


def _link(row: dict[str, Any], home: str) -> Link:
    """A row that a measure read, with the address where a reader can open it."""
    kind = row["type"]
    name = kind.partition(".")[2]
    anchor = f"#{name}-{row['id']}"
    if kind == "monitoring.indicator":
        return Link(f"{_name(kind)} {row['id']}", anchor)
    if kind in ON_PARTNERSHIP and home:
        return Link(f"{_name(kind)} {row['id']}", f"{home}{anchor}")
    return Link(f"{_name(kind)} {row['id']}", _in_api(kind, row["id"]))


@cache
def _name(kind: str) -> str:
    return str(apps.get_model(kind)._meta.verbose_name)


@cache
def _route(kind: str) -> str:
    return f"api-{str(apps.get_model(kind)._meta.verbose_name_plural).replace(' ', '-')}-detail"


def _in_api(kind: str, pk: int) -> str:
    try:
        return reverse(_route(kind), args=[pk])
    except NoReverseMatch:
        return ""
