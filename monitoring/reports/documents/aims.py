"""The goal report and the target report in words and tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.reports.documents.money import USD, money_tables
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Bar,
    Bars,
    Block,
    Column,
    Document,
    Missing,
    Notice,
    Paragraph,
    Section,
    Table,
    Tile,
    Tiles,
    Value,
)
from monitoring.reports.documents.portfolio import lights
from monitoring.reports.documents.reading import facts_of, linked, not_listed, number, score, state
from monitoring.reports.documents.results import in_a_sentence, results_tables
from monitoring.reports.documents.spreads import measures_table, scores_table
from monitoring.reports.documents.words import counted, listed, say
from registry.models.kinds import Kind


def goal(content: dict[str, Any], names: Names) -> Document:
    """What the partnerships of a goal promise, deliver and report."""
    number_of = content["subject"]["id"]
    subject = f"Goal {names.of('goal', number_of)}"
    return _document(content, names, subject, [_targets_section(content, names)])


def target(content: dict[str, Any], names: Names) -> Document:
    """The same of a target: of the partnerships that name it."""
    return _document(content, names, f"Target {names.of('target', content['subject']['id'])}", [])


def _document(
    content: dict[str, Any], names: Names, subject: str, more: Sequence[Section]
) -> Document:
    return Document(
        title=subject,
        subtitle=f"What partnerships do for it, {content['period']['label']}",
        facts=facts_of(content),
        notices=notices(content),
        sections=[
            Section("summary", "Summary", _summary(content, names)),
            Section("results", "Results", results_tables(content["results"], names)),
            Section("partnerships", "Partnerships", _partnerships(content, names)),
            *more,
            Section("lights", "Lights", lights(content["lights"])),
            Section("money", "Commitments and deliveries", _money(content, names)),
            Section(
                "scorecard",
                "Scorecard",
                [scores_table(content["scores"]), *measures_table(content["measures"])],
            ),
        ],
        sources=["Published reports of partnerships, and the registry's dated records."],
    )


def notices(content: dict[str, Any]) -> list[str]:
    """What is missing, said first."""
    found = []
    if content["partnerships"]["running"] and not content["partnerships"]["current"]:
        found.append("None of the partnerships has a current public report.")
    if unrated := content["funding"]["without_rate"]:
        text = "No exchange rate was known for {currencies}: these amounts are in no sum."
        found.append(say(text, currencies=listed(unrated)))
    return found


def _summary(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["partnerships"]
    tiles = [
        Tile("Running partnerships", of["running"]),
        Tile("With a current report", of["current"]),
        Tile("That never reported", of["never"]),
        Tile("Countries", len(content["countries"])),
    ]
    if "naming" in content:
        tiles.append(Tile("Others that name it", content["naming"]))
    blocks: list[Block] = [Paragraph(" ".join(_headline(content))), Tiles(tiles)]
    said = [in_a_sentence(one, line, names) for one in content["results"] for line in one["lines"]]
    blocks += [Paragraph(text) for text in said if text]
    return blocks


def _headline(content: dict[str, Any]) -> list[str]:
    of, on = content["partnerships"], date.fromisoformat(content["reference_on"])
    is_goal = content["subject"]["type"] == "goal"
    if not of["running"]:
        return [say("No running partnership set out for it by {on}.", on=on)]
    what = "has it as primary goal" if is_goal else "names it"
    many = "have it as primary goal" if is_goal else "name it"
    set_out = counted(of["running"], f"running partnership {what}", f"running partnerships {many}")
    found = [say("{set_out} on {on}.", set_out=set_out, on=on)]
    if content["lights"]["both"]:
        found.append(light_words(content["lights"]))
    found += promise_words(content["promises"])
    found += _targets_words(content)
    return found


def light_words(of: dict[str, Any]) -> str:
    """How far those with a current report are."""
    reached = of["achievement"]
    text = "On track: {good}; at risk: {risk}; off track: {off}; too little data to say: {none}."
    return say(
        text,
        good=reached.get("on_track", 0),
        risk=reached.get("at_risk", 0),
        off=reached.get("off_track", 0),
        none=reached.get("no_data", 0),
    )


def promise_words(of: dict[str, Any]) -> list[str]:
    """What had arrived of what was due, as half of the partnerships had it."""
    if of.get("median") is None:
        return []
    text = (
        "Commitments worth {due} US dollars were due; half of the partnerships had delivered "
        "{median_share} of theirs or more."
    )
    return [say(text, due=Decimal(of["due_usd"]), median_share=of["median"])]


def _targets_words(content: dict[str, Any]) -> list[str]:
    without = content.get("unnamed_targets", 0)
    if not without:
        return []
    named = counted(without, "target is", "targets are")
    return [say("{named} named by no running partnership.", named=named)]


def _partnerships(content: dict[str, Any], names: Names) -> list[Block]:
    columns = [
        Column("partnership", "Partnership"),
        Column("timeliness", "Timeliness"),
        Column("achievement", "Achievement"),
        Column("score", "Score", "share"),
        Column("committed", "Committed", "money", USD),
    ]
    rows: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            _light(row["timeliness"]),
            _light(row["achievement"]),
            score(row),
            number(row["committed_usd"]),
        ]
        for row in content["listed"]
    ]
    notes = not_listed(content["partnerships"]["running"], rows)
    table = Table("partnerships", "Running partnerships", columns, rows, notes=notes)
    return [table, *_countries(content["countries"], names), _kinds(content["kinds"])]


def _light(code: str | None) -> Value:
    return state(code) if code else Missing("no current report")


def _countries(rows: Sequence[dict[str, Any]], names: Names) -> list[Block]:
    columns = [Column("country", "Country"), Column("partnerships", "Partnerships", "number")]
    made = [[names.of("country", row["country"]), row["partnerships"]] for row in rows]
    empty = "No country is named: they work anywhere."
    table = Table("countries", "Countries", columns, made, when_empty=empty)
    if len(rows) < 2:
        return [table]
    bars = [Bar(str(name), Decimal(str(n)), str(n)) for name, n in made]
    return [Bars("Partnerships by country", "Most first.", bars, "countries"), table]


def _kinds(rows: Sequence[dict[str, Any]]) -> Table:
    labels = dict(Kind.choices)
    columns = [
        Column("kind", "Kind of partner"),
        Column("partners", "Partners", "number"),
        Column("partnerships", "Partnerships", "number"),
    ]
    made: list[Sequence[Value]] = [
        [
            str(labels.get(row["kind"], row["kind"])) if row["kind"] else Missing("not stated"),
            row["partners"],
            row["partnerships"],
        ]
        for row in rows
    ]
    empty = "No members were accepted by then."
    return Table("kinds", "Members by kind", columns, made, when_empty=empty)


def _targets_section(content: dict[str, Any], names: Names) -> Section:
    columns = [Column("target", "Target"), Column("partnerships", "Partnerships", "number")]
    rows = [[names.of("target", row["target"]), row["partnerships"]] for row in content["targets"]]
    caption = "Running partnerships that name each target, whatever their primary goal"
    table = Table("targets", caption, columns, rows)
    return Section("targets", "Targets", [table])


def _money(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["promises"]
    blocks: list[Block] = []
    if not of["partnerships"]:
        blocks.append(Notice("Nothing that was promised was due, as far as reports say."))
    columns = [
        Column("partnerships", "Partnerships with something due", "number"),
        Column("median", "Kept, median of the partnerships", "share"),
        Column("mean", "Kept, mean of the partnerships", "share"),
        Column("due", "Due by their reports' days", "money", USD),
        Column("arrived", "Arrived and confirmed of it", "money", USD),
    ]
    kept = [number(of.get(name), "nothing due") for name in ("median", "mean")]
    row = [of["partnerships"], *kept, number(of["due_usd"]), number(of["arrived_usd"])]
    caption = "Promises kept (measure D4 of each report)"
    table = Table("promises", caption, columns, [row])
    return [*blocks, table, *money_tables(content["funding"], names)]
