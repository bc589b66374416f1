"""Figures by country, with the arithmetic by hand. Six quarters from January 2024."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.aggregation.places import by_country
from monitoring.models import Indicator, ReportFigure
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import canonical
from tests.factories import CountryFactory, ReportFactory
from tests.monitoring.measured import LATER, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def countries():
    return {code: CountryFactory(alpha2=code) for code in ("KE", "PE")}


@pytest.fixture
def world(countries):
    """Two units in Kenya, one in Peru, one whose place names no country."""
    found = World(units=4)
    for unit, code in zip(found.units, ("KE", "KE", "PE", None), strict=True):
        unit.place = f"Place {unit.pk}"
        unit.country = countries.get(code)
        unit.save()
    return found


def figures(world, *indicators, period=6, cutoff_at=LATER):
    on = world.periods[period - 1].ends_on
    found = by_country(world.framework, indicators, reference_on=on, cutoff_at=cutoff_at)
    return {(one.country, one.indicator.pk): (one.year, one.to_date) for one in found}


def values(world, countries, indicator, code, **dates):
    year, to_date = figures(world, indicator, **dates)[countries[code].pk, indicator.pk]
    return year.value, to_date.value


def test_a_flow_is_summed_per_unit_then_per_country(world, countries):
    """Kenya 1 + 2 + 4 in 2024 and 8 in 2025; Peru 16 in 2024; nobody's country 32."""
    flow = world.indicator(by_place=True)
    for unit, period, value in [(0, 1, 1), (0, 2, 2), (1, 4, 4), (1, 5, 8), (2, 3, 16), (3, 5, 32)]:
        world.report(flow, unit, period, value)

    assert values(world, countries, flow, "KE") == (8, 15)
    year, to_date = figures(world, flow)[countries["PE"].pk, flow.pk]
    assert (year.value, year.reason, to_date.value) == (None, "no_actual", 16)
    assert values(world, countries, flow, "KE", period=4) == (7, 7)
    assert len(figures(world, flow)) == 2


def test_a_running_total_is_each_units_latest(world, countries):
    """Kenya 10 (of the 2nd quarter) + 7 (of the 5th, in the place of 3) = 17."""
    total = world.indicator(by_place=True, cumulative=True)
    for unit, period, value in [(0, 2, 10), (1, 1, 3), (1, 5, 7), (2, 1, 100)]:
        world.report(total, unit, period, value)

    assert values(world, countries, total, "KE") == (17, 17)
    assert values(world, countries, total, "PE") == (100, 100)
    year, _ = figures(world, total)[countries["KE"].pk, total.pk]
    assert (year.units_contributing, year.units_reported) == (2, 0)


def test_a_state_is_carried_over_one_period_and_then_stale(world, countries):
    """Mean of Kenya's 4 (of the 6th) and 8 (of the 5th) = 6; Peru's of the 3rd is stale."""
    state = world.indicator(by_place=True, accumulation="point_in_time", combine="mean")
    for unit, period, value in [(0, 6, 4), (1, 5, 8), (2, 3, 100)]:
        world.report(state, unit, period, value)

    assert values(world, countries, state, "KE") == (6, 6)
    year, _ = figures(world, state)[countries["PE"].pk, state.pk]
    assert (year.value, year.reason) == (None, "stale")


def test_a_ratio_is_parts_over_parts(world, countries):
    """Kenya (1 + 3) / (2 + 8) = 4/10, not the mean of 1/2 and 3/8; Peru's denominator is 0."""
    ratio = world.indicator(
        by_place=True, measure="ratio", combine="ratio", accumulation="point_in_time"
    )
    world.report(ratio, 0, 6, (1, 2))
    world.report(ratio, 1, 6, (3, 8))
    world.report(ratio, 2, 6, (0, 0))

    year, _ = figures(world, ratio)[countries["KE"].pk, ratio.pk]
    assert (year.value, year.numerator, year.denominator) == (Decimal("0.4"), 4, 10)
    year, _ = figures(world, ratio)[countries["PE"].pk, ratio.pk]
    assert (year.value, year.reason) == (None, "zero_denominator")


def test_only_what_had_been_approved_by_the_cut_off(world, countries):
    flow = world.indicator(by_place=True)
    world.report(flow, 0, 1, 1, at=datetime(2024, 5, 1, tzinfo=UTC))
    world.report(flow, 0, 2, 2, at=datetime(2024, 8, 1, tzinfo=UTC))

    june = datetime(2024, 6, 1, tzinfo=UTC)
    assert values(world, countries, flow, "KE", cutoff_at=june) == (None, 1)
    assert values(world, countries, flow, "KE", period=4, cutoff_at=june) == (1, 1)


def test_one_query_or_none(world):
    world.report(world.indicator(by_place=True), 0, 1, 1)
    by_place = world.indicator(by_place=True)
    world.report(by_place, 0, 2, 1)

    with CaptureQueriesContext(connection) as queries:
        figures(world, by_place)
    assert len(queries) == 1  # all countries and indicators at once
    with CaptureQueriesContext(connection) as queries:
        assert figures(world, Indicator(by_place=False)) == {}
    assert len(queries) == 0


def test_the_snapshot_holds_them_and_they_are_rows(world, countries):
    flow = world.indicator(by_place=True)
    world.report(flow, 0, 1, 1)
    world.report(flow, 2, 1, 5)
    period = world.periods[0]

    content = partnership_report(period, reference_on=period.ends_on, cutoff_at=LATER)
    again = partnership_report(period, reference_on=period.ends_on, cutoff_at=LATER)

    assert canonical(content) == canonical(again)
    said = {one["country"]: one["indicators"] for one in content["places"]}
    assert said[countries["KE"].pk][0]["id"] == flow.pk
    assert said[countries["KE"].pk][0]["to_date"]["value"] == "1"
    assert said[countries["PE"].pk][0]["year"]["value"] == "5"
    report = ReportFactory(period=period, content=content)
    rows = ReportFigure.objects.filter(report=report).exclude(country=None)
    assert {(row.country_id, row.value) for row in rows} == {
        (countries["KE"].pk, 1),
        (countries["PE"].pk, 5),
    }
