"""Numbers as people write them: read exactly, or refused with a reason; never guessed."""

from decimal import Decimal

import pytest

from monitoring.ingest.numbers import exact

READ = [
    ("0", "0"),
    ("-0", "0"),
    ("007", "7"),
    ("+5", "5"),
    ("5.", "5"),
    (".5", "0.5"),
    ("12,5", "12.5"),
    ("0,418", "0.418"),
    ("1234,567", "1234.567"),
    ("1 234,5", "1234.5"),
    ("1\u00a0234\u00a0567,25", "1234567.25"),
    ("1\u202f234", "1234"),
    ("1'234.5", "1234.5"),
    ("1\u2019234.5", "1234.5"),
    ("1,234,567", "1234567"),
    ("1,234.5", "1234.5"),
    ("1.234,5", "1234.5"),
    ("1.234.567", "1234567"),
    ("-1.234,567", "-1234.567"),
    ("\u0661\u0662\u066b\u0665", "12.5"),
    ("\u0661\u066c\u0662\u0663\u0664", "1234"),
    ("\u0967\u0968", "12"),
    ("\u22125", "-5"),
    ("40 %", "40"),
    ("40%", "40"),
    ("1e3", "1000"),
    ("1.5E-3", "0.0015"),
    ("9" * 20 + "." + "9" * 10, "9" * 20 + "." + "9" * 10),
    ("12.500", "12.5"),
    ("  7  ", "7"),
]


@pytest.mark.parametrize(("typed", "meant"), READ, ids=lambda text: ascii(text)[:30])
def test_what_can_mean_one_thing_only_is_read(typed, meant):
    plain, problem = exact(typed)

    assert not problem
    assert Decimal(plain) == Decimal(meant)
    assert "E" not in plain.upper()


REFUSED = [
    ("1,418", "1418 or 1.418"),
    ("12,345", "12345 or 12.345"),
    ("-1,418", "-1418 or -1.418"),
    ("N/A", "empty cell"),
    ("n/a", "empty cell"),
    ("-", "empty cell"),
    ("\u2014", "empty cell"),
    ("...", "empty cell"),
    ("nil", "empty cell"),
    ("no data", "empty cell"),
    ("<5", "one exact number"),
    ("> 100", "one exact number"),
    ("~5", "one exact number"),
    ("approx. 5", "one exact number"),
    ("5-10", "one exact number"),
    ("5 to 10", "one exact number"),
    ("2025-03-31", "date"),
    ("2025-03-31 00:00:00", "date"),
    ("31/03/2025", "date"),
    ("3/4", "date"),
    ("12-Mar", "date"),
    ("Mar-25", "date"),
    ("12 pumps", "without its unit"),
    ("$5", "without its unit"),
    ("5 USD", "without its unit"),
    ("many", "Expected a number"),
    ("1 80", "Expected a number"),
    ("18 0000", "Expected a number"),
    ("1,23,456", "Expected a number"),
    ("1..5", "Expected a number"),
    ("1_000", "Expected a number"),
    ("0x10", "Expected a number"),
    ("NaN", "Expected a number"),
    ("Infinity", "Expected a number"),
    ("(5)", "Expected a number"),
    ("=1+1", "Expected a number"),
    ("=cmd|' /C calc'!A0", "Expected a number"),
    ("5\x00", "Expected a number"),
    ("\ud800", "Expected a number"),
    ("\u00b2", "Expected a number"),
    ("1" + "0" * 20, "20 digits"),
    ("1e20", "20 digits"),
    ("0.00000000001", "10 after"),
    ("9" * 1000, "Expected a number"),
]


@pytest.mark.parametrize(("typed", "expected"), REFUSED, ids=lambda text: ascii(text)[:30])
def test_what_is_none_or_could_be_two_is_refused_with_a_reason(typed, expected):
    plain, problem = exact(typed)

    assert plain == ""
    assert expected in problem
