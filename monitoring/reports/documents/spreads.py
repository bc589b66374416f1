"""Tables and charts of how scores and measures are spread over partnerships."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from monitoring.reports.documents.parts import Bar, Bars, Block, Column, Table, Value
from monitoring.reports.documents.reading import number
from monitoring.reports.documents.words import counted, say
from registry import display

SPREAD = {
    "mean": "Mean",
    "least": "Lowest",
    "first_quartile": "First quartile",
    "median": "Median",
    "third_quartile": "Third quartile",
    "most": "Highest",
}


LOW = "Missing data counts as nothing"
HIGH = "Measured only"


def high_end(of: dict[str, Any]) -> dict[str, Any]:
    """The spread of the high ends; what was stored before had no other."""
    found: dict[str, Any] = of.get("high") or of
    return found


def scores_table(of: dict[str, Any]) -> Table:
    """The low ends of the partnerships' scores, which are what is compared, and the high ones."""
    columns = [Column("end", "End of the range"), Column("scored", "Scored", "number")]
    columns += [Column(name, label, "share") for name, label in SPREAD.items()]
    ends = [(LOW, of)] if "high" in of else []
    rows: list[Sequence[Value]] = [
        [label, one["measured"], *(number(one[name]) for name in SPREAD)]
        for label, one in [*ends, (HIGH, high_end(of))]
    ]
    unscored = counted(of["without"], "partnership has", "partnerships have")
    notes = [say("{unscored} no score.", unscored=unscored)]
    if few := of.get("too_little_data"):
        many = counted(few, "partnership has", "partnerships have")
        notes.append(say("{many} too little data for a total.", many=many))
    return Table("scores", "Score over partnerships", columns, rows, notes=notes)


def measures_table(rows: Sequence[dict[str, Any]], key: str = "measures") -> list[Block]:
    """Each measure over the partnerships, with a chart of the medians."""
    columns = [
        Column("code", "Code"),
        Column("measure", "Measure"),
        Column("measured", "Measured", "number"),
        Column("no_data", "No data", "number"),
        Column("not_applicable", "Not applicable", "number"),
        *(Column(name, label, "share") for name, label in SPREAD.items()),
    ]
    counts = ("measured", "no_data", "not_applicable")
    made: list[Sequence[Value]] = [
        [row["code"], row["title"], *(row[name] for name in counts)]
        + [number(row[name]) for name in SPREAD]
        for row in rows
    ]
    empty = "No partnership has a current report."
    table = Table(key, "Measures over partnerships", columns, made, when_empty=empty)
    bars = [
        Bar(f"{row['code']} {row['title']}", _value(row["median"]), _share(row["median"]))
        for row in rows
    ]
    if not bars:
        return [table]
    words = "The median of the partnerships' values, measure by measure."
    return [Bars("Median of each measure", words, bars, key, Decimal(1)), table]


def _value(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _share(value: str | None) -> str:
    return "no data" if value is None else display.percent(Decimal(value))
