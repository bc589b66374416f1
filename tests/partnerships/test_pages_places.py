"""The page of a partnership's places: for all, and rows to write for its editors."""

from decimal import Decimal

import pytest

from partnerships.maps import map_of
from partnerships.models import Location
from tests.factories import (
    CountryFactory,
    DacSectorFactory,
    LocationFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PartnershipSectorFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return People(PartnershipFactory())


def sent(version, countries=(), locations=(), sectors=()):
    form = {"version": version}
    for name, rows in (("countries", countries), ("locations", locations), ("sectors", sectors)):
        form |= {f"{name}-TOTAL_FORMS": str(len(rows)), f"{name}-INITIAL_FORMS": "0"}
        for n, row in enumerate(rows):
            form |= {f"{name}-{n}-{field}": value for field, value in row.items()}
    return form


def test_everybody_reads_places_shares_and_sectors(client):
    partnership = PartnershipFactory(active=True)
    kenya = CountryFactory(alpha2="KE", latitude=Decimal(1), longitude=Decimal(38))
    PartnershipCountryFactory(partnership=partnership, country=kenya, percentage=100)
    LocationFactory(
        partnership=partnership, country=kenya, name="Kitui", latitude="-1.367", longitude="38.01"
    )
    PartnershipSectorFactory(partnership=partnership)

    page = client.get(f"/partnerships/{partnership.reference}/places/").content.decode()

    for text in ("Kitui", "Water and sanitation", "100", "<svg"):
        assert text in page
    assert "Change places" not in page


def test_an_editor_writes_rows(client, draft):
    CountryFactory(alpha2="KE", name="Kenya")
    CountryFactory(alpha2="PE", name="Peru")
    DacSectorFactory()
    client.force_login(draft.lead_manager)
    url = f"/partnerships/{draft.partnership.pk}/places/edit/"
    assert client.get(url).status_code == 200

    form = sent(
        draft.partnership.version,
        [{"country": "kenya", "percentage": "60"}, {"country": "PE", "percentage": "40"}],
        [{"name": "Kitui", "country": "KE", "reach": "community"}, {"name": "", "country": ""}],
        [{"sector": "140", "percentage": ""}],
    )
    assert client.post(url, form).status_code == 302

    places = dict(draft.partnership.places.values_list("country__alpha2", "percentage"))
    assert places == {"KE": 60, "PE": 40}
    assert draft.partnership.locations.get().name == "Kitui"
    assert draft.partnership.sectors.get().sector_id == "140"
    stale = client.post(url, form).content.decode()
    assert "changed by somebody else" in stale
    assert 'value="kenya"' in stale


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ({"countries": [{"country": "Atlantis"}]}, "No country is called “Atlantis”"),
        ({"countries": [{"country": "KE", "percentage": "50"}]}, "The shares add up to 50"),
        ({"locations": [{"name": "Kitui", "country": "KE"}]}, "not among the countries"),
        ({"locations": [{"name": "Kitui", "latitude": "91"}]}, "less than or equal to 90"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(client, draft, rows, text):
    CountryFactory(alpha2="KE", name="Kenya")
    client.force_login(draft.lead_manager)
    url = f"/partnerships/{draft.partnership.pk}/places/edit/"

    page = client.post(url, sent(draft.partnership.version, **rows)).content.decode()

    assert text in page
    assert not draft.partnership.places.exists()
    assert not draft.partnership.locations.exists()


def test_more_rows_keep_what_was_typed(client, draft):
    client.force_login(draft.lead_manager)
    form = sent(draft.partnership.version, [{"country": "Atlantis", "percentage": ""}])
    url = f"/partnerships/{draft.partnership.pk}/places/edit/"

    page = client.post(url, {**form, "more": "yes"}).content.decode()

    assert 'value="Atlantis"' in page
    assert "countries-3-country" in page


def test_points_lie_as_on_a_map():
    north = Location(name="N", latitude=Decimal(10), longitude=Decimal(0))
    south = Location(name="S", latitude=Decimal(-10), longitude=Decimal(5))

    points = {point.name: point for point in map_of([], [north, south]).points}

    assert points["N"].y < points["S"].y
    assert points["N"].x < points["S"].x
    assert map_of([], []) is None
