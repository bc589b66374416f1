"""No small group can be worked out from what everybody may see, however it is combined.

The world is made of elementary counts: unit × period × sex × age, with people of unknown sex and
age; everything that may be shown is shown to an attacker who solves linear equations.
"""

import itertools
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.aggregation.public import Publication
from monitoring.aggregation.readings import Step, UnitValue
from monitoring.models import Category, Dimension, Indicator
from tests.monitoring.solving import Solver

SEX, AGE, BOTH = 1, 2, 3
SEXES, AGES = {"F": 11, "M": 12}, {"Y": 21, "O": 22}
PAIRS = {(s, a): 31 + n for n, (s, a) in enumerate(itertools.product(SEXES, AGES))}
UNITS, PERIODS = (1, 2), 5


def step(n):
    year, month = divmod((n - 1) * 3, 12)
    return Step(n, f"Q{n}", date(2024 + year, month + 1, 1),
                date(2024 + year, month + 3, 28), 1, 1, n, year)  # fmt: skip


class World:
    def __init__(self, counts, accumulation, dimensions=(SEX, AGE, BOTH), last=PERIODS):
        """`counts` by (unit, period, sex, age), "?" where it is not known; None was not reported,
        which the attacker cannot tell from a group that may not be seen."""
        self.counts, self.accumulation, self.dimensions = counts, accumulation, dimensions
        self.steps = [step(n) for n in range(1, last + 1)]

    def until(self, last):
        """As it was once that period had been reported."""
        counts = {e: count for e, count in self.counts.items() if e[1] <= last}
        return World(counts, self.accumulation, self.dimensions, last)

    def cells(self):
        """{(unit, n, category): elementary cells}; a running total gathers them."""
        found, reported = {}, set()
        for (unit, n, sex, age), count in self.counts.items():
            reach = range(n, len(self.steps) + 1) if self.accumulation == "cumulative" else [n]
            keys = [0]
            keys += [SEXES[sex]] if sex in SEXES and SEX in self.dimensions else []
            keys += [AGES[age]] if age in AGES and AGE in self.dimensions else []
            keys += [PAIRS[sex, age]] if (sex, age) in PAIRS and BOTH in self.dimensions else []
            for at, key in itertools.product(reach, keys):
                found.setdefault((unit, at, key), []).append((unit, n, sex, age))
                if count is not None:
                    reported.add((unit, at, key))
        return {cell: elements for cell, elements in found.items() if cell in reported}

    def sum(self, elements):
        return sum(self.counts[element] or 0 for element in elements)

    def readings(self):
        values = {}
        for (unit, n, category), elements in self.cells().items():
            read = UnitValue(
                1, category, unit, n, n, Decimal(self.sum(elements)), None, None, False
            )
            values.setdefault((1, category, n), []).append(read)
        return SimpleNamespace(steps=self.steps, values=values, between=lambda *days: [])

    def indicator(self):
        sides = {SEX: SEXES, AGE: AGES, BOTH: PAIRS}
        made = []
        for pk in self.dimensions:
            dimension = Dimension(pk=pk, first_id=SEX if pk == BOTH else None,
                                  second_id=AGE if pk == BOTH else None)  # fmt: skip
            codes = [Category(pk=code, dimension=dimension) for code in sides[pk].values()]
            dimension._prefetched_objects_cache = {"categories": _All(codes)}
            made.append(dimension)
        indicator = Indicator(
            pk=1, measure="number", combine="sum", counts_people="contacts",
            accumulation=self.accumulation,
        )  # fmt: skip
        indicator._prefetched_objects_cache = {"dimensions": _All(made), "targets": _All([])}
        return indicator

    def publication(self):
        return Publication(self.readings(), self.indicator())

    def attacker(self):
        """Knows every total, and every table that was public after any of the periods: of each
        unit, in each span."""
        solver = Solver()
        for last in range(1, PERIODS + 1):
            self.until(last).tell(solver)
        return solver

    def tell(self, solver):
        publication, cells = self.publication(), self.cells()
        of = {SEX: SEXES, AGE: AGES, BOTH: PAIRS}
        for span in itertools.combinations(range(len(self.steps) + 1), 2):
            if self.accumulation == "cumulative" and span[0]:
                continue
            for unit, dimension in itertools.product(UNITS, self.dimensions):
                solver.learn(*self._equation(self._elements(cells, unit, 0, span)))
                if not publication.shows(dimension, span):
                    continue
                for category in set(of[dimension].values()) - publication.withholds(dimension):
                    solver.learn(*self._equation(self._elements(cells, unit, category, span)))

    def _elements(self, cells, unit, category, span):
        if self.accumulation == "cumulative":
            return cells.get((unit, span[1], category), [])
        return [
            e for n in range(span[0] + 1, span[1] + 1) for e in cells.get((unit, n, category), [])
        ]

    def _equation(self, elements):
        return dict.fromkeys(elements, 1), self.sum(elements)

    def secrets(self):
        """Small groups: a sex, an age or both of one unit or of all, over periods in a row."""
        groups = [(s, None) for s in (*SEXES, "?")] + [(None, a) for a in (*AGES, "?")]
        groups += list(PAIRS)
        spans = list(itertools.combinations(range(PERIODS + 1), 2))
        for (sex, age), units, (first, last) in itertools.product(
            groups, ((1,), (2,), UNITS), spans
        ):
            elements = [
                e
                for e in self.counts
                if e[0] in units
                and first < e[1] <= last
                and sex in (None, e[2])
                and age in (None, e[3])
            ]
            if 1 <= self.sum(elements) <= 10:
                yield elements


class _All(list):
    def all(self):
        return self


def world_of(numbers, accumulation, dimensions):
    keys = itertools.product(UNITS, range(1, PERIODS + 1), ["F", "M", "?"], ["Y", "O", "?"])
    counts = dict(zip(keys, itertools.cycle(numbers), strict=False))
    return World(counts, accumulation, dimensions)


SMALL_OR_LARGE = st.one_of(
    st.sampled_from([None, None, 0, 0, 3, 7, 10, 11]), st.integers(12, 400), st.integers(12, 400)
)


@pytest.mark.parametrize("accumulation", ["flow", "cumulative"])
@pytest.mark.parametrize("dimensions", [(SEX,), (SEX, AGE), (SEX, AGE, BOTH), (BOTH,)])
@given(numbers=st.lists(SMALL_OR_LARGE, min_size=17, max_size=90))
@settings(max_examples=25, deadline=None)
def test_no_small_group_follows_from_what_is_public(accumulation, dimensions, numbers):
    world = world_of(numbers, accumulation, dimensions)
    attacker = world.attacker()

    for elements in world.secrets():
        told = attacker.tells(dict.fromkeys(elements, 1))
        assert told is None, f"{elements} come to {told}"


@pytest.mark.parametrize("accumulation", ["flow", "cumulative"])
def test_large_groups_are_public_in_every_span(accumulation):
    world = world_of([20, 30, 0, 40, 50, 0, 0, 0, 0], accumulation, (SEX, AGE, BOTH))
    publication = world.publication()

    for dimension in (SEX, AGE, BOTH):
        assert not publication.withholds(dimension)
        for last in range(1, PERIODS + 1):
            assert publication.shows(dimension, (0, last))


def test_one_small_quarter_hides_itself_and_what_would_give_it_away():
    counts = {(1, n, "F", "Y"): 5 if n == 2 else 50 for n in range(1, 6)}
    counts |= {(1, n, "M", "Y"): 60 for n in range(1, 6)}
    publication = World(counts, "flow", (SEX,)).publication()

    assert publication.shows(SEX, (0, 1))
    assert not publication.shows(SEX, (1, 2))
    assert not publication.shows(SEX, (0, 2))
    assert publication.shows(SEX, (0, 3))
    assert not publication.shows(SEX, (2, 3))


def test_a_quarter_without_anybody_does_not_keep_two_spans_apart():
    """Unit 1 has 15 men in all, 12 of them in the third quarter and none in the second: 3 in the
    first. Unit 2, with 3 men until the fourth, keeps the third quarter's sum to date hidden."""
    men = {(1, 1): 3, (1, 3): 12, (2, 2): 3, (2, 4): 11}
    counts = {(*at, "M", "Y"): count for at, count in men.items()}
    counts |= {(*at, "?", "Y"): 30 for at in men}
    publication = World(counts, "flow", (SEX,)).publication()

    assert publication.shows(SEX, (2, 3))
    assert not publication.shows(SEX, (0, 3))
    assert not publication.shows(SEX, (0, 4))


def test_small_growth_of_a_running_total_hides_the_later_one_only():
    counts = {(1, n, "F", "Y"): {1: 50, 2: 4, 3: 30}[n] for n in (1, 2, 3)}
    counts |= {(1, n, "M", "Y"): 60 for n in (1, 2, 3)}
    publication = World(counts, "cumulative", (SEX,)).publication()

    assert [publication.shows(SEX, (0, n)) for n in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize("accumulation", ["flow", "cumulative"])
def test_what_is_small_stays_hidden_while_nothing_more_is_reported(accumulation):
    counts = {(1, 1, "F", "Y"): 100, (1, 1, "M", "Y"): 3}
    publication = World(counts, accumulation, (SEX,)).publication()

    assert not any(publication.shows(SEX, (0, n)) for n in range(1, PERIODS + 1))


def test_a_small_unit_hides_the_table_of_all_units():
    counts = {(u, 1, s, "Y"): 50 for u in UNITS for s in SEXES}
    assert World(counts, "flow", (SEX,)).publication().shows(SEX, (0, 1))
    counts[2, 1, "F", "Y"] = 3
    assert not World(counts, "flow", (SEX,)).publication().shows(SEX, (0, 1))


def test_a_few_people_of_unknown_sex_withhold_one_sex_with_them():
    counts = {(1, n, s, "Y"): c for n in range(1, 6) for s, c in (("F", 70), ("M", 40), ("?", 3))}
    publication = World(counts, "flow", (SEX,)).publication()

    assert publication.withholds(SEX) == {SEXES["F"]}
    assert all(publication.shows(SEX, (n - 1, n)) for n in range(1, 6))


def test_without_people_everything_is_public():
    world = world_of([3], "flow", (SEX,))
    indicator = world.indicator()
    indicator.counts_people = "no"
    publication = Publication(world.readings(), indicator)
    assert publication.shows(SEX, (0, 1))


@pytest.mark.parametrize("measure", ["rating", "percent", "yes_no", "currency"])
def test_of_people_who_are_not_counted_nothing_is_public(measure):
    world = world_of([50], "flow", (SEX,))
    indicator = world.indicator()
    indicator.measure = measure
    assert not Publication(world.readings(), indicator).shows(SEX, (0, 1))
