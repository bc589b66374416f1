"""Templates of frameworks: results and indicators that partnerships may begin with."""

import tomllib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "data" / "frameworks"


@dataclass(frozen=True)
class TemplateResult:
    """A result of a template; `below` names the result under which it stands."""

    key: str
    level: str
    title: str
    description: str = ""
    assumptions: str = ""
    below: str = ""
    indicators: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Template:
    """One file of `monitoring/data/frameworks/`."""

    code: str
    title: str
    summary: str
    goals: tuple[int, ...]
    targets: tuple[str, ...]
    cadence: str
    theory_of_change: str
    assumptions: str
    results: tuple[TemplateResult, ...] = field(default=())

    @property
    def indicators(self) -> list[dict[str, Any]]:
        return [indicator for result in self.results for indicator in result.indicators]

    def first(self, count: int) -> "Template":
        """With so many indicators only, those of the library first; results that lose all go."""
        ranked = sorted(self.indicators, key=lambda one: not one.get("global_indicator"))
        chosen = {one["code"] for one in ranked[:count]}
        kept = [
            replace(
                result,
                indicators=tuple(one for one in result.indicators if one["code"] in chosen),
            )
            for result in self.results
        ]
        return replace(self, results=tuple(result for result in kept if result.indicators))

    def needs_currency(self) -> bool:
        return any(one["measure"] == "currency" for one in self.indicators)

    def library_codes(self) -> set[str]:
        return {one["global_indicator"] for one in self.indicators if "global_indicator" in one}


@cache
def templates() -> dict[str, Template]:
    """All of them by code, in the order of their names."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def _read(path: Path) -> Template:
    said = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    results = []
    for row in said.pop("results"):
        indicators = tuple(row.pop("indicators", ()))
        results.append(TemplateResult(**row, indicators=indicators))
    lists: dict[str, Any] = {name: tuple(said.pop(name)) for name in ("goals", "targets")}
    return Template(code=path.stem, results=tuple(results), **lists, **said)
