"""The money of a country's report against figures by hand. As of 30 June, cut-off 1 September."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from monitoring.reports.documents import document_of
from registry.models import Event
from tests.factories import (
    NOON,
    CommitmentFactory,
    CountryFactory,
    CurrencyFactory,
    DeliveryFactory,
    NationalPriorityFactory,
    TargetFactory,
    UserFactory,
)
from tests.monitoring.reported import CUTOFF, built
from tests.monitoring.test_country_report import at_work_in

pytestmark = pytest.mark.django_db
LATER = CUTOFF + timedelta(days=1)


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def usd():
    return CurrencyFactory(code="USD")


@pytest.fixture
def promise(kenya, usd):
    return CommitmentFactory(partnership=at_work_in(kenya), amount=100, currency=usd)


def arrived(promise, amount, **fields):
    return DeliveryFactory(
        commitment=promise, amount=amount, currency=promise.currency, created_at=NOON, **fields
    )


def becomes(delivery, status, at, **values):
    with time_machine.travel(at, tick=False):
        Event.move(delivery, status, by=UserFactory(), **values)


def corrects(correction, first, at):
    becomes(correction, "confirmed", at, confirmed_at=at)
    becomes(first, "replaced", at, ended_at=at)


def money(kenya):
    of = built("country", country=kenya)["commitments"]["usd"]["only_here"]
    return of["delivered"], of["confirmed"]


def test_a_correction_that_waits_does_not_stand_beside_what_it_corrects(kenya, promise):
    first = arrived(promise, 100, confirmed=True)
    correction = arrived(promise, 90, replaces=first)
    assert money(kenya) == ("100", "100")

    corrects(correction, first, datetime(2025, 8, 1, tzinfo=UTC))
    assert money(kenya) == ("90", "90")


def test_a_correction_that_was_confirmed_after_the_cutoff_waited_at_it(kenya, promise):
    first = arrived(promise, 100, confirmed=True)
    correction = arrived(promise, 90, replaces=first)
    corrects(correction, first, LATER)

    assert money(kenya) == ("100", "100")


def test_what_the_receiver_disputed_was_not_delivered(kenya, promise):
    arrived(promise, 30)
    doubted = arrived(promise, 50)
    assert money(kenya) == ("80", "0")

    becomes(doubted, "disputed", datetime(2025, 7, 1, tzinfo=UTC))
    assert money(kenya) == ("30", "0")

    becomes(doubted, "confirmed", LATER, confirmed_at=LATER)
    assert money(kenya) == ("30", "0")


def test_what_was_disputed_after_the_cutoff_was_delivered_at_it(kenya, promise):
    doubted = arrived(promise, 50)
    becomes(doubted, "disputed", LATER)

    assert money(kenya) == ("50", "0")


def test_amounts_of_those_that_work_elsewhere_too_are_in_no_sum_of_a_priority(kenya, usd):
    """Only here 1,000; one in two countries 7,000, which stands beside."""
    water = TargetFactory(code="6.1")
    NationalPriorityFactory(country=kenya, targets=[water])
    for amount, countries in ((1000, [kenya]), (7000, [kenya, CountryFactory(alpha2="PE")])):
        made = at_work_in(*countries)
        made.targets.add(water)
        CommitmentFactory(partnership=made, amount=amount, currency=usd)

    content = built("country", country=kenya)

    (priority,) = content["priorities"]["listed"]
    assert len(priority["partnerships"]) == 2
    assert (priority["promised_usd"], priority["promised_usd_several"]) == ("1000", "7000")
    table = shown(content)
    assert [column.key for column in table.columns][3:5] == ["promised_usd", "promised_usd_several"]
    assert table.rows[0][3:5] == [Decimal(1000), Decimal(7000)]


def test_a_content_of_before_shows_the_one_sum_that_it_has(kenya, usd):
    NationalPriorityFactory(country=kenya, targets=[TargetFactory(code="6.1")])
    content = built("country", country=kenya)
    for one in content["priorities"]["listed"]:
        del one["promised_usd_several"]

    assert "promised_usd_several" not in [column.key for column in shown(content).columns]


def shown(content):
    tables = document_of("country", content).tables()
    return next(table for table in tables if table.key == "priorities")
