"""What is wrong in an activity is left out and listed; the rest of it is stored."""

import pytest

from monitoring.models import Indicator, Observation, Period, PeriodTarget
from partnerships.models import Commitment, Delivery, Partnership
from registry.models import Partner
from tests.monitoring.iati import (
    activity,
    file_of,
    indicator,
    line_of,
    listed,
    period,
    results,
    take,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
ACTUAL = "result/indicator/period/actual"
TARGET = "result/indicator/period/target"
TRANSACTION = """<transaction><transaction-type code="{type}"/>
  <transaction-date iso-date="{on}"/><value currency="{currency}">{value}</value></transaction>"""


def transaction(type="3", on="2020-05-01", currency="USD", value="100"):
    return TRANSACTION.format(type=type, on=on, currency=currency, value=value)


@pytest.mark.parametrize(
    ("measure", "value", "code"),
    [
        ("1", 'value="about twenty"', "not_a_number"),
        ("1", 'value="1,000"', "ambiguous_number"),
        ("1", 'value="40 %"', "not_a_number"),
        ("1", 'value=""', "missing_value"),
        ("1", "", "missing_value"),
        ("1", 'value="0.00000000001"', "too_precise"),
        ("5", 'value="3"', "value_on_qualitative"),
        ("5", "", "missing_value"),
    ],
)
def test_a_bad_value_is_listed_with_its_line(measure, value, code):
    bad = f"<actual {value}/>"
    cells = indicator(period(f'{bad}<target value="5"/>' if measure == "1" else bad), measure)
    content = file_of(activity(results(cells)))

    batch = take(content)

    assert listed(batch) == [(ACTUAL, code)]
    finding = batch.findings.get(code=code)
    assert finding.line == line_of(content, "<actual")
    assert finding.activity == "XM-TEST-1"
    assert not Observation.objects.exists()
    assert PeriodTarget.objects.count() == (measure == "1")


def test_zero_is_a_value_and_a_percentage_stays_as_it_is():
    take(
        activity(
            results(
                indicator(period('<actual value="0"/>')),
                indicator(period('<actual value="40 %"/>'), "2", "Share"),
            )
        )
    )

    values = Observation.objects.order_by("value")
    assert [(row.indicator.measure, row.value) for row in values] == [
        ("number", 0),
        ("percent", 40),
    ]


def test_a_period_that_ends_before_it_starts_goes_with_its_values():
    reversed_one = period('<target value="2"/>', start="2020-12-31", end="2020-01-01")

    batch = take(activity(results(indicator(reversed_one + period('<target value="3"/>')))))

    assert listed(batch) == [("result/indicator/period", "reversed_dates")]
    assert batch.findings.filter(element=TARGET, code="with_parent").count() == 1
    assert Period.objects.count() == 1
    assert PeriodTarget.objects.get().value == 3


def test_of_several_values_for_a_cell_none_is_chosen():
    batch = take(activity(results(indicator(period('<actual value="1"/>\n<actual value="2"/>')))))

    assert listed(batch) == [(ACTUAL, "several_values")] * 2
    assert not Observation.objects.exists()


def test_the_same_cell_in_two_periods_of_the_same_dates_is_one_cell():
    twice = period('<actual value="1"/><target value="9"/>') * 2
    other = period('<target value="8"/>')

    batch = take(activity(results(indicator(twice + other))))

    assert sorted(listed(batch)) == [(ACTUAL, "repeated"), *[(TARGET, "several_values")] * 3]
    assert Observation.objects.get().value == 1
    assert not PeriodTarget.objects.exists()


def test_an_indicator_without_a_known_measure_goes_with_all_its_cells():
    batch = take(activity(results(indicator(period('<actual value="1"/>'), measure="7"))))

    assert listed(batch) == [("result/indicator", "unknown_code")]
    assert batch.counts["elements"][ACTUAL]["listed"] == 1
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (transaction(type="2", value="-5"), "negative_amount"),
        (transaction(type="99"), "unknown_code"),
        (transaction(type="13"), "not_kept_yet"),
        (transaction(currency="ZZZ"), "unknown_code"),
        (transaction(on="2020-02-30"), "bad_date"),
        (transaction(value="lots"), "not_a_number"),
        (transaction(value=""), "missing_value"),
        (transaction(value="0.00001"), "too_precise"),
    ],
)
def test_a_bad_transaction_is_listed(bad, code):
    batch = take(activity(bad + transaction(value="-7.50")))

    assert batch.findings.filter(element="transaction", code=code).count() == 1
    assert not Commitment.objects.exists()
    assert Delivery.objects.get().amount == -7.5  # a refund


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ('<recipient-country code="QQ"/>', "unknown_code"),
        ('<tag vocabulary="3" code="6.9"/>', "unknown_code"),
        ('<policy-marker code="88" significance="1"/>', "unknown_code"),
        ('<policy-marker code="1" significance="9"/>', "unknown_code"),
        ('<activity-scope code="0"/>', "unknown_code"),
        (
            '<participating-org role="9"><narrative>A</narrative></participating-org>',
            "unknown_code",
        ),
        ('<participating-org role="1"/>', "no_name"),
        ('<document-link url="javascript:alert(1)"/>', "bad_link"),
        ('<document-link url=""/>', "missing_value"),
        ('<activity-date type="4" iso-date="2019-01-01"/>', "reversed_dates"),
    ],
)
def test_a_bad_child_of_the_activity_is_listed_and_the_activity_stored(bad, code):
    batch = take(activity(bad))

    assert [found for _, found in listed(batch)] == [code]
    assert Partnership.objects.count() == 1


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (activity(identifier=" "), "no_identifier"),
        (activity(reporter=""), "no_reporting_org"),
        (activity(reporter='<reporting-org type="40"/>'), "no_name"),
        (activity(dates=""), "no_start"),
        (activity(dates='<activity-date type="2" iso-date="soon"/>'), "no_start"),
        (activity(identifier="XM-TEST-GOOD"), "repeated_activity"),
    ],
)
def test_a_bad_activity_is_rolled_back_whole_and_the_others_go_on(bad, code):
    good = activity(identifier="XM-TEST-GOOD", title="Good")
    org = '<participating-org role="1"><narrative>Only there</narrative></participating-org>'
    bad = bad.replace("</iati-activity>", f"{org}</iati-activity>")
    last = activity(identifier="XM-TEST-LAST")

    batch = take(file_of(good, bad, last))

    assert listed(batch) == [("iati-activity", code)]
    assert batch.status == "ready"
    assert batch.counts["activities"] == {"created": 2, "left_out": 1}
    assert Partnership.objects.count() == 2
    assert not Partner.objects.filter(name="Only there").exists()
    for kind, row in batch.counts["elements"].items():
        assert row["stored"] + row["listed"] == row["in_file"], kind


def test_what_only_the_database_refuses_rolls_the_activity_back_too(monkeypatch):
    monkeypatch.setattr("monitoring.exchange.iati_facts.TITLE_LENGTH", 400)

    batch = take(file_of(activity(title="x" * 350), activity(identifier="XM-2")))

    assert listed(batch) == [("iati-activity", "bad_activity")]
    assert Partnership.objects.get().iati_identifier == "XM-2"
