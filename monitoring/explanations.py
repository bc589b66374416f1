"""Why a light has its colour: the method and what went into it, in words."""

from datetime import date
from typing import Any, NamedTuple

from monitoring.aggregation import Light
from registry import display

METHODS = {
    "timeliness": (
        "Each reporting unit owes its data for every period that has ended. Due: up to the due "
        "date. Late: 1 to 90 days after it. Overdue: more than 90 days, or two periods. "
        "Inactive: nothing for two years. It says nothing about what was achieved."
    ),
    "achievement": (
        "Each indicator compares its progress toward the last target with what was expected by "
        "the reference date: a gap of up to 10 points is on track, up to 30 at risk, more off "
        "track. The partnership is on track if at least two thirds of the indicators with data "
        "are and no outcome is off track; off track if more than a third are; else at risk. "
        "Fewer than half with data: no data. Missing data never makes it worse."
    ),
}
WHY = {
    "no_framework": "There is no agreed framework yet.",
    "as_published": "Figures as published: nobody said how they add up, so none is judged.",
    "imported": "The framework was imported, not agreed: nobody promised a reporting date.",
    "nothing_due": "Nothing was due by the reference date.",
    "all_reported": "Everything that was due has been reported.",
    "missing": "{missing} of {due} due reports are missing.",
    "too_little_data": "Only {with_data} of {due} indicators have data.",
    "shares": "{on_track} of {with_data} indicators with data on track.",
    "gap": "Expected {expected}, reached {progress}.",
    "tolerance": "Compared with the target and its tolerance.",
    "no_expectation": "Nothing can be expected without baseline or target.",
}
INPUTS = {
    "due": "Due",
    "missing": "Missing",
    "oldest_missing_due_on": "Oldest missing was due on",
    "with_data": "With data",
    "on_track": "On track",
    "at_risk": "At risk",
    "off_track": "Off track",
    "outcome_off_track": "An outcome is off track",
    "expected": "Expected",
    "progress": "Reached",
    "gap": "Gap",
    "worse_by": "Worse than the target by",
    "tolerance": "Tolerance",
}
SHARES = ("expected", "progress", "gap")


class LightShown(NamedTuple):
    name: str
    state: str
    why: str
    method: str
    inputs: list[tuple[str, str]]


def lights_shown(timeliness: Light, achievement: Light) -> list[LightShown]:
    """The two lights side by side, never one for the other."""
    return [
        _shown("Achievement", "achievement", achievement),
        _shown("Reporting", "timeliness", timeliness),
    ]


def why(light: Light) -> str:
    """One sentence for one light of an indicator or a partnership."""
    texts = {name: _text(name, value) for name, value in light.inputs.items()}
    pattern = WHY.get(light.why)
    return pattern.format(**texts) if pattern else f"{display.reason(light.why)}.".capitalize()


def _shown(name: str, kind: str, light: Light) -> LightShown:
    due = light.inputs.items()
    inputs = [(INPUTS.get(key, key), _text(key, value)) for key, value in due]
    return LightShown(name, light.colour, why(light), METHODS[kind], inputs)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "\u2013"
    if isinstance(value, date):
        return value.isoformat()
    if name in SHARES:
        return display.percent(value)
    return display.number(value) if not _is_day(value) else str(value)


def _is_day(value: Any) -> bool:
    """A snapshot holds days as texts."""
    return isinstance(value, str) and len(value) == 10 and value[4] == "-"
