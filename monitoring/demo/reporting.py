"""Three years of data as units sent them: on time and late, returned, corrected, waiting."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from monitoring.demo.measures import Agreed, Measured
from monitoring.demo.reading import TODAY, moment
from monitoring.demo.stories import tell_with, told
from monitoring.demo.values import Value, parts
from monitoring.models import (
    Category,
    Evidence,
    Observation,
    Period,
    ReportingUnit,
    Story,
    Submission,
    UnsafeBreakdown,
)
from registry.models import User

LAST_ENDED = date(2026, 9, 30)
ANSWER_DAYS = 6
Status = Submission.Status


@dataclass
class Sent:
    """A submission with its values and what became of it."""

    submission: Submission
    status: Status
    observations: list[Observation] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    unsafe: list[UnsafeBreakdown] = field(default_factory=list)


@dataclass
class Reporter:
    """One unit in one period: whose turn it is, and what the file says of it."""

    agreed: Agreed
    k: int
    number: int

    @property
    def period(self) -> Period:
        return self.agreed.periods[self.k]

    @property
    def unit(self) -> ReportingUnit:
        return self.agreed.units[self.number]

    @property
    def sender(self) -> User:
        return self.agreed.entered.people.evaluators[self.agreed.spec["units"][self.number]["of"]]

    def said(self, what: str) -> Any:
        """What the framework's file says of this unit and period under a heading, or None."""
        listed = self.agreed.spec.get(what, ())
        name = f"{self.number}/{self.period.label}"
        if isinstance(listed, dict):
            return listed.get(name)
        return True if name in listed else None

    def share(self) -> float:
        """The unit's part of a total; a successor takes over the part of whom it follows."""
        rows = self.agreed.spec["units"]
        place = self._has_place(self.number)
        whole = sum(
            row.get("weight", 1)
            for number, row in enumerate(rows)
            if "successor" not in row and self._has_place(number) == place
        )
        return rows[self.number].get("weight", 1) / whole

    def _has_place(self, number: int) -> bool:
        unit = self.agreed.units[number]
        return bool(unit.place or unit.country_id)

    def items(self) -> list[Measured]:
        return [i for i in self.agreed.measured if self.number in self.agreed.reporters(i)]

    def share_of(self, item: Measured) -> float:
        return 1.0 if len(self.agreed.reporters(item)) == 1 else self.share()


class Newsroom:
    """Builds every submission of a framework in memory, with its days."""

    def __init__(self, agreed: Agreed, categories: dict[tuple[str, str], Category]) -> None:
        self.agreed, self.categories = agreed, categories
        self.history = agreed.entered.history
        self.reviewer = agreed.entered.manager
        self.told = told()

    def write(self) -> list[Sent]:
        return [sent for reporter in self._due() for sent in self._story(reporter)]

    def _due(self) -> Iterator[Reporter]:
        data_to = self.agreed.spec.get("data_to", LAST_ENDED)
        for k, period in enumerate(self.agreed.periods):
            for number, row in enumerate(self.agreed.spec["units"]):
                reporter = Reporter(self.agreed, k, number)
                begun = self.agreed.units[number].since_on <= period.ends_on
                over = "until" in row and period.ends_on > self._last_day(row["until"])
                due = begun and not over and period.ends_on <= data_to
                if (due and not reporter.said("gaps")) or reporter.said("drafts"):
                    yield reporter

    def _last_day(self, label: str) -> date:
        return next(p.ends_on for p in self.agreed.periods if p.label == label)

    def _story(self, reporter: Reporter) -> list[Sent]:
        """The first submission, and a correction or replacement where there was one."""
        days = self._days(reporter)
        if days.submitted > moment(TODAY) and not reporter.said("drafts"):
            return []
        first = self._first(reporter, days)
        if first.status != Status.APPROVED:
            return [first]
        if wrong := reporter.said("corrected"):
            return [first, self._correction(reporter, first, wrong)]
        if reason := reporter.said("withdrawn"):
            return [first, self._replacement(reporter, first, reason)]
        return [first]

    def _days(self, reporter: Reporter) -> "_Days":
        return _Days(reporter, self.agreed.spec.get("delay", 0))

    def _first(self, reporter: Reporter, days: "_Days") -> Sent:
        submission = self._submission(reporter, 1, days.begun)
        sent = Sent(submission, days.status)
        self.history.tell(submission, "drafted", days.begun, by=reporter.sender, became="draft")
        sent.observations = list(self._observations(reporter, submission, days))
        if days.status == Status.DRAFT:
            sent.observations = sent.observations[:1]
            tell_with(reporter, sent, self.told)
            return sent
        self._hand_in(sent, days.submitted, reporter)
        if days.returned:
            self._send_back(sent, days, reporter)
        if days.status == Status.APPROVED:
            self._approve(sent, days.approved)
        tell_with(reporter, sent, self.told)
        sent.evidence = list(self._evidence(reporter, sent))
        return sent

    def _submission(self, reporter: Reporter, revision: int, begun: datetime) -> Submission:
        return Submission(
            unit=reporter.unit,
            period=reporter.period,
            revision=revision,
            created_by=reporter.sender,
            writers=[reporter.sender.pk],
            created_at=begun,
            updated_at=begun,
        )

    def _hand_in(self, sent: Sent, at: datetime, reporter: Reporter) -> None:
        submission = sent.submission
        submission.submitted_by, submission.submitted_at = reporter.sender, at
        submission.updated_at = at
        if submission.complete_at is None and _is_complete(reporter, sent):
            submission.complete_at = at
        self.history.moved(
            submission, "draft", "submitted", at, by=reporter.sender, facts=_handed_in(sent)
        )

    def _send_back(self, sent: Sent, days: "_Days", reporter: Reporter) -> None:
        submission, moved = sent.submission, self.history.moved
        assert days.returned
        reason = reporter.said("returned") or reporter.said("unanswered")
        moved(submission, "submitted", "returned", days.returned, by=self.reviewer, reason=reason)
        if sent.status == Status.RETURNED:
            submission.updated_at = days.returned
            return
        handed_in = _handed_in(sent)
        moved(
            submission, "returned", "submitted", days.answered, by=reporter.sender, facts=handed_in
        )
        submission.submitted_at = submission.updated_at = days.answered
        submission.comment = f"Answered: {reason}"

    def _approve(self, sent: Sent, at: datetime) -> None:
        submission = sent.submission
        submission.approved_by, submission.approved_at = self.reviewer, at
        submission.updated_at = at
        sent.status = Status.APPROVED
        self.history.moved(submission, "submitted", "approved", at, by=self.reviewer)

    def _correction(self, reporter: Reporter, first: Sent, wrong: list[Any]) -> Sent:
        """A second revision with the rows of one indicator only."""
        code, factor, why = wrong
        sent = self._second(reporter, first, 62, why)
        item = next(i for i in reporter.items() if i.row["code"] == code)
        for old in first.observations:
            if old.indicator is item.indicator:
                value = Value(old.value, old.numerator, old.denominator).scaled(factor, item.row)
                sent.observations.append(_copy(old, sent.submission, value, comment=why))
        self._finish_second(reporter, sent)
        if len(sent.observations) == len(first.observations):
            at, replaced = sent.submission.updated_at, first.submission
            self.history.moved(replaced, "approved", "superseded", at, by=self.reviewer)
        return sent

    def _replacement(self, reporter: Reporter, first: Sent, reason: str) -> Sent:
        """The first was withdrawn; the second revision estimates every value anew."""
        at = moment(reporter.period.ends_on, days=50, hour=10)
        first.status, first.submission.withdrawn_at = Status.WITHDRAWN, at
        first.submission.updated_at = at
        self.history.moved(
            first.submission, "approved", "withdrawn", at, by=reporter.sender, reason=reason
        )
        sent = self._second(reporter, first, 55, "Estimated from boat counts.")
        rows = {item.indicator.series: item.row for item in reporter.items()}
        for old in first.observations:
            row = rows[old.indicator.series]
            value = Value(old.value, old.numerator, old.denominator).scaled(0.92, row)
            sent.observations.append(_copy(old, sent.submission, value, is_provisional=True))
        self._finish_second(reporter, sent)
        return sent

    def _second(self, reporter: Reporter, first: Sent, days: int, comment: str) -> Sent:
        begun = moment(reporter.period.ends_on, days=days)
        sent = Sent(self._submission(reporter, 2, begun), Status.APPROVED)
        sent.submission.comment = comment
        self.history.tell(sent.submission, "drafted", begun, by=reporter.sender, became="draft")
        return sent

    def _finish_second(self, reporter: Reporter, sent: Sent) -> None:
        begun = sent.submission.created_at
        self._hand_in(sent, begun + timedelta(days=3), reporter)
        self._approve(sent, begun + timedelta(days=8))

    def _observations(
        self, reporter: Reporter, submission: Submission, days: "_Days"
    ) -> Iterator[Observation]:
        for item in reporter.items():
            if item.row["kind"] == "narrative":
                texts = item.row["texts"]
                yield self._observation(
                    reporter, submission, item, Value(), text=texts[reporter.k % len(texts)]
                )
                continue
            value = _value(reporter, item)
            common = {
                "is_provisional": bool(reporter.said("provisional")),
                "verification": days.verification,
            }
            yield self._observation(reporter, submission, item, value, **common)
            for dimension, shares in item.row.get("split", {}).items():
                for code, part in parts(value, shares):
                    category = self.categories[dimension, code]
                    yield self._observation(
                        reporter, submission, item, part, category=category, **common
                    )

    def _observation(
        self,
        reporter: Reporter,
        submission: Submission,
        item: Measured,
        value: Value,
        **fields: object,
    ) -> Observation:
        return Observation(
            submission=submission,
            indicator=item.indicator,
            period=reporter.period,
            unit=reporter.unit,
            **value._asdict(),
            **fields,
        )

    def _evidence(self, reporter: Reporter, sent: Sent) -> Iterator[Evidence]:
        """Every other submission has some; one in seven pieces is refused."""
        submission = sent.submission
        if (reporter.k + reporter.number) % 2:
            return
        label = reporter.period.label
        of = self.agreed.spec["units"][reporter.number]["of"]
        name = f"{of}-{reporter.number}/{label.replace(' ', '-')}"
        yield Evidence(
            submission=submission,
            title=f"Register of {label}, scanned",
            url=f"https://evidence.example/{name}",
            added_by=reporter.sender,
            accepted=None if submission.approved_at is None else not _is_refused(reporter),
            decided_at=submission.approved_at,
            created_at=submission.created_at,
            updated_at=submission.updated_at,
        )


class _Days:
    """When a unit's data for a period came, was returned, answered, approved."""

    def __init__(self, reporter: Reporter, delay: int) -> None:
        k, unit, period = reporter.k, reporter.number, reporter.period
        after = reporter.said("late") or 9 + (5 * k + 3 * unit) % 12 + delay
        hour, minute = 7 + (k + unit) % 10, (13 * k + 29 * unit) % 60
        begun = moment(period.ends_on, days=after - 3, hour=hour, minute=minute)
        self.begun = min(begun, moment(TODAY, days=-2))  # a draft may be early
        self.submitted = self.begun + timedelta(days=3)
        is_returned = reporter.said("returned") or reporter.said("unanswered")
        self.returned = self.submitted + timedelta(days=3) if is_returned else None
        wait = 17 if k % 3 == 2 else ANSWER_DAYS
        self.answered = (self.returned or self.submitted) + timedelta(
            days=wait if self.returned else 0
        )
        review = reporter.said("slow_review") or 2 + (k + unit) % 5
        self.approved = self.answered + timedelta(days=review, hours=2)
        self.status = self._status(reporter)
        self.verification = _verification(reporter)

    def _status(self, reporter: Reporter) -> Status:
        if reporter.said("drafts"):
            return Status.DRAFT
        if reporter.said("unanswered"):
            return Status.RETURNED
        if reporter.said("waiting") or self.approved > moment(TODAY):
            return Status.SUBMITTED
        return Status.APPROVED


def _value(reporter: Reporter, item: Measured) -> Value:
    if "by" in item.row:
        first = next(
            k for k, p in enumerate(reporter.agreed.periods) if p.label == item.row["yes_from"]
        )
        return Value(Decimal(reporter.k >= first))
    return item.course.of_unit(reporter.k, reporter.number, reporter.share_of(item))


def _is_complete(reporter: Reporter, sent: Sent) -> bool:
    """Whether every indicator that is asked of the unit has a total."""
    place = bool(reporter.unit.place or reporter.unit.country_id)
    given = {o.indicator.series for o in sent.observations if o.category is None}
    member = reporter.unit.membership_id
    return all(
        item.indicator.series in given
        for item in reporter.agreed.measured
        if item.indicator.by_place == place and item.indicator.responsible_id in (None, member)
    )


def _verification(reporter: Reporter) -> str:
    kinds = Observation.Verification
    if (reporter.k + reporter.number) % 2 or _is_refused(reporter):
        return kinds.SELF_REPORTED
    return kinds.INDEPENDENTLY_VERIFIED if reporter.k % 8 == 7 else kinds.INTERNALLY_VALIDATED


def _is_refused(reporter: Reporter) -> bool:
    return (reporter.k + 2 * reporter.number) % 7 == 3


def _copy(old: Observation, submission: Submission, value: Value, **fields: object) -> Observation:
    same = ("indicator", "period", "unit", "category", "verification")
    return Observation(
        submission=submission,
        **{name: getattr(old, name) for name in same},
        **value._asdict(),
        **fields,
    )


def _handed_in(sent: Sent) -> dict[str, list[int]]:
    return {"indicators": sorted({o.indicator_id for o in sent.observations})}
