"""Numbers and dates of IATI files are read exactly, or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from monitoring.exchange.iati_values import LeftOut, day_of, fitting, narratives, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("0.00", "0.00"),
        (" 12 ", "12"),
        ("-7.5", "-7.5"),
        (".5", "0.5"),
        ("1.000", "1.000"),  # the standard's decimal point
        ("1,000,000", "1000000"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234", "1234"),
        ("1\u00a0234,50", "1234.50"),
        ("12,5", "12.5"),
        ("123456789012345678.1234567891", "123456789012345678.1234567891"),
    ],
)
def test_reads_a_number_with_one_reading(text, value):
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "missing_value"),
        ("  ", "missing_value"),
        ("1,000", "ambiguous_number"),
        ("-12,345", "ambiguous_number"),
        ("many", "not_a_number"),
        ("12 %", "not_a_number"),
        ("<5", "not_a_number"),
        ("5-10", "not_a_number"),
        ("1e5", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("1,23,456", "not_a_number"),
        ("1,234,5", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("\u0661\u0662", "not_a_number"),  # digits of another script
        ("1_000", "not_a_number"),
    ],
)
def test_refuses_what_could_be_something_else(text, code):
    with pytest.raises(LeftOut) as refused:
        read_number(text)
    assert refused.value.code == code


def test_understands_a_percent_sign_only_on_a_percentage():
    assert read_number("12 %", is_percent=True).value == Decimal(12)
    assert read_number("12,5%", is_percent=True).value == Decimal("12.5")
    assert "read as" in read_number("12 %", is_percent=True).doubt


@pytest.mark.parametrize(
    ("number", "code"), [("0.00001", "too_precise"), ("1E+20", "too_large"), ("1e30", "too_large")]
)
def test_refuses_what_the_column_would_round_or_cut(number, code):
    with pytest.raises(LeftOut) as refused:
        fitting(Decimal(number), 24, 4)
    assert refused.value.code == code


def test_zeros_behind_the_last_place_do_no_harm():
    assert fitting(Decimal("1.500000"), 24, 4) == Decimal("1.5")


@pytest.mark.parametrize("text", ["2020-13-01", "2020", "01/02/2020", "", "2020-02-30", "soon"])
def test_refuses_what_is_no_date(text):
    with pytest.raises(LeftOut) as refused:
        day_of(etree.fromstring(f'<a><on iso-date="{text}"/></a>'), "on")
    assert refused.value.code == "bad_date"


def test_a_date_may_carry_a_zone_and_a_missing_one_is_said():
    element = etree.fromstring('<a><on iso-date="2020-02-29Z"/></a>')
    assert day_of(element, "on") == date(2020, 2, 29)
    with pytest.raises(LeftOut, match="There is no off"):
        day_of(element, "off")


def test_blank_narratives_say_nothing():
    element = etree.fromstring("<a><narrative> </narrative><narrative> b </narrative></a>")
    assert narratives(element) == ["b"]
