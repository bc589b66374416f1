"""Numbers as people write them, made plain; what could mean two things is refused with why."""

import re
import unicodedata
from decimal import Decimal, localcontext
from typing import Any

PLAIN = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,10})?")
# What Python takes for a number as well is left out: 1_000, NaN, Infinity.
NUMBER = re.compile(r"[+-]?([0-9]{1,60}(\.[0-9]{0,60})?|\.[0-9]{1,60})([eE][+-]?[0-9]{1,2})?")
GAP = "[ \u00a0\u2007\u2009\u202f\u066c'\u2019]"
GROUPED = re.compile(rf"[+-]?[0-9]{{1,3}}(?:{GAP}[0-9]{{3}})+(?:[.,][0-9]+)?")
COMMA_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")
POINT_GROUPS = re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]+|(?:\.[0-9]{3}){2,})")
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")

MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY = re.compile(
    r"\d{4}-\d{1,2}(-\d{1,2})?([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}"
    rf"|\d{{1,2}}/\d{{1,4}}|\d{{1,2}}[ -]{MONTH}([ -]\d{{2,4}})?|{MONTH}[ -]\d{{1,4}}(, \d{{4}})?",
    re.IGNORECASE,
)
NOTHING = {
    "-", "--", "\u2013", "\u2014", ".", "..", "...", "\u2026", "?", "x", "na", "n/a", "#n/a",
    "n.a.", "n.a", "n/d", "nd", "n.d.", "nil", "none", "null", "nan", "no data", "not available",
    "not applicable", "missing", "unknown", "tbd", "tbc",
}  # fmt: skip
ABOUT = re.compile(
    r"(?:[<>\u2264\u2265~\u2248\u00b1]|ca\.?\s|about\s|approx|less than|more than).*"
)
SPAN = re.compile(r"[0-9.,]+\s*(?:-|\u2013|to)\s*[0-9.,]+")

TOO_LONG = "At most 20 digits before the point and 10 after it."
EMPTY_CELL = "Expected a number, or an empty cell where there is no value; 0 is a value."


def typed_number(text: str) -> str:
    """What was typed, as a plain number: "1 234,5", "12,5", "12 %" and Arabic digits.

    A single comma before exactly three digits could mean either, and stays as it is, so that
    the check refuses it instead of guessing.
    """
    plain = _western(text)
    if GROUPED.fullmatch(plain):
        return re.sub(GAP, "", plain).replace(",", ".")
    if UNCLEAR.fullmatch(plain):
        return plain
    if COMMA.fullmatch(plain):
        return plain.replace(",", ".")
    if COMMA_GROUPS.fullmatch(plain):
        return plain.replace(",", "")
    if POINT_GROUPS.fullmatch(plain):
        return plain.replace(".", "").replace(",", ".")
    return plain


def _western(text: str) -> str:
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    plain = digits.replace("\u066b", ".").replace("\u2212", "-").strip()
    return plain.removesuffix("%").strip()


def exact(given: Any) -> tuple[str, str]:
    """A number of at most 20 digits and 10 decimals as plain text, or why it is none."""
    if isinstance(given, bool) or not isinstance(given, int | float | str | Decimal):
        return "", "Expected a number."
    if isinstance(given, int):
        return ("", TOO_LONG) if abs(given) >= 10**20 else (str(given), "")
    text = typed_number(given) if isinstance(given, str) else str(given)
    if not NUMBER.fullmatch(text):
        return "", _why_none(str(given))
    with localcontext(prec=200):
        number = Decimal(text).normalize()
    if number.adjusted() >= 20 or int(number.as_tuple().exponent) < -10:
        return "", TOO_LONG
    return (f"{number:f}" if number else "0"), ""


def _why_none(text: str) -> str:
    said = " ".join(text.split())
    plain = _western(said)
    if said.casefold() in NOTHING:
        return EMPTY_CELL
    if UNCLEAR.fullmatch(plain):
        thousands, decimal = plain.replace(",", ""), plain.replace(",", ".")
        return (
            f"Expected a number that can be read in one way only: this one could mean {thousands} "
            f"or {decimal}."
        )
    if DAY.fullmatch(said):
        return "Expected a number, found a date: give the cell a number format, and type it again."
    if ABOUT.fullmatch(said.casefold()) or SPAN.fullmatch(plain):
        return (
            "Expected one exact number: an estimate goes into `value`, its ends into "
            "`interval_low` and `interval_high`."
        )
    if re.search(r"[0-9]", plain) and re.search(r"[^\W\d]|[$\u20ac\u00a3]", plain):
        return "Expected a number alone, without its unit or currency."
    return "Expected a number, such as 1234.5."
