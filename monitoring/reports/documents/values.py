"""How a value of a document is written as a text, for people and for programs."""

from datetime import UTC, date, datetime
from decimal import Decimal

from monitoring.reports.documents.parts import (
    Link,
    Links,
    Measured,
    Missing,
    Sort,
    Status,
    Value,
)
from registry import display

NUMERIC = ("number", "share", "money", "points")


def shown(value: Value, sort: Sort = "text", unit: str = "") -> str:
    """As people read it: rounded, with its unit; why there is none, where there is none."""
    if isinstance(value, Measured):
        return _range(value)
    if isinstance(value, Missing):
        return value.reason
    if isinstance(value, Status):
        return display.look(value.word).word
    if isinstance(value, Link | Links):
        return value.text
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal | int):
        return _number(Decimal(value), sort, unit)
    return value


def exact(value: Value) -> Decimal | int | str | date:
    """As programs read it: the number unrounded, a share unscaled, a day as a day.

    A range is a text, and so is the reason where there is no value.
    """
    if isinstance(value, Measured):
        if value.high is None or isinstance(value.value, str | Missing):
            return exact(value.value)
        return f"{plain(Decimal(value.value))}\u2013{plain(value.high)}"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Decimal | int | date):
        return value
    return shown(value)


def plain(number: Decimal) -> str:
    """Every digit, no thousands separator, no exponent."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def day(value: date) -> str:
    """5 Jan 2026"""
    return f"{value.day} {value:%b %Y}"


def moment(value: datetime) -> str:
    """5 Jan 2026, 23:59 UTC"""
    there = value.astimezone(UTC)
    return f"{day(there)}, {there:%H:%M} UTC"


def _range(value: Measured) -> str:
    low = shown(value.value, value.sort, value.unit)
    if value.high is None or isinstance(value.value, str | Missing):
        return low
    bare = shown(value.value, value.sort)
    return f"{bare}\u2013{_number(value.high, value.sort, value.unit)}"


def _number(number: Decimal, sort: Sort, unit: str) -> str:
    if sort == "share":
        return display.percent(number)
    if sort == "points":
        return display.points(number)
    text = display.number(number)
    if sort == "money" and unit:
        return f"{unit}{display.NO_BREAK}{text}"
    return f"{text}{display.NO_BREAK}{unit}" if unit == "%" else text
