"""How far a draft framework is written: what is there, what is open, and where it is written."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from monitoring.models import Framework, Indicator
from monitoring.sheets import Node
from partnerships.views.finding import key_of


class Step(NamedTuple):
    """A part of the work: its state as a word, and what is said of it."""

    label: str
    page: str
    state: str
    said: str


def steps_of(framework: Framework, tree: Sequence[Node]) -> list[tuple[Step, str]]:
    """In the order in which most people write; any order will do."""
    indicators = [sheet.indicator for node in tree for sheet in node.sheets]
    counted = [one for one in indicators if one.measure != Indicator.Measure.NARRATIVE]
    measured = [node for node in tree if node.sheets]
    steps = [
        _facts(framework),
        _share("Results", "framework-result-new", len(measured), len(tree), "measured"),
        _share(
            "Indicators", "framework-library", *_described(indicators), "defined, with a source"
        ),
        _share("Baselines", "framework-edit", *_based(counted), "stated, or planned for"),
        _share("Targets", "framework-targets", *_aimed(counted), "with a target"),
    ]
    key = key_of(framework.partnership)
    below = {"framework-edit": "#results"}
    return [
        (step, reverse(step.page, args=[key, framework.edition]) + below.get(step.page, ""))
        for step in steps
    ]


def _facts(framework: Framework) -> Step:
    said = [framework.theory_of_change, framework.assumptions]
    whole = "how change comes about, and what it rests on"
    state = "complete" if all(said) else "incomplete"
    text = "written" if all(said) else f"{whole}: {'one is' if any(said) else 'both are'} missing"
    return Step("Facts and theory of change", "framework-facts", state, text)


def _share(label: str, page: str, done: int, needed: int, what: str) -> Step:
    if not needed:
        return Step(label, page, "not_started", "")
    state = "complete" if done == needed else "incomplete"
    return Step(label, page, state, f"{done} of {needed} {what}")


def _described(indicators: Sequence[Indicator]) -> tuple[int, int]:
    whole = [one for one in indicators if one.definition and one.source]
    return len(whole), len(indicators)


def _based(indicators: Sequence[Indicator]) -> tuple[int, int]:
    stated = [
        one
        for one in indicators
        if one.baseline_value is not None
        or one.baseline_numerator is not None
        or one.baseline_unavailable
    ]
    return len(stated), len(indicators)


def _aimed(indicators: Sequence[Indicator]) -> tuple[int, int]:
    return sum(bool(one.targets.all()) for one in indicators), len(indicators)


def saved_at(framework: Framework, tree: Sequence[Node]) -> datetime:
    """When any part of it was last written."""
    indicators = [sheet.indicator for node in tree for sheet in node.sheets]
    targets = [target for one in indicators for target in one.targets.all()]
    rows = [framework, *(node.result for node in tree), *indicators, *targets]
    return max(row.updated_at for row in rows)
