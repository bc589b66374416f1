"""The document of a partnership's periodic report."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from monitoring.aggregation import Light as Judged
from monitoring.explanations import lights_shown
from monitoring.reports.documents import evaluations, indicators, scorecard
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Block,
    Document,
    Light,
    Lights,
    Missing,
    Section,
    Tile,
    Tiles,
)
from monitoring.reports.documents.values import day, moment
from monitoring.reports.documents.words import counted, say
from registry import display

IMPORTED = (
    "The M&E framework was taken from a published file. The members have not agreed to it here, "
    "and no reporting date was promised."
)
NOT_AGREED = "The M&E framework was not agreed by the cut-off."


def document(content: dict[str, Any], names: Names) -> Document:
    """Lights, headline figures, indicators and scorecard, as the snapshot has them."""
    period = content.get("period", {})
    subject = content.get("subject", {})
    title = names.of("partnership", subject["id"]) if subject else "Partnership"
    label = period.get("label", "")
    evaluated = evaluations.section(content)
    return Document(
        title=f"{title}: report for {label}" if label else title,
        subtitle="What was promised, what was delivered, and what is known about it",
        facts=_facts(content),
        notices=_notices(content),
        sections=[
            Section("summary", "In short", _summary(content)),
            indicators.section(content, names),
            scorecard.section(content, _home(content)),
            *([evaluated] if evaluated else []),
        ],
    )


def _facts(content: dict[str, Any]) -> list[tuple[str, str]]:
    period, framework = content.get("period", {}), content.get("framework", {})
    facts = []
    if reference := content.get("subject", {}).get("reference"):
        facts.append(("Partnership", reference))
    if period:
        facts.append(("Period", f"{_day(period['starts_on'])} to {_day(period['ends_on'])}"))
    if framework.get("edition"):
        state = "agreed" if framework.get("is_agreed") else "not agreed"
        state = "imported, not agreed" if framework.get("is_imported") else state
        facts.append(("M&E framework", f"edition {framework['edition']}, {state}"))
    if on := content.get("reference_on"):
        facts.append(("Reference date", _day(on)))
    if cutoff := parse_datetime(content.get("cutoff_at", "")):
        facts.append(("Cut-off", moment(cutoff)))
    return facts


def _notices(content: dict[str, Any]) -> list[str]:
    framework = content.get("framework")
    if not framework:
        return []
    if framework.get("is_imported"):
        return [IMPORTED]
    return [] if framework.get("is_agreed") else [NOT_AGREED]


def _summary(content: dict[str, Any]) -> list[Block]:
    lights = content.get("lights")
    blocks: list[Block] = []
    if lights:
        shown = lights_shown(Judged(**lights["timeliness"]), Judged(**lights["achievement"]))
        blocks.append(
            Lights([Light(one.name, one.state, one.why, one.method, one.inputs) for one in shown])
        )
    return [*blocks, Tiles(_tiles(content))]


def _tiles(content: dict[str, Any]) -> Sequence[Tile]:
    complete, card = content.get("completeness", {}), content.get("scorecard", {})
    due, reported = complete.get("due", 0), complete.get("reported", 0)
    listed = content.get("indicators", [])
    share = Decimal(reported) / Decimal(due) if due else Missing("none due")
    said = say("{reported} of {due}: reporting units × ended periods", reported=reported, due=due)
    without = sum(item["light"]["colour"] == "no_data" for item in listed)
    note = f"{counted(without, 'has', 'have')} no data" if without else "in the framework"
    return [
        Tile("Data reported", share, "share", said if due else "reporting units × ended periods"),
        Tile("Indicators", len(listed), note=note),
        Tile("Accountability score", *scorecard.headline(card)),
    ]


def _home(content: dict[str, Any]) -> str:
    subject = content.get("subject", {})
    key = subject.get("reference") or subject.get("id")
    return reverse("partnership", args=[key]) if key else ""


def _day(text: str) -> str:
    return day(date.fromisoformat(text)).replace(" ", display.NO_BREAK)
