"""Reads single values of an IATI file: exactly, or not at all."""

import re
from datetime import date
from decimal import Context, Decimal
from typing import Any, NamedTuple

from registry.models import FIRST_DAY, LAST_DAY

DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# Grouped in threes: one group could as well be a decimal fraction, two groups cannot.
GROUPED = re.compile(
    r"[+-]?\d{1,3}(?:([.,' \u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?", re.ASCII
)
COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})", re.ASCII)
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class LeftOut(Exception):
    """An element cannot be stored; `code` is for programs, `reason` for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Reading(NamedTuple):
    """A number, and how it was read where it was not written as the standard wants it."""

    value: Decimal
    doubt: str = ""


def read_number(text: str | None, *, is_percent: bool = False) -> Reading:
    """The number that the text denotes beyond doubt; else LeftOut.

    "1,000" is left out: 1000 to one reader, 1 to another. "1,000,000" and "1.234,5" have one
    reading only. A percent sign is understood where the measure is a percentage.
    """
    text = (text or "").strip()
    if not text:
        raise LeftOut("missing_value", "There is no value.")
    bare = text.removesuffix("%").rstrip() if is_percent else text
    if DECIMAL.fullmatch(bare):
        return Reading(Decimal(bare), "" if bare == text else f"{text!r} read as {bare}")
    plain = _plain(bare)
    return Reading(Decimal(plain), f"{text!r} read as {plain}")


def _plain(text: str) -> str:
    """Write a number with separators the standard's way, if it has exactly one reading."""
    if COMMA.fullmatch(text):
        return text.replace(",", ".")
    match = GROUPED.fullmatch(text)
    if not match or match[1] == match[2]:
        raise LeftOut("not_a_number", f"{text[:60]!r} is not a number.")
    if match[1] in ".," and not match[2] and text.count(match[1]) == 1:
        raise LeftOut("ambiguous_number", f"{text!r} could be read in two ways.")
    whole = text.replace(match[1], "")
    return whole.replace(match[2], ".") if match[2] else whole


def fitting(number: Decimal, digits: int, places: int) -> Decimal:
    """The number, if a column of that size keeps it exactly; else LeftOut."""
    if number.copy_abs() >= Decimal(10) ** (digits - places):
        raise LeftOut("too_large", f"{number} is too large.")
    exponent = number.as_tuple().exponent
    rounded = isinstance(exponent, int) and -exponent > places
    # The default context has fewer digits than the column.
    if rounded and number != number.quantize(Decimal(1).scaleb(-places), context=Context(digits)):
        raise LeftOut("too_precise", f"{number} has more than {places} decimal places.")
    return number


def read_day(text: str | None) -> date:
    """A day that the registry can count with; else LeftOut."""
    match = DAY.fullmatch((text or "").strip())
    try:
        day = date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise LeftOut("bad_date", f"{text!r} is not a date.") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        reason = f"{day} is not from {FIRST_DAY} to {LAST_DAY}."
        raise LeftOut("date_out_of_range", reason)
    return day


def day_of(element: Any, tag: str) -> date:
    """The `iso-date` of the first child of that name; else LeftOut."""
    child = element.find(tag)
    if child is None:
        raise LeftOut("missing_date", f"There is no {tag}.")
    return read_day(child.get("iso-date"))


def narratives(element: Any | None) -> list[str]:
    """The texts of an element that are not blank, in the order of the file."""
    if element is None:
        return []
    texts = ("".join(child.itertext()).strip() for child in element.iterchildren("narrative"))
    return [text for text in texts if text]


def words(element: Any | None) -> str:
    """All narratives of an element, one below the other."""
    return "\n\n".join(narratives(element))


def child_words(element: Any, tag: str) -> str:
    return "\n\n".join(filter(None, (words(child) for child in element.iterchildren(tag))))


def code_of(element: Any, name: str = "code") -> str:
    """A code; re-serialised files changed the case, so codes are compared in upper case."""
    return (element.get(name) or "").strip().upper()
