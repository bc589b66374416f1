"""Whether a framework's indicators are SMART, and what they lack, before members agree to them.

Specific: title and definition. Measurable: a unit, and from where the change is counted.
Achievable: a target, on the side of the baseline on which the indicator shall move. Relevant: a
link to a library, or the statement that there is none. Time-bound: targets with their days, how
often, by whom. An indicator of a library is defined there; the light track asks for less.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models

from monitoring.models.frameworks import Framework
from monitoring.models.indicators import Indicator
from partnerships.models import Partnership
from registry import display

LIGHT_MOST = 5
WITHOUT_UNIT = (Indicator.Measure.CURRENCY, Indicator.Measure.RATING, Indicator.Measure.YES_NO)
NARRATIVE = Indicator.Measure.NARRATIVE


class Severity(models.TextChoices):
    """An error keeps a framework from being proposed; a warning is for people to weigh."""

    ERROR = "error"
    WARNING = "warning"


class Finding(NamedTuple):
    """One thing that an indicator, or (without one) the framework, lacks."""

    severity: Severity
    code: str
    field: str
    text: str
    indicator: Indicator | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR


Check = Callable[[Indicator, list[Any], bool], Iterator[Finding]]


def findings_of(framework: Framework) -> list[Finding]:
    """What it lacks, of the framework first, then indicator by indicator; at most six queries."""
    rows = Indicator.objects.filter(result__framework=framework).order_by("pk")
    indicators = list(
        rows.select_related("result__framework", "continues").prefetch_related("targets__category")
    )
    is_light = framework.partnership.track == Partnership.Track.LIGHT
    found = [*_of_framework(framework, indicators, is_light)]
    for indicator in indicators:
        targets = sorted(indicator.targets.all(), key=lambda t: (t.ends_on, t.starts_on, t.pk))
        for check in CHECKS:
            found += check(indicator, targets, is_light)
    return found


def _error(code: str, field: str, text: str, indicator: Indicator | None = None) -> Finding:
    return Finding(Severity.ERROR, code, field, text, indicator)


def _warning(code: str, field: str, text: str, indicator: Indicator | None = None) -> Finding:
    return Finding(Severity.WARNING, code, field, text, indicator)


def _of_framework(
    framework: Framework, indicators: list[Indicator], is_light: bool
) -> Iterator[Finding]:
    if not indicators:
        yield _error("no_indicators", "", "Add an indicator before proposing.")
    if is_light and len(indicators) > LIGHT_MOST:
        text = f"On the light track at most {LIGHT_MOST} indicators; here are {len(indicators)}."
        yield _error("light_at_most_five", "", text)
    if is_light:
        return
    if not framework.theory_of_change.strip():
        text = "Say how what you do leads to what shall change."
        yield _warning("no_theory_of_change", "theory_of_change", text)
    if not framework.assumptions.strip():
        text = "Say what has to hold that is not in your hands."
        yield _warning("no_assumptions", "assumptions", text)


def _specific(indicator: Indicator, targets: list[Any], is_light: bool) -> Iterator[Finding]:
    from_library = bool(indicator.global_indicator_id or indicator.disclosure_id)
    if not (from_library or indicator.definition.strip()):
        text = "Define it, so that two people count the same."
        yield _error("no_definition", "definition", text, indicator)
    if from_library and indicator.library_link in ("", Indicator.LibraryLink.NONE):
        text = "Say how it stands to the library's indicator: identical, proxy or contributes."
        yield _warning("no_library_link", "library_link", text, indicator)
    if not (from_library or indicator.library_link):
        text = "Name an indicator of a library that it is linked to, or say that there is none."
        yield _warning("library_open", "library_link", text, indicator)
    if is_light and not indicator.global_indicator_id:
        text = "On the light track, name the SDG indicator that it stands for."
        yield _warning("light_without_sdg", "global_indicator", text, indicator)


def _measurable(indicator: Indicator, targets: list[Any], is_light: bool) -> Iterator[Finding]:
    if indicator.accumulation == Indicator.Accumulation.AS_PUBLISHED:
        text = "Say whether values are a flow, a running total or a state."
        yield _error("accumulation_open", "accumulation", text, indicator)
    if indicator.measure == NARRATIVE:
        return
    if not indicator.unit.strip() and indicator.measure not in WITHOUT_UNIT:
        yield _error("no_unit", "unit", "Say what is counted.", indicator)
    if not (has_baseline(indicator) or indicator.baseline_unavailable or _adds_up(indicator)):
        text = "Give the value at the beginning (0 is a value), or say that it is not available,"
        text += " with a plan: how and by when."
        yield _error("no_baseline", "baseline_value", text, indicator)


def _based(indicator: Indicator, targets: list[Any], is_light: bool) -> Iterator[Finding]:
    """What is said of a baseline that is there."""
    if indicator.measure == NARRATIVE or not has_baseline(indicator):
        return
    part, whole = indicator.baseline_numerator, indicator.baseline_denominator
    if part is not None and whole is not None and part > whole:
        text = f"The baseline says {part.normalize():f} of {whole.normalize():f}: is it right?"
        yield _warning("baseline_above_whole", "baseline_numerator", text, indicator)
    if not (indicator.baseline_on or indicator.baseline_year):
        text = "Say of which day or year the baseline is."
        yield _warning("baseline_undated", "baseline_on", text, indicator)
    if not indicator.baseline_source.strip() and not is_light:
        text = "Say where the baseline comes from."
        yield _warning("baseline_unsourced", "baseline_source", text, indicator)


def _achievable(indicator: Indicator, targets: list[Any], is_light: bool) -> Iterator[Finding]:
    """RULES 16: a target on the wrong side of the baseline; a category has its own baseline."""
    if indicator.measure == NARRATIVE:
        return
    if not targets:
        yield _error("no_target", "targets", "Set at least one target.", indicator)
    baseline = baseline_of(indicator)
    if baseline is None or indicator.direction.startswith("maintain") or _adds_up(indicator):
        return
    falls = indicator.direction == Indicator.Direction.DECREASE
    for target in targets:
        if target.category_id is None and _is_wrong(target.value, baseline, falls):
            side, way = ("above", "fall") if falls else ("below", "rise")
            goal, start = _said(indicator, target.value), _said(indicator, baseline)
            text = f"The target of {target.ends_on} ({goal}) lies {side} the baseline ({start}),"
            text += f" but it shall {way}."
            yield _warning("wrong_side", "targets", text, indicator)


def _said(indicator: Indicator, value: Decimal) -> str:
    """A share as a percentage, because its quotient may have no end."""
    is_share = indicator.measure == Indicator.Measure.RATIO
    return display.percent(value) if is_share else f"{value.normalize():f}"


def _is_wrong(value: Any, baseline: Any, falls: bool) -> bool:
    return bool(value > baseline if falls else value < baseline)


def _followed_up(indicator: Indicator, targets: list[Any], is_light: bool) -> Iterator[Finding]:
    """Who, how often, from where, and how anybody can check it."""
    if is_light:
        return
    asked = (
        ("responsible_id", "responsible", "Name the member that answers for it."),
        ("means_of_verification", "means_of_verification", "Say how a value can be checked."),
        ("method", "method", "Say how it is measured."),
        ("source", "source", "Say where values come from."),
        ("frequency", "frequency", "Say how often it is measured."),
    )
    for name, field, text in asked:
        if not str(getattr(indicator, name) or "").strip():
            yield _warning(f"no_{field}", field, text, indicator)


def _of_series(indicator: Indicator, targets: list[Any], is_light: bool) -> Iterator[Finding]:
    """RULES 10: whether a series goes on or breaks is settled before it is agreed."""
    former = indicator.continues
    if former is None or indicator.breaks_series is not None:
        return
    if differing := indicator.differing(indicator.ASKED_ABOUT, former):
        text = f"Say whether the other {' and '.join(differing)} breaks the series."
        yield _error("series_unsettled", "breaks_series", text, indicator)


CHECKS: Iterable[Check] = (_specific, _measurable, _based, _achievable, _followed_up, _of_series)


def _adds_up(indicator: Indicator) -> bool:
    """A flow starts from nothing, so that a baseline is its own choice (RULES 17)."""
    is_flow = indicator.accumulation == Indicator.Accumulation.FLOW
    return is_flow and indicator.measure != Indicator.Measure.RATIO


def has_baseline(indicator: Indicator) -> bool:
    return indicator.baseline_value is not None or indicator.baseline_numerator is not None


def baseline_of(indicator: Indicator) -> Any:
    """The baseline as one number; a ratio's is n / d (RULES 5)."""
    if indicator.baseline_numerator is not None and indicator.baseline_denominator:
        return indicator.baseline_numerator / indicator.baseline_denominator
    return indicator.baseline_value
