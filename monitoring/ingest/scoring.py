"""How good a submission is as data: a score from 0 to 1 with the parts it is made of."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitoring.aggregation.figures import quotient
from monitoring.ingest.quality import Finding, found_in
from monitoring.ingest.quality_facts import Facts, gather
from monitoring.models import Severity, Submission

PARTS = {
    "complete": "Values given, of those asked",
    "in_time": "Handed in by the due date",
    "plausible": "Values without a doubt, of those given",
    "broken_down": "Breakdowns that make the total, of those asked",
    "backed": "Values with evidence, of those given",
}
FOUR_PLACES = Decimal("0.0001")


class Scored(NamedTuple):
    """What the checks found, and the score: the mean of the parts that apply."""

    findings: list[Finding]
    parts: dict[str, tuple[int, int]]
    score: Decimal

    def count(self, severity: str) -> int:
        return sum(one.severity == severity for one in self.findings)

    def blocking(self) -> list[Finding]:
        return [one for one in self.findings if one.blocks]


def scored(submission: Submission, *, at: datetime) -> Scored:
    """The submission as it stands, as if handed in at that moment; ten queries."""
    facts = gather([submission])
    found = list(found_in(facts, submission))
    parts = _parts(facts, submission, found, at)
    return Scored(found, parts, _mean(parts))


def _mean(parts: dict[str, tuple[int, int]]) -> Decimal:
    shares = [quotient(Decimal(of), Decimal(all_)) for of, all_ in parts.values() if all_]
    mean = quotient(sum(shares, Decimal(0)), Decimal(len(shares))) if shares else Decimal(0)
    return mean.quantize(FOUR_PLACES, ROUND_HALF_UP)


def _parts(
    facts: Facts, submission: Submission, found: list[Finding], at: datetime
) -> dict[str, tuple[int, int]]:
    asked, given = facts.asked[submission.pk], facts.given[submission.pk]
    cells = facts.cells[submission.pk]
    doubtful = {f.observation.pk for f in found if f.severity != Severity.NOTE}
    narrative = {cell.row.indicator_id for cell in cells if cell.row.text}
    totals = {indicator for indicator, category in given if category is None} | narrative
    period = submission.period
    day = at.astimezone(ZoneInfo(period.framework.time_zone)).date()
    return {
        "complete": (sum(one.pk in totals for one in asked), len(asked)),
        "in_time": (int(day <= period.due_on), 1),
        "plausible": (len(cells) - len(doubtful), len(cells)),
        "broken_down": _broken_down(facts, submission),
        "backed": (sum(cell.is_backed for cell in cells), len(cells)),
    }


def _broken_down(facts: Facts, submission: Submission) -> tuple[int, int]:
    """Indicator × dimension, each one complete by RULES 15 or not."""
    sums = [one for found in facts.sums_of(submission).values() for one in found]
    return sum(not one.differs for one in sums), len(facts.dimensions(submission))
