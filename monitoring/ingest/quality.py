"""What is doubtful in submitted values, by each framework's rules; see docs/models/quality.md."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from monitoring.aggregation.figures import quotient
from monitoring.ingest.quality_facts import Cell, Facts, Parts, gather
from monitoring.models import Check, Indicator, Observation, Severity, Submission
from monitoring.models.quality import DEFAULTS, Rule
from registry import display

Accumulation = Indicator.Accumulation
# Modified z-score 0.6745 (x - median) / MAD; Iglewicz and Hoaglin 1993, "How to detect outliers".
TO_DEVIATIONS = Decimal("0.6745")
FEWEST_EARLIER = 5  # values without which there is no history to stand out from


class Finding(NamedTuple):
    """One doubt about one value; a warning is explained by the value's `variance_reason`."""

    severity: str
    check: str
    observation: Observation
    text: str

    @property
    def indicator(self) -> Indicator:
        return self.observation.indicator

    @property
    def blocks(self) -> bool:
        unexplained = not self.observation.variance_reason.strip()
        return self.severity == Severity.ERROR or (
            self.severity == Severity.WARNING and unexplained
        )


def findings(submission: Submission) -> list[Finding]:
    """What is doubtful in one submission as it stands now."""
    return findings_of([submission])[submission.pk]


def findings_of(submissions: Sequence[Submission]) -> dict[int, list[Finding]]:
    """The same of several, in a fixed number of queries."""
    facts = gather(submissions)
    return {one.pk: list(found_in(facts, one)) for one in submissions}


def found_in(facts: Facts, submission: Submission) -> Iterator[Finding]:
    for cell in facts.cells[submission.pk]:
        for check, find in CHECKS.items():
            rule = facts.rule(submission, cell.indicator, check)
            if rule.severity == Severity.OFF:
                continue
            if text := find(cell, rule):
                yield Finding(rule.severity, check, cell.row, text)


def _range(cell: Cell, rule: Rule) -> str:
    value = cell.value
    below = rule.low is not None and value is not None and value < rule.low
    above = rule.high is not None and value is not None and value > rule.high
    if not (below or above):
        return ""
    return f"Expected {_ends(cell, rule)}, found {_said(cell, value)}."


def _ends(cell: Cell, rule: Rule) -> str:
    low, high = _said(cell, rule.low), _said(cell, rule.high)
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}"


def _whole(cell: Cell, rule: Rule) -> str:
    """By default of people only, and not where their number was estimated."""
    by_default = rule is DEFAULTS[Check.WHOLE]
    counts = cell.indicator.counts_people != Indicator.CountsPeople.NO
    estimated = bool(cell.row.method or cell.row.sample_size)
    if by_default and (not counts or estimated):
        return ""
    parts = (cell.row.value, cell.row.numerator, cell.row.denominator)
    broken = [part for part in parts if part is not None and part != part.to_integral_value()]
    return f"Expected a whole number, found {_n(broken[0])}." if broken else ""


def _within(cell: Cell, rule: Rule) -> str:
    n, d = cell.row.numerator, cell.row.denominator
    if n is None or d is None or n <= d:
        return ""
    return f"The numerator, {_n(n)}, is more than the denominator, {_n(d)}."


def _falls(cell: Cell, rule: Rule) -> str:
    last = cell.last
    if cell.indicator.accumulation != Accumulation.CUMULATIVE or last is None:
        return ""
    if cell.value is None or cell.value >= last:
        return ""
    return f"A running total that falls: {_said(cell, last)} before, now {_said(cell, cell.value)}."


def _jump(cell: Cell, rule: Rule) -> str:
    last, value, limit = cell.last, cell.value, rule.limit
    if not cell.is_quantity or not last or value is None or limit is None:
        return ""
    if value == 0:
        return f"From {_said(cell, last)} to 0."
    times = max(quotient(abs(value), abs(last)), quotient(abs(last), abs(value)))
    if times <= limit and (value < 0) == (last < 0):
        return ""
    before, now = _said(cell, last), _said(cell, value)
    return f"From {before} to {now}: more than {_n(limit)} times up or down."


def _outlier(cell: Cell, rule: Rule) -> str:
    earlier, value = cell.earlier, cell.value
    if not cell.is_quantity or len(earlier) < FEWEST_EARLIER or value is None:
        return ""
    middle = median(earlier)
    spread = median([abs(one - middle) for one in earlier])
    if spread == 0 or rule.limit is None:
        return ""
    score = quotient(TO_DEVIATIONS * abs(value - middle), spread)
    if score <= rule.limit:
        return ""
    said = _said(cell, middle)
    return f"Far from this unit's {len(earlier)} earlier values, whose middle is {said}."


def _copied(cell: Cell, rule: Rule) -> str:
    flow = cell.indicator.accumulation == Accumulation.FLOW
    if not flow or not cell.is_quantity or not cell.value or cell.value != cell.last:
        return ""
    return f"Exactly the figure of the last period, {_said(cell, cell.last)}."


def _target(cell: Cell, rule: Rule) -> str:
    target, value, limit = cell.target, cell.value, rule.limit
    if target is None or value is None or limit is None:
        return ""
    if abs(value - target) <= limit * abs(target):
        return ""
    share = display.percent(limit)
    wanted, found = _said(cell, target), _said(cell, value)
    return f"More than {share} away from the target of {wanted}: found {found}."


def _breakdown(cell: Cell, rule: Rule) -> str:
    """RULES 15: per dimension, of what adds up; never repaired, only said."""
    wrong = [
        f"{one.dimension} adds up to {_stated(one.parts)} of {_stated(one.total)}"
        for one in cell.parts
        if one.differs
    ]
    return f"The parts do not make the total: {'; '.join(wrong)}." if wrong else ""


def _stated(parts: Parts) -> str:
    return " / ".join(_n(part) for part in parts if part is not None)


def _evidence(cell: Cell, rule: Rule) -> str:
    return "" if cell.is_backed else "Evidence is required for this value."


CHECKS = {
    Check.RANGE: _range,
    Check.WHOLE: _whole,
    Check.WITHIN: _within,
    Check.FALLS: _falls,
    Check.JUMP: _jump,
    Check.OUTLIER: _outlier,
    Check.COPIED: _copied,
    Check.TARGET: _target,
    Check.BREAKDOWN: _breakdown,
    Check.EVIDENCE: _evidence,
}


def _n(value: Decimal | None) -> str:
    """Exactly: a rounded figure could hide what is doubtful about it."""
    return f"{value.normalize():,f}" if value is not None else ""


def _said(cell: Cell, value: Decimal | None) -> str:
    """A share as a percentage, because its quotient has no end; anything else exactly."""
    if value is not None and cell.indicator.measure == Indicator.Measure.RATIO:
        return display.percent(value)
    return _n(value)
