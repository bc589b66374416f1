"""The summary for the High-level Political Forum in words and tables."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from monitoring.reports.documents.aims import light_words, notices, promise_words
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
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
from monitoring.reports.documents.portfolio import lights
from monitoring.reports.documents.reading import facts_of, number
from monitoring.reports.documents.results import in_a_sentence, results_tables
from monitoring.reports.documents.spreads import high_end
from monitoring.reports.documents.words import counted, say


def document(content: dict[str, Any], names: Names) -> Document:
    """One year, the goals under review; made from the snapshot alone."""
    return Document(
        title=f"Partnerships for the Goals: summary for the HLPF {content['year']}",
        subtitle="The goals under review, from the published reports of partnerships",
        facts=facts_of(content, ("Goals under review", str(len(content["goals"])))),
        notices=notices(content),
        sections=[
            Section("summary", "Summary", _summary(content, names)),
            Section("lights", "All partnerships", lights(content["lights"])),
            *(_goal(one, names) for one in content["goals"]),
        ],
        sources=["Published reports of partnerships, and the registry's dated records."],
    )


def _summary(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["partnerships"]
    running = counted(of["running"], "partnership was", "partnerships were")
    on = date.fromisoformat(content["reference_on"])
    text = "{running} running on {on}; {current} had a current public report."
    said = say(text, running=running, on=on, current=of["current"])
    return [
        Paragraph(said),
        Tiles(
            [
                Tile("Goals under review", len(content["goals"])),
                Tile("Running partnerships", of["running"]),
                Tile("With a current report", of["current"]),
                Tile("That never reported", of["never"]),
            ]
        ),
        _goals_table(content["goals"], names),
    ]


def _goals_table(goals: Sequence[dict[str, Any]], names: Names) -> Table:
    columns = [
        Column("goal", "Goal"),
        Column("running", "Running partnerships", "number"),
        Column("current", "With a current report", "number"),
        Column("naming", "Others that name it", "number"),
        Column("countries", "Countries", "number"),
        Column("median", "Median score, missing data as nothing", "share"),
        Column("median_high", "Median score, measured only", "share"),
        Column("kept", "Promises kept, median", "share"),
    ]
    rows: list[Sequence[Value]] = [
        [
            names.of("goal", one["goal"]),
            one["partnerships"]["running"],
            one["partnerships"]["current"],
            one["naming"],
            one["countries"],
            number(one["scores"]["median"]),
            number(high_end(one["scores"])["median"]),
            number(one["promises"].get("median"), "nothing due"),
        ]
        for one in goals
    ]
    return Table("goals", "The goals under review", columns, rows)


def _goal(one: dict[str, Any], names: Names) -> Section:
    key = f"_{one['goal']}"
    of = one["partnerships"]
    if not of["running"]:
        words = ["No running partnership has it as primary goal."]
    else:
        has = counted(of["running"], "running partnership has", "running partnerships have")
        words = [say("{has} it as primary goal.", has=has)]
        if one["lights"]["both"]:
            words.append(light_words(one["lights"]))
        words += promise_words(one["promises"])
    results = [
        in_a_sentence(result, line, names) for result in one["results"] for line in result["lines"]
    ]
    without = [row["target"] for row in one["targets"] if not row["partnerships"]]
    return Section(
        f"goal{key}",
        f"Goal {names.of('goal', one['goal'])}",
        [
            Paragraph(" ".join(words)),
            *(Paragraph(text) for text in results if text),
            *results_tables(one["results"], names, key),
            Table(
                f"without{key}",
                "Targets that no running partnership names",
                [Column("target", "Target")],
                [[names.of("target", target)] for target in without],
                when_empty="Each target is named by some partnership.",
            ),
        ],
    )
