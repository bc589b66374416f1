"""Where a partnership worked at a moment, as it was registered or amended by then."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.models import PartnershipVersion, countries_at, working_in
from tests.factories import CountryFactory, PartnershipCountryFactory, PartnershipFactory

pytestmark = pytest.mark.django_db
JANUARY, MAY, SEPTEMBER = (datetime(2024, month, 1, tzinfo=UTC) for month in (1, 5, 9))


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def peru():
    return CountryFactory(alpha2="PE")


def works_in(*countries):
    partnership = PartnershipFactory(active=True)
    for country in countries:
        PartnershipCountryFactory(partnership=partnership, country=country)
    return partnership


def said(partnership, why, at, *countries):
    document = {"places": {"countries": [{"id": one.alpha2} for one in countries]}}
    number = partnership.versions.count() + 1
    return PartnershipVersion.objects.create(
        partnership=partnership, number=number, why=why, document=document, sha256="0", at=at
    )


def test_as_registered_until_it_was_amended(kenya, peru):
    one = works_in(peru)
    said(one, "registered", JANUARY, kenya)
    said(one, "amended", MAY, peru)

    assert countries_at([one.pk], JANUARY) == {one.pk: [kenya.pk]}
    assert countries_at([one.pk], MAY) == {one.pk: [peru.pk]}
    assert countries_at([one.pk], SEPTEMBER) == {one.pk: [peru.pk]}


def test_registered_before_versions_were_kept(kenya, peru):
    """The first version, taken before the first amendment, says what had been registered."""
    one = works_in(peru)
    said(one, "registered", MAY, kenya)
    said(one, "amended", MAY, peru)

    assert countries_at([one.pk], JANUARY) == {one.pk: [kenya.pk]}


def test_without_versions_as_it_stands(kenya, peru):
    one, two = works_in(kenya, peru), works_in()
    said(one, "submitted", JANUARY, peru)

    assert countries_at([one.pk, two.pk], MAY) == {one.pk: sorted([kenya.pk, peru.pk])}


def test_who_worked_in_a_country_then(kenya, peru):
    left, came, other = works_in(peru), works_in(kenya, peru), works_in(peru)
    said(left, "registered", JANUARY, kenya)
    said(left, "amended", MAY, peru)
    said(came, "registered", JANUARY, peru)
    said(came, "amended", MAY, kenya, peru)
    said(other, "registered", JANUARY, peru)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert working_in(kenya.pk, JANUARY) == {left.pk: [kenya.pk]}
    assert len(queries) == 2  # candidates; their countries
    assert working_in(kenya.pk, SEPTEMBER) == {came.pk: sorted([kenya.pk, peru.pk])}
    assert working_in(CountryFactory(alpha2="NL").pk, MAY) == {}
