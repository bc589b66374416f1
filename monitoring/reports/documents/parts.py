"""What a report's document is made of, whatever form it is then written in.

Page, PDF, workbook and CSV are all written from one Document, and a Document from one snapshot:
so the same figure stands in each of them. A figure is exact here; rounding is a form's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Missing:
    """No value, and why: `no data`, `not applicable`, `waits for a rate`. Never 0, never empty."""

    reason: str


@dataclass(frozen=True)
class Link:
    """Words with the address, within the product, where a reader can open what they name."""

    text: str
    address: str


@dataclass(frozen=True)
class Links:
    """Several links under a few words: the rows that a figure was read from."""

    text: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Status:
    """A state by its word, as in `Light`: shape and colour follow from it."""

    word: str


# How a column's values are written: text; a number as it is; a share in [0, 1] as per cent;
# money as a number with its currency in the column's `unit`; a day; the difference of two shares
# in points of a hundred, with its sign.
Sort = Literal["text", "number", "share", "money", "day", "points"]


@dataclass(frozen=True)
class Measured:
    """A value that is written in a way of its own, whatever its column says.

    With `high` it is a range from `value` on. `note` is what has to be known about it; `address`
    is where it is explained.
    """

    value: Decimal | int | str | Missing
    sort: Sort = "number"
    unit: str = ""
    note: str = ""
    address: str = ""
    high: Decimal | None = None


Value = Decimal | int | str | date | datetime | Link | Links | Status | Measured | Missing


@dataclass(frozen=True)
class Column:
    """A column of a table: `key` is its name in CSV and JSON, `label` what people read."""

    key: str
    label: str
    sort: Sort = "text"
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns; `key` names the sheet and the CSV file, unique in the document.

    The first column names the row. `anchors` are ids of the rows on the page, one for each row.
    """

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    totals: Sequence[Value] = ()
    notes: Sequence[str] = ()
    when_empty: str = "Nothing to show."
    anchors: Sequence[str] = ()


@dataclass(frozen=True)
class Paragraph:
    """A sentence or a few, in the registry's own words; figures come in by `words.say`."""

    text: str


@dataclass(frozen=True)
class Notice:
    """What a reader must know before reading on: a status, a limit, something missing."""

    text: str


@dataclass(frozen=True)
class Quote:
    """Somebody's own words, shown as theirs and never as markup."""

    text: str
    by: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Tile:
    """One headline figure with what it is out of."""

    label: str
    value: Value
    sort: Sort = "number"
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Light:
    """A status by its word; shape and colour follow from the word (see registry's `state`)."""

    label: str
    word: str
    note: str = ""
    method: str = ""
    inputs: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Lights:
    lights: Sequence[Light]


@dataclass(frozen=True)
class Bar:
    """A bar of a chart: its label, its value, and the text that stands beside it.

    `tone` is the tone of a state (`on`, `risk`, `off`, `na`); `expected` is drawn as a tick.
    """

    label: str
    value: Decimal | None
    text: str = ""
    tone: str = ""
    expected: Decimal | None = None


@dataclass(frozen=True)
class Bars:
    """Horizontal bars: `title` and `description` are read aloud; `table` names the Table with the
    same figures. `highest` is the end of the scale (1 for shares), else the largest value."""

    title: str
    description: str
    bars: Sequence[Bar]
    table: str
    highest: Decimal | None = None


@dataclass(frozen=True)
class Point:
    """A point of a line: the day, what was reached, and what was aimed at."""

    on: date
    label: str
    value: Decimal | None
    target: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A line over time with its targets; the unit `share` writes values as per cent."""

    title: str
    description: str
    points: Sequence[Point]
    table: str
    unit: str = ""


@dataclass(frozen=True)
class Details:
    """Blocks that the page shows on demand, under a summary; every other form shows them."""

    summary: str
    blocks: Sequence["Block"]


Block = Paragraph | Notice | Quote | Tiles | Lights | Table | Bars | Line | Details


@dataclass(frozen=True)
class Section:
    """A heading with its blocks; `key` is its anchor, unique in the document."""

    key: str
    heading: str
    blocks: Sequence[Block]
    sections: Sequence["Section"] = ()


@dataclass(frozen=True)
class Document:
    """A whole report: title, the facts under it, what must be known first, and its sections."""

    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    notices: Sequence[str] = ()
    language: str = "en"
    sources: Sequence[str] = field(default_factory=tuple)

    def tables(self) -> list[Table]:
        """Every table in the order of reading."""
        return [block for block in self.blocks() if isinstance(block, Table)]

    def blocks(self) -> list[Block]:
        """Every block in the order of reading, what stands in details among them."""
        found: list[Block] = []
        waiting: list[Section | Block] = list(self.sections)
        while waiting:
            first = waiting.pop(0)
            if isinstance(first, Section):
                waiting = [*first.blocks, *first.sections, *waiting]
            elif isinstance(first, Details):
                waiting = [*first.blocks, *waiting]
            else:
                found.append(first)
        return found
