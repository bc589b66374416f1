"""What is said beside an input when a row is refused, and what numbers were read as."""

from collections.abc import Iterable

from monitoring.errors import RowError
from monitoring.ingest.numbers import exact

Reading = tuple[str, str, str]


def said_of(error: RowError) -> str:
    """The reason, with what was found where the reason does not say it."""
    found = error.found.strip()[:60]
    is_said = not found or found in error.reason
    return error.reason if is_said else f"{error.reason} Found: “{found}”."


def readings(typed: Iterable[tuple[str, str]]) -> list[Reading]:
    """What was typed otherwise than it is kept: label, as typed, as understood."""
    found = ((label, text.strip(), exact(text)[0]) for label, text in typed if text)
    return [(label, text, kept) for label, text, kept in found if kept and text != kept]
