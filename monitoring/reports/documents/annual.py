"""The document of a partnership's annual report: the members' words beside the figures."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from monitoring.aggregation import Light as Judged
from monitoring.explanations import lights_shown
from monitoring.models.annual_narratives import HINTS, Topic
from monitoring.reports.documents import evaluations, indicators, scorecard
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Block,
    Column,
    Document,
    Light,
    Lights,
    Missing,
    Notice,
    Paragraph,
    Quote,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
)
from monitoring.reports.documents.values import day, moment
from monitoring.reports.documents.words import listed, say

PROMISE = "partnerships.commitment"
LACKS = {
    "members": "On the last day of the year the partnership had no accepted member.",
    "framework": "No M&E framework of the year was agreed by the cut-off: there are no indicators.",
    "period": "No period of the M&E framework had ended: there are no figures yet.",
    "indicators": "The M&E framework has no indicator that is measured.",
    "data": "No data was approved for any indicator.",
}


def document(content: dict[str, Any], names: Names) -> Document:
    """What was lived up to in words, then in figures; what is missing is said at the top."""
    label = content["period"]["label"]
    title = names.of("partnership", content["subject"]["id"])
    home = names.address("partnership", content["subject"]["id"])
    evaluated = evaluations.section(content) if content.get("evaluations") else None
    return Document(
        title=f"{title}: annual report {label}",
        subtitle="What the members say of the year, beside what was measured",
        facts=_facts(content, names),
        notices=_notices(content),
        sections=[
            Section("summary", "In short", _summary(content)),
            Section("narrative", "In the members' words", [], _narrative(content, names)),
            Section("promises", "Promises", _promises(content, names)),
            indicators.section(content, names),
            scorecard.section(content, home),
            *([evaluated] if evaluated else []),
        ],
    )


def _facts(content: dict[str, Any], names: Names) -> list[tuple[str, str]]:
    facts = []
    if reference := content["subject"].get("reference"):
        facts.append(("Partnership", reference))
    facts.append(("Year", content["period"]["label"]))
    if content["members"]:
        facts.append(("Members", listed([names.of("partner", key) for key in content["members"]])))
    if framework := content["framework"]:
        facts.append(("M&E framework", f"edition {framework['edition']}"))
    facts.append(("Reference date", day(date.fromisoformat(content["reference_on"]))))
    if cutoff := parse_datetime(content["cutoff_at"]):
        facts.append(("Cut-off", moment(cutoff)))
    return facts


def _notices(content: dict[str, Any]) -> list[str]:
    return [LACKS[code] for code in content["missing"] if code in LACKS]


def _summary(content: dict[str, Any]) -> list[Block]:
    lights = content["lights"]
    shown = lights_shown(Judged(**lights["timeliness"]), Judged(**lights["achievement"]))
    lamps = [Light(one.name, one.state, one.why, one.method, one.inputs) for one in shown]
    return [Lights(lamps), Tiles(_tiles(content))]


def _tiles(content: dict[str, Any]) -> Sequence[Tile]:
    due, reported = content["completeness"]["due"], content["completeness"]["reported"]
    promised, kept = content["promises"]["due"], content["promises"]["kept"]
    said = say("{reported} of {due}: reporting units × ended periods", reported=reported, due=due)
    share: Value = Decimal(reported) / Decimal(due) if due else Missing("none due")
    return [
        Tile("Data reported", share, "share", said if due else ""),
        Tile(
            "Promises kept",
            Decimal(kept) / Decimal(promised) if promised else Missing("none due"),
            "share",
            say("{kept} of {promised} due", kept=kept, promised=promised) if promised else "",
        ),
        Tile("Accountability score", *scorecard.headline(content["scorecard"] or {})),
    ]


def _narrative(content: dict[str, Any], names: Names) -> list[Section]:
    written = {one["topic"]: one for one in content["narrative"]}
    return [
        Section(
            f"narrative-{topic.value.replace('_', '-')}",
            topic.label,
            _words(written.get(topic.value), HINTS[topic], names),
        )
        for topic in Topic
    ]


def _words(one: dict[str, Any] | None, asked: str, names: Names) -> list[Block]:
    if one is None:
        return [Notice("The members wrote nothing on this."), Paragraph(f"Asked: {asked}")]
    by = listed([names.of("partner", key) for key in one["by"]])
    return [Quote(one["text"], by=by, on=date.fromisoformat(one["on"]))]


def _promises(content: dict[str, Any], names: Names) -> list[Block]:
    rows = content["promises"]["commitments"]
    blocks: list[Block] = []
    if rows:
        text = "Of {due} commitments that were due, {kept} were delivered in full and confirmed."
        promised = content["promises"]
        blocks.append(Paragraph(say(text, due=promised["due"], kept=promised["kept"])))
    return [
        *blocks,
        Table(
            key="promises",
            caption="Commitments due by the end of the year",
            columns=[
                Column("commitment", "Commitment"),
                Column("due_on", "Due", "day"),
                Column("promised", "Promised", "number"),
                Column("delivered", "Delivered and confirmed", "number"),
                Column("unit", "Unit"),
                Column("kept", "Kept"),
            ],
            rows=[_promise(row, names) for row in rows],
            when_empty="No commitment was due.",
        ),
    ]


def _promise(row: dict[str, Any], names: Names) -> list[Value]:
    valued = row["amount"] is not None
    return [
        names.of(PROMISE, row["id"]),
        date.fromisoformat(row["due_on"]),
        Decimal(row["amount"]) if valued else Missing("no amount"),
        Decimal(row["delivered"]) if row["delivered"] is not None else Missing("no amount"),
        row["unit"],
        "yes" if row["is_kept"] else "no",
    ]
