"""Which elements of an IATI activity are accounted for, one by one.

Counted is every child of the activity, of a transaction, and of each level of a result, except
those that only word or date their parent; of everything else (a location, a budget) the whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any

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


def counted(element: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """The counted elements below `element`, each with its kind: its path in the activity."""
    for child in element.iterchildren("*"):
        if child.tag in PARTS[path]:
            continue
        kind = f"{path}/{child.tag}".lstrip("/")
        yield child, kind
        if kind in PARTS:
            yield from counted(child, kind)
