"""The list of reports, searched; and the reports of one partnership."""

from datetime import date

import pytest

from tests.factories import (
    CountryFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports():
    """One on a partnership in 2024, one on Kenya in 2025, one draft."""
    partnership = PartnershipFactory(active=True, title="Wells for all")
    period = PeriodFactory(
        framework__partnership=partnership, framework__agreed=True, starts_on=date(2024, 1, 1)
    )
    empty = {"period": None, "partnership": None}
    days = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
    common = {"reference_on": days["ends_on"], "cutoff_at": "2026-02-01T00:00:00Z"}
    country = CountryFactory(alpha2="KE", name="Kenya")
    return {
        "wells": ReportFactory(period=period, published=True),
        "kenya": ReportFactory(
            kind="country", country=country, published=True, **empty, **days, **common
        ),
        "draft": ReportFactory(period=period, revision=2),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"wells", "kenya"}),
        ("kind=country", {"kenya"}),
        ("kind=country&kind=partnership", {"wells", "kenya"}),
        ("kind=nonsense", {"wells", "kenya"}),
        ("year=2024", {"wells"}),
        ("year=2025", {"kenya"}),
        ("q=wells", {"wells"}),
        ("q=keny", {"kenya"}),
        ("q=nowhere", set()),
        ("q=wells&year=2025", set()),
    ],
)
def test_it_is_searched_by_subject_kind_and_year(client, reports, query, found):
    page = client.get(f"/reports/?{query}")

    keys = {reports[name].pk for name in found}
    assert {row.pk for row in page.context["page"].rows} == keys


def test_a_partnership_has_its_reports_and_drafts_are_for_its_own_people(client, reports):
    partnership = reports["wells"].partnership
    address = f"/partnerships/{partnership.reference}/reports/"

    public = client.get(address)
    client.force_login(UserFactory(admin=True))
    inside = client.get(address)

    assert [row.pk for row in public.context["page"].rows] == [reports["wells"].pk]
    assert {row.pk for row in inside.context["page"].rows} == {
        reports["wells"].pk,
        reports["draft"].pk,
    }
    assert f'href="{address}"' in public.content.decode()
