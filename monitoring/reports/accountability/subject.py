"""What is measured, and what several measures read of it: each read once, with both dates.

Nothing here may see what was decided after the cut-off, nor members and promises of another day
than the reference date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import models

from monitoring.aggregation import IndicatorFigures, PartnershipFigures, partnership_figures
from monitoring.models import Framework, Indicator, Observation, Period, Submission
from monitoring.models.verifications import level_at
from monitoring.reports.accountability.merges import BeforeMerges
from monitoring.reports.accountability.moves import Move, moves_of
from monitoring.reports.accountability.there import there
from partnerships.models import Membership, Partnership, Section, ledger_at, said_at
from partnerships.models.ledger_at import Ledger
from registry.models import months_before


class Value(NamedTuple):
    """A value that counted at the cut-off, for one of the report's periods."""

    pk: int
    submission_id: int
    indicator_id: int
    unit_id: int
    unit_level: str
    category_id: int | None
    dimension_id: int | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    text: str
    level: str  # how far it was verified
    period_id: int


class Sent(NamedTuple):
    """A submission with its moves up to the cut-off, oldest first."""

    submission: Submission
    moves: list[Move]

    @property
    def is_waiting(self) -> bool:
        """Whether a reviewer had still to decide on it."""
        return bool(self.moves) and self.moves[-1].became == Submission.Status.SUBMITTED


@dataclass(frozen=True)
class Subject:
    """What is measured: a partnership for a period, at a reference date and a cut-off.

    Of an annual report `of_year` are all periods that ended in the year, each of the edition that
    held then; `period` is the last one that had ended, and `framework` its edition.
    """

    partnership: Partnership
    period: Period
    framework: Framework
    reference_on: date
    cutoff_at: datetime
    figures: PartnershipFigures
    of_year: Sequence[Period] | None = None

    @property
    def periods(self) -> Sequence[Period]:
        """Those of the report: of a periodic one its own."""
        return (self.period,) if self.of_year is None else self.of_year

    @property
    def due_periods(self) -> list[Period]:
        return [one for one in self.periods if one.due_on <= self.cutoff_on]

    @cached_property
    def cells_due(self) -> list[tuple[IndicatorFigures, Period]]:
        """Indicators × periods due. No query but for earlier editions of the year, each 7."""
        figures = {self.framework.pk: self.figures}
        for framework in self.earlier_editions:
            figures[framework.pk] = partnership_figures(
                self.partnership,
                reference_on=self.reference_on,
                cutoff_at=self.cutoff_at,
                framework=framework,
            )
        return [
            (item, period)
            for period in self.due_periods
            for item in figures[period.framework_id].indicators
        ]

    @cached_property
    def earlier_editions(self) -> list[Framework]:
        """Other editions under which periods of the report ended."""
        found = {one.framework_id: one.framework for one in self.periods}
        return [framework for pk, framework in found.items() if pk != self.framework.pk]

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.framework.time_zone)

    @cached_property
    def reference_end(self) -> datetime:
        """The first moment after the reference date, in the framework's time zone."""
        return self.after(self.reference_on)

    def after(self, day: date) -> datetime:
        """The first moment after a day, in the framework's time zone."""
        midnight = datetime.combine(day + timedelta(days=1), time(), self.zone)
        return midnight.astimezone(UTC)

    @property
    def known_until(self) -> datetime:
        """What was done by the reference date, as far as it was known at the cut-off."""
        return min(self.reference_end, self.cutoff_at)

    @property
    def known_at(self) -> datetime:
        """The last moment of the reference date; the cut-off, where that comes before."""
        return min(self.reference_end - timedelta(microseconds=1), self.cutoff_at)

    @property
    def cutoff_on(self) -> date:
        return self.cutoff_at.astimezone(self.zone).date()

    @property
    def a_year_before(self) -> date:
        """The day after which the last 12 months begin (RULES 21)."""
        return months_before(self.reference_on, 12)

    @property
    def is_imported(self) -> bool:
        """Whether a published file brought the framework: nobody agreed when its data is due."""
        return self.framework.import_batch_id is not None or self.framework.cadence == "irregular"

    @cached_property
    def _there(self) -> frozenset[type[models.Model]]:
        return there(self.partnership.pk)

    def has(self, model: type[models.Model]) -> bool:
        """Whether the partnership has any such record at all; what it has not is not read."""
        return model in self._there

    @cached_property
    def accepted(self) -> list[Membership]:
        """Members on the reference date, as known at the cut-off, with the partners whose they
        were then: each once, and of the kind that was known then.

        Of a partner's other facts only those may be read that never change.
        """
        return self.before_merges.members_on(self.reference_on)

    @cached_property
    def before_merges(self) -> BeforeMerges:
        """What merges of partners after the cut-off have moved."""
        return BeforeMerges(self.partnership, self.cutoff_at)

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """What the partnership had registered by the reference date: about, places, budget."""
        sections = (Section.ABOUT, Section.PLACES, Section.BUDGET)
        return said_at(self.partnership, self.known_at, *sections)

    @cached_property
    def ledger(self) -> Ledger:
        """Its risks and benefits as they stood on the reference date. Ten queries."""
        return ledger_at(self.partnership, self.known_at, self.before_merges.partners_of)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """All of the framework, narrative ones too. One query for all measures."""
        return list(Indicator.objects.filter(result__framework=self.framework).order_by("pk"))

    @cached_property
    def indicators_of_periods(self) -> list[Indicator]:
        """`indicators`, and those of earlier editions of the year. At most one query more."""
        if not self.earlier_editions:
            return self.indicators
        earlier = Indicator.objects.filter(result__framework__in=self.earlier_editions)
        return [*earlier.order_by("pk"), *self.indicators]

    @cached_property
    def values(self) -> list[Value]:
        """The values of the report's periods that counted at the cut-off. One query."""
        keys = [one.pk for one in self.periods]
        counting = Observation.objects.counting(self.cutoff_at).filter(period__in=keys)
        rows = counting.annotate(level=level_at(self.cutoff_at)).order_by("pk")
        return [
            Value(*row)
            for row in rows.values_list(
                "pk",
                "submission_id",
                "indicator_id",
                "unit_id",
                "unit__level",
                "category_id",
                "category__dimension_id",
                "value",
                "numerator",
                "denominator",
                "text",
                "level",
                "period_id",
            )
        ]

    @cached_property
    def sent(self) -> list[Sent]:
        """Submissions for periods that were due or ended in the last 12 months, with their units as
        they were at the cut-off. Two queries."""
        recent = Submission.objects.filter(
            period__framework__partnership=self.partnership,
            period__due_on__gt=self.a_year_before,
            period__ends_on__lte=self.reference_on,
        )
        found = list(recent.select_related("period", "unit__membership").order_by("revision", "pk"))
        units = self.before_merges.units
        for one in found:
            one.unit = units.get(one.unit_id, one.unit)
        moves = moves_of(Submission, (one.pk for one in found), self.cutoff_at)
        return [Sent(one, moves[one.pk]) for one in found if one.pk in moves]

    @cached_property
    def waiting(self) -> list[Sent]:
        """Those on which a reviewer had still to decide at the cut-off."""
        return [one for one in self.sent if one.is_waiting]

    @cached_property
    def waiting_in_period(self) -> list[Sent]:
        """Those for the report's periods."""
        keys = {one.pk for one in self.periods}
        return [one for one in self.waiting if one.submission.period_id in keys]

    @cached_property
    def waiting_cells(self) -> set[tuple[int, int]]:
        """(indicator, period) of the report's periods with values that wait for a reviewer."""
        return {
            (pk, one.submission.period_id)
            for one in self.waiting_in_period
            for pk in one.moves[-1].indicators
        }

    def longest_wait(self, waiting: Iterable[Sent]) -> int:
        """Days that the oldest of them had waited at the cut-off: the secretariat's own."""
        return max(((self.cutoff_at - one.moves[-1].at).days for one in waiting), default=0)
