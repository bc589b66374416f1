"""A report's cut-off is taken when nobody is in the middle of writing what it reads."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from monitoring.models import ReportRun
from tests.factories import (
    DeliveryFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def asked_in_the_middle_of(write, period):
    """Ask for the report while `write` has been done but not committed; both moments."""
    done, asked, moments = threading.Event(), threading.Event(), []

    def writer():
        with transaction.atomic():
            write()
            moments.append(datetime.now(UTC))
            done.set()
            asked.wait(0.5)  # long enough for the asking to reach the lock
        connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    done.wait(10)
    run = ReportRun.objects.ask_for(period)
    asked.set()
    thread.join()
    return moments[0], run.cutoff_at


def test_an_approval_of_another_period_in_flight_is_before_the_cutoff():
    unit = ReportingUnitFactory()
    submission = SubmissionFactory(unit=unit)
    submission.change(status="submitted", submitted_at=datetime.now(UTC))
    later = PeriodFactory(framework=submission.period.framework)
    admin = UserFactory(is_staff=True)

    written_at, cutoff_at = asked_in_the_middle_of(lambda: submission.approve(by=admin), later)

    assert cutoff_at > written_at


def test_a_confirmation_in_flight_is_before_the_cutoff():
    delivery = DeliveryFactory()
    period = PeriodFactory(framework__partnership=delivery.partnership)
    admin = UserFactory(is_staff=True)

    written_at, cutoff_at = asked_in_the_middle_of(lambda: delivery.confirm(by=admin), period)

    assert cutoff_at > written_at
