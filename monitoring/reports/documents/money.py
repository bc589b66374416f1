"""Money over many partnerships: sentences and tables."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import Block, Column, Notice, Paragraph, Table, Value
from monitoring.reports.documents.reading import linked, number
from monitoring.reports.documents.words import counted, listed, say

USD = "USD"


def funding(of: dict[str, Any], names: Names) -> list[Block]:
    """What is needed, committed and matched, in words and tables."""
    usd = of["usd"]
    blocks: list[Block] = []
    if usd["with_need"]:
        text = "{stating} what funding they need: {need} US dollars in all. {lacking} a gap, "
        text += "together {gap} US dollars after what is committed and matched."
        stating = counted(usd["with_need"], "partnership states", "partnerships state")
        lacking = counted(usd["with_gap"], "has", "have")
        sums = {name: Decimal(usd[name]) for name in ("need", "gap")}
        blocks.append(Paragraph(say(text, stating=stating, lacking=lacking, **sums)))
    else:
        blocks.append(Paragraph("No partnership states what funding it needs."))
    if of["without_rate"]:
        text = "Without a rate: {currencies}. Their amounts stand in the table by currency only."
        blocks.append(Notice(say(text, currencies=listed(of["without_rate"]))))
    return [*blocks, *money_tables(of, names)]


def money_tables(of: dict[str, Any], names: Names) -> list[Block]:
    """Sums by currency, the total in US dollars, and the greatest gaps."""
    kinds = {
        "budget": "Budget",
        "stated": "Stated needs",
        "committed": "Committed",
        "confirmed": "Arrived and confirmed",
        "matched": "Matched",
        "without_rate": "Without a rate",
    }
    columns = [Column("currency", "Currency")]
    columns += [Column(name, label, "money") for name, label in kinds.items()]
    rows: list[Sequence[Value]] = [
        [row["currency"], *(number(row[name], "none recorded") for name in kinds)]
        for row in of["currencies"]
    ]
    gaps = [
        [
            linked(names, "partnership", row["partnership"]),
            *(number(row[name]) for name in ("need", "committed", "matched", "gap")),
        ]
        for row in of["gaps"]
    ]
    gap_columns = [
        Column("partnership", "Partnership"),
        Column("need", "Need", "money", USD),
        Column("committed", "Committed", "money", USD),
        Column("matched", "Matched", "money", USD),
        Column("gap", "Gap", "money", USD),
    ]
    usd = of["usd"]
    totals = ["Total", *(number(usd[name]) for name in ("need", "committed", "matched", "gap"))]
    empty = "No money is recorded."
    return [
        Table("money", "Money by currency", columns, rows, when_empty=empty),
        Table(
            "gaps",
            "The greatest gaps",
            gap_columns,
            gaps,
            totals=totals,
            notes=["The total is over all partnerships, not only over those that are listed."],
            when_empty="No partnership that states a need has a gap.",
        ),
    ]
