"""RULES 14: a category's figure, by the rules of totals; nothing invented."""

import itertools
from decimal import Decimal

import pytest

from monitoring.models import Dimension
from monitoring.services.breakdowns import cross_dimensions
from monitoring.vocabularies import load_dimensions
from tests import factories as f
from tests.monitoring import by_hand
from tests.monitoring.measured import World, values_of

pytestmark = pytest.mark.django_db
WAYS = [
    *itertools.product(["number"], ["flow", "cumulative", "point_in_time"],
                       ["sum", "mean", "min", "max"]),
    *itertools.product(["ratio"], ["flow", "cumulative", "point_in_time"], ["ratio"]),
    ("rating", "point_in_time", "mean"),
]  # fmt: skip
CODES = ("F", "M")


@pytest.fixture
def world():
    return World()


def reports_for(measure, seed):
    """(unit, period) to its parts by category code; some reports lack one part or all of them."""
    state, made = seed * 7919 + 13, {}
    for unit, period in itertools.product(range(3), range(1, 7)):
        state = (state * 1103515245 + 12345) % 2**31
        if state % 4 == 0:
            continue
        parts = {}
        for code in CODES:
            state = (state * 1103515245 + 12345) % 2**31
            if state % 3 == 0:
                continue
            number = Decimal(state % 2001 - 1000) / 8
            parts[code] = {
                "ratio": (abs(number), Decimal(state % 7)),
                "rating": Decimal(state % 5 + 1),
            }.get(measure, number)
        made[unit, period] = parts
    return made


@pytest.mark.parametrize(("measure", "accumulation", "rule"), WAYS)
def test_categories_follow_the_rules_of_totals(world, measure, accumulation, rule):
    sex, _ = world.dimension(codes="F M")
    indicator = world.indicator(sex, measure=measure, accumulation=accumulation, combine=rule)
    reports = reports_for(measure, WAYS.index((measure, accumulation, rule)))
    for (unit, period), parts in reports.items():
        total = (Decimal(9), Decimal(10)) if measure == "ratio" else Decimal(1)
        world.report(indicator, unit, period, total, **parts)

    for period in range(1, 7):
        shown = values_of(world.breakdown(indicator, sex, period))
        expected = {
            code: by_hand.category_figure(reports, code, period, accumulation, rule)
            for code in CODES
        }
        assert shown == {code: value for code, value in expected.items() if value is not None}


def test_a_running_total_whose_latest_report_has_no_breakdown_has_none(world):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, cumulative=True)
    world.report(indicator, 0, 1, 100, F=60, M=40)
    world.report(indicator, 0, 2, 120)

    assert values_of(world.breakdown(indicator, sex, 1)) == {"F": 60, "M": 40}
    broken = world.breakdown(indicator, sex, 2)
    assert values_of(broken) == {}
    assert broken.total.value == 120
    assert broken.state == "not_broken_down"


def test_a_state_is_carried_with_its_breakdown_over_one_period_and_no_more(world):
    sex, _ = world.dimension()
    indicator = world.indicator(sex, point_in_time=True)
    world.report(indicator, 0, 1, 100, F=60, M=40)

    assert values_of(world.breakdown(indicator, sex, 2)) == {"F": 60, "M": 40}
    assert values_of(world.breakdown(indicator, sex, 3)) == {}


def test_no_category_is_made_up_from_the_others_or_the_total(world):
    sex, _ = world.dimension()
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=60)

    assert values_of(world.breakdown(indicator, sex, 1)) == {"F": 60}


def test_zero_in_a_category_is_a_value(world):
    sex, _ = world.dimension()
    indicator = world.indicator(sex)
    world.report(indicator, 0, 1, 100, F=100, M=0)

    assert values_of(world.breakdown(indicator, sex, 1)) == {"F": 100, "M": 0}


def test_a_crossed_dimension_is_a_breakdown_like_any_other(world):
    sex, _ = world.dimension()
    age, _ = world.dimension("AGE", "Y O _U")
    draft = f.FrameworkFactory(partnership=world.partnership)
    lead = f.UserFactory(manages=world.members[0].partner)
    crossed = cross_dimensions(draft, sex, age, by=lead)
    assert [c.code for c in crossed.categories.all()][:4] == ["F*Y", "F*O", "F*_U", "M*Y"]
    assert crossed.categories.count() == 9

    indicator = world.indicator(crossed)
    world.report(indicator, 0, 1, 100, F_x_Y=30, F_x_O=30, M_x_Y=40)
    broken = world.breakdown(indicator, crossed, 1)
    assert values_of(broken) == {"F*Y": 30, "F*O": 30, "M*Y": 40}
    assert broken.state == "complete"


def test_margins_are_not_added_up_from_a_crossed_table(world):
    sex, _ = world.dimension()
    age, _ = world.dimension("AGE", "Y O _U")
    draft = f.FrameworkFactory(partnership=world.partnership)
    lead = f.UserFactory(manages=world.members[0].partner)
    crossed = cross_dimensions(draft, sex, age, by=lead)
    indicator = world.indicator(sex, crossed)
    world.report(indicator, 0, 1, 100, F_x_Y=100)

    assert values_of(world.breakdown(indicator, sex, 1)) == {}


def test_not_known_is_a_category_of_every_shipped_dimension(db):
    load_dimensions()

    for dimension in Dimension.objects.prefetch_related("categories"):
        assert "_U" in {c.code for c in dimension.categories.all()}, dimension.code
