"""The portfolio accountability report in words, tables and charts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.reports.documents.money import USD, funding
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Bar,
    Bars,
    Block,
    Column,
    Document,
    Paragraph,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
)
from monitoring.reports.documents.reading import (
    day,
    facts_of,
    in_order,
    linked,
    number,
    points,
    state,
    word,
)
from monitoring.reports.documents.spreads import measures_table, scores_table
from monitoring.reports.documents.standing_out import standing_out
from monitoring.reports.documents.words import counted, listed, say

ACHIEVEMENT = ("on_track", "at_risk", "off_track", "no_data")
TIMELINESS = ("up_to_date", "due", "late", "overdue", "inactive", "no_data")


def document(content: dict[str, Any], names: Names) -> Document:
    """What the secretariat reads; made from the snapshot alone."""
    return Document(
        title="Portfolio accountability report",
        subtitle=content["period"]["label"],
        facts=facts_of(content),
        notices=_notices(content),
        sections=[
            Section("summary", "Summary", _summary(content)),
            Section("lights", "Lights", lights(content["lights"])),
            Section("scorecard", "Scorecard", _scorecard(content)),
            Section("changes", "What improved and what got worse", _changes(content, names)),
            Section("overdue", "Overdue data", _overdue(content, names)),
            Section("without", "Without a current report", _without(content, names)),
            Section("funding", "Funding gaps", funding(content["funding"], names)),
            Section("outliers", "What stands out", standing_out(content, names)),
        ],
        sources=["Published reports of partnerships, and the registry's dated records."],
    )


def _notices(content: dict[str, Any]) -> list[str]:
    found = []
    if not content["partnerships"]["current"]:
        found.append("No partnership had a current public report: there are no lights and scores.")
    if unrated := content["funding"]["without_rate"]:
        text = "No exchange rate was known for {currencies}: these amounts are in no sum."
        found.append(say(text, currencies=listed(unrated)))
    return found


def _summary(content: dict[str, Any]) -> list[Block]:
    of = content["partnerships"]
    blocks: list[Block] = [
        Paragraph(" ".join(_headline(content))),
        Tiles(
            [
                Tile("Running partnerships", of["running"]),
                Tile("With a current report", of["current"]),
                Tile("Whose last report is too old", of["outdated"]),
                Tile("That never reported", of["never"]),
                Tile("Closed by then", of["closed"]),
            ]
        ),
    ]
    if rest := _in_words(content):
        blocks.append(Paragraph(" ".join(rest)))
    return blocks


def _headline(content: dict[str, Any]) -> list[str]:
    of, on = content["partnerships"], date.fromisoformat(content["reference_on"])
    if not of["running"]:
        return [say("No public partnership was running on {on}.", on=on)]
    running = counted(of["running"], "partnership was", "partnerships were")
    text = "{running} running on {on}; {current} had a public report on the twelve months before."
    found = [say(text, running=running, on=on, current=of["current"])]
    if of["current"]:
        reached = content["lights"]["achievement"]
        text = "Of these reports, {good} show the partnership on track and {risk} at risk, {off} "
        text += "off track; in {none} there is too little data to say."
        others = {"good": "on_track", "risk": "at_risk", "off": "off_track", "none": "no_data"}
        rest = {name: reached.get(code, 0) for name, code in others.items()}
        found.append(say(text, **rest))
    return found


def _in_words(content: dict[str, Any]) -> list[str]:
    found = []
    scores, overdue, changes = content["scores"], content["overdue"], content["changes"]
    if scores["median"] is not None:
        text = "Half of the scored partnerships reach {median_share} or more of the scorecard, "
        text += "where missing data counts as nothing."
        found.append(say(text, median_share=scores["median"]))
    if overdue["count"]:
        late = counted(overdue["count"], "partnership owes", "partnerships owe")
        oldest = overdue["rows"][0]["oldest_missing_due_on"]
        text = "{late} data whose due date has passed"
        text += ", the oldest since {oldest}." if oldest else "."
        since = {"oldest": date.fromisoformat(oldest)} if oldest else {}
        found.append(say(text, late=late, **since))
    if changes["compared"]:
        text = "Since {before}, {better} improved and {worse} got worse."
        before = date.fromisoformat(changes["before"])
        found.append(say(text, before=before, better=changes["better"], worse=changes["worse"]))
    return found


def lights(of: dict[str, Any]) -> list[Block]:
    """Timeliness and achievement of the current reports, each alone and both together."""
    rows: list[Sequence[Value]] = [
        [state(row["timeliness"]), state(row["achievement"]), row["partnerships"]]
        for row in of["both"]
    ]
    columns = [
        Column("timeliness", "Timeliness"),
        Column("achievement", "Achievement"),
        Column("partnerships", "Partnerships", "number"),
    ]
    charts = [
        _chart("Achievement", of["achievement"], ACHIEVEMENT),
        _chart("Timeliness", of["timeliness"], TIMELINESS),
    ]
    empty = "No partnership has a current report."
    table = Table("lights", "Partnerships by their lights", columns, rows, when_empty=empty)
    return [*charts, table] if rows else [table]


def _chart(title: str, counts: dict[str, int], order: Sequence[str]) -> Bars:
    bars = [Bar(word(code), Decimal(n), str(n), code) for code, n in in_order(counts, order)]
    said = listed([f"{bar.label}: {bar.text}" for bar in bars])
    return Bars(f"{title}, partnerships", said, bars, "lights")


def _scorecard(content: dict[str, Any]) -> list[Block]:
    text = "Each figure is taken over the partnerships' own values, each counted once."
    return [
        Paragraph(text),
        scores_table(content["scores"]),
        *measures_table(content["measures"]),
    ]


def _changes(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["changes"]
    before = date.fromisoformat(of["before"])
    if not of["compared"]:
        text = "No partnership has a newer report than the one that stood on {on}."
        return [Paragraph(say(text, on=before))]
    text = "{compared} a newer report than the one that stood on {on}: {better} improved, {worse} "
    text += "got worse and {same} stayed as they were, on the mean of the scored "
    text += "measures that apply in both; missing data counts as nothing."
    compared = counted(of["compared"], "partnership has", "partnerships have")
    counts = {name: of[name] for name in ("better", "worse", "same")}
    return [
        Paragraph(say(text, compared=compared, on=before, **counts)),
        _moved("better", "Improved most", of["most_better"], names),
        _moved("worse", "Got worse most", of["most_worse"], names),
        _light_changes(of["lights"]),
        _measure_changes(of["measures"]),
    ]


def _moved(key: str, caption: str, rows: Sequence[dict[str, Any]], names: Names) -> Table:
    columns = [
        Column("partnership", "Partnership"),
        Column("change", "Mean change in points", "points"),
        Column("measures", "Measures compared", "number"),
        Column("measure", "Moved most"),
        Column("was", "Before", "share"),
        Column("now", "Now", "share"),
    ]
    made: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            points(row["change"]),
            row["measures"],
            row["code"],
            number(row["was"]),
            number(row["now"]),
        ]
        for row in rows
    ]
    return Table(f"most_{key}", caption, columns, made, when_empty="None.")


def _light_changes(rows: Sequence[dict[str, Any]]) -> Table:
    columns = [
        Column("light", "Light"),
        Column("was", "Before"),
        Column("now", "Now"),
        Column("partnerships", "Partnerships", "number"),
    ]
    made: list[Sequence[Value]] = [
        [word(row["light"]), state(row["was"]), state(row["now"]), row["partnerships"]]
        for row in rows
    ]
    empty = "No light changed."
    return Table("light_changes", "Lights that changed", columns, made, when_empty=empty)


def _measure_changes(rows: Sequence[dict[str, Any]]) -> Table:
    counts = {"compared": "Compared", "better": "Better", "worse": "Worse", "same": "The same"}
    columns = [Column("measure", "Measure")]
    columns += [Column(name, label, "number") for name, label in counts.items()]
    made = [[row["code"], *(row[name] for name in counts)] for row in rows]
    return Table("measure_changes", "Movements by measure", columns, made)


def _overdue(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["overdue"]
    columns = [
        Column("partnership", "Partnership"),
        Column("timeliness", "Timeliness"),
        Column("oldest", "Oldest missing data was due", "day"),
        Column("days", "Days", "number"),
        Column("missing", "Missing", "number"),
        Column("due", "Out of", "number"),
        Column("committed", "Committed", "money", USD),
    ]
    rows: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            state(row["timeliness"]),
            day(row["oldest_missing_due_on"]),
            number(row["days"]),
            number(row["missing"]),
            number(row["due"]),
            number(row["committed_usd"]),
        ]
        for row in of["rows"]
    ]
    caption = "Oldest first; days up to the reference date"
    table = Table("overdue", caption, columns, rows, when_empty="Nothing is overdue.")
    return [*_cut(of), table]


def _without(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["without_report"]
    columns = [
        Column("partnership", "Partnership"),
        Column("registered", "Registered", "day"),
        Column("last", "Days of its last report ended", "day"),
        Column("committed", "Committed", "money", USD),
    ]
    rows: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            day(row["registered_on"]),
            day(row["last_report_on"], "never reported"),
            number(row["committed_usd"]),
        ]
        for row in of["rows"]
    ]
    caption = "Running partnerships without a current public report"
    empty = "Every running partnership has one."
    return [*_cut(of), Table("without_report", caption, columns, rows, when_empty=empty)]


def _cut(of: dict[str, Any]) -> list[Block]:
    """Where a list names only the first ones, it says so."""
    if of["count"] <= len(of["rows"]):
        return []
    text = "The list names the first of {count} partnerships."
    return [Paragraph(say(text, count=of["count"]))]
