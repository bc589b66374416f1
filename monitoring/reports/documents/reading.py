"""How a writer reads a snapshot: numbers stand in it as text, and what is missing as null."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from monitoring.reports.documents import values
from monitoring.reports.documents.names import Names
from monitoring.reports.documents.parts import Link, Measured, Missing, Status, Value
from monitoring.reports.documents.words import counted, say
from registry import display

NO_DATA = Missing("no data")


def number(value: Any, otherwise: str = "no data") -> Value:
    """A number exactly as the snapshot has it, or why there is none."""
    return Missing(otherwise) if value is None else Decimal(str(value))


def points(difference: Any) -> Decimal:
    """A difference of two shares in points of a hundred."""
    return Decimal(str(difference)) * 100


def score(row: dict[str, Any]) -> Value:
    """A partnership's score: from its low end, where missing data counts as nothing, to its high
    one. What was stored before has no ends."""
    if row["score"] is None:
        return Missing("no data")
    low = Decimal(row["score"])
    high = Decimal(row.get("score_high") or low)
    return Measured(low, "share", high=None if high == low else high)


def day(value: Any, otherwise: str = "no data") -> Value:
    return Missing(otherwise) if not value else date.fromisoformat(value)


def not_listed(in_all: int, rows: Sequence[Any]) -> list[str]:
    """What a table notes where it has only the first of them."""
    more = in_all - len(rows)
    if more <= 0:
        return []
    return [say("{more} not listed.", more=counted(more, "more is", "more are"))]


def word(code: str | None) -> str:
    """A light or a state as people read it."""
    return display.look(code or "").word


def state(code: str | None) -> Status:
    """A light or a state, as a table shows it."""
    return Status(code or "no_data")


def linked(names: Names, kind: str, pk: int) -> Value:
    """The present name, with the address of its page where it has one."""
    address = names.address(kind, pk)
    return Link(names.of(kind, pk), address) if address else names.of(kind, pk)


def figure(of: dict[str, Any], otherwise: str = "no data") -> Value:
    """A figure's value; of a range both ends; else its reason."""
    if of.get("value") is not None:
        return Decimal(of["value"])
    if of.get("low") is not None and of.get("high") is not None:
        return f"{display.number(of['low'])} to {display.number(of['high'])}"
    return Missing(display.reason(of.get("reason") or "") or otherwise)


def facts_of(content: dict[str, Any], *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The days and the two dates, as they stand under every title."""
    period = content["period"]
    first, last = (date.fromisoformat(period[name]) for name in ("starts_on", "ends_on"))
    return [
        ("Days", f"{values.day(first)} to {values.day(last)}"),
        ("Reference date", values.day(date.fromisoformat(content["reference_on"]))),
        ("Cut-off", values.moment(datetime.fromisoformat(content["cutoff_at"]))),
        *more,
    ]


def in_order(counts: dict[str, int], order: Sequence[str]) -> list[tuple[str, int]]:
    """Counts by code, those that are named in their order and any other one after them."""
    known = [(code, counts[code]) for code in order if code in counts]
    return known + sorted((code, n) for code, n in counts.items() if code not in order)
