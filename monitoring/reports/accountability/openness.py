"""Group A, reports in public: A7."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from monitoring.models import Period, Report, ReportRun
from monitoring.reports.accountability.measure import (
    Outcome,
    Subject,
    not_applicable,
    rows,
    share,
)
from monitoring.reports.accountability.moves import Move, moves_of

PUBLIC_WITHIN = timedelta(days=90)
PUBLISHED, IN_REVIEW = "published", "in_review"
KEPT, MISSED, WAITING = "kept", "missed", "waiting"

Span = tuple[datetime, datetime]


class _Line(NamedTuple):
    """What became of a due report: kept, missed, or left out for a reason of the registry's own;
    for how long its revisions were in review."""

    state: str
    review: timedelta
    period: Period
    report: Report | None
    reason: str

    @property
    def left_out(self) -> dict[str, Any]:
        named = {"report": self.report.pk} if self.report else {"period": self.period.pk}
        return {**named, "reason": self.reason}


class _History(NamedTuple):
    """A report with its moves up to the cut-off, oldest first."""

    report: Report
    moves: list[Move]

    @property
    def published_at(self) -> datetime | None:
        """When it became public, if it was not withdrawn since; superseded stays public."""
        became = [move.became for move in self.moves]
        if PUBLISHED not in became or became[-1] == Report.Status.WITHDRAWN:
            return None
        return self.moves[became.index(PUBLISHED)].at

    @property
    def is_in_review(self) -> bool:
        return bool(self.moves) and self.moves[-1].became == IN_REVIEW

    def in_review(self, until: datetime) -> list[Span]:
        """From when to when it lay with the secretariat, up to a moment."""
        following = [*self.moves[1:], Move(until, "", [])]
        return [
            (move.at, min(then.at, until))
            for move, then in zip(self.moves, following, strict=True)
            if move.became == IN_REVIEW and move.at < until
        ]


def public(subject: Subject) -> Outcome:
    """A7: due reports public within 90 days of the period's end, the registry's own time not
    counted / due reports.

    Due is a report once those 90 days are over, for each period that ended since the framework
    was agreed and the partnership registered. The registry's own time is what lies between
    handing any of its revisions to review and what came of that, and between asking for a
    revision and its computation, which may have failed. A report that is not public while those
    days are not over without that time is left out.

    Summary: "to enhance the public access to data". Asked by the summary's own voice.
    """
    periods = _due(subject)
    if not periods:
        return not_applicable("nothing due: no report is 90 days after its period's end yet")
    lines = _lines(subject, periods)
    waiting = [line for line in lines if line.state == WAITING]
    beside = {
        "review_days": sum(line.review.days for line in lines),
        "waiting_for_reviewer": sum(line.reason == "in review" for line in waiting),
        "left_out": [line.left_out for line in waiting],
    }
    kept = [line for line in lines if line.state == KEPT]
    judged = len(lines) - len(waiting)
    if not judged:
        return not_applicable("nothing due: what is due lies with the registry", **beside)
    return share(
        len(kept),
        judged,
        evidence=rows(line.report for line in lines if line.report),
        next_step=f"{judged - len(kept)} of {judged} reports were not public 90 days after their "
        "period's end: reply sooner, and hand them to review.",
        **beside,
    )


def _due(subject: Subject) -> list[Period]:
    """Periods of the editions that held, whose reports had to be public by the reference date."""
    framework, partnership = subject.framework, subject.partnership
    if subject.is_imported or framework.agreed_at is None or partnership.registered_at is None:
        return []
    earlier = Q(
        framework__edition__lt=framework.edition,
        framework__agreed_at__isnull=False,
        ends_on__lt=framework.starts_on,
    )
    rows = Period.objects.filter(
        Q(framework=framework) | earlier,
        framework__partnership=partnership,
        ends_on__lte=subject.reference_on - PUBLIC_WITHIN,
    )
    since = partnership.registered_at
    return [
        period
        for period in rows.select_related("framework").order_by("ends_on", "pk")
        if period.framework.agreed_at is not None
        and max(period.framework.agreed_at, since) < subject.after(period.ends_on)
    ]


def _lines(subject: Subject, periods: Sequence[Period]) -> list[_Line]:
    """One for each period, from the events of all its reports and from its runs. Three queries."""
    listed = _reports(subject, periods)
    moves = moves_of(Report, (report.pk for report in listed), subject.cutoff_at)
    found: dict[int | None, list[_History]] = {period.pk: [] for period in periods}
    for report in listed:
        told = _told(report, moves.get(report.pk, []), subject.cutoff_at)
        found[report.period_id].append(_History(report, told))
    computing = _computing(subject, periods)
    return [_line(subject, period, found[period.pk], computing[period.pk]) for period in periods]


def _reports(subject: Subject, periods: Sequence[Period]) -> list[Report]:
    if not subject.has(Report):
        return []
    found = Report.objects.filter(
        partnership=subject.partnership, period__in=periods, created_at__lte=subject.cutoff_at
    )
    return list(found.defer("content").order_by("revision"))


def _computing(subject: Subject, periods: Sequence[Period]) -> dict[int, list[Span]]:
    """By period from when to when a revision was asked for and not computed: up to the cut-off,
    whatever became of its run afterwards."""
    found: dict[int, list[Span]] = {period.pk: [] for period in periods}
    runs = ReportRun.objects.filter(
        partnership=subject.partnership, period__in=periods, cutoff_at__lt=subject.cutoff_at
    )
    said = runs.order_by("revision").values_list("period", "cutoff_at", "report__created_at")
    for period, asked_at, computed_at in said:
        until = min(computed_at or subject.cutoff_at, subject.cutoff_at)
        if period and asked_at < until:
            found[period].append((asked_at, until))
    return found


def _line(
    subject: Subject, period: Period, reports: Sequence[_History], computing: Sequence[Span]
) -> _Line:
    """Its first revision that is public decides; without one, the days up to the cut-off."""
    over, cutoff_at = subject.after(period.ends_on), subject.cutoff_at
    decisive = next((one for one in reports if one.published_at), None)
    until = (decisive and decisive.published_at) or cutoff_at
    in_review = [span for one in reports for span in one.in_review(until)]
    own = _together([*in_review, *((at, min(end, until)) for at, end in computing)])
    in_time = until - over - own <= PUBLIC_WITHIN
    review = _together(in_review)
    if decisive:
        return _Line(KEPT if in_time else MISSED, review, period, decisive.report, "")
    last = next((one for one in reports if one.is_in_review), reports[-1] if reports else None)
    reason = _reason(last, any(end == cutoff_at for _, end in computing))
    state = WAITING if in_time else MISSED
    return _Line(state, review, period, last.report if last else None, reason)


def _reason(last: _History | None, is_computing: bool) -> str:
    """Why a report that is not public yet may still come in time."""
    if last and last.is_in_review:
        return "in review"
    if is_computing:
        return "not computed yet"
    return "its 90 days are not over without the registry's own time"


def _together(spans: Iterable[Span]) -> timedelta:
    """How long they last, what lies in several of them counted once."""
    length, last = timedelta(), datetime.min.replace(tzinfo=UTC)
    for start, end in sorted(spans):
        length += max(end - max(start, last), timedelta())
        last = max(last, end)
    return length


def _told(report: Report, moves: Sequence[Move], until: datetime) -> list[Move]:
    """Its moves; of one that was published before events told of it, the moment it bears."""
    is_told = any(move.became == PUBLISHED for move in moves)
    if is_told or report.published_at is None or report.published_at > until:
        return list(moves)
    return sorted([*moves, Move(report.published_at, PUBLISHED, [])])
