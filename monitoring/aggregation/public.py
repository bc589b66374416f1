"""Which breakdowns of people everybody may see, so that no small group can be worked out.

`registry.disclosure` looks at one table; figures stand in many that hang together: a period, a
year and the sum to date, a running total and the one before it, the units and all of them, two
dimensions and their crossing. So the same is decided for all of them at once:

- A span's table may be seen only if it is harmless for each unit alone, what lacks of the total
  being one more part: then no units, left out or added, can tell a small group.
- Two spans with a common end give their difference. A span may be seen only if every difference
  with those that may be seen is harmless too.
- Categories that are small again and again are withheld throughout, with others to cover them.
- A crossed table may be seen only whole, and only where both of its sides are.

It is decided in the order of time: what comes later never changes what could be seen before.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from monitoring.aggregation.breakdowns import Breakdown, CategoryFigure
from monitoring.aggregation.cells import may_come_again
from monitoring.aggregation.figures import Figure, Progress
from monitoring.aggregation.readings import TOTAL, Readings, UnitValue
from monitoring.models import Dimension, Indicator
from registry.disclosure import LIMIT, SUPPRESSED, disclose

ZERO = Decimal(0)
Accumulation, Measure = Indicator.Accumulation, Indicator.Measure
WITHHELD = Figure(reason=SUPPRESSED)
WHOLE = -1  # all of a unit's row, beside single categories
# A span lies between two boundaries of periods: after the first and up to the last; 0: the start.
Span = tuple[int, int]
# What a unit counted by category, 0 being the total.
Row = dict[int, Decimal]


class Publication:
    """What of one indicator's breakdowns everybody may see."""

    def __init__(self, readings: Readings, indicator: Indicator) -> None:
        self.open = indicator.counts_people == Indicator.CountsPeople.NO
        self._seen: dict[int, _Along] = {}
        # The low end of a range is the number of one of its periods.
        is_flow = indicator.accumulation == Accumulation.FLOW
        self._tells_periods = is_flow and may_come_again(indicator)
        if self.open or not _counts(indicator):
            return
        dimensions = list(indicator.dimensions.all())
        lines = _lines(readings, indicator)
        for dimension in dimensions:
            self._seen[dimension.pk] = _Along(lines, _codes(dimension), bool(dimension.first_id))
        self._decide(readings, indicator, dimensions)

    @classmethod
    def of_nothing(cls) -> "Publication":
        """No breakdown at all: of former states, whose differences would tell what was added."""
        made = cls.__new__(cls)
        made.open, made._seen, made._tells_periods = False, {}, False
        return made

    def shows(self, dimension: int, span: Span) -> bool:
        """Whether the table is public, apart from the categories that are withheld throughout."""
        if self.open:
            return True
        along = self._seen.get(dimension)
        if along is None or span not in along.public:
            return False
        first, last = span
        periods = range(first, last) if self._tells_periods else ()
        return all((n, n + 1) in along.public for n in periods)

    def withholds(self, dimension: int) -> set[int]:
        """The categories that are withheld whatever the span."""
        along = self._seen.get(dimension)
        return set(along.withheld) if along else set()

    def shows_category(self, dimension: int, category: int, span: Span) -> bool:
        return self.shows(dimension, span) and category not in self.withholds(dimension)

    def _decide(
        self, readings: Readings, indicator: Indicator, dimensions: Sequence[Dimension]
    ) -> None:
        simple = [self._seen[d.pk] for d in dimensions if not d.first_id]
        crossed = [d for d in dimensions if d.first_id]
        for spans in _candidates(readings, indicator):
            for span in spans:
                for along in simple:
                    along.offer(span)
                sides = [self._seen[s] for d in crossed for s in _sides(d) if s in self._seen]
                tables = [self._seen[d.pk] for d in crossed]
                whole = all(span in s.public and not s.withheld for s in sides if s.has_data)
                if whole and all(along.takes(span) for along in tables):
                    for along in tables:
                        along.publish(span)


def disclosed(
    broken: Breakdown, publication: Publication, indicator: Indicator, span: Span
) -> Breakdown:
    """A breakdown as everybody may see it: what may not be public says so, the total stays."""
    if publication.open:
        return broken
    dimension = broken.dimension.pk
    shown = [
        _public_category(
            item, publication.shows_category(dimension, item.category.pk, span), indicator
        )
        for item in broken.categories
    ]
    units = [unit._replace(difference=None, reason="") for unit in broken.units]
    return replace(broken, categories=shown, difference=None, units=units)


def _public_category(item: CategoryFigure, is_public: bool, indicator: Indicator) -> CategoryFigure:
    """Progress and baseline of people in a group would tell how many there are, or were."""
    way = Progress(reason=SUPPRESSED)
    if item.figure.floor is None and item.figure.reason == "no_actual":
        return replace(item, baseline=None, progress=way)
    figure = item.figure if is_public else WITHHELD
    return replace(item, figure=figure, baseline=None, progress=way)


def span_of(indicator: Indicator, first: int, last: int) -> Span:
    """The span of a figure: a flow's periods, or all that a running total has gathered."""
    if indicator.accumulation == Accumulation.CUMULATIVE:
        return (0, last)
    if indicator.accumulation == Accumulation.FLOW:
        return (first - 1, last)
    return (last - 1, last)


def _counts(indicator: Indicator) -> bool:
    """Whether values are numbers of people at all; of a mark or a share nobody can tell."""
    return indicator.measure in (Measure.NUMBER, Measure.RATIO)


def _codes(dimension: Dimension) -> list[int]:
    return [category.pk for category in dimension.categories.all()]


def _sides(dimension: Dimension) -> tuple[int, ...]:
    return tuple(pk for pk in (dimension.first_id, dimension.second_id) if pk)


def _candidates(readings: Readings, indicator: Indicator) -> Iterator[list[Span]]:
    """The spans that end with each period, sums before their parts."""
    steps = readings.steps
    for step in steps:
        if indicator.accumulation != Accumulation.FLOW:
            yield [span_of(indicator, step.n, step.n)]
            continue
        starts = [0]
        for same in (lambda s: s.year, lambda s: s.framework_year):
            starts.append(min(s.n for s in steps if same(s) == same(step)) - 1)
        for target in indicator.targets.all():
            if target.ends_on == step.ends_on:
                within = [s.n for s in readings.between(target.starts_on, target.ends_on)]
                starts += [min(within) - 1] if within else []
        yield [(start, step.n) for start in dict.fromkeys([*starts, step.n - 1])]


class _Line:
    """What one unit counted as of each boundary: a flow's sums to date, or states; of a ratio in
    one of its parts."""

    def __init__(self, rows: Mapping[int, Row], last: int, accumulation: str) -> None:
        self.is_flow = accumulation == Accumulation.FLOW
        self.is_state = not self.is_flow and accumulation != Accumulation.CUMULATIVE
        self.rows: Mapping[int, Row] = rows
        # Boundaries between which nothing was reported are one: everybody knows that. Of the
        # whole row, and of the categories that were missing when others were not.
        self.same = {WHOLE: {n: n for n in range(last + 1)}}
        if self.is_flow:
            self._sum_up(rows, last)

    def _sum_up(self, rows: Mapping[int, Row], last: int) -> None:
        """Sums to date, through the last period: what was not reported adds nothing."""
        sums: dict[int, Row] = {}
        so_far: Row = {}
        for n in range(1, last + 1):
            for category, value in rows.get(n, {}).items():
                so_far[category] = so_far.get(category, ZERO) + value
            if so_far:
                sums[n] = dict(so_far)
        self.same = {WHOLE: self._unmoved(rows, last, so_far.keys())}
        for category in so_far.keys() - {TOTAL}:
            own = self._unmoved(rows, last, {category})
            if own != self.same[WHOLE]:
                self.same[category] = own
        self.rows = sums

    def _unmoved(
        self, rows: Mapping[int, Row], last: int, categories: Iterable[int]
    ) -> dict[int, int]:
        """For each boundary the first one from which on nothing was counted of the categories."""
        first = {0: 0}
        for n in range(1, last + 1):
            moved = any(rows.get(n, {}).get(category) for category in categories)
            first[n] = n if moved else first[n - 1]
        return first

    def told(self, which: int, span: Span) -> Row:
        """What a difference tells: the whole row, or one category's number."""
        row = self.within(span)
        return row if which == WHOLE else {key: row[key] for key in row.keys() & {which}}

    def within(self, span: Span) -> Row:
        first, last = span
        now, before = self.rows.get(last, {}), self.rows.get(first, {})
        if self.is_state or not first:
            return now
        if self.is_flow:
            return {key: value - before.get(key, ZERO) for key, value in now.items()}
        return {key: now[key] - before[key] for key in now.keys() & before.keys()}


def _lines(readings: Readings, indicator: Indicator) -> list[_Line]:
    """One for each unit, and for each part of a ratio."""
    is_ratio = indicator.measure == Measure.RATIO
    kinds = [_numerator, _denominator, _rest] if is_ratio else [_value]
    rows: dict[tuple[int, int], dict[int, Row]] = {}
    for (one, category, n), values in readings.values.items():
        for read in values if one == indicator.pk else ():
            for which, kind in enumerate(kinds):
                of_unit = rows.setdefault((read.unit_id, which), {})
                of_unit.setdefault(n, {})[category] = kind(read) or ZERO
    last = readings.steps[-1].n if readings.steps else 0
    return [_Line(rows[key], last, indicator.accumulation) for key in sorted(rows)]


def _value(read: UnitValue) -> Decimal | None:
    return read.value


def _numerator(read: UnitValue) -> Decimal | None:
    return read.numerator


def _denominator(read: UnitValue) -> Decimal | None:
    return read.denominator


def _rest(read: UnitValue) -> Decimal | None:
    """Those of the denominator who are not in the numerator."""
    if read.numerator is None or read.denominator is None:
        return None
    return read.denominator - read.numerator


class _Along:
    """One dimension: the spans whose tables are public, and the categories withheld throughout."""

    def __init__(self, lines: Sequence[_Line], categories: Sequence[int], is_crossed: bool) -> None:
        self.lines = lines
        self.is_crossed = is_crossed
        present = {key for line in lines for row in line.rows.values() for key in row}
        self.categories = [category for category in categories if category in present]
        self.has_data = bool(self.categories)
        self.withheld: set[int] = set()
        self.public: set[Span] = set()
        # For each line, of the row or a category: the boundaries between which everybody can
        # tell the difference.
        self.linked: list[dict[int, dict[int, set[int]]]] = [
            {which: {} for which in line.same} for line in lines
        ]

    def offer(self, span: Span) -> None:
        """Publish the span's table, if need be without some categories from now on."""
        if self.takes(span):
            self.publish(span)
            return
        hidden = (self._hides(row, self.categories) for row in self._told_by(span))
        withheld = self.withheld.union(*hidden)
        if set(self.categories) <= withheld:
            return
        if self._are_harmless([*self._told_by(span), *self._known()], withheld):
            self.withheld = withheld
            self.publish(span)

    def takes(self, span: Span) -> bool:
        return self._are_harmless(self._told_by(span), self.withheld)

    def publish(self, span: Span) -> None:
        self.public.add(span)
        for line, linked, which in self._links():
            first, last = (line.same[which][boundary] for boundary in span)
            both = linked.get(first, {first}) | linked.get(last, {last})
            for boundary in both:
                linked[boundary] = both

    def _links(self) -> Iterator[tuple[_Line, dict[int, set[int]], int]]:
        for line, of_line in zip(self.lines, self.linked, strict=True):
            if not line.is_state:
                for which, linked in of_line.items():
                    yield line, linked, which

    def _told_by(self, span: Span) -> Iterator[Row]:
        """What the span gives away of each unit, with what may be seen already."""
        for line in self.lines:
            yield line.within(span)
        for line, linked, which in self._links():
            first, last = (line.same[which][boundary] for boundary in span)
            if last in linked.get(first, {first}):
                continue
            for pair in itertools.product(linked.get(first, {first}), linked.get(last, {last})):
                if pair != span:
                    yield line.told(which, (min(pair), max(pair)))

    def _known(self) -> Iterator[Row]:
        for line, span in itertools.product(self.lines, self.public):
            yield line.within(span)
        for line, linked, which in self._links():
            for a, both in linked.items():
                yield from (line.told(which, (a, b)) for b in both if a < b)

    def _are_harmless(self, rows: Iterable[Row], withheld: set[int]) -> bool:
        shown = [category for category in self.categories if category not in withheld]
        return not any(self._hides(row, shown) for row in rows)

    def _hides(self, row: Row, categories: Sequence[int]) -> set[int]:
        """What of a unit's row may not be seen if all these categories were to be."""
        counted = [category for category in categories if category in row]
        if not counted or _is_plainly_large(row, counted):
            return set()
        parts = [_whole(row[category]) for category in counted]
        total = _whole(row[TOTAL]) if TOTAL in row else None
        table = disclose(parts, total)
        hidden = {c for c, shown in zip(counted, table.parts, strict=True) if shown.is_hidden}
        lacking = row[TOTAL] - sum(row[c] for c in counted) if TOTAL in row else ZERO
        small = any(_is_small(row[c]) for c in counted) or _is_small(lacking)
        return hidden or (set(counted) if small else set())


def _whole(number: Decimal) -> int:
    """A part of a person is one of a small number."""
    return int(number.to_integral_value("ROUND_UP"))


def _is_plainly_large(row: Row, counted: Sequence[int]) -> bool:
    """Whole groups, each empty or large, and no more than the total: the usual case, decided
    without a table."""
    if TOTAL not in row:
        return False
    lacking = row[TOTAL]
    for category in counted:
        part = row[category]
        if (part and part <= LIMIT) or part % 1:
            return False
        lacking -= part
    return not lacking % 1 and (lacking > LIMIT or not lacking) and not 0 < row[TOTAL] <= LIMIT


def _is_small(number: Decimal) -> bool:
    return 0 < abs(number) <= LIMIT
