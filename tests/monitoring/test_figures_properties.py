"""Whatever the order in which data is approved, corrected and withdrawn: the same totals.

Every figure is computed four ways: step by step into the rollups, anew, as a report computes it
with a cut-off, and by a script that shares no code with the product.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.aggregation import partnership_figures
from monitoring.aggregation.checking import differences
from monitoring.aggregation.refreshing import refresh
from monitoring.aggregation.rollups import figures_now
from monitoring.models import Observation
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    approve,
)
from tests.monitoring import by_hand

pytestmark = pytest.mark.django_db
UNITS, PERIODS = 3, 4
KINDS = [
    ("number", "flow", "sum"),
    ("number", "flow", "mean"),
    ("number", "cumulative", "sum"),
    ("number", "cumulative", "min"),
    ("number", "point_in_time", "max"),
    ("number", "point_in_time", "mean"),
    ("ratio", "flow", "ratio"),
    ("ratio", "cumulative", "ratio"),
    ("ratio", "point_in_time", "ratio"),
    ("percent", "point_in_time", "none"),
]
PEOPLE = [(overlap, new) for overlap in (True, False) for new in (True, False)]

# Zero, below zero, with decimals; and the largest that a cell holds.
numbers = st.decimals(
    min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False
) | st.sampled_from([Decimal(0), Decimal("-0.0000000001"), Decimal(99999999999999999)])
wholes = st.integers(min_value=0, max_value=500).map(Decimal)
values = st.tuples(numbers, wholes, wholes)
steps = st.one_of(
    st.tuples(st.just("send"), values), st.just(("take_away",)), st.just(("withdraw",))
)
cells = st.tuples(st.integers(0, UNITS - 1), st.integers(1, PERIODS))
stories = st.dictionaries(cells, st.lists(steps, min_size=1, max_size=3), min_size=1, max_size=6)


class Told:
    """A partnership in which stories were told in one order."""

    def __init__(self):
        self.admin = UserFactory(admin=True)
        self.partnership = PartnershipFactory(active=True)
        members = [self.partnership.memberships.get()]
        members += MembershipFactory.create_batch(UNITS - 1, partnership=self.partnership)
        self.units = [ReportingUnitFactory(membership=member) for member in members]
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.periods = PeriodFactory.create_batch(PERIODS, framework=self.framework)
        self.kinds = [
            IndicatorFactory(
                result__framework=self.framework, measure=measure, accumulation=how, combine=rule
            )
            for measure, how, rule in KINDS
        ]
        self.people = [
            IndicatorFactory(
                result__framework=self.framework,
                people=True,
                units_overlap=overlap,
                counts_new_people=new,
            )
            for overlap, new in PEOPLE
        ]

    def tell(self, cell, step, *parts):
        unit, period = self.units[cell[0]], self.periods[cell[1] - 1]
        if step == "send":
            number, whole, below = parts[0]
            rows = {
                indicator: (number, below) if measure == "ratio" else number
                for indicator, (measure, *_) in zip(self.kinds, KINDS, strict=True)
            }
            rows |= dict.fromkeys(self.people, whole)
            approve(SubmissionFactory(unit=unit, period=period, values=rows))
            return
        counting = Observation.objects.counting().filter(unit=unit, period=period)
        if not counting.exists():
            return
        if step == "withdraw":
            counting.first().submission.withdraw(by=self.admin, reason="Wrong.")
            return
        away = SubmissionFactory(unit=unit, period=period)
        Observation.objects.bulk_create(
            Observation(
                submission=away,
                unit=unit,
                period=period,
                indicator_id=row.indicator_id,
                withdraws=True,
            )
            for row in counting
        )
        approve(away)

    def figures(self):
        """Of each indicator: as of each period and to date; from rollups and as in reports."""
        on = self.periods[-1].ends_on
        now = figures_now([self.partnership.pk], on=on)
        report = partnership_figures(
            self.partnership, reference_on=on, cutoff_at=timezone.now(), framework=self.framework
        )
        for item in report.indicators:
            now.indicators.setdefault(item.indicator.pk, item.indicator)
        ways = {item.indicator.pk: item for item in report.indicators}
        for indicator in [*self.kinds, *self.people]:
            read = [now.as_of(indicator.pk, p.pk) for p in self.periods]
            read.append(now.to_date(indicator.pk))
            item = ways[indicator.pk]
            assert read == [*(p.figure for p in item.periods), item.to_date]
            yield indicator, read


def ends(figure):
    """A figure as a range: what is no range has both ends alike."""
    return (figure.low, figure.high) if figure.is_range else (figure.value, figure.value)


def by_script(told_cells, number):
    """The cells of one kind of indicator: from each cell's (number, whole, below)."""
    measure = KINDS[number][0]
    return [
        (unit, n, (parts[0], parts[2]) if measure == "ratio" else parts[0])
        for unit, n, parts in told_cells
    ]


def check(told, told_cells):
    found = list(told.figures())
    for number, (_, how, rule) in enumerate(KINDS):
        own = by_script(told_cells, number)
        expected = [by_hand.figure(own, n, how, rule) for n in range(1, PERIODS + 1)]
        to_date = by_hand.flow_to_date(own, PERIODS, rule) if how == "flow" else expected[-1]
        assert [figure.value for figure in found[number][1]] == [*expected, to_date]
    for number, (overlap, new) in enumerate(PEOPLE, start=len(KINDS)):
        own = [(unit, n, parts[1]) for unit, n, parts in told_cells]
        expected = [
            by_hand.people(own, n, overlap, not new, first=n) for n in range(1, PERIODS + 1)
        ]
        expected.append(by_hand.people(own, PERIODS, overlap, not new))
        assert [ends(f) for f in found[number][1]] == [e or (None, None) for e in expected]
    return [(f.value, f.low, f.high, f.reason) for _, figures in found for f in figures]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories=stories, random=st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_of_approvals_corrections_and_withdrawals(
    stories, random
):
    counting = {cell: by_hand.settled(story) for cell, story in stories.items()}
    told_cells = [(unit, n, parts) for (unit, n), parts in counting.items() if parts is not None]
    outcomes = []
    for _ in range(2):
        told = Told()
        waiting = {cell: list(story) for cell, story in stories.items()}
        while waiting:
            cell = random.choice(sorted(waiting))
            told.tell(cell, *waiting[cell].pop(0))
            if not waiting[cell]:
                del waiting[cell]
            if random.random() < 0.5:
                refresh()
        refresh()
        assert list(differences(told.partnership.pk)) == []
        outcomes.append(check(told, told_cells))

    assert outcomes[0] == outcomes[1]


def test_the_script_itself():
    """Known by heart: two units, a correction that takes away, a late first quarter."""
    assert by_hand.settled([("send", 1), ("send", 2)]) == 2
    assert by_hand.settled([("send", 1), ("withdraw",)]) is None
    assert by_hand.people([(0, 1, 10), (0, 2, 6), (1, 1, 8)], 2, False, True) == (18, 24)
    assert by_hand.people([(0, 1, 10), (0, 2, 6), (1, 1, 8)], 2, True, False) == (16, 24)
    assert by_hand.quarter(5) == (date(2025, 1, 1), date(2025, 3, 31))
