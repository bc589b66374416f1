"""A submission's values beside what they are judged by; a fixed number of queries."""

from decimal import Decimal
from typing import Any, NamedTuple

from monitoring.forms.beside import cell_targets
from monitoring.forms.cells import shown_value
from monitoring.models import (
    Indicator,
    Observation,
    ReportingUnit,
    ReturnReason,
    SpotCheck,
    Submission,
)
from monitoring.models.returns import Cell, Reasons, reasons_for
from monitoring.models.verifications import Level, level_at
from registry import display
from registry.display import MINUS


class Compared(NamedTuple):
    """One value, and beside it what was reported before, what was aimed at, and what was said."""

    row: Observation
    new: str
    last: str
    now: str  # what counts in the cell, which a correction would replace
    target: str
    difference: str
    findings: list[dict[str, Any]]
    reasons: list[ReturnReason]
    checks: list[SpotCheck]
    level: str

    @property
    def name(self) -> str:
        category = f" ({self.row.category})" if self.row.category else ""
        return f"{self.row.indicator}{category}"

    @property
    def estimate(self) -> str:
        """How it was estimated, in words."""
        row = self.row
        parts = [row.method] if row.method else []
        if row.sample_size:
            parts.append(f"sample of {display.number(row.sample_size)}")
        if row.interval_low is not None and row.interval_high is not None:
            low, high = display.number(row.interval_low), display.number(row.interval_high)
            parts.append(f"interval {low} to {high}")
        return ", ".join(parts)


def compared(submission: Submission) -> list[Compared]:
    """Every value of a submission, beside what a reviewer judges it by."""
    stored = submission.observations.select_related(
        "indicator__currency", "category", "indicator__result"
    ).annotate(level=level_at())
    rows = list(stored.order_by("indicator__result", "indicator", "category", "pk"))
    beside = _Beside(submission)
    return [beside.of(row) for row in rows]


class _Beside:
    """What stands beside the values of one submission."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.last = _last_of(submission)
        self.now = _by_cell(_counting_of(submission))
        self.targets = cell_targets(submission)
        self.reasons: Reasons = reasons_for(submission)
        self.checks = _checks_of(submission)
        quality = getattr(submission, "quality", None)
        self.findings: dict[int, list[dict[str, Any]]] = {}
        for finding in quality.findings if quality else []:
            self.findings.setdefault(finding["observation"], []).append(finding)

    def of(self, row: Observation) -> Compared:
        cell: Cell = (row.indicator_id, row.category_id)
        last, now = self.last.get(cell), self.now.get(cell)
        against = now if self.submission.revision > 1 and now else last
        return Compared(
            row=row,
            new=value_shown(row),
            last=f"{value_shown(last)} ({last.period.label})" if last else "",
            now=value_shown(now) if now else "",
            target=self.targets.get(cell, ""),
            difference=difference(row, against),
            findings=self.findings.get(row.pk, []),
            reasons=self.reasons.of(*cell),
            checks=self.checks.get(cell, []),
            level=str(Level(row.level).label) if row.counts_from else "",  # type: ignore[attr-defined]
        )


def value_shown(row: Observation) -> str:
    """As people read it; a text as it was written."""
    return "value withdrawn" if row.withdraws else shown_value(row)


def number_of(row: Observation | None) -> Decimal | None:
    if row is None or row.withdraws:
        return None
    if row.denominator:
        return (row.numerator or Decimal(0)) / row.denominator
    return row.value


def difference(row: Observation, earlier: Observation | None) -> str:
    """New less former: in units and as a share of the former; of a ratio in points."""
    new, old = number_of(row), number_of(earlier)
    if new is None or old is None:
        return ""
    step = new - old
    if row.numerator is not None:
        points = display.number(step * 100, 1).removesuffix(".0")
        return f"{_signed(points, step)} points"
    text = _signed(display.number(step), step)
    return f"{text} ({_signed(display.percent(step / abs(old)), step)})" if old and step else text


def _signed(text: str, step: Decimal) -> str:
    return f"+{text.lstrip(MINUS)}" if step > 0 else text


def _by_cell(rows: Any) -> dict[Cell, Observation]:
    return {(row.indicator_id, row.category_id): row for row in rows}


def _last_of(submission: Submission) -> dict[Cell, Observation]:
    """The unit's newest counting value of each cell in an earlier period, of earlier editions
    too where an indicator continues their series."""
    here = Indicator.objects.filter(observations__submission=submission)
    keys = dict(here.values_list("series", "pk").distinct())
    earlier = Observation.objects.counting().filter(
        unit__in=ReportingUnit.objects.in_line_with(submission.unit),
        indicator__series__in=keys,
        period__ends_on__lt=submission.period.ends_on,
    )
    newest = earlier.order_by("indicator__series", "category_id", "-period__ends_on", "-pk")
    found = newest.distinct("indicator__series", "category_id")
    return {
        (keys[row.indicator.series], row.category_id): row
        for row in found.select_related("indicator", "period")
    }


def _counting_of(submission: Submission) -> Any:
    """What counts in the same cells from other revisions."""
    counting = Observation.objects.counting().filter(
        unit=submission.unit_id, period=submission.period_id
    )
    return counting.exclude(submission=submission).select_related("indicator", "category")


def _checks_of(submission: Submission) -> dict[Cell, list[SpotCheck]]:
    found: dict[Cell, list[SpotCheck]] = {}
    checks = SpotCheck.objects.standing().filter(
        submission__unit=submission.unit_id, submission__period=submission.period_id
    )
    for check in checks.select_related("indicator").order_by("checked_on", "pk"):
        found.setdefault((check.indicator_id, check.category_id), []).append(check)
    return found
