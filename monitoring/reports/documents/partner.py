"""The report of one organisation in words and tables, by what it reports on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.reports.documents.money import USD
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Block,
    Column,
    Document,
    Measured,
    Missing,
    Notice,
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
    figure,
    in_order,
    linked,
    not_listed,
    number,
    state,
)
from monitoring.reports.documents.words import counted, listed, say
from partnerships.models import Membership
from registry import display

BASES = {
    "esg": "ESG disclosures",
    "sdg_targets": "SDG targets",
    "results": "Results",
}
NOTHING = {
    "esg": "No ESG disclosure of its own was reported in the year, in a published report.",
    "sdg_targets": "No figure of its own for an SDG target was reported in the year.",
    "results": "No figure of its own was reported in the year, in a published report.",
}
STATES = {
    "kept_in_time": "Kept in time",
    "kept_late": "Kept late",
    "kept": "Kept, without a due date",
    "partly": "Overdue, in part delivered",
    "not_kept": "Overdue, nothing confirmed",
    "not_due": "Not due yet",
    "undated": "Without a due date",
    "taken_back": "Taken back before it was due",
    "withdrawn": "Withdrawn",
}
TOGETHER = (
    "Figures of its own are those of indicators for which a framework names it as the one "
    "responsible. What members report together is told of the partnership as a whole."
)


def document(content: dict[str, Any], names: Names) -> Document:
    """Where it takes part, what it promised and delivered, and what it reports."""
    basis = content["basis"]
    return Document(
        title=names.of("partner", content["subject"]["id"]),
        subtitle=f"Partner report, {content['period']['label']}",
        facts=facts_of(content, ("Reports on", BASES[basis])),
        notices=_notices(content, names),
        sections=[
            Section("summary", "Summary", _summary(content)),
            Section("basis", BASES[basis], _figures(content, names)),
            Section("partnerships", "Partnerships", [_memberships(content, names)]),
            Section("promises", "Commitments", _promises(content["promises"], names)),
            Section("data", "Data handed in", [_data(content["data"], names)]),
        ],
        sources=["Published reports of partnerships, and the registry's dated records."],
    )


def _notices(content: dict[str, Any], names: Names) -> list[str]:
    found = []
    if content["merged_into"]:
        survivor = names.of("partner", content["merged_into"])
        found.append(f"This record was merged into {survivor}: see the report of that one.")
    if content["took_over"]:
        others = listed([names.of("partner", pk) for pk in content["took_over"]])
        found.append(f"The report of one organisation whose records were merged: also {others}.")
    if unrated := content["promises"]["without_rate"]:
        text = "No exchange rate was known for {currencies}: these amounts are in no sum."
        found.append(say(text, currencies=listed(unrated)))
    return found


def _summary(content: dict[str, Any]) -> list[Block]:
    promised, sent = content["promises"], content["data"]
    return [
        Paragraph(" ".join(_words(content))),
        Tiles(
            [
                Tile("Partnerships", content["current"]),
                Tile("Commitments", promised["promises"]),
                Tile("Committed, US dollars", number(promised["promised_usd"]), "money"),
                Tile("Data handed in", sent["sent"], note=f"of {sent['due']} due"),
                Tile("In time", sent["in_time"], note=f"of {sent['due']} due"),
            ]
        ),
    ]


def _words(content: dict[str, Any]) -> list[str]:
    on = date.fromisoformat(content["reference_on"])
    if not content["memberships"]:
        return [say("By {on} it took part in no public partnership.", on=on)]
    takes = counted(content["current"], "public partnership", "public partnerships")
    found = [say("It takes part in {takes} on {on}.", takes=takes, on=on)]
    if closed := content.get("closed"):  # a content of before counted these as current
        ended = counted(closed, "other one has", "other ones have")
        found.append(say("{ended} ended.", ended=ended))
    if content["former"]:
        left = counted(content["former"], "other one", "other ones")
        found.append(say("{left} it has left.", left=left))
    return [*found, *_promise_words(content["promises"]), *_data_words(content)]


def _promise_words(of: dict[str, Any]) -> list[str]:
    if not of["promises"]:
        if not of["states"].get("withdrawn"):
            return ["It has promised nothing that is recorded."]
        taken = counted(of["states"]["withdrawn"], "commitment was", "commitments were")
        text = "{taken} withdrawn, as the receiver agreed; no other is recorded."
        return [say(text, taken=taken)]
    kept, late = (of["states"].get(code, 0) for code in ("kept_in_time", "kept_late"))
    promises = counted(of["promises"], "commitment", "commitments")
    text = "Of {promises} it kept {kept} in time and {late} late."
    found = [say(text, promises=promises, kept=kept, late=late)]
    if undated := of["states"].get("kept"):
        found.append(say("It kept {more} more, which had no due date.", more=undated))
    if Decimal(of["due_usd"]):
        text = "Of {due} US dollars that were due, {arrived} US dollars arrived and were confirmed."
        sums = {name: Decimal(of[f"{name}_usd"]) for name in ("due", "arrived")}
        found.append(say(text, **sums))
    return found


def _data_words(content: dict[str, Any]) -> list[str]:
    of = content["data"]
    if not of["due"]:
        return ["No data was due from it."]
    text = "Data was due from it for {due}: {sent} came, {in_time} by the due date."
    periods = counted(of["due"], "reporting unit and period", "reporting units and periods")
    return [say(text, due=periods, sent=of["sent"], in_time=of["in_time"])]


def _figures(content: dict[str, Any], names: Names) -> list[Block]:
    basis = content["basis"]
    blocks: list[Block] = []
    if not content["figures"]:
        blocks.append(Notice(NOTHING[basis]))
    else:
        text = "{count} published in the year; {valued} with a value."
        many = "figures of its own were"
        count = counted(len(content["figures"]), "figure of its own was", many)
        blocks.append(Paragraph(say(text, count=count, valued=content["with_value"])))
    blocks.append(_figures_table("figures", BASES[basis], content["figures"], basis, names))
    if content["targets"]:
        blocks.append(_targets(content, names))
    if content["together"]:
        caption = "Of its partnerships as a whole"
        blocks.append(_figures_table("together", caption, content["together"], basis, names))
    if content["other_figures"]:
        caption = "Other figures of its own"
        blocks.append(_figures_table("others", caption, content["other_figures"], "", names))
    return blocks


def _figures_table(
    key: str, caption: str, rows: Sequence[dict[str, Any]], basis: str, names: Names
) -> Table:
    columns = [
        Column("what", {"esg": "Disclosure", "sdg_targets": "SDG target"}.get(basis, "Indicator")),
        *([Column("indicator", "Indicator")] if basis in ("esg", "sdg_targets") else []),
        Column("partnership", "Partnership"),
        Column("unit", "Unit"),
        Column("year", "In the year", "number"),
        Column("previous", "The year before", "number"),
        Column("to_date", "To date", "number"),
        Column("light", "Achievement"),
    ]
    made = [_figure_row(row, basis, names) for row in rows]
    return Table(key, caption, columns, made, notes=[TOGETHER], when_empty=NOTHING.get(basis, ""))


def _figure_row(row: dict[str, Any], basis: str, names: Names) -> list[Value]:
    what = {"esg": ("registry.disclosure", "disclosure"), "sdg_targets": ("target", "target")}
    own = names.of("monitoring.indicator", row["indicator"])
    named: list[Value] = [own]
    if basis in what:
        kind, field = what[basis]
        named = [names.of(kind, row[field]), own]
    unit: Value = row["unit"] or Missing("no unit")
    if row["in_standard_unit"] is False:
        unit = f"{row['unit']} (not the standard's unit)"
    return [
        *named,
        linked(names, "partnership", row["partnership"]),
        unit,
        *(_shown(row, span) for span in ("year", "previous", "to_date")),
        state(row["light"]),
    ]


def _shown(row: dict[str, Any], span: str) -> Value:
    of = row[span]
    if of["reason"] == "no_report":
        return Missing("no report")
    value = figure(of)
    if row["measure"] in ("ratio", "percent") and isinstance(value, Decimal):
        return Measured(value, "share") if row["measure"] == "ratio" else Measured(value, unit="%")
    return value


def _targets(content: dict[str, Any], names: Names) -> Table:
    columns = [Column("target", "SDG target"), Column("partnerships", "Partnerships", "number")]
    rows = [[names.of("target", row["target"]), row["partnerships"]] for row in content["targets"]]
    caption = "Targets that its partnerships name"
    return Table("targets", caption, columns, rows)


def _memberships(content: dict[str, Any], names: Names) -> Table:
    labels = dict(Membership.Role.choices)
    lights = {"on_track": "On track", "at_risk": "At risk", "off_track": "Off track"}
    columns = [
        Column("partnership", "Partnership"),
        Column("roles", "Roles"),
        Column("since", "Member since", "day"),
        Column("until", "Until", "day"),
        Column("timeliness", "Timeliness"),
        Column("achievement", "Achievement"),
        *(Column(code, f"Indicators {label.lower()}", "number") for code, label in lights.items()),
    ]
    rows: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            listed([str(labels.get(role, role)) for role in row["roles"]]),
            day(row["accepted_on"]),
            day(row["ended_on"], "still a member"),
            *(_light(row[light]) for light in ("timeliness", "achievement")),
            *(_lit(row, code) for code in lights),
        ]
        for row in content["memberships"]
    ]
    empty = "It took part in no public partnership."
    return Table("memberships", "Memberships", columns, rows, when_empty=empty)


def _light(code: str | None) -> Value:
    return state(code) if code else Missing("no current report")


def _lit(row: dict[str, Any], code: str) -> Value:
    return number(row[code] if row["achievement"] else None, "no current report")


def _promises(of: dict[str, Any], names: Names) -> list[Block]:
    counts: list[Sequence[Value]] = [
        [STATES[code], n] for code, n in in_order(of["states"], tuple(STATES))
    ]
    states = [Column("state", "State"), Column("commitments", "Commitments", "number")]
    columns = [
        Column("commitment", "Commitment"),
        Column("partnership", "Partnership"),
        Column("kind", "Kind"),
        Column("amount", "Promised", "number"),
        Column("arrived", "Confirmed", "number"),
        Column("unit", "Currency or unit"),
        Column("due", "Due at first", "day"),
        Column("state", "State"),
    ]
    rows: list[Sequence[Value]] = [
        [
            names.of("partnerships.commitment", row["commitment"]),
            linked(names, "partnership", row["partnership"]),
            display.words(row["kind"]),
            number(row["amount"], "no amount"),
            number(row["arrived"]),
            row["currency"] or row["unit"] or Missing("none"),
            day(row["due_on"], "no due date"),
            STATES[row["state"]],
        ]
        for row in of["rows"]
    ]
    sums = [
        Column("promised", "Promised", "money", USD),
        Column("due", "Due by then", "money", USD),
        Column("arrived", "Arrived of it", "money", USD),
    ]
    dollars: list[Sequence[Value]] = [
        [number(of[f"{name}_usd"]) for name in ("promised", "due", "arrived")]
    ]
    notes = not_listed(sum(of["states"].values()), rows)
    return [
        Table("promises", "Commitments by state", states, counts, when_empty="None."),
        Table("dollars", "In US dollars, at the rates of the days of promise", sums, dollars),
        Table("commitments", "Each commitment", columns, rows, notes=notes, when_empty="None."),
    ]


def _data(of: dict[str, Any], names: Names) -> Table:
    counts = {"due": "Due", "sent": "Handed in", "in_time": "By the due date"}
    columns = [Column("partnership", "Partnership")]
    columns += [Column(name, label, "number") for name, label in counts.items()]
    rows: list[Sequence[Value]] = [
        [linked(names, "partnership", row["partnership"]), *(row[name] for name in counts)]
        for row in of["rows"]
    ]
    totals = ["Total", *(of[name] for name in counts)] if rows else []
    caption = "Reporting units × periods that have ended"
    empty = "No data was due from it."
    return Table("data", caption, columns, rows, totals=totals, when_empty=empty)
