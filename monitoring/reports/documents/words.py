"""Sentences made from figures: a template says what is true, the data says how much."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from registry import display

A_DIGIT = re.compile(r"\d")


def say(template: str, /, **values: Decimal | int | str | date | None) -> str:
    """A sentence with its values filled in, each as people read it; a None raises.

    The template itself may hold no digit: a number in a sentence is a number of the data.
    What is given under a name that ends in `_share` is written as per cent.
    """
    if A_DIGIT.search(re.sub(r"\{[^}]*\}", "", template)):
        raise ValueError(f"a template may hold no number of its own: {template}")
    return template.format(**{name: _said(name, value) for name, value in values.items()})


def counted(number: int, one: str, many: str) -> str:
    """`1 partnership`, `3 partnerships`."""
    return f"{display.number(number)} {one if number == 1 else many}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _said(name: str, value: Decimal | int | str | date | None) -> str:
    if value is None:
        raise ValueError(f"{name} has no value: say so in another sentence")
    if name.endswith("_share"):
        return display.percent(Decimal(str(value)))
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Decimal | int):
        return display.number(value)
    return value
