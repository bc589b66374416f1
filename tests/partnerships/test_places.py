"""Where a partnership works: shares that add up, places within the countries, in a draft."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Location, PartnershipSector
from partnerships.services.partnerships import edit_partnership
from partnerships.services.places import (
    add_location,
    edit_places,
    remove_location,
    write_places,
    write_sectors,
)
from registry.errors import NotAllowed, StaleVersion
from tests.factories import (
    CountryFactory,
    DacSectorFactory,
    LocationFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
)
from tests.moves import People, field_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory())


@pytest.fixture
def kenya():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def peru():
    return CountryFactory(alpha2="PE")


def shares_of(partnership):
    return dict(partnership.places.values_list("country__alpha2", "percentage"))


def places_of(partnership):
    return list(partnership.locations.order_by("name").values_list("name", "latitude", "longitude"))


@pytest.mark.parametrize(
    ("of_kenya", "of_peru", "text"),
    [
        (60, None, "for every country, or for none"),
        (60, 41, "add up to 101"),
        (60, Decimal("39.999"), "add up to 99.999"),
        (101, -1, "from 0 to 100"),
    ],
)
def test_shares_are_none_or_all_and_make_the_whole(people, kenya, peru, of_kenya, of_peru, text):
    write_places(people.partnership, countries=[(kenya, None)], locations=[])

    with pytest.raises(ValidationError, match=text) as refusal, transaction.atomic():
        write_places(
            people.partnership, countries=[(kenya, of_kenya), (peru, of_peru)], locations=[]
        )

    assert field_of(refusal.value) == "places"
    assert shares_of(people.partnership) == {"KE": None}


def test_countries_with_shares_and_places_within(people, kenya, peru):
    partnership = people.partnership
    edit_places(
        partnership,
        by=people.lead_manager,
        countries=[(kenya, Decimal("66.667")), (peru, Decimal("33.333"))],
        locations=[
            {
                "country": kenya,
                "name": " Kitui  county ",
                "reach": "subnational",
                "latitude": Decimal("-1.36700"),
                "longitude": Decimal("38.01000"),
            }
        ],
    )

    assert shares_of(partnership) == {"KE": Decimal("66.667"), "PE": Decimal("33.333")}
    assert places_of(partnership) == [("Kitui county", Decimal("-1.36700"), Decimal("38.01000"))]


def test_a_row_that_stays_keeps_its_number(people, kenya):
    kept = LocationFactory(partnership=people.partnership, country=kenya, name="Kitui")
    LocationFactory(partnership=people.partnership, country=kenya, name="Makueni")
    here = {"country": kenya, "reach": "community", "latitude": None, "longitude": None}

    write_places(
        people.partnership,
        countries=[(kenya, None)],
        locations=[{**here, "name": "Kitui"}, {**here, "name": "Wote"}],
    )

    assert Location.objects.get(name="Kitui").pk == kept.pk
    assert Location.objects.get(name="Kitui").reach == "community"
    assert {name for name, *_ in places_of(people.partnership)} == {"Kitui", "Wote"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"latitude": Decimal(91)}, "latitude"),
        ({"longitude": Decimal("-180.5")}, "longitude"),
        ({"longitude": None}, "longitude"),
        ({"latitude": Decimal("1.1234567")}, "latitude"),
        ({"name": ""}, "name"),
        ({"reach": "galaxy"}, "reach"),
    ],
)
def test_a_wrong_place_names_its_field_and_saves_nothing(people, kenya, wrong, field):
    PartnershipCountryFactory(partnership=people.partnership, country=kenya)
    place = {"name": "Kitui", "latitude": Decimal("-1.4"), "longitude": Decimal(38), **wrong}

    with pytest.raises(ValidationError) as refusal:
        add_location(people.partnership, by=people.lead_manager, country=kenya, **place)

    assert field in refusal.value.error_dict
    assert not Location.objects.exists()


def test_a_place_is_in_one_of_the_countries(people, kenya, peru):
    PartnershipCountryFactory(partnership=people.partnership, country=kenya)
    LocationFactory(partnership=people.partnership, country=kenya, name="Kitui")

    with pytest.raises(ValidationError, match="not among the countries"):
        add_location(people.partnership, by=people.lead_manager, country=peru, name="Cusco")
    with pytest.raises(ValidationError, match="Kitui"), transaction.atomic():
        edit_partnership(people.partnership, by=people.lead_manager, countries=[peru])

    assert shares_of(people.partnership) == {"KE": None}


def test_the_database_holds_points_and_shares(people, kenya):
    with pytest.raises(IntegrityError, match="location_point"), transaction.atomic():
        LocationFactory(partnership=people.partnership, latitude=91, longitude=0)
    with pytest.raises(IntegrityError, match="country_percentage"), transaction.atomic():
        PartnershipCountryFactory(partnership=people.partnership, percentage=101)
    with pytest.raises(IntegrityError, match="sector_percentage"), transaction.atomic():
        PartnershipSector.objects.create(
            partnership=people.partnership, sector=DacSectorFactory(), percentage=101
        )


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "outsider"])
def test_only_the_leads_managers_change_places(people, kenya, who):
    location = LocationFactory(partnership=people.partnership, country=kenya)

    with refused("lead_only", NotAllowed):
        edit_places(people.partnership, by=people[who], countries=[(kenya, None)])
    with refused("lead_only", NotAllowed):
        remove_location(location, by=people[who])


@pytest.mark.parametrize("state", ["submitted", "active"])
def test_only_a_draft_changes_freely(people, kenya, state):
    values = {"reference": "P-2025-00001"} if state == "active" else {}
    people.partnership.change(status=state, **values)

    with refused("not_a_draft"):
        edit_places(people.partnership, by=people.lead_manager, countries=[(kenya, None)])


def test_of_two_writers_the_second_is_told(people, kenya, peru):
    stale = type(people.partnership).objects.get(pk=people.partnership.pk)
    edit_places(people.partnership, by=people.lead_manager, countries=[(kenya, None)])

    with pytest.raises(StaleVersion):
        edit_places(stale, by=people.lead_manager, countries=[(peru, None)])


def test_codes_alone_keep_the_shares_of_the_same_countries(people, kenya, peru):
    partnership, by = people.partnership, people.lead_manager
    edit_partnership(partnership, by=by, places=[(kenya, Decimal(60)), (peru, Decimal(40))])
    edit_partnership(partnership, by=by, countries=[peru, kenya])
    assert shares_of(partnership) == {"KE": 60, "PE": 40}

    edit_partnership(partnership, by=by, countries=[kenya])
    assert shares_of(partnership) == {"KE": None}


def test_sectors_of_work_over_the_api(people, api):
    for code in ("140", "112"):
        DacSectorFactory(code=code)
    api.force_authenticate(people.lead_manager)
    url = f"/api/v1/partnerships/{people.partnership.pk}/"
    body = {"sectors": [{"sector": "140", "percentage": "70"}, {"sector": "112"}]}

    refusal = api.patch(url, body, headers={"If-Match": "*"}, format="json")
    assert refusal.status_code == 400
    assert refusal.json()["errors"][0]["attr"] == "sectors"

    body["sectors"][1]["percentage"] = "30"
    answer = api.patch(url, body, headers={"If-Match": "*"}, format="json").json()
    assert answer["sectors"] == [
        {"sector": "112", "percentage": "30.000"},
        {"sector": "140", "percentage": "70.000"},
    ]
    found = api.get("/api/v1/partnerships/?sector=140").json()["results"]
    assert [row["id"] for row in found] == [people.partnership.pk]
    assert api.get("/api/v1/partnerships/?sector=998").json()["results"] == []


def test_places_over_the_api(people, kenya, peru, api):
    api.force_authenticate(people.lead_manager)
    url = f"/api/v1/partnerships/{people.partnership.pk}/"
    both = {"countries": ["KE"], "places": [{"country": "KE"}]}

    assert api.patch(url, both, headers={"If-Match": "*"}, format="json").status_code == 400
    shares = [{"country": "KE", "percentage": "60"}, {"country": "PE", "percentage": "40"}]
    answer = api.patch(url, {"places": shares}, headers={"If-Match": "*"}, format="json").json()
    assert answer["countries"] == ["KE", "PE"]
    assert [row["percentage"] for row in answer["places"]] == ["60.000", "40.000"]


def test_a_sector_stands_once(people):
    water = DacSectorFactory()

    with pytest.raises(ValidationError, match="once"):
        write_sectors(people.partnership, [(water, None), (water, None)])
