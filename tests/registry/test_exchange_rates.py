"""Rates are dated, added and never changed: figures computed with one stay explained by it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from registry.models import Event, ExchangeRate
from tests.factories import CurrencyFactory, ExchangeRateFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADER = "currency,on,usd,source"


@pytest.fixture(autouse=True)
def currencies():
    for code in ("EUR", "KES", "USD"):
        CurrencyFactory(code=code)


def load(path, **options):
    return call_command("load_rates", path, **options)


def test_loads_rates_once(table):
    path = table(HEADER, "EUR,2024-03-01,1.0812,A bank", "KES,2024-03-01,0.006900000001,A bank")

    assert load(path) == "2 added"
    assert load(path) == "0 changes"
    rates = dict(ExchangeRate.objects.values_list("currency", "usd"))
    assert rates == {"EUR": Decimal("1.0812"), "KES": Decimal("0.006900000001")}
    assert Event.objects.get(kind="exchangerate.loaded").facts == {"rates": 2, "of_known_days": 0}


def test_a_corrected_rate_stands_beside_the_one_it_corrects(table):
    with time_machine.travel("2024-04-01", tick=False):
        load(table(HEADER, "EUR,2024-03-01,1.08,A bank"))
    with time_machine.travel("2024-05-01", tick=False):
        said = load(table(HEADER, "EUR,2024-03-01,1.09,A bank"))

    assert said == "1 added, 1 of which for days that had one"
    old, new = ExchangeRate.objects.order_by("loaded_at")
    assert (old.usd, new.usd) == (Decimal("1.08"), Decimal("1.09"))
    assert list(ExchangeRate.objects.known_at(old.loaded_at)) == [old]


def test_dry_run_adds_nothing(table):
    said = load(table(HEADER, "EUR,2024-03-01,1.08,A bank"), dry_run=True)

    assert said == "dry run, nothing saved: 1 added"
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("XYZ,2024-03-01,1.08,A bank", "column currency: found 'XYZ'"),
        ("USD,2024-03-01,1,A bank", "column currency: found 'USD', expected Another currency"),
        ("EUR,2024-02-30,1.08,A bank", "column on: found '2024-02-30', expected a day"),
        ("EUR,01/03/2024,1.08,A bank", "column on"),
        ("EUR,1066-03-01,1.08,A bank", "A day from 1 Jan 1900"),
        ("EUR,2199-03-01,1.08,A bank", "A day that has begun"),
        ("EUR,2024-03-01,0,A bank", "column usd: found '0', expected a number above 0"),
        ("EUR,2024-03-01,-1,A bank", "column usd"),
        ("EUR,2024-03-01,NaN,A bank", "column usd"),
        ("EUR,2024-03-01,1e5,A bank", "column usd"),
        ("EUR,2024-03-01,1_000,A bank", "column usd"),
        ('EUR,2024-03-01,"1,08",A bank', "column usd: found '1,08'"),
        ("EUR,2024-03-01,1.0000000000001,A bank", "at most 12 digits and 12 decimals"),
        ("EUR,2024-03-01,1234567890123,A bank", "column usd"),
        ("EUR,2024-03-01,1.08,", "column source"),
        ("EUR,2024-03-01,1.08,A\0bank", "no NUL character"),
        ("EUR,2024-03-01,1.08", "found '3 cells', expected 4"),
        ("KES,2024-03-01,0.0069,A bank", "what row 2 does not have already"),
    ],
)
def test_refuses_the_whole_file_for_a_row(table, row, problem):
    with pytest.raises(CommandError) as refused:
        load(table(HEADER, "KES,2024-03-01,0.007,A bank", row))

    assert f"row 3, column {problem.removeprefix('column ')}" in str(refused.value) or (
        problem in str(refused.value)
    )
    assert not ExchangeRate.objects.exists()


def test_the_database_keeps_rates_as_they_are():
    rate = ExchangeRateFactory()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ExchangeRate.objects.filter(pk=rate.pk).update(usd=2)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rate.delete()


def test_admins_add_a_rate_and_adding_it_again_gives_the_same_one(api):
    api.force_authenticate(UserFactory(admin=True))
    body = {"currency": "EUR", "on": "2024-03-01", "usd": "1.0812", "source": "A bank"}

    first = api.post("/api/v1/exchange-rates/", body, format="json")
    again = api.post("/api/v1/exchange-rates/", body, format="json")

    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    rate = ExchangeRate.objects.get()
    assert (rate.on, rate.usd) == (date(2024, 3, 1), Decimal("1.0812"))
    assert Event.objects.about(rate).get().kind == "exchangerate.added"


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"currency": "XYZ"}, "currency"),
        ({"currency": "USD"}, "currency"),
        ({"on": "2199-01-01"}, "on"),
        ({"on": "1066-01-01"}, "on"),
        ({"usd": "0"}, "non_field_errors"),
        ({"usd": "1e400"}, "usd"),
        ({"usd": "1.0000000000001"}, "usd"),
        ({"source": ""}, "source"),
        ({"loaded_at": "2020-01-01T00:00:00Z"}, "loaded_at"),
    ],
)
def test_refuses_a_rate_that_makes_no_sense(api, values, attr):
    api.force_authenticate(UserFactory(admin=True))
    body = {"currency": "EUR", "on": "2024-03-01", "usd": "1.08", "source": "A bank", **values}

    answer = api.post("/api/v1/exchange-rates/", body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert not ExchangeRate.objects.exists()


def test_rates_are_found_by_currency_and_days(api):
    for day in (1, 15, 31):
        ExchangeRateFactory(currency__code="EUR", on=date(2024, 1, day))
    ExchangeRateFactory(currency__code="KES", on=date(2024, 1, 15))

    def days(query):
        return [row["on"] for row in api.get(f"/api/v1/exchange-rates/?{query}").json()["results"]]

    assert days("currency=EUR&since=2024-01-02&until=2024-01-30") == ["2024-01-15"]
    assert len(days("on=2024-01-15")) == 2
