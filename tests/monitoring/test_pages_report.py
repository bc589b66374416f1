"""A report's page shows its snapshot, whatever holds today."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from monitoring.models import Indicator, ReportingUnit
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import digest
from tests.factories import (
    CommitmentFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CUTOFF = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def report():
    """A published report on one quarter: 40 of 100 wells, one promise not kept."""
    partnership = PartnershipFactory(active=True, title="Wells for all")
    MembershipFactory(partnership=partnership)
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    wells = IndicatorFactory(result__framework=framework, title="Wells drilled", cumulative=True)
    PeriodTargetFactory(indicator=wells, value=Decimal(100))
    silent = IndicatorFactory(result__framework=framework, title="Pumps", cumulative=True)
    assert silent.targets.count() == 0
    unit = ReportingUnitFactory(membership=partnership.memberships.first(), since_on="2024-01-01")
    period = PeriodFactory(framework=framework)
    SubmissionFactory(unit=unit, period=period, values={wells: Decimal(40)}, approved=True)
    CommitmentFactory(partnership=partnership, due_on=date(2024, 3, 1))
    content = partnership_report(period, reference_on=period.ends_on, cutoff_at=CUTOFF)
    return ReportFactory(
        period=period, content=content, sha256=digest(content), cutoff_at=CUTOFF, published=True
    )


@pytest.fixture
def page(client, report):
    return client.get(f"/reports/{report.pk}/").content.decode()


def test_names_its_dates_revision_and_hash(page, report):
    assert "31 Mar 2024" in page
    assert "1 Jun 2024, 00:00 UTC" in page
    assert report.sha256 in page


def test_shows_figures_and_says_what_is_missing(page):
    assert "Wells drilled" in page
    assert ">40" in page
    assert "nothing was reported" in page


def test_shows_every_measure_with_value_next_step_and_evidence(page, report):
    for measure in report.content["scorecard"]["measures"]:
        assert measure["title"] in page
    indicator = report.content["indicators"][0]["id"]
    assert f'href="#indicator-{indicator}"' in page
    assert f'id="indicator-{indicator}"' in page
    membership = report.partnership.memberships.first().pk
    assert f'/partnerships/{report.partnership.reference}/#membership-{membership}"' in page


def test_does_not_change_when_the_data_behind_it_does(client, page, report):
    SubmissionFactory(
        unit=ReportingUnit.objects.get(),
        period=report.period,
        values={Indicator.objects.get(title="Wells drilled"): Decimal(99)},
        approved=True,
    )

    again = client.get(f"/reports/{report.pk}/").content.decode()

    assert again == page


def test_a_draft_is_there_for_insiders_only(client, report):
    draft = ReportFactory(period=PeriodFactory(framework=report.period.framework))
    address = f"/reports/{draft.pk}/"

    assert client.get(address).status_code == 404
    lead = report.partnership.memberships.get(roles=["lead"]).partner
    client.force_login(UserFactory(observes=lead))
    assert client.get(address).status_code == 200


def test_a_report_with_next_to_nothing_in_it_can_be_read(client):
    report = ReportFactory(published=True)

    page = client.get(f"/reports/{report.pk}/").content.decode()

    assert "This report has no scorecard." in page
    assert "No indicator." in page


def test_the_list_has_published_reports_only(client, report):
    ReportFactory(period=PeriodFactory(framework=report.period.framework))

    assert [row.pk for row in client.get("/reports/").context["page"].rows] == [report.pk]


@pytest.mark.parametrize("size", [2, 12])
def test_the_list_costs_one_query_at_any_size(client, django_assert_num_queries, size):
    for _ in range(size):
        ReportFactory(published=True)

    # the page with partnerships and periods
    with django_assert_num_queries(1):
        client.get("/reports/")
