"""The columns of a template: their titles, and what may be typed into them."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column by its name in the long format, or by one of our own where it only helps."""

    name: str
    title: str
    width: int
    is_input: bool = True
    hint: str = ""


COLUMNS = (
    Column("unit", "Reporting unit", 28, False),
    Column("code", "Code", 12, False),
    Column("title", "Indicator", 48, False),
    Column("breakdown", "Breakdown", 22, False),
    Column("measured_in", "Measured in", 22, False),
    Column("last", "Last value", 24, False),
    Column("target", "Target", 18, False),
    Column("value", "Value", 14),
    Column("numerator", "Numerator", 14),
    Column("denominator", "Denominator", 14),
    Column("text", "Text", 30),
    Column("is_provisional", "Provisional", 12),
    Column("variance_reason", "Reason", 30),
    Column("comment", "Comment", 30),
    Column("method", "How it was estimated", 24),
    Column("sample_size", "Sample size", 13),
    Column("interval_low", "Interval from", 13),
    Column("interval_high", "Interval to", 13),
    Column("withdraws", "Withdraw", 12),
    Column("key", "Row key", 60, False),
)
INSTRUCTIONS, DATA, ERRORS = "Instructions", "Data", "Errors"
KEY = "row_key"
# By the title as it is looked up.
NAMES = {"_".join(column.title.casefold().split()): column.name for column in COLUMNS}
