"""Who may ask for the next revision, and when there is something new to say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from monitoring.models import Report, ReportRun
from monitoring.reports import runs
from monitoring.services.annual import request_annual
from monitoring.services.reports import request_anew, request_report
from registry.errors import NotAllowed
from tests import factories as f
from tests.moves import People, refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


@pytest.fixture(autouse=True)
def no_work(monkeypatch):
    monkeypatch.setattr("monitoring.services.reports.compute_report.delay", lambda key: None)


@pytest.fixture
def report():
    """Computed, with one value."""
    unit = f.ReportingUnitFactory()
    framework = f.FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    indicator = f.IndicatorFactory(result__framework=framework)
    period = f.PeriodFactory(framework=framework)
    f.SubmissionFactory(unit=unit, period=period, values={indicator: Decimal(5)}, approved=True)
    return runs.compute(f.ReportRunFactory(period=period))


@pytest.fixture
def people(report):
    return People(report.partnership)


def next_of(report, by):
    return request_report(report.partnership, report.period, by=by, revision=2)


def correct(report, at=None):
    sent = report.period.submissions.get()
    indicator = sent.observations.get().indicator
    at = at or report.cutoff_at + DAY
    f.SubmissionFactory(
        unit=sent.unit, period=sent.period, values={indicator: Decimal(7)}, approved__at=at
    )


INSIDERS = ("lead_manager", "lead_evaluator", "manager", "evaluator")
OBSERVERS = ("lead_observer", "observer")


@pytest.mark.parametrize("who", INSIDERS)
def test_nothing_changed_is_no_reason_for_a_revision(report, people, who):
    with refused("nothing_changed"):
        next_of(report, people[who])

    assert ReportRun.objects.get().revision == 1
    assert Report.objects.get().status == "in_reply"


@pytest.mark.parametrize("who", INSIDERS)
def test_a_correction_is(report, people, who):
    correct(report)

    run = next_of(report, people[who])

    assert (run.revision, run.requested_by) == (2, people[who])
    assert next_of(report, people[who]) == run


def test_so_is_data_that_came_late_though_the_night_asks_for_nothing(report, people):
    sent = report.period.submissions.get()
    other = f.ReportingUnitFactory(membership=people.membership)
    late = {"period": sent.period, "values": {sent.observations.get().indicator: Decimal(3)}}
    f.SubmissionFactory(unit=other, approved__at=report.cutoff_at + DAY, **late)
    assert not Report.objects.outdated().exists()

    assert next_of(report, people.manager).revision == 2


@pytest.mark.parametrize("who", INSIDERS)
def test_so_is_a_withdrawal(report, people, who):
    Report.objects.get().withdraw(by=people.admin, reason="A wrong table.")

    assert next_of(report, people[who]).revision == 2


@pytest.mark.parametrize("who", OBSERVERS)
def test_who_only_observes_asks_for_no_revision(report, people, who):
    correct(report)

    with refused("members_only", NotAllowed):
        next_of(report, people[who])
    # What is there they are told of.
    assert request_report(report.partnership, report.period, by=people[who]).revision == 1


def test_admins_ask_when_they_want(report, people):
    assert next_of(report, people.admin).revision == 2


def test_of_what_is_not_computed_yet_there_is_no_next_revision(people, report):
    correct(report)
    next_of(report, people.manager)

    with refused("not_computed_yet"):
        request_report(report.partnership, report.period, by=people.manager, revision=3)


def test_over_the_api_it_is_a_conflict(api, report, people):
    api.force_authenticate(people.manager)
    body = {"partnership": report.partnership_id, "period": report.period_id, "revision": 2}

    answer = api.post("/api/v1/reports/", body)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "nothing_changed")


def test_it_is_asked_for_on_the_reports_page(client, report, people):
    page = f"/reports/{report.pk}/revise/"
    for who, may in (("manager", True), ("evaluator", True), ("observer", False)):
        client.force_login(people[who])
        assert (page in client.get(f"/reports/{report.pk}/").content.decode()) == may
    client.force_login(people.manager)

    refusal = client.post(page)
    correct(report)
    asked = client.post(page, follow=True)

    assert refusal.status_code == 409
    assert "Nothing has changed that this report says" in refusal.content.decode()
    assert ReportRun.objects.get(revision=2).requested_by == people.manager
    assert "waits to be computed" in asked.content.decode()
    assert client.post(page).status_code == 302  # asked for again, it is the same run
    assert ReportRun.objects.count() == 2


def of_partner(partner, **values):
    return f.ReportFactory(
        kind="partner",
        partner=partner,
        period=None,
        partnership=None,
        starts_on=YEAR[0],
        ends_on=YEAR[1],
        reference_on=YEAR[1],
        cutoff_at=timezone.now(),
        **values,
    )


def test_a_partner_does_not_put_its_report_off(people):
    partner = f.PartnerFactory()
    manager = f.UserFactory(manages=partner)
    first = request_report(partner, YEAR, by=manager, kind="partner")
    made = of_partner(partner, in_review=True)
    ReportRun.objects.filter(pk=first.pk).update(status="ready", report=made)

    with refused("nothing_changed"):
        request_report(partner, YEAR, by=manager, kind="partner", revision=2)

    made.withdraw(by=people.admin, reason="A wrong table.")
    assert request_report(partner, YEAR, by=manager, kind="partner", revision=2).revision == 2


def test_an_annual_report_is_asked_for_again_once_its_text_was_changed():
    partnership = f.FrameworkFactory(partnership__active=True, agreed=True).partnership
    people = People(partnership)
    report = runs.compute(request_annual(partnership, 2024, by=people.manager))
    with refused("nothing_changed"):
        request_report(partnership, YEAR, by=people.manager, kind="annual", revision=2)

    section = f.NarrativeSectionFactory(partnership=partnership)
    f.NarrativeEditFactory(section=section, edited_at=report.cutoff_at + DAY)

    with refused("members_only", NotAllowed):
        request_annual(partnership, 2024, by=people.observer)
    assert request_annual(partnership, 2024, by=people.evaluator).revision == 2


def test_an_annual_report_is_asked_for_again_once_a_figure_was_corrected(report, people, client):
    partnership, by = report.partnership, people.manager
    page = f"/partnerships/{partnership.reference}/annual-report/2024/"
    client.force_login(by)
    annual = runs.compute(request_annual(partnership, 2024, by=by))
    assert request_annual(partnership, 2024, by=by).report == annual

    assert f"{page}ask/" not in client.get(page).content.decode()

    correct(report, at=annual.cutoff_at + DAY)

    assert f"{page}ask/" in client.get(page).content.decode()
    assert request_annual(partnership, 2024, by=by).revision == 2


@pytest.fixture
def country():
    """A country with its report of 2024, and a manager of its focal point."""
    point = f.FocalPointFactory()
    manager = f.UserFactory(manages=point.partner)
    run = request_anew(point.country, YEAR, by=manager, kind="country")
    assert request_anew(point.country, YEAR, by=manager, kind="country") == run
    return runs.compute(run), manager


def asked_anew(country):
    report, manager = country
    return request_anew(report.country, YEAR, by=manager, kind="country").revision


def test_a_government_that_said_nothing_new_gets_no_revision(country):
    with refused("nothing_changed"):
        asked_anew(country)


@pytest.mark.parametrize(("year", "is_new"), [(2024, True), (2023, False)])
def test_what_it_said_of_an_entry_of_the_year_is_new(country, year, is_new):
    report, _ = country
    at = report.cutoff_at + DAY
    point = report.country.focal_points.get()
    f.ContributionStatementFactory(focal_point=point, year=year, said_at=at)

    with time_machine.travel(at + DAY):
        if is_new:
            assert asked_anew(country) == 2
        else:
            with refused("nothing_changed"):
                asked_anew(country)


def test_a_priority_that_it_listed_is_new(country):
    report, _ = country
    f.NationalPriorityFactory(country=report.country, created_at=report.cutoff_at + DAY)

    assert asked_anew(country) == 2
