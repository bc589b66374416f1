"""Points of a partnership on a plain grid of degrees: a picture beside the table."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT, EDGE = 560.0, 260.0, 24.0
LEAST = 8.0  # degrees that a side shows at least


@dataclass
class Point:
    x: float
    y: float
    name: str
    is_country: bool

    @property
    def is_at_the_edge(self) -> bool:
        """Whether its name has more room on the left."""
        return self.x > WIDTH * 0.75


@dataclass
class Line:
    at: float
    label: str


@dataclass
class Map:
    """The points within their box, with the meridians and parallels that cross it."""

    points: list[Point]
    meridians: list[Line] = field(default_factory=list)
    parallels: list[Line] = field(default_factory=list)
    width: float = WIDTH
    height: float = HEIGHT


def map_of(countries: Iterable[Any], locations: Iterable[Any]) -> Map | None:
    """Places with coordinates; countries that have none of their own stand at their middle."""
    marked = [one for one in locations if one.latitude is not None]
    within = {one.country_id for one in marked}
    middles = [
        place.country
        for place in countries
        if place.country_id not in within and place.country.latitude is not None
    ]
    named = [(one, False) for one in marked] + [(one, True) for one in middles]
    if not named:
        return None
    west, east = _span([float(one.longitude) for one, _ in named])
    south, north = _span([float(one.latitude) for one, _ in named])
    scale = min((WIDTH - 2 * EDGE) / (east - west), (HEIGHT - 2 * EDGE) / (north - south))

    def x(longitude: float) -> float:
        return round(WIDTH / 2 + (longitude - (west + east) / 2) * scale, 1)

    def y(latitude: float) -> float:
        return round(HEIGHT / 2 - (latitude - (south + north) / 2) * scale, 1)

    points = [
        Point(x(float(one.longitude)), y(float(one.latitude)), str(one), is_country)
        for one, is_country in named
    ]
    step = _step(max(east - west, north - south))
    return Map(
        points,
        [Line(x(d), _degrees(d, "E", "W")) for d in _marks(WIDTH / scale, west, east, step)],
        [Line(y(d), _degrees(d, "N", "S")) for d in _marks(HEIGHT / scale, south, north, step)],
    )


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    wider = max(0.0, LEAST - (high - low)) / 2
    return low - wider, high + wider


def _step(degrees: float) -> int:
    return next((step for step in (2, 5, 10, 20, 30) if degrees / step <= 6), 60)


def _marks(shown: float, low: float, high: float, step: int) -> list[int]:
    """Round degrees that lie within what is shown."""
    middle = (low + high) / 2
    first = int((middle - shown / 2) // step + 1) * step
    return list(range(first, int(middle + shown / 2) + 1, step))


def _degrees(value: int, plus: str, minus: str) -> str:
    return f"{abs(value)}°{'' if value == 0 else plus if value > 0 else minus}"
