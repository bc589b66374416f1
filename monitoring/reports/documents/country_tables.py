"""The tables of the country report."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from monitoring.models import ContributionStatement
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import (
    Bar,
    Bars,
    Block,
    Column,
    Measured,
    Missing,
    Status,
    Table,
    Value,
)
from monitoring.reports.documents.reading import figure, linked, not_listed, number, score, state
from monitoring.reports.documents.results import INDICATOR
from partnerships.models import Partnership, PeopleGroup
from registry.models import Sector

USD = "USD"
NO_REPORT = Missing("no current report")
Rows = list[Sequence[Value]]
REVIEWS = dict(ContributionStatement.Review.choices)


# A content of before kept those that work in several countries in the one sum.
PROMISED = {
    "promised_usd": "Promised by those that work only here",
    "promised_usd_several": "Promised, whole, by those in several countries",
}


def priorities(of: Sequence[dict[str, Any]], names: Names) -> Table:
    kept_apart = [key for key in PROMISED if all(key in one for one in of)]
    columns = [
        Column("priority", "Priority"),
        Column("targets", "SDG targets"),
        Column("partnerships", "Partnerships that serve it", "number"),
        *(Column(key, PROMISED[key], "money", USD) for key in kept_apart),
        Column("results", "Global indicators with results"),
    ]
    rows: Rows = [
        [
            one["title"],
            ", ".join(_code(names, key) for key in one["targets"]) or Missing("none named"),
            len(one["partnerships"]) if one["targets"] else Missing("cannot be said"),
            *(
                number(one[key]) if one["targets"] else Missing("cannot be said")
                for key in kept_apart
            ),
            "; ".join(names.of(INDICATOR, key) for key in one["results"]) or Missing("none"),
        ]
        for one in of
    ]
    notes = ["A partnership serves a priority if it names one of its SDG targets."]
    return Table("priorities", "Who serves each priority", columns, rows, notes=notes)


def _code(names: Names, key: int) -> str:
    row = names.row("target", key)
    return row.code if row else f"target {key}"


def serving_none(keys: Sequence[int], names: Names) -> Table:
    rows: Rows = [[linked(names, "partnership", key)] for key in keys]
    caption = "Partnerships that serve none of the listed priorities"
    return Table("serving_none", caption, [Column("partnership", "Partnership")], rows)


def partnerships(content: dict[str, Any], names: Names) -> list[Block]:
    entries = {one["partnership"]: one for one in content["validation"]["entries"]}
    levels = dict(Partnership.Level.choices)
    columns = [
        Column("partnership", "Partnership"),
        Column("status", "State"),
        Column("level", "Level"),
        Column("countries", "Works"),
        Column("timeliness", "Timeliness"),
        Column("achievement", "Achievement"),
        Column("score", "Score", "share"),
        Column("promised", "Promised, whole", "money", USD),
        Column("confirmed", "Confirmed, whole", "money", USD),
        Column("government", "The Government"),
    ]
    rows: Rows = [
        [
            linked(names, "partnership", row["partnership"]),
            Status(row["status"]),
            str(levels.get(row["level"], row["level"])),
            "only here" if row["is_only"] else "in several countries",
            state(row["timeliness"]) if row["timeliness"] else NO_REPORT,
            state(row["achievement"]) if row["achievement"] else NO_REPORT,
            score(row),
            number(row["promised_usd"]),
            number(row["confirmed_usd"]),
            _word(entries.get(row["partnership"])),
        ]
        for row in content["partnerships"]
    ]
    empty = "No partnership worked in the country by then."
    caption = "Partnerships that worked in the country"
    return [Table("partnerships", caption, columns, rows, when_empty=empty)]


def _word(entry: dict[str, Any] | None) -> Value:
    if entry is None:
        return Missing("no entry yet")
    return Status(entry["answer"]["kind"]) if entry["answer"] else Missing("nothing yet")


def groups(content: dict[str, Any], names: Names) -> list[Block]:
    """By level, by sector of the members, by group of people that is on a stakeholder map."""
    levels = {str(code): str(label) for code, label in Partnership.Level.choices}
    sectors = {str(code): str(label) for code, label in Sector.choices}
    people = {str(code): str(label) for code, label in PeopleGroup.choices}
    by_level = _counts(
        "levels", "level", content["levels"], levels, "Running partnerships by level"
    )
    by_sector = _counts(
        "sectors",
        "sector",
        content["sectors"],
        sectors,
        "By sector of members",
    )
    caption = "By group of people on their stakeholder maps"
    by_group = _counts("people", "people", content["groups"], people, caption)
    return [*by_level, *by_sector, *by_group, _members(content["members"], names)]


def _counts(
    key: str, of: str, rows: Sequence[dict[str, Any]], labels: dict[str, str], caption: str
) -> list[Block]:
    made = [(labels.get(row[of], row[of]).capitalize(), row["partnerships"]) for row in rows]
    columns = [Column(of, of.capitalize()), Column("partnerships", "Partnerships", "number")]
    shown: Rows = [[label, n] for label, n in made]
    table = Table(key, caption, columns, shown, when_empty="None is recorded.")
    if len(made) < 2:
        return [table]
    said = "; ".join(f"{label}: {n}" for label, n in made)
    bars = [Bar(label, Decimal(n), str(n)) for label, n in made]
    return [Bars(caption, said, bars, key), table]


def _members(of: dict[str, Any], names: Names) -> Table:
    columns = [Column("partner", "Member"), Column("partnerships", "Partnerships", "number")]
    rows: Rows = [
        [linked(names, "partner", row["partner"]), row["partnerships"]] for row in of["listed"]
    ]
    notes = not_listed(of["n"], rows)
    empty = "No member comes from the country."
    return Table(
        "members", "Members from the country", columns, rows, notes=notes, when_empty=empty
    )


SCOPES = {"only_here": "Partnerships that work only here", "several": "In several countries"}
KINDS = {"promised": "Promised", "delivered": "Delivered", "confirmed": "Confirmed"}


def commitments(of: dict[str, Any]) -> list[Block]:
    columns = [
        Column("scope", "Of"),
        Column("partnerships", "Partnerships with amounts", "number"),
        *(Column(key, label, "money", USD) for key, label in KINDS.items()),
    ]
    rows: Rows = [
        [label, of["usd"][scope]["partnerships"]]
        + [number(of["usd"][scope][kind]) for kind in KINDS]
        for scope, label in SCOPES.items()
    ]
    by_currency = [
        Column("scope", "Of"),
        Column("currency", "Currency"),
        *(Column(key, label, "money") for key, label in KINDS.items()),
        Column("without_rate", "Without a rate", "money"),
    ]
    each: Rows = [
        [SCOPES[row["scope"]], row["currency"], *(number(row[kind]) for kind in KINDS)]
        + [number(row["without_rate"], "none")]
        for row in of["currencies"]
    ]
    empty = "No amount is recorded."
    return [
        Table("commitments", "Commitments in US dollars", columns, rows),
        Table("currencies", "The same by currency", by_currency, each, when_empty=empty),
    ]


def figures(of: Sequence[dict[str, Any]], in_all: int, names: Names) -> Table:
    columns = [
        Column("partnership", "Partnership"),
        Column("indicator", "Indicator"),
        Column("unit", "Unit"),
        Column("light", "State of the whole indicator"),
        Column("year", "In the year", "number"),
        Column("to_date", "To date", "number"),
        Column("counted", "Counted"),
    ]
    rows: Rows = [
        [
            linked(names, "partnership", row["partnership"]),
            names.of("monitoring.indicator", row["indicator"]),
            row["currency"] or row["unit"] or Missing("no unit"),
            state(row["light"]),
            _figure(row, "year_"),
            _figure(row, ""),
            "in the country" if row["is_by_place"] else "as a whole",
        ]
        for row in of
    ]
    empty = "No current report says what was reached in the country."
    notes = not_listed(in_all, rows)
    caption = "Results by partnership"
    return Table("figures", caption, columns, rows, notes=notes, when_empty=empty)


def _figure(row: dict[str, Any], prefix: str) -> Value:
    of = {name: row[f"{prefix}{name}"] for name in ("value", "low", "high", "reason")}
    if of["reason"] == "no_report":
        return Missing("no report in the year")
    value = figure(of)
    if row["measure"] == "ratio" and isinstance(value, Decimal):
        return Measured(value, "share")
    return value


def entries(of: Sequence[dict[str, Any]], names: Names) -> Table:
    columns = [
        Column("partnership", "Partnership"),
        Column("said", "The Government"),
        Column("said_on", "Said on", "day"),
        Column("cited", "Cited in reviews"),
    ]
    rows: Rows = [
        [
            linked(names, "partnership", one["partnership"]),
            Status(one["answer"]["kind"]) if one["answer"] else Missing("nothing yet"),
            _on(one["answer"]),
            "; ".join(_cited(said) for said in one["citations"]) or Missing("not cited"),
        ]
        for one in of
    ]
    return Table("entries", "Entry by entry", columns, rows, when_empty="There is no entry.")


def _on(said: dict[str, Any] | None) -> Value:
    return datetime.fromisoformat(said["said_at"]).date() if said else Missing("nothing yet")


def _cited(said: dict[str, Any]) -> str:
    return f"{REVIEWS[said['review']]} {said['review_year']}, {said['reference']}"
