"""Group A, accountability and data: A1, A2, A4, A6."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from monitoring.aggregation import DueItem, IndicatorFigures
from monitoring.models import Framework, Indicator, Period, Submission
from monitoring.reports.accountability.measure import (
    Outcome,
    Subject,
    no_data,
    not_applicable,
    rows,
    share,
)
from registry.models import Event

ANSWER_WITHIN = timedelta(days=14)
SHEET = ("definition", "method", "source", "frequency", "means_of_verification")


def agreed_framework(subject: Subject) -> Outcome:
    """A1: accepted members who by the reference date had endorsed the last agreed framework
    edition (if none was agreed, the proposed one) / accepted members; active without any: 0.

    Summary: "partners should have in place mutually agreed monitoring and evaluation
    frameworks".
    """
    members = list(subject.members())
    step = "Propose a framework and ask every member to endorse it."
    if not members:
        return no_data("no accepted members", "Invite partners.")
    framework = _framework_to_endorse(subject)
    if framework is None or framework.agreement is None:
        active = subject.partnership.activated_at
        if active and active < subject.known_until:
            return share(0, len(members), evidence=rows(members), next_step=step)
        return no_data("no framework was proposed", step)
    endorsements = framework.agreement.endorsements.filter(
        membership__in=members, endorsed_at__lt=subject.known_until
    ).order_by("pk")
    missing = len(members) - len(endorsements)
    return share(
        len(endorsements),
        len(members),
        evidence=rows([framework, *endorsements]),
        next_step=f"{missing} member(s) have not endorsed edition {framework.edition}.",
    )


def _framework_to_endorse(subject: Subject) -> Framework | None:
    frameworks = subject.partnership.frameworks.select_related("agreement").order_by("-edition")
    agreed = frameworks.filter(agreed_at__lt=subject.known_until)
    proposed = frameworks.filter(agreement__proposed_at__lt=subject.known_until)
    return agreed.first() or proposed.first()


def results_focus(subject: Subject) -> Outcome:
    """A2: indicators × the report's period with target *and* approved actual, and baseline
    where the rule needs one / those due (ended by the reference date, due date by the cut-off),
    those waiting for a reviewer left out.

    Summary: "to build data-driven and results-focused multi-stakeholder partnerships".
    """
    if subject.period.due_on > subject.cutoff_on:
        return not_applicable("nothing due: the period's due date is after the cut-off")
    waiting = _waiting(subject)
    due = lacking = 0
    for item in subject.figures.indicators:
        current = item.as_of(subject.period)
        has_actual = bool(current and current.figure.units_reported)
        if has_actual or item.indicator.pk not in waiting:
            due += 1
            lacking += not (has_actual and _is_planned(item, subject.period))
    if not due:
        return not_applicable("nothing due: no indicator, or all wait for a reviewer")
    return share(
        due - lacking,
        due,
        evidence=rows(item.indicator for item in subject.figures.indicators),
        next_step=f"{lacking} indicator(s) lack a target, a baseline or approved data.",
        waiting_for_reviewer=len(waiting),
    )


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


def _waiting(subject: Subject) -> set[int]:
    """Measured indicators handed in, in submissions that waited for a reviewer at the cut-off."""
    submissions = Submission.objects.filter(period=subject.period, submitted_at__isnull=False)
    histories = _histories(submissions.values_list("pk", flat=True), subject.cutoff_at)
    last = [moves[-1] for moves in histories.values()]
    handed_in = {pk for move in last if move.became == "submitted" for pk in move.indicators}
    return handed_in & {item.indicator.pk for item in subject.figures.indicators}


class _Move(NamedTuple):
    at: datetime
    became: str
    indicators: list[int]  # those handed in, where it was submitted


def _histories(submission_ids: Iterable[int], until: datetime) -> dict[int, list[_Move]]:
    """Each submission's moves up to a moment, oldest first."""
    events = (
        Event.objects.filter(
            subject_type="monitoring.submission", subject_id__in=submission_ids, at__lte=until
        )
        .exclude(became="")
        .order_by("at", "pk")
    )
    moves: dict[int, list[_Move]] = defaultdict(list)
    for pk, at, became, facts in events.values_list("subject_id", "at", "became", "facts"):
        moves[pk].append(_Move(at, became, facts.get("indicators", [])))
    return moves


def up_to_date(subject: Subject) -> Outcome:
    """A4: submissions due in the last 12 months that were complete when due and, where
    returned, answered within 14 days / submissions due.

    Summary: "share reliable, aggregated and updated data".
    """
    since = _a_year_before(subject.reference_on)
    items = [
        item for item in subject.figures.due_items if since < item.due_on <= subject.reference_on
    ]
    if not items:
        return not_applicable("nothing due in the last 12 months")
    kept = _kept_on_time(subject, items)
    return share(
        len(kept),
        len(items),
        evidence=rows(kept),
        next_step=f"{len(items) - len(kept)} of {len(items)} submissions came late, incomplete, "
        "or were not answered in 14 days: agree reminders with those units.",
    )


def _kept_on_time(subject: Subject, items: list[DueItem]) -> list[Submission]:
    wanted = {(item.unit_id, item.period_id): item.due_on for item in items}
    of_periods = Submission.objects.filter(period__in={item.period_id for item in items})
    candidates = [s for s in of_periods.order_by("revision") if (s.unit_id, s.period_id) in wanted]
    histories = _histories([s.pk for s in candidates], subject.cutoff_at)
    first: dict[tuple[int, int], Submission] = {}
    for submission in candidates:
        if _stands(histories.get(submission.pk, [])):
            first.setdefault((submission.unit_id, submission.period_id), submission)
    return [
        submission
        for cell, submission in sorted(first.items())
        if _complete_when_due(submission, wanted[cell], subject)
        and _answered_in_time(histories[submission.pk], subject.cutoff_at)
    ]


def _stands(moves: Sequence[_Move]) -> bool:
    """Handed in at some time, and not withdrawn since."""
    became = [move.became for move in moves]
    return "submitted" in became and became[-1] != "withdrawn"


def _complete_when_due(submission: Submission, due_on: date, subject: Subject) -> bool:
    complete_at = submission.complete_at
    if complete_at is None or complete_at > subject.cutoff_at:
        return False
    return complete_at.astimezone(subject.zone).date() <= due_on


def _answered_in_time(moves: Sequence[_Move], cutoff_at: datetime) -> bool:
    """Each return answered within 14 days, or those days have not gone by yet."""
    sent = [move.at for move in moves if move.became == "submitted"]
    returned = [move.at for move in moves if move.became == "returned"]
    return all(
        cutoff_at - at <= ANSWER_WITHIN or any(at < s <= at + ANSWER_WITHIN for s in sent)
        for at in returned
    )


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def standardised(subject: Subject) -> Outcome:
    """A6: indicators with a complete metadata sheet (definition, unit, method, source,
    frequency, means of verification) and a stated link to a library / indicators.

    Summary: "standardizing data-collection and data-sharing measures".
    """
    indicators = list(Indicator.objects.filter(result__framework=subject.framework).order_by("pk"))
    if not indicators:
        return no_data("the framework has no indicators", "Add indicators with their sheets.")
    full = [i for i in indicators if _has_full_sheet(i)]
    lacking = len(indicators) - len(full)
    return share(
        len(full),
        len(indicators),
        evidence=rows(full),
        next_step=f"Complete the metadata sheet of {lacking} indicator(s).",
    )


def _has_full_sheet(indicator: Indicator) -> bool:
    unit = indicator.unit or indicator.currency_id
    return bool(unit and indicator.library_link and all(getattr(indicator, f) for f in SHEET))
