"""Rows of values: every bad row is named with field and reason, and nothing is saved."""

from decimal import Decimal

import pytest

from monitoring.models import Observation
from tests.factories import (
    CategoryFactory,
    CountryFactory,
    CurrencyFactory,
    DimensionFactory,
    IndicatorFactory,
    ObservationFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.drafts import Draft
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return Draft()


GOOD = [
    ("number", {"value": 0}, Decimal(0)),
    ("number", {"value": "0"}, Decimal(0)),
    ("number", {"value": -12}, Decimal(-12)),
    ("number", {"value": "12.3456789012"}, Decimal("12.3456789012")),
    ("number", {"value": 0.1}, Decimal("0.1")),
    ("number", {"value": "1e3"}, Decimal(1000)),
    ("number", {"value": "9" * 20 + "." + "9" * 10}, Decimal("9" * 20 + "." + "9" * 10)),
    ("number", {"value": "-" + "9" * 20}, Decimal("-" + "9" * 20)),
    ("number", {"value": "0.0000000001"}, Decimal("0.0000000001")),
    ("money", {"value": "10.50", "currency": "USD"}, Decimal("10.5")),
    ("money", {"value": "10.50"}, Decimal("10.5")),
    ("percent", {"value": 40}, Decimal(40)),
    ("rating", {"value": 1}, Decimal(1)),
    ("rating", {"value": "5"}, Decimal(5)),
    ("yes_no", {"value": 0}, Decimal(0)),
    ("yes_no", {"value": 1}, Decimal(1)),
    ("yes_no", {"value": "no"}, Decimal(0)),
    ("number", {"value": "12,5"}, Decimal("12.5")),
    ("number", {"value": " 1 234,5 "}, Decimal("1234.5")),
    ("number", {"value": "1\u202f234\u202f567"}, Decimal(1234567)),
    ("number", {"value": "1,234,567"}, Decimal(1234567)),
    ("number", {"value": "1,234.5"}, Decimal("1234.5")),
    ("number", {"value": "1.234,5"}, Decimal("1234.5")),
    ("number", {"value": "\u0661\u066c\u0662\u0663\u0664\u066b\u0665"}, Decimal("1234.5")),
    ("number", {"value": "\u22127"}, Decimal(-7)),
    ("percent", {"value": "40 %"}, Decimal(40)),
]


@pytest.mark.parametrize(("indicator", "fields", "stored"), GOOD)
def test_a_good_value_survives_exactly(draft, indicator, fields, stored):
    draft.record({"indicator": indicator} | fields)

    observation = Observation.objects.get()
    assert observation.value == stored
    assert (observation.numerator, observation.denominator, observation.counts_from) == (None,) * 3


@pytest.mark.parametrize("parts", [(2, 5), (0, 5), ("0", "0"), ("7.25", "3.5")])
def test_a_ratio_is_stored_in_its_parts_unscaled(draft, parts):
    draft.record({"indicator": "ratio", "numerator": parts[0], "denominator": parts[1]})

    observation = Observation.objects.get()
    assert observation.value is None
    assert (observation.numerator, observation.denominator) == tuple(
        Decimal(str(part)) for part in parts
    )


def test_a_narrative_is_a_text(draft):
    draft.record({"indicator": "narrative", "text": "Wells were dug."})

    assert Observation.objects.get().text == "Wells were dug."


NUMBERS_THAT_ARE_NONE = [
    "many",
    "12 pumps",
    "1,000",
    "1_000",
    "0x10",
    True,
    False,
    "NaN",
    "Infinity",
    "-Infinity",
    "sNaN",
    float("nan"),
    float("inf"),
    10**20,
    Decimal("sNaN"),
    [5],
    {"value": 5},
    "1" + "0" * 20,
    "1e20",
    "1e999999999",
    "1e-11",
    "0.00000000001",
    "12345678901234567890.00000000001",
    "5\x00",
]


@pytest.mark.parametrize(
    "value",
    NUMBERS_THAT_ARE_NONE,
    ids=lambda value: ascii(value)[:30] if not isinstance(value, int) else None,
)
def test_what_is_no_exact_number_is_refused(draft, value):
    assert draft.problems({"indicator": "number", "value": value}) == [(1, "value", "not_a_number")]


@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_a_text_in_a_ratios_part_is_refused(draft, part):
    parts = {"numerator": 2, "denominator": 5} | {part: "two"}

    assert draft.problems({"indicator": "ratio"} | parts) == [(1, part, "not_a_number")]


BAD = [
    ({"indicator": "ratio", "value": 40}, "value", "ratio_parts_expected"),
    ({"indicator": "ratio", "value": "0.4"}, "value", "ratio_parts_expected"),
    ({"indicator": "ratio", "numerator": 2}, "denominator", "ratio_parts_expected"),
    ({"indicator": "ratio", "denominator": 5}, "numerator", "ratio_parts_expected"),
    ({"indicator": "ratio"}, "numerator", "ratio_parts_expected"),
    ({"indicator": "ratio", "numerator": 2, "denominator": -5}, "denominator", "negative"),
    ({"indicator": "ratio", "numerator": 2, "denominator": 0}, "denominator", "zero_denominator"),
    ({"indicator": "people", "value": -1}, "value", "negative"),
    ({"indicator": "number"}, "value", "value_expected"),
    ({"indicator": "number", "value": None}, "value", "value_expected"),
    ({"indicator": "number", "value": ""}, "value", "value_expected"),
    ({"indicator": "number", "value": "40 %"}, "value", "percent_sign"),
    ({"indicator": "people", "value": "-0.5"}, "value", "negative"),
    ({"indicator": "number", "value": 1, "sample_size": 0}, "sample_size", "not_a_sample_size"),
    ({"indicator": "number", "value": 1, "sample_size": "1.5"}, "sample_size", "not_a_sample_size"),
    ({"indicator": "number", "value": 1, "interval_low": 1},
     "interval_high", "interval_incomplete"),
    ({"indicator": "number", "value": 1, "interval_high": 1},
     "interval_low", "interval_incomplete"),
    ({"indicator": "number", "value": 1, "interval_low": 2, "interval_high": "1.9"},
     "interval_high", "interval_reversed"),
    ({"indicator": "number", "value": 1, "interval_low": "few", "interval_high": 2},
     "interval_low", "not_a_number"),
    ({"indicator": "number", "value": 1, "method": "x" * 2001}, "method", "not_a_text"),
    ({"indicator": "number", "value": 1, "period": "2019 Q9"}, "period", "unknown_period"),
    ({"indicator": "number", "numerator": 2, "denominator": 5}, "value", "value_expected"),
    ({"indicator": "number", "value": 1, "numerator": 2}, "value", "value_expected"),
    ({"indicator": "number", "text": "five"}, "value", "value_expected"),
    ({"indicator": "narrative", "value": 5}, "text", "text_expected"),
    ({"indicator": "narrative", "text": "  "}, "text", "text_expected"),
    ({"indicator": "narrative"}, "text", "text_expected"),
    ({"indicator": "narrative", "text": 5}, "text", "not_a_text"),
    ({"indicator": "narrative", "text": "x" * 20_001}, "text", "not_a_text"),
    ({"indicator": "narrative", "text": "a\x00b"}, "text", "not_a_text"),
    ({"indicator": "number", "value": 1, "comment": "\ud800"}, "comment", "not_a_text"),
    ({"indicator": "number", "value": 1, "comment": ["x"]}, "comment", "not_a_text"),
    ({"indicator": "money", "value": 1, "currency": "EUR"}, "currency", "wrong_currency"),
    ({"indicator": "money", "value": 1, "currency": 5}, "currency", "wrong_currency"),
    ({"indicator": "number", "value": 1, "currency": "USD"}, "currency", "wrong_currency"),
    ({"indicator": "rating", "value": 0}, "value", "off_scale"),
    ({"indicator": "rating", "value": "5.01"}, "value", "off_scale"),
    ({"indicator": "yes_no", "value": 2}, "value", "not_yes_or_no"),
    ({"indicator": "yes_no", "value": "0.5"}, "value", "not_yes_or_no"),
    ({"indicator": "yes_no", "value": True}, "value", "not_a_number"),
    ({"indicator": "yes_no", "value": "perhaps"}, "value", "not_a_number"),
    ({"indicator": 0, "value": 1}, "indicator", "unknown_indicator"),
    ({"indicator": "Z1", "value": 1}, "indicator", "unknown_indicator"),
    ({"indicator": True, "value": 1}, "indicator", "unknown_indicator"),
    ({"indicator": [1], "value": 1}, "indicator", "unknown_indicator"),
    ({"value": 1}, "indicator", "unknown_indicator"),
    ({"indicator": "number", "value": 1, "category": 0}, "category", "unknown_category"),
    ({"indicator": "number", "value": 1, "category": "X"}, "category", "unknown_category"),
    ({"indicator": "number", "value": 1, "category": [1]}, "category", "unknown_category"),
    ({"indicator": "money", "value": 1, "category": "female"}, "category", "unknown_category"),
    ({"indicator": "by_place", "value": 1}, "indicator", "place_missing"),
    ({"indicator": "money", "value": 1, "is_provisional": "perhaps"},
     "is_provisional", "not_a_boolean"),
    ({"indicator": "number", "value": 1, "unit": "pumps"}, "unit", "unknown_unit"),
    ({"indicator": "number", "value": 1, "unit_of": "pumps"}, "unit_of", "unknown_field"),
    ({"indicator": "number", "withdraws": True}, "withdraws", "nothing_to_withdraw"),
    ("12", "row", "not_an_object"),
    (None, "row", "not_an_object"),
    ([], "row", "not_an_object"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "field", "code"), BAD, ids=str)
def test_a_bad_row_is_named_with_field_and_reason(draft, row, field, code):
    assert (1, field, code) in draft.problems(row)


def test_every_bad_row_is_named_at_once_and_the_good_ones_are_not_saved(draft):
    problems = draft.problems(
        {"indicator": "number", "value": 1},
        {"indicator": "money", "value": "lots", "currency": "EUR"},
        {"indicator": "rating", "value": 9},
        {"indicator": "yes_no", "value": 1},
        {"indicator": 0, "value": 1},
    )

    assert problems == [
        (2, "value", "not_a_number"),
        (2, "currency", "wrong_currency"),
        (3, "value", "off_scale"),
        (5, "indicator", "unknown_indicator"),
    ]
    assert draft.submission.observations.count() == 0


def test_an_indicator_of_another_framework_is_unknown(draft):
    other = IndicatorFactory()

    assert draft.problems({"indicator": other.pk, "value": 1}) == [
        (1, "indicator", "unknown_indicator")
    ]


def test_a_category_of_a_dimension_that_the_indicator_does_not_use_is_unknown(draft):
    age = CategoryFactory(dimension=DimensionFactory(code="AGE"), code="Y0T4")

    assert draft.problems({"indicator": "number", "value": 1, "category": age.pk}) == [
        (1, "category", "unknown_category")
    ]


@pytest.mark.parametrize("where", [{"place": "Kitui"}, {"country": True}])
def test_a_unit_in_a_place_reports_by_place_only(draft, where):
    if "country" in where:
        where = {"country": CountryFactory()}
    unit = ReportingUnitFactory(membership=draft.submission.unit.membership, **where)
    draft.submission = SubmissionFactory(unit=unit, period=draft.submission.period)

    draft.record({"indicator": "by_place", "value": 1})

    assert draft.problems({"indicator": "number", "value": 1}) == [
        (1, "indicator", "place_refused")
    ]


def test_the_same_cell_twice_names_the_second(draft):
    problems = draft.problems(
        {"indicator": "number", "value": 1},
        {"indicator": "number", "value": 2, "category": "female"},
        {"indicator": "number", "value": 3},
        {"indicator": "number", "value": 4, "category": "female"},
    )

    assert problems == [(3, "indicator", "cell_repeated"), (4, "indicator", "cell_repeated")]


def test_a_cell_that_the_draft_has_already_is_named(draft):
    draft.record({"indicator": "number", "value": 1})

    assert draft.problems(
        {"indicator": "number", "value": 2}, {"indicator": "money", "value": 2}
    ) == [(1, "indicator", "cell_taken")]

    draft.record({"indicator": "number", "value": 0}, replace=True)
    assert Observation.objects.get().value == 0


@pytest.mark.parametrize(("low", "high"), [(0, 10), (-2, 2), (-1, 0)])
def test_a_rating_keeps_to_the_scale_stated_zero_included(draft, low, high):
    indicator = draft.indicator(rating=True, rating_min=low, rating_max=high)

    assert draft.problems({"indicator": indicator.pk, "value": low - 1})
    assert draft.problems({"indicator": indicator.pk, "value": high + 1})
    draft.record({"indicator": indicator.pk, "value": 0})


def test_a_withdrawal_carries_no_value(draft):
    first = draft.submission
    ObservationFactory(submission=first, indicator=draft.number, approved=True)
    draft.submission = SubmissionFactory(unit=first.unit, period=first.period)

    assert draft.problems({"indicator": "number", "withdraws": True, "value": 5}) == [
        (1, "withdraws", "withdrawal_with_value")
    ]
    draft.record({"indicator": "number", "withdraws": True})


def test_a_closed_period_takes_no_rows(draft):
    draft.submission.period.close(by=UserFactory(admin=True))

    with refused("period_closed"):
        draft.record({"indicator": "number", "value": 1})


def test_a_currency_indicator_has_its_own_currency(draft):
    euro = draft.indicator(measure="currency", currency=CurrencyFactory(code="EUR"))

    draft.record({"indicator": euro.pk, "value": 1, "currency": "EUR"})
    assert draft.problems({"indicator": "money", "value": 1, "currency": "EUR"})
