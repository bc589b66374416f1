"""A new edition of a framework carries its indicators' series on: RULES 10."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from monitoring.aggregation import framework_at, partnership_figures
from monitoring.aggregation.rollups import figures_now
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)

pytestmark = pytest.mark.django_db
CHANGED_AT = datetime(2024, 7, 1, tzinfo=UTC)


@pytest.fixture
def editions():
    """Edition 1 for the first half of 2024, edition 2 from July on."""
    partnership = PartnershipFactory(active=True)
    unit = ReportingUnitFactory(membership=partnership.memberships.get())
    first = FrameworkFactory(
        partnership=partnership,
        superseded=True,
        ends_on=date(2024, 6, 30),
        superseded_at=CHANGED_AT,
    )
    second = FrameworkFactory(
        partnership=partnership, agreed=True, agreed_at=CHANGED_AT, starts_on=date(2024, 7, 1)
    )
    return partnership, unit, first, second


def report(unit, framework, indicator, *values):
    for value in values:
        period = PeriodFactory(framework=framework)
        SubmissionFactory(
            unit=unit, period=period, values={indicator: Decimal(value)}, approved=True
        )


def to_date(partnership, indicator, on, cutoff_at=datetime(2026, 1, 1, tzinfo=UTC)):
    figures = partnership_figures(partnership, reference_on=on, cutoff_at=cutoff_at)
    (found,) = [i for i in figures.indicators if i.indicator.pk == indicator.pk]
    return found.to_date.value


def test_a_flow_adds_up_over_editions_of_one_series(editions):
    partnership, unit, first, second = editions
    old = IndicatorFactory(result__framework=first)
    new = IndicatorFactory(result__framework=second, series=old.series)
    report(unit, first, old, 10, 20)
    report(unit, second, new, 5)

    assert to_date(partnership, new, date(2024, 9, 30)) == 35


def test_a_broken_series_starts_anew_and_the_old_figures_stay(editions):
    partnership, unit, first, second = editions
    old = IndicatorFactory(result__framework=first)
    new = IndicatorFactory(result__framework=second)
    report(unit, first, old, 10, 20)
    report(unit, second, new, 5)

    assert to_date(partnership, new, date(2024, 9, 30)) == 5
    before = datetime(2024, 6, 30, 23, tzinfo=UTC)
    assert to_date(partnership, old, date(2024, 3, 31), cutoff_at=before) == 10


def test_the_edition_in_force_is_the_one_of_the_cutoff(editions):
    partnership, _, first, second = editions
    assert framework_at(partnership, datetime(2024, 6, 30, tzinfo=UTC)) == first
    assert framework_at(partnership, datetime(2024, 7, 2, tzinfo=UTC)) == second


def test_periods_of_the_earlier_edition_that_overlap_the_new_one_do_not_count_twice(editions):
    partnership, unit, first, second = editions
    old = IndicatorFactory(result__framework=first)
    new = IndicatorFactory(result__framework=second, series=old.series)
    report(unit, first, old, 10, 20, 40)  # the third quarter under the old edition
    report(unit, second, new, 5)  # … and under the new one

    assert to_date(partnership, new, date(2024, 9, 30)) == 35


@pytest.mark.parametrize(
    ("kind", "value"), [({"cumulative": True}, 30), ({"point_in_time": True}, 30), ({}, 50)]
)
def test_until_a_new_editions_first_period_has_ended_figures_go_on_from_before(
    editions, kind, value
):
    partnership, unit, first, second = editions
    old = IndicatorFactory(result__framework=first, **kind)
    new = IndicatorFactory(result__framework=second, series=old.series, **kind)
    report(unit, first, old, 20, 30)
    PeriodFactory(framework=second)  # July to September

    assert to_date(partnership, new, date(2024, 7, 15)) == value
    assert figures_now([partnership.pk], on=date(2024, 7, 15)).to_date(new.pk).value == value
