"""Geometry of charts: what is drawn is where the numbers say."""

from datetime import date
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from monitoring import charts
from monitoring.aggregation import Figure, Light, Progress
from monitoring.presentation import IndicatorRow, Point

QUARTERS = [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31)]


def row(*values, **changes):
    points = [
        Point(f"Q{n + 1}", on, Figure(value=None if value is None else Decimal(value)))
        for n, (on, value) in enumerate(zip(QUARTERS, values, strict=False))
    ]
    facts = {
        "pk": 1,
        "code": "I1",
        "title": "Wells",
        "level": "output",
        "measure": "number",
        "accumulation": "cumulative",
        "direction": "increase",
        "unit": "wells",
        "baseline": Decimal(0),
        "baseline_on": date(2023, 12, 31),
        "to_date": Figure(),
        "end_target": Decimal(100),
        "end_on": date(2024, 12, 31),
        "toward_end": Progress(),
        "expected": None,
        "light": Light("no_data", "no_actual"),
        "points": points,
    }
    return IndicatorRow(**(facts | changes))


def test_the_target_and_a_value_that_reaches_it_are_at_one_height():
    drawing = charts.chart(row(25, 50, 75, 100), "a")["wide"]

    assert drawing["dots"][-1]["y"] == drawing["target"]["y"]
    assert float(drawing["dots"][0]["y"]) > float(drawing["dots"][1]["y"])


def test_coordinates_are_rounded_to_a_tenth_and_inside_the_frame():
    drawing = charts.chart(row(1, 33, 66.6667, 91), "a")["narrow"]

    for dot in drawing["dots"]:
        assert dot["x"] == f"{float(dot['x']):.1f}".removesuffix(".0")
        assert 52 <= float(dot["x"]) <= 326
        assert 26 <= float(dot["y"]) <= 204


def test_no_line_is_drawn_over_a_missing_value():
    drawing = charts.chart(row(10, None, 30, 40), "a")["wide"]

    assert [len(run.split()) for run in drawing["runs"]] == [2]
    assert len(drawing["dots"]) == 3


def test_the_planned_path_goes_from_the_baseline_through_each_target():
    points = [Point("Q2", QUARTERS[1], Figure(value=Decimal(5)), target=Decimal(80))]

    drawing = charts.chart(row(points=points), "a")["wide"]

    assert len(drawing["plan"].split()) == 3


def test_a_flow_is_bars_with_a_dash_where_nothing_was_reported():
    chart = charts.chart(row(10, None, 0, 40, accumulation="flow"), "a")
    bars = chart["wide"]["bars"]

    assert chart["kind"] == "bars"
    assert [bar["missing"] for bar in bars] == [False, True, False, False]
    heights = [float(bar["height"]) for bar in bars]
    assert heights[3] == pytest.approx(4 * heights[0], abs=0.2)


def test_a_zero_is_a_thin_bar_and_not_nothing():
    bars = charts.chart(row(10, 0, accumulation="flow"), "a")["wide"]["bars"]

    assert bars[1]["height"] == "1"
    assert bars[1]["text"] == "Q2: 0"


@pytest.mark.parametrize("values", [(0, 0), (5, 5), (-10, 20), (1e-9, 2e-9), (10**15, 10**16)])
def test_any_values_give_a_scale(values):
    drawing = charts.chart(row(*map(str, values), end_target=None, baseline=None), "a")["wide"]

    assert 2 <= len(drawing["grid"]) <= 9


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_no_language_puts_a_comma_into_a_coordinate(language):
    from django.utils import translation

    with translation.override(language):
        chart = charts.chart(row(10, 20, 33.3), "a")
        svg = render_to_string("monitoring/charts/line.svg", {"c": chart["wide"]})

    assert 'viewBox="0 0 560 260"' in svg
    assert all("," not in x.split('"')[0] for x in svg.split('cx="')[1:])


def test_the_bar_ends_at_a_quarter_beyond_the_target_and_has_no_negative_width():
    far = charts.progress_bar(Progress(value=Decimal(7)), Decimal("0.5"), "on")
    back = charts.progress_bar(Progress(value=Decimal(-1)), None, "off")

    assert (far["fill"], far["target"], far["tick"]) == ("200", "160", "78.5")
    assert (back["fill"], back["tick"]) == ("0", None)


def test_values_that_nobody_said_how_to_add_up_are_not_joined_by_a_line():
    assert not charts.is_drawable(row(1, 2, 3, accumulation="as_published"))
    assert charts.is_drawable(row(1, 2, 3))
    assert not charts.is_drawable(row(1, None, None))
