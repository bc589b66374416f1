"""The lights that lists are filtered by are those of the latest published report."""

import pytest
from django.utils import timezone

from monitoring.models import Report
from partnerships.models import Facets
from tests.factories import PartnershipFactory, ReportFactory, UserFactory

pytestmark = pytest.mark.django_db


def lights(partnership):
    return Facets.objects.values_list("achievement", "timeliness").get(pk=partnership.pk)


def test_publishing_shows_them_and_withdrawing_shows_those_before():
    admin = UserFactory(admin=True)
    old = ReportFactory(in_review=True, achievement="at_risk", timeliness="late")
    partnership = old.partnership
    assert lights(partnership) == ("", "")

    old.publish(by=admin)
    assert lights(partnership) == ("at_risk", "late")

    new = ReportFactory(
        partnership=partnership,
        period=old.period,
        revision=2,
        in_review=True,
        reference_on=old.reference_on,
        achievement="on_track",
        timeliness="up_to_date",
    )
    new.publish(by=admin)
    assert lights(partnership) == ("on_track", "up_to_date")

    new.withdraw(by=admin, reason="A wrong file.")
    assert lights(partnership) == ("", "")  # the first one was superseded


def test_bulk_is_followed():
    report = ReportFactory(in_review=True, achievement="off_track", timeliness="due")
    Report.objects.filter(pk=report.pk).update(status="published", published_at=timezone.now())

    assert lights(report.partnership) == ("off_track", "due")


def test_other_partnerships_are_left_alone():
    other = PartnershipFactory(active=True)
    Facets.objects.filter(pk=other.pk).update(achievement="on_track")

    ReportFactory(in_review=True).publish(by=UserFactory(admin=True))

    assert lights(other)[0] == "on_track"
