"""Group A, accountability and data: its measures, and A2 and A4."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from monitoring.aggregation import DueItem, IndicatorFigures
from monitoring.models import Indicator, Period, ReportingUnit, Submission
from monitoring.reports.accountability.evidence import evidence_base
from monitoring.reports.accountability.frames import agreed_framework, all_levels, standardised
from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    not_applicable,
    nothing_due,
    numbered,
    rows,
    share,
    waits_for_reviewer,
)
from monitoring.reports.accountability.moves import Move
from monitoring.reports.accountability.openness import public
from monitoring.reports.accountability.people import disaggregated
from monitoring.reports.accountability.privacy import privacy
from monitoring.reports.accountability.subject import Sent

ANSWER_WITHIN = timedelta(days=14)


def results_focus(subject: Subject) -> Outcome:
    """A2: indicators × the report's periods with target *and* approved actual, and baseline
    where the rule needs one / those due (ended by the reference date, due date by the cut-off),
    those waiting for a reviewer left out.

    Summary: "to build data-driven and results-focused multi-stakeholder partnerships". Asked by
    the summary's own voice.
    """
    if not subject.due_periods:
        return nothing_due(subject)
    due = lacking = left_out = 0
    for item, period in subject.cells_due:
        current = item.as_of(period)
        has_actual = bool(current and current.figure.units_reported)
        if has_actual or (item.indicator.pk, period.pk) not in subject.waiting_cells:
            due += 1
            lacking += not (has_actual and _is_planned(item, period))
        else:
            left_out += 1
    beside = waits_for_reviewer(subject)
    if left_out:
        beside["left_out"] = [{"indicators": left_out, "reason": "values wait for a reviewer"}]
    if not due:
        return not_applicable("nothing due: no indicator, or all wait for a reviewer", **beside)
    return share(
        due - lacking,
        due,
        evidence=rows({item.indicator: None for item, _ in subject.cells_due}),
        next_step=_step(subject, lacking),
        **beside,
    )


def _step(subject: Subject, lacking: int) -> str:
    what = "indicator(s)" if len(subject.periods) == 1 else "cell(s) of indicator and period"
    return f"{lacking} {what} lack a target, a baseline or approved data."


def _is_planned(item: IndicatorFigures, period: Period) -> bool:
    """Whether the period has a target, and the indicator a baseline if it needs one."""
    has_target = any(
        target.starts_on <= period.ends_on and target.ends_on >= period.starts_on
        for target in item.indicator.targets.all()
        if target.category_id is None
    )
    return has_target and (item.baseline is not None or not _needs_baseline(item.indicator))


def _needs_baseline(indicator: Indicator) -> bool:
    """A flow's baseline is optional, except a ratio's; an indicator to maintain needs none."""
    flow = indicator.accumulation == Indicator.Accumulation.FLOW
    is_sum = flow and indicator.measure != Indicator.Measure.RATIO
    return not is_sum and not indicator.direction.startswith("maintain")


def up_to_date(subject: Subject) -> Outcome:
    """A4: submissions due in the last 12 months that were complete when due and, where
    returned, answered within 14 days / submissions due.

    Summary: "to share reliable, aggregated and updated data". Asked by the summary's own voice.
    """
    if subject.is_imported:
        return not_applicable("nothing due: nobody agreed when data of a published file is due")
    items = [
        item
        for item in subject.figures.due_items
        if subject.a_year_before < item.due_on <= subject.reference_on
    ]
    if not items:
        return not_applicable("nothing due in the last 12 months")
    sent = _sent_for(subject, items)
    kept = _kept_on_time(subject, items, sent)
    silent = {item.unit_id for item in items if (item.unit_id, item.period_id) not in sent}
    return share(
        len(kept),
        len(items),
        evidence=[
            *rows(one.submission for _, one in sorted(sent.items())),
            *numbered(ReportingUnit, silent),
        ],
        next_step=f"{len(items) - len(kept)} of {len(items)} submissions came late, incomplete, "
        "or were not answered in 14 days: agree reminders with those units.",
        kept=[one.pk for one in kept],
    )


Cell = tuple[int, int]  # the keys of a reporting unit and of a period


def _sent_for(subject: Subject, items: Sequence[DueItem]) -> dict[Cell, Sent]:
    """By what was due, the first submission that was handed in for it and stands."""
    wanted = {(item.unit_id, item.period_id) for item in items}
    first: dict[Cell, Sent] = {}
    for one in subject.sent:
        unit = one.submission.unit
        cell = (unit.merged_into_id or unit.pk, one.submission.period_id)
        if cell in wanted and _stands(one.moves):
            first.setdefault(cell, one)
    return first


def _kept_on_time(
    subject: Subject, items: Sequence[DueItem], sent: dict[Cell, Sent]
) -> list[Submission]:
    wanted = {(item.unit_id, item.period_id): item.due_on for item in items}
    return [
        one.submission
        for cell, one in sorted(sent.items())
        if _complete_when_due(one.submission, wanted[cell], subject)
        and _answered_in_time(one.moves, subject.cutoff_at)
    ]


def _stands(moves: Sequence[Move]) -> bool:
    """Handed in at some time, and not withdrawn since."""
    became = [move.became for move in moves]
    return "submitted" in became and became[-1] != "withdrawn"


def _complete_when_due(submission: Submission, due_on: date, subject: Subject) -> bool:
    complete_at = submission.complete_at
    if complete_at is None or complete_at > subject.cutoff_at:
        return False
    return complete_at.astimezone(subject.zone).date() <= due_on


def _answered_in_time(moves: Sequence[Move], cutoff_at: datetime) -> bool:
    """Each return answered within 14 days, or those days have not gone by yet."""
    sent = [move.at for move in moves if move.became == "submitted"]
    returned = [move.at for move in moves if move.became == "returned"]
    return all(
        cutoff_at - at <= ANSWER_WITHIN or any(at < s <= at + ANSWER_WITHIN for s in sent)
        for at in returned
    )


VOICE = "the summary's own voice"
MEASURES = [
    Measure("A1", "Agreed framework", VOICE, agreed_framework),
    Measure("A2", "Results focus", VOICE, results_focus),
    Measure("A3", "Evidence", VOICE, evidence_base),
    Measure("A4", "Up to date", VOICE, up_to_date),
    Measure("A5", "Disaggregated", VOICE, disaggregated),
    Measure("A6", "Standardised", VOICE, standardised),
    Measure("A7", "Public", VOICE, public),
    Measure("A8", "Privacy", VOICE, privacy),
    Measure("A9", "All levels", VOICE, all_levels),
]
