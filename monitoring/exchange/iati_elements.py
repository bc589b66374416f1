"""Which elements of an IATI activity are accounted for, one by one.

Counted is every child of the activity, of a transaction, and of each level of a result, except
those that only word or date their parent; of everything else (a location, a budget) the whole.
So is what stands beside the activities in a file.
"""

from collections.abc import Iterator, Mapping
from typing import Any

ACTIVITY = "iati-activity"

# The containers whose children are counted, with the children that go with them uncounted.
PARTS: Mapping[str, frozenset[str]] = {
    "": frozenset(),
    "transaction": frozenset({"transaction-type", "transaction-date", "value", "description"}),
    "result": frozenset({"title", "description"}),
    "result/indicator": frozenset({"title", "description"}),
    "result/indicator/baseline": frozenset(),
    "result/indicator/period": frozenset({"period-start", "period-end"}),
    "result/indicator/period/target": frozenset(),
    "result/indicator/period/actual": frozenset(),
}


def counted_of(entry: Any) -> Iterator[tuple[Any, str]]:
    """The counted elements of a child of the root, itself included, each with its kind."""
    if entry.tag == ACTIVITY:
        yield entry, ACTIVITY
        yield from counted(entry)
    else:
        yield entry, f"iati-activities/{entry.tag}"


def counted(element: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """The counted elements below `element`, each with its kind: its path in the activity."""
    for child in element.iterchildren("*"):
        if child.tag in PARTS[path]:
            continue
        kind = f"{path}/{child.tag}".lstrip("/")
        yield child, kind
        if kind in PARTS:
            yield from counted(child, kind)
