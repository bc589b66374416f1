"""One bad activity never stops the rest, whatever is wrong with it."""

from decimal import Decimal, InvalidOperation

import pytest
from django.db import OperationalError

from monitoring.exchange import jobs
from monitoring.exchange.iati_values import LeftOut, fitting, read_day
from monitoring.exchange.jobs import new_batch, run_import
from monitoring.models import Indicator, Observation, Period
from partnerships.models import Delivery, Partnership
from registry.models import ImportBatch, LostLease
from tests.monitoring.iati import activity, file_of, indicator, listed, period, results, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
PERIOD = "result/indicator/period"
SPENT = """<transaction><transaction-type code="4"/><transaction-date iso-date="{}"/>
  <value>5</value></transaction>"""


@pytest.fixture
def first_fails(monkeypatch):
    """Makes the first activity of a file fail with an error."""

    def install(error):
        real = jobs.load_activity

        def fails(element, accounts, trail):
            outcome = real(element, accounts, trail)
            if accounts.identifier == "XM-1":
                raise error
            return outcome

        monkeypatch.setattr(jobs, "load_activity", fails)
        return new_batch(
            "a.xml", file_of(activity(identifier="XM-1"), activity(identifier="XM-2")), by=None
        )

    return install


@pytest.mark.parametrize("end", ["9999-12-31", "2201-01-01"])
def test_a_period_at_the_end_of_time_is_left_out(end):
    wells = indicator(period('<actual value="1"/>', end=end) + period('<actual value="2"/>'))

    batch = take(file_of(activity(results(wells)), activity(identifier="XM-2")))

    assert batch.status == "ready"
    assert listed(batch) == [(PERIOD, "date_out_of_range")]
    assert batch.counts["activities"] == {"created": 2}
    assert Period.objects.count() == 1
    assert Observation.objects.get().value == 2


@pytest.mark.parametrize("on", ["1899-12-31", "2201-01-01", "0001-01-01"])
def test_so_is_every_other_day(on):
    dates = f'<activity-date type="4" iso-date="{on}"/>'

    batch = take(activity(dates + SPENT.format(on) + SPENT.format("2020-01-01")))

    out = "date_out_of_range"
    assert sorted(listed(batch)) == [("activity-date", out), ("transaction", out)]
    assert Partnership.objects.get().ends_on is None
    assert Delivery.objects.count() == 1


def test_a_baseline_is_stored_without_a_year_out_of_range():
    bad = '<baseline year="9999" value="7"/>'

    batch = take(activity(results(indicator(bad))))

    assert batch.findings.get(code="date_out_of_range").stored
    row = Indicator.objects.get()
    assert (row.baseline_value, row.baseline_year) == (7, None)


@pytest.mark.parametrize("on", ["1900-01-01", "2200-12-31"])
def test_the_first_and_the_last_day_are_days(on):
    assert read_day(on).isoformat() == on


@pytest.mark.parametrize(
    "error",
    [
        OverflowError("date value out of range"),
        ValueError("A string literal cannot contain NUL (0x00) characters."),
        InvalidOperation(),
        ValueError(),
    ],
    ids=repr,
)
def test_an_error_nobody_foresaw_rolls_one_activity_back(first_fails, error):
    batch = first_fails(error)

    run_import(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.attempts) == ("ready", 1)
    assert listed(batch) == [("iati-activity", "bad_activity")]
    assert batch.findings.get(code="bad_activity").reason
    assert Partnership.objects.get().iati_identifier == "XM-2"


def test_a_lost_database_is_no_bad_activity(first_fails):
    batch = first_fails(OperationalError("server closed the connection unexpectedly"))

    with pytest.raises(OperationalError):
        run_import(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.progress_done) == ("queued", 0)
    assert not batch.findings.exists()


def test_nor_is_a_lost_lease(first_fails):
    batch = first_fails(LostLease(ImportBatch(file_name="a.xml")))

    run_import(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.progress_done) == ("running", 0)
    assert not batch.findings.exists()
    assert not Partnership.objects.exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("12345678901234567890.12345678901", "too_precise"),
        ("123456789012345678901.12345678901", "too_large"),
        ("100000000000000000000", "too_large"),
    ],
)
def test_a_long_number_is_refused_by_itself(number, code):
    with pytest.raises(LeftOut) as refused:
        fitting(Decimal(number), 30, 10)
    assert refused.value.code == code


def test_the_longest_number_that_the_column_keeps_is_kept():
    longest = Decimal("99999999999999999999.9999999999")
    assert fitting(longest, 30, 10) == longest


def test_two_activities_without_an_identifier_are_not_the_same_one():
    batch = take(file_of(activity(identifier=" "), activity(identifier="")))

    assert listed(batch) == [("iati-activity", "no_identifier")] * 2
