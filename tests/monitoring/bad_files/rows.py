"""Rows that must be refused in any kind of file: what they say, and at which column why.

Written by hand from the rules (1 to 5) and the documented long format. The indicators have the
codes NUM (by SEX), USD (in dollars), PPL (unique persons), RATIO, PCT, RATE (1 to 5), YESNO,
STORY and PLACE (by place).
"""

from typing import NamedTuple


class Row(NamedTuple):
    """What one row says, and the field and code of its only error."""

    name: str
    says: dict[str, str]
    field: str
    code: str


def number(text, name=""):
    return Row(
        name or f"value {text}", {"indicator": "NUM", "value": text}, "value", "not_a_number"
    )


def row(name, field, code, **says):
    return Row(name, says, field, code)


NO_NUMBERS = [
    "N/A", "n/a", "-", "--", "<5", "> 5", "~5", "≈5", "?", "x", "nil", "none", "no data", "five",
    "1,234", "1.2.3", "1,2,3", "12-5", "5-10", "5 to 10", "12 34", "#REF!", "#DIV/0!", "#VALUE!",
    "2024-03-01", "01/03/2024", "March 2024", "TRUE", "=1+1", "=cmd|' /C calc'!A0",
    "@SUM(1)", "+", "0x10", "NaN", "inf", "-Infinity", "1_000", "½", "5?", "5 people", "€5",
    "$5", "5 USD", "(5)", "1e999", "1 000 00", "12:30", "five hundred", "１２a", "٥x", "1/2",
    "12,34,56", "1'00", "5*", "--5", "5-", "1e", "..5", "❤",
]  # fmt: skip

OTHERS = [
    row("21 digits", "value", "not_a_number", indicator="NUM", value="123456789012345678901"),
    row("11 decimals", "value", "not_a_number", indicator="NUM", value="0.12345678901"),
    row("no value", "value", "value_expected", indicator="NUM", comment="none yet"),
    row("percent for a number", "value", "percent_sign", indicator="NUM", value="40 %"),
    row("parts for a number", "value", "value_expected", indicator="NUM", numerator="1",
        denominator="2"),
    row("unknown indicator", "indicator", "unknown_indicator", indicator="NUMB", value="1"),
    row("no indicator", "indicator", "unknown_indicator", value="1"),
    row("indicator by place", "indicator", "place_missing", indicator="PLACE", value="1"),
    row("unknown category", "category", "unknown_category", indicator="NUM", category="Z",
        value="1"),
    row("category of another dimension", "category", "unknown_category", indicator="USD",
        category="SEX=F", value="1"),
    row("unknown period", "period", "unknown_period", indicator="NUM", period="2031 Q9", value="1"),
    row("another period", "period", "other_period", indicator="NUM", period="2024 Q2", value="1"),
    row("unknown unit", "unit", "unknown_unit", indicator="NUM", unit="Nobody", value="1"),
    row("another unit", "unit", "other_unit", indicator="NUM", unit="Other partner", value="1"),
    row("country without a unit", "country", "unknown_place", indicator="NUM", country="KE",
        value="1"),
    row("another currency", "currency", "wrong_currency", indicator="USD", currency="EUR",
        value="1"),
    row("a currency for a number", "currency", "wrong_currency", indicator="NUM", currency="USD",
        value="1"),
    row("negative people", "value", "negative", indicator="PPL", value="-1"),
    row("bare percentage for a ratio", "value", "ratio_parts_expected", indicator="RATIO",
        value="0.4"),
    row("ratio without denominator", "denominator", "ratio_parts_expected", indicator="RATIO",
        numerator="4"),
    row("ratio without numerator", "numerator", "ratio_parts_expected", indicator="RATIO",
        denominator="4"),
    row("of 0", "denominator", "zero_denominator", indicator="RATIO", numerator="1",
        denominator="0"),
    row("negative denominator", "denominator", "negative", indicator="RATIO", numerator="1",
        denominator="-2"),
    row("text for a numerator", "numerator", "not_a_number", indicator="RATIO", numerator="many",
        denominator="2"),
    row("rating 0", "value", "off_scale", indicator="RATE", value="0"),
    row("rating 6", "value", "off_scale", indicator="RATE", value="6"),
    row("rating in words", "value", "not_a_number", indicator="RATE", value="good"),
    row("2 for yes or no", "value", "not_yes_or_no", indicator="YESNO", value="2"),
    row("maybe", "value", "not_a_number", indicator="YESNO", value="maybe"),
    row("number for a narrative", "text", "text_expected", indicator="STORY", value="5"),
    row("narrative without text", "text", "text_expected", indicator="STORY", comment="soon"),
    row("provisional perhaps", "is_provisional", "not_a_boolean", indicator="NUM", value="1",
        is_provisional="perhaps"),
    row("provisional 2", "is_provisional", "not_a_boolean", indicator="NUM", value="1",
        is_provisional="2"),
    row("withdraws nothing", "withdraws", "nothing_to_withdraw", indicator="NUM", withdraws="yes"),
    row("withdraws for good", "withdraws", "not_a_boolean", indicator="NUM", value="1",
        withdraws="for good"),
    row("sample of 0", "sample_size", "not_a_sample_size", indicator="NUM", value="1",
        sample_size="0"),
    row("sample of 1.5", "sample_size", "not_a_sample_size", indicator="NUM", value="1",
        sample_size="1.5"),
    row("sample of many", "sample_size", "not_a_number", indicator="NUM", value="1",
        sample_size="many"),
    row("half an interval", "interval_high", "interval_incomplete", indicator="NUM", value="1",
        interval_low="0"),
    row("interval the wrong way", "interval_high", "interval_reversed", indicator="NUM", value="1",
        interval_low="2", interval_high="1"),
    row("endless comment", "comment", "not_a_text", indicator="NUM", value="1",
        comment="x" * 20_001),
    row("endless method", "method", "not_a_text", indicator="NUM", value="1", method="x" * 2001),
]  # fmt: skip

BAD_ROWS = [*map(number, NO_NUMBERS), *OTHERS]
