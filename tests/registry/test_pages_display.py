"""How numbers and states are shown."""

from decimal import Decimal

import pytest
from django.template import Context, Template

from registry import display
from registry.models import Goal


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (Decimal("0E-10"), "0"),
        (1234567, "1,234,567"),
        (Decimal("1234.5"), "1,235"),
        (Decimal("123.45"), "123.5"),
        (Decimal("12.345"), "12.35"),
        (Decimal("2.50"), "2.5"),
        (Decimal(-3), "\u22123"),
        (Decimal("-0.001"), "\u22120.001"),
        (Decimal("0.0004"), "0.0004"),
        ("39.5", "39.5"),
        (Decimal("-0"), "0"),
        (None, ""),
    ],
)
def test_rounds_half_up_with_thousands_separators(value, shown):
    assert display.number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        ("0.395", "39.5\u00a0%"),
        ("1", "100\u00a0%"),
        (0, "0\u00a0%"),
        ("-0", "0\u00a0%"),
        ("1.0714", "107.1\u00a0%"),
    ],
)
def test_shows_a_share_as_percentage(share, shown):
    assert display.percent(share) == shown


@pytest.mark.parametrize(
    ("difference", "shown"),
    [("2.5", "+2.5"), ("-2.54", "\u22122.5"), ("20.00", "+20"), ("0", "0"), ("-100", "\u2212100")],
)
def test_shows_a_difference_in_points_with_its_sign(difference, shown):
    assert display.points(Decimal(difference)) == shown


def test_zero_and_no_data_look_different():
    template = Template("{% load look %}{{ zero|number }} {{ none|number }}")
    page = template.render(Context({"zero": Decimal(0), "none": None}))

    assert page == '0 <span class="nodata">no data</span>'


def test_a_state_is_shape_and_word_as_well_as_colour():
    page = Template('{% load look %}{% state "off_track" %}').render(Context())

    assert "is-off" in page
    assert "M2 2h12v12H2z" in page
    assert "Off track" in page


def test_an_unknown_state_is_grey_and_says_its_word():
    assert display.look("brand_new") == ("Brand new", "dash", "na")


def test_text_on_every_official_colour_can_be_read(db, shipped_goals):
    for goal in shipped_goals:
        ink = display.readable_on(goal.colour)
        assert contrast(ink, goal.colour) >= 4.5, goal


@pytest.fixture
def shipped_goals():
    from registry.vocabularies import load_vocabularies

    load_vocabularies()
    return list(Goal.objects.all())


def contrast(one, other):
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
