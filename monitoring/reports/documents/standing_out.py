"""What stands out in a portfolio: tables."""

from collections.abc import Sequence
from typing import Any

from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import Block, Column, Table, Value
from monitoring.reports.documents.reading import linked, number
from monitoring.reports.documents.words import counted, say
from partnerships.models import Partnership

LOW_ENDS = "Scores are the low ends of the ranges: missing data counts as nothing."
FLAGS = {
    "more_than_twice_the_target": "More than twice the target",
    "worse_than_the_baseline": "Worse than the baseline",
    "denominator_of_zero": "Denominator of zero",
    "too_old_to_be_carried": "Last report too old to be carried",
    "people_may_be_counted_twice": "The same people may be counted twice",
    "provisional": "Provisional",
}


def standing_out(content: dict[str, Any], names: Names) -> list[Block]:
    """Scores far from their kind, and figures that ask to be looked at."""
    of = content["outliers"]
    labels = dict(Partnership.Kind.choices)
    kinds = [
        [str(labels.get(row["kind"], row["kind"])), row["scored"], number(row["median"])]
        for row in of["kinds"]
    ]
    furthest: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            str(labels.get(row["kind"], row["kind"])),
            *(number(row[name]) for name in ("score", "median", "distance")),
            number(row.get("high")),
        ]
        for row in of["rows"]
    ]
    fewest = say("Kinds with fewer than {n} scored partnerships are left out.", n=of["fewest"])
    return [
        Table(
            "kinds",
            "Score by kind of partnership",
            [Column("kind", "Kind"), Column("scored", "Scored", "number")]
            + [Column("median", "Median", "share")],
            kinds,
        ),
        Table(
            "outliers",
            "Furthest from the median of their kind",
            [Column("partnership", "Partnership"), Column("kind", "Kind")]
            + [Column("score", "Score", "share"), Column("median", "Median", "share")]
            + [Column("distance", "Distance", "share")]
            + [Column("high", "High end", "share")],
            furthest,
            notes=[fewest, LOW_ENDS],
            when_empty="None.",
        ),
        *_flags(content["flags"], names),
    ]


def _flags(of: dict[str, Any], names: Names) -> list[Block]:
    counts = [[FLAGS[row["flag"]], row["figures"], row["partnerships"]] for row in of["counts"]]
    most: list[Sequence[Value]] = [
        [
            linked(names, "partnership", row["partnership"]),
            row["figures"],
            *(row[name] for name in FLAGS),
        ]
        for row in of["rows"]
    ]
    text = say("Of {n} in the current reports.", n=counted(of["figures"], "figure", "figures"))
    columns = [Column("flag", "What to look at"), Column("figures", "Figures", "number")]
    columns += [Column("partnerships", "Partnerships", "number")]
    each = [Column("partnership", "Partnership"), Column("figures", "Figures", "number")]
    each += [Column(name, label, "number") for name, label in FLAGS.items()]
    return [
        Table("flags", "Figures that ask to be looked at", columns, counts, notes=[text]),
        Table("flagged", "Partnerships with most of them", each, most, when_empty="None."),
    ]
