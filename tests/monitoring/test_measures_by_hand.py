"""Measures of the demonstration's reports, once more by scripts of their own."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection, transaction

from monitoring.demo.seeding import seed
from monitoring.models import Report
from registry.vocabularies import load_vocabularies
from tests.monitoring import measures_by_hand, measures_by_hand_c_to_h

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _loaded(django_db_setup, django_db_blocker):
    """The whole demonstration, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_vocabularies()
        seed()
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("code", measures_by_hand.BY_HAND)
def test_reports_say_what_the_tables_say(code):
    seen = set()
    with connection.cursor() as cursor:
        for report in Report.objects.filter(kind="partnership").order_by("pk")[::6]:
            by_hand = measures_by_hand.BY_HAND[code](measures_by_hand.Report(cursor, report.pk))
            measures = report.content["scorecard"]["measures"]
            said = next(one for one in measures if one["code"] == code)
            numbers = (said["numerator"], said["denominator"], said["value"])
            stated = None if said["value"] is None else tuple(map(Decimal, numbers))
            assert stated == (by_hand and tuple(map(Decimal, by_hand))), report
            seen.add(stated)
    assert len(seen) > 3  # else the demonstration would prove little


@pytest.mark.parametrize("code", measures_by_hand_c_to_h.BY_HAND)
def test_reports_say_what_the_ledger_and_promises_say(code):
    seen = set()
    with connection.cursor() as cursor:
        for report in Report.objects.filter(kind="partnership").order_by("-pk")[::5]:
            read = measures_by_hand.Report(cursor, report.pk)
            by_hand = measures_by_hand_c_to_h.BY_HAND[code](read)
            measures = report.content["scorecard"]["measures"]
            said = next(one for one in measures if one["code"] == code)["value"]
            wanted = measures_by_hand_c_to_h.share(by_hand)
            assert (said is None) == (wanted is None), report
            if wanted is not None:
                assert abs(Fraction(said) - wanted) < Fraction(1, 10**15), report
                seen.add(wanted)
    assert len(seen) >= 2  # else the demonstration would prove little
