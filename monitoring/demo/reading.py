"""The files that the demonstration is written in, and its calendar."""

import csv
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 20)  # nothing in the demonstration happens later

Spec = dict[str, Any]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def partnerships() -> list[Spec]:
    """One per file, in the order of their names; `name` is the file's."""
    return [
        {"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))}
        for path in sorted((DATA / "partnerships").glob("*.toml"))
    ]


def topic(name: str) -> Spec:
    """What `data/<name>.toml` says, by the partnership's name."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def moment(day: date, *, days: int = 0, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(hour, minute), UTC)


def key(*parts: object) -> UUID:
    """The same identifier for the same thing each time the demonstration is loaded."""
    return uuid5(NAMESPACE_URL, "/".join(["demo", *map(str, parts)]))
