"""The country report in words and tables."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from monitoring.reports.documents import country_tables as tables
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Block,
    Document,
    Notice,
    Paragraph,
    Quote,
    Section,
    Tile,
    Tiles,
)
from monitoring.reports.documents.reading import facts_of
from monitoring.reports.documents.results import in_a_sentence, results_tables
from monitoring.reports.documents.spreads import measures_table, scores_table
from monitoring.reports.documents.words import counted, listed, say

INPUT = (
    "An input for a Voluntary National Review: what partnerships said of themselves, as the "
    "registry holds it. It is not the Government's own report."
)


def document(content: dict[str, Any], names: Names) -> Document:
    """What partnerships do in a country, against what it wants, with the Government's word."""
    country = names.of("country", content["subject"]["id"])
    return Document(
        title=f"{country}: partnerships for the SDGs",
        subtitle=f"Country report, {content['period']['label']}",
        facts=facts_of(content, *_facts(content, names)),
        notices=notices(content),
        sections=[
            Section("summary", "Summary", _summary(content, names)),
            Section("priorities", "National priorities", _priorities(content, names)),
            Section("partnerships", "Partnerships", tables.partnerships(content, names)),
            Section("groups", "By level, sector and group", tables.groups(content, names)),
            Section("commitments", "Commitments", _commitments(content)),
            Section("results", "Results", _results(content, names)),
            Section("government", "The Government's word", _government(content, names)),
            Section(
                "scorecard",
                "Scorecard",
                [scores_table(content["scores"]), *measures_table(content["measures"])],
            ),
        ],
        sources=["Published reports of partnerships, and the registry's dated records."],
    )


def notices(content: dict[str, Any]) -> list[str]:
    """Whether the Government has validated it, first of all; then what is missing."""
    found = [validated(content["validation"]), INPUT]
    counts = content["counts"]
    if not counts["public"]:
        found.append("No partnership is known to have worked in the country by then.")
    elif counts["running"] and not counts["current"]:
        found.append("None of the partnerships has a current public report.")
    if not content["priorities"]["listed"]:
        found.append("The country had listed no priorities.")
    if unrated := content["commitments"]["without_rate"]:
        text = "No exchange rate was known for {currencies}: these amounts are in no sum."
        found.append(say(text, currencies=listed(unrated)))
    return found


def validated(of: dict[str, Any]) -> str:
    """Not before every entry was confirmed or commented."""
    if of["is_validated"]:
        text = "Validated by the Government: {entries} confirmed or commented."
        entries = counted(of["due"], "entry, the only one, is", "entries, all of them, are")
        return say(text, entries=entries)
    text = "Not validated by the Government: {answered} of {entries} confirmed or commented."
    entries = counted(of["due"], "entry is", "entries are")
    said = say(text, answered=of["answered"], entries=entries)
    if of["focal_point"] is None:
        said += " The country had named no national focal point."
    return said


def _facts(content: dict[str, Any], names: Names) -> list[tuple[str, str]]:
    point = content["validation"]["focal_point"]
    return [("National focal point", names.of("partner", point) if point else "none named")]


def _summary(content: dict[str, Any], names: Names) -> list[Block]:
    counts, usd = content["counts"], content["commitments"]["usd"]
    validation, wanted = content["validation"], content["priorities"]
    served = len(wanted["listed"]) - len(wanted["unserved"]) - len(wanted["without_targets"])
    tiles = [
        Tile("Running partnerships", counts["running"]),
        Tile("That work in no other country", counts["only_here"]),
        Tile("With a current report", counts["current"]),
        Tile("Priorities served", served, note=f"of {len(wanted['listed'])} listed"),
        Tile("Entries answered", validation["answered"], note=f"of {validation['due']}"),
        Tile("Members from the country", content["members"]["n"]),
    ]
    on = date.fromisoformat(content["reference_on"])
    text = "{running} in the country on {on}; {only} in no other one."
    running = counted(counts["running"], "partnership was at work", "partnerships were at work")
    only = counted(counts["only_here"], "of them works", "of them work")
    words = [say(text, running=running, on=on, only=only)]
    if Decimal(usd["only_here"]["promised"]):
        text = "Those that work only here promised {promised} US dollars; {confirmed} arrived and "
        text += "was confirmed."
        amounts = {name: Decimal(usd["only_here"][name]) for name in ("promised", "confirmed")}
        words.append(say(text, **amounts))
    blocks: list[Block] = [Paragraph(" ".join(words)), Tiles(tiles)]
    said = [in_a_sentence(one, line, names) for one in content["results"] for line in one["lines"]]
    return blocks + [Paragraph(text) for text in said if text]


def _priorities(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["priorities"]
    if not of["listed"]:
        return [Paragraph("The country had listed no priorities by then.")]
    ordered = sorted(of["listed"], key=lambda one: _place(one, names))
    blocks: list[Block] = [tables.priorities(ordered, names)]
    titles = {one["id"]: one["title"] for one in of["listed"]}
    if of["unserved"]:
        missing = listed([f"“{titles[key]}”" for key in of["unserved"]])
        blocks.append(Notice(f"No partnership serves {missing}."))
    if of["without_targets"]:
        missing = listed([f"“{titles[key]}”" for key in of["without_targets"]])
        text = "Without SDG targets it cannot be said who serves them: "
        blocks.append(Notice(f"{text}{missing}."))
    if of["serving_none"]:
        n = counted(len(of["serving_none"]), "partnership serves", "partnerships serve")
        blocks.append(Paragraph(say("{n} none of the listed priorities.", n=n)))
        blocks.append(tables.serving_none(of["serving_none"], names))
    own = [one for one in ordered if one["text"]]
    return blocks + [Quote(one["text"], by=one["title"]) for one in own]


def _place(one: dict[str, Any], names: Names) -> tuple[int, int]:
    """As the country puts them today; a list's order is no part of what was said."""
    row = names.row("registry.nationalpriority", one["id"])
    return (row.position if row else 0, one["id"])


def _commitments(content: dict[str, Any]) -> list[Block]:
    of = content["commitments"]
    words = (
        "Amounts are those of whole partnerships, in US dollars at the rate of each day. What a "
        "partnership that works in several countries promised is not this country's alone: it is "
        "counted apart, undivided, and is in no sum for the country."
    )
    blocks: list[Block] = [Paragraph(words)]
    if of["without_rate"]:
        text = "Without a rate: {currencies}. Their amounts stand in the table by currency only."
        blocks.append(Notice(say(text, currencies=listed(of["without_rate"]))))
    return [*blocks, *tables.commitments(of)]


def _results(content: dict[str, Any], names: Names) -> list[Block]:
    words = (
        "What is reported by place is counted for the country; anything else only of partnerships "
        "that work in no other country. Totals only: no breakdown of people is given here."
    )
    blocks: list[Block] = [Paragraph(words), *results_tables(content["results"], names)]
    listed = content["figures"]
    in_all = content.get("figures_in_all", len(listed))  # a content of before did not count them
    return [*blocks, tables.figures(listed, in_all, names)]


def _government(content: dict[str, Any], names: Names) -> list[Block]:
    of = content["validation"]
    blocks: list[Block] = [Paragraph(validated(of)), tables.entries(of["entries"], names)]
    for entry in of["entries"]:
        blocks += _quotes(entry, names)
    return blocks


def _quotes(entry: dict[str, Any], names: Names) -> Sequence[Quote]:
    """The Government's own words, as its own."""
    title = names.of("partnership", entry["partnership"])
    said = [*([entry["answer"]] if entry["answer"] else []), *entry["citations"]]
    return [
        Quote(one["text"], by=title, on=datetime.fromisoformat(one["said_at"]).date())
        for one in said
        if one["text"]
    ]
