"""A partnership's page."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from tests.factories import (
    AgreementFactory,
    CommitmentFactory,
    DeliveryFactory,
    DueDateFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    ObservationFactory,
    PartnershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def measured():
    """A partnership with an agreed framework, two approved quarters and a target."""
    partnership = PartnershipFactory(active=True, title="Wells for all")
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    indicator = IndicatorFactory(
        result__framework=framework,
        title="Wells in use",
        cumulative=True,
        baseline_value=Decimal(0),
        baseline_on=date(2023, 12, 31),
    )
    PeriodTargetFactory(indicator=indicator, value=Decimal(2000))
    unit = ReportingUnitFactory(membership=partnership.memberships.get(), since_on=date(2024, 1, 1))
    for value in (500, 1234):
        period = PeriodFactory(framework=framework)
        SubmissionFactory(unit=unit, period=period, values={indicator: value}, approved=True)
    return partnership


@pytest.fixture
def page(client, measured):
    with time_machine.travel("2024-07-15"):
        return client.get(f"/partnerships/{measured.reference}/").content.decode()


def test_shows_figures_with_target_and_both_lights(page):
    assert "1,234" in page
    assert "2,000" in page
    assert "Achievement: on track" in page
    assert "Reporting: " in page
    assert page.count("Why this colour") == 2


def test_draws_a_chart_with_a_table_beside_it(page):
    assert 'role="img" aria-labelledby="i' in page
    assert "Show data as table" in page
    assert "<style" not in page
    assert "<script" not in page
    assert "style=" not in page


def test_is_reached_by_number_as_well_and_small_letters(client, measured):
    assert client.get(f"/partnerships/{measured.pk}/").status_code == 200
    assert client.get(f"/partnerships/{measured.reference.lower()}/").status_code == 200


@pytest.mark.parametrize("key", ["P-1999-00001", "0", "999999999999999999", "x" * 40, "٣"])
def test_what_does_not_exist_is_not_found(client, key):
    assert client.get(f"/partnerships/{key}/").status_code == 404


def test_a_draft_is_there_for_its_own_people_only(client):
    draft = PartnershipFactory()
    lead = draft.memberships.get().partner
    address = f"/partnerships/{draft.pk}/"

    assert client.get(address).status_code == 404
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404
    client.force_login(UserFactory(observes=lead))
    assert client.get(address).status_code == 200


def test_the_lead_reads_what_a_draft_still_lacks(client):
    draft = PartnershipFactory()
    client.force_login(UserFactory(manages=draft.memberships.get().partner))

    page = client.get(f"/partnerships/{draft.pk}/").content.decode()

    assert "At least two members must have accepted." in page


def test_invitations_and_proposals_are_for_insiders(client):
    partnership = PartnershipFactory(active=True)
    MembershipFactory(partnership=partnership, invited=True, partner__name="Invited Ltd")
    AgreementFactory(partnership=partnership, proposed=True, title="Secret plan")
    ReportFactory(period__framework__partnership=partnership)
    address = f"/partnerships/{partnership.reference}/"

    public = client.get(address).content.decode()
    assert "Invited Ltd" not in public
    assert "Secret plan" not in public
    assert "No report yet." in public

    lead = partnership.memberships.get(roles=["lead"]).partner
    client.force_login(UserFactory(manages=lead))
    inside = client.get(address).content.decode()
    assert "Invited Ltd" in inside
    assert "Secret plan" in inside


def test_values_that_are_not_approved_are_not_shown(client, measured):
    indicator = measured.frameworks.get().results.get().indicators.get()
    period = PeriodFactory(framework=measured.frameworks.get())
    unit = measured.memberships.get().reporting_units.get()
    ObservationFactory(
        submission=SubmissionFactory(unit=unit, period=period),
        indicator=indicator,
        value=Decimal(987654),
    )

    with time_machine.travel("2024-12-15"):
        page = client.get(f"/partnerships/{measured.reference}/").content.decode()

    assert "987,654" not in page


def test_shows_promises_with_first_and_later_dates_and_what_arrived(client):
    promise = CommitmentFactory(in_kind=True, title="Forty pumps")
    DueDateFactory(commitment=promise)
    DeliveryFactory(commitment=promise, amount=Decimal(12), currency=None, confirmed=True)
    DeliveryFactory(commitment=promise, amount=Decimal(3), currency=None)

    page = client.get(f"/partnerships/{promise.partnership.reference}/").content.decode()

    assert "31 Dec 2025" in page
    assert "moved to 30 Jun 2026" in page
    assert "12 pumps" in page
    assert "Not confirmed" in page


def test_without_framework_it_says_no_data_and_no_zero(client):
    partnership = PartnershipFactory(active=True)

    page = client.get(f"/partnerships/{partnership.reference}/").content.decode()

    assert "There is no agreed framework yet." in page
    assert "0 / 0" not in page


def test_text_of_others_is_text_and_no_markup(client):
    partnership = PartnershipFactory(active=True, title="<script>alert(1)</script>")

    page = client.get(f"/partnerships/{partnership.reference}/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("size", [1, 8])
def test_the_page_costs_23_queries_at_any_size(client, django_assert_num_queries, size):
    partnership = PartnershipFactory(active=True)
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    for _ in range(size):
        IndicatorFactory(result__framework=framework)
        PeriodFactory(framework=framework)
        commitment = CommitmentFactory(partnership=partnership)
        DeliveryFactory(commitment=commitment)
        DueDateFactory(commitment=commitment)

    # partnership, goals, targets, places, leads (5); objectives; framework in force; indicators,
    # targets of them, periods, actuals twice, due items (6); members; commitments, deliveries,
    # due dates; transactions; unsettled; agreements; reports; documents; markers
    with django_assert_num_queries(23):
        client.get(f"/partnerships/{partnership.reference}/")
