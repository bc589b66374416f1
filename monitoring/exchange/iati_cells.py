"""Targets and actuals of an indicator: one value for each cell, or none."""

from collections import defaultdict
from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_breakdowns import Spec, cell_key, spec_of
from monitoring.exchange.iati_values import (
    LeftOut,
    child_words,
    day_of,
    fitting,
    read_number,
)
from monitoring.models import Indicator

TEXT_LENGTH = 20_000


class Span(NamedTuple):
    starts_on: date
    ends_on: date


class Value(NamedTuple):
    """A published target or actual."""

    element: Any
    span: Span
    spec: Spec
    number: Decimal | None
    words: str

    @property
    def cell(self) -> Hashable:
        return self.element.tag, self.span, cell_key(self.spec)

    @property
    def says(self) -> Decimal | str:
        return self.words if self.number is None else self.number


def read_span(period: Any) -> Span:
    """The period's dates; else LeftOut."""
    span = Span(day_of(period, "period-start"), day_of(period, "period-end"))
    if span.ends_on < span.starts_on:
        reason = f"It ends on {span.ends_on}, before it starts on {span.starts_on}."
        raise LeftOut("reversed_dates", reason)
    return span


class CellReader:
    """Reads the periods of indicators of one activity."""

    def __init__(self, accounts: Accounts, places: dict[str, str]) -> None:
        self.accounts = accounts
        self.places = places

    def read(self, indicator: Any, measure: str) -> tuple[set[Span], list[Value]]:
        """The spans of the indicator's periods, and its values: one for each cell."""
        spans: set[Span] = set()
        values: list[Value] = []
        for period in indicator.iterchildren("period"):
            try:
                span = read_span(period)
            except LeftOut as left:
                self.accounts.leave_out(period, left.code, left.reason)
                continue
            spans.add(span)
            self.accounts.store(period)
            for element in period.iterchildren("target", "actual"):
                if value := self._read(element, span, measure):
                    values.append(value)
        return spans, self._one_per_cell(values)

    def _read(self, element: Any, span: Span, measure: str) -> Value | None:
        try:
            spec = spec_of(element, self.places)
            number = self._number(element, measure)
        except LeftOut as left:
            self.accounts.leave_out(element, left.code, left.reason)
            return None
        return Value(element, span, spec, number, child_words(element, "comment"))

    def _number(self, element: Any, measure: str) -> Decimal | None:
        """The number; None where the measure is told in words, and words are there."""
        text = element.get("value")
        if measure == Indicator.Measure.NARRATIVE:
            _require_words(element, text)
            return None
        is_percent = measure == Indicator.Measure.PERCENT
        reading = read_number(text, is_percent=is_percent)
        if reading.doubt:
            self.accounts.doubt(element, "number_read", reading.doubt)
        return fitting(reading.value, 30, 10)

    def _one_per_cell(self, values: list[Value]) -> list[Value]:
        """Where a cell has several values none is chosen; the same value again is listed."""
        cells: dict[Hashable, list[Value]] = defaultdict(list)
        for value in values:
            cells[value.cell].append(value)
        chosen = []
        for found in cells.values():
            if len({value.says for value in found}) == 1:
                chosen.append(self._keep(found[0]))
                self._list(found[1:], "repeated", "The same value stands in this cell already.")
            else:
                reason = f"{len(found)} values for one cell; none is chosen."
                self._list(found, "several_values", reason)
        return chosen

    def _list(self, values: list[Value], code: str, reason: str) -> None:
        for value in values:
            self.accounts.leave_out(value.element, code, reason)

    def _keep(self, value: Value) -> Value:
        self.accounts.store(value.element, *value.element.iterchildren("dimension", "location"))
        for comment in value.element.iterchildren("comment"):
            keep_comment(comment, self.accounts)
        if len(value.words) > TEXT_LENGTH:
            reason = f"The comment has {len(value.words)} characters."
            self.accounts.doubt(value.element, "shortened", reason)
        return value._replace(words=value.words[:TEXT_LENGTH])


def keep_comment(comment: Any, accounts: Accounts) -> None:
    if "".join(comment.itertext()).strip():
        accounts.store(comment)
    else:
        accounts.leave_out(comment, "empty", "The comment is empty.")


def _require_words(element: Any, text: str | None) -> None:
    if text and text.strip():
        raise LeftOut("value_on_qualitative", f"{text[:60]!r} for an indicator told in words.")
    if element.tag == "target":
        raise LeftOut("target_in_words", "A target that is not a number is not kept yet.")
    if not child_words(element, "comment"):
        raise LeftOut("missing_value", "There is neither a value nor a comment.")
