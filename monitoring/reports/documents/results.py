"""Results by library indicator: a table, and what to know before adding them up."""

from collections.abc import Sequence
from typing import Any

from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import Block, Column, Measured, Missing, Table, Value
from monitoring.reports.documents.reading import figure
from monitoring.reports.documents.words import counted, say
from registry import display

INDICATOR = "registry.globalindicator"
REASONS = {
    "not_identical": "measures something near to it",
    "accumulation_unknown": "does not say how it adds up",
    "no_actual": "has no value",
    "several_countries": "is not split by country",
    "share_of_part_of_the_time": "has a share that holds for a part of the time to date only",
}
UNKNOWN = "cannot be combined over units for the year"


def results_tables(found: Sequence[dict[str, Any]], names: Names, key: str = "") -> list[Block]:
    """Each line of each global indicator; and what was left out, with why."""
    columns = [
        Column("indicator", "Global indicator"),
        Column("unit", "Unit"),
        Column("partnerships", "Partnerships", "number"),
        Column("year", "In the year", "number"),
        Column("to_date", "To date", "number"),
        Column("know", "To know"),
    ]
    rows: list[Sequence[Value]] = [
        [
            names.of(INDICATOR, one["global_indicator"]),
            line["unit"] or Missing("no unit"),
            line["partnerships"],
            _shown(line, "year"),
            _shown(line, "to_date"),
            to_know(line),
        ]
        for one in found
        for line in one["lines"]
    ]
    caption = "Results by global indicator, as partnerships reported them"
    empty = "No partnership reported a global indicator in a way that can be added up."
    table = Table(f"results{key}", caption, columns, rows, when_empty=empty)
    return [table, *_left_out(found, names, key)]


def _shown(line: dict[str, Any], span: str) -> Value:
    """A ratio as per cent, whatever else stands in the column."""
    value = figure(line[span], UNKNOWN)
    if line["measure"] == "ratio" and not isinstance(value, str | Missing):
        return Measured(value, "share")  # type: ignore[arg-type]
    return value


def to_know(line: dict[str, Any]) -> str:
    said = []
    if line["may_count_twice"]:
        said.append("May count twice")
    if line["shared"]:
        said.append(f"Shared results counted once: {line['shared']}")
    if line["counts_people"] == "unique" and line["to_date"].get("low") is not None:
        said.append("The same people may have been counted twice")
    if line["is_provisional"]:
        said.append("Provisional in part")
    return ". ".join(said)


def _left_out(found: Sequence[dict[str, Any]], names: Names, key: str) -> list[Block]:
    rows: list[Sequence[Value]] = [
        [names.of(INDICATOR, one["global_indicator"]), REASONS.get(reason, reason), count]
        for one in found
        for reason, count in sorted(one["left_out"].items())
    ]
    if not rows:
        return []
    columns = [
        Column("indicator", "Global indicator"),
        Column("why", "The partnership's indicator"),
        Column("indicators", "Indicators", "number"),
    ]
    return [Table(f"left_out{key}", "Reported, and not added up", columns, rows)]


def in_a_sentence(one: dict[str, Any], line: dict[str, Any], names: Names) -> str:
    """What was reached to date, or nothing where there is no one value."""
    value = line["to_date"].get("value")
    if value is None:
        return ""
    by = counted(line["partnerships"], "partnership", "partnerships")
    indicator = names.of(INDICATOR, one["global_indicator"])
    twice = " This may count some results twice." if line["may_count_twice"] else ""
    unit = line["unit"]
    if line["measure"] == "ratio":
        of = f" ({unit})" if unit else ""
        text = "{indicator}: {value_share}{of}, as {by} reported."
        return say(text, indicator=indicator, value_share=value, of=of, by=by) + twice
    shown = " ".join(filter(None, [display.number(value), unit]))
    text = "{indicator}: {value}, as {by} reported."
    return say(text, indicator=indicator, value=shown, by=by) + twice
