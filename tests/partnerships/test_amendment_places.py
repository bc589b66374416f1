"""Where it works, as an amendment changes it: the rules of places hold."""

from datetime import date
from decimal import Decimal

import pytest

from partnerships.models import document_of
from tests.factories import (
    CountryFactory,
    DacSectorFactory,
    LocationFactory,
    MembershipFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PartnershipSectorFactory,
    UserFactory,
)
from tests.partnerships.amending import amend, slips

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    made = PartnershipFactory(active=True, title="Wells", ends_on=date(2026, 12, 31))
    MembershipFactory(partnership=made)
    MembershipFactory(partnership=made)
    return made


@pytest.fixture
def by():
    return UserFactory(admin=True)


def test_places_and_their_shares(partnership, by):
    PartnershipCountryFactory(partnership=partnership)
    old = LocationFactory(partnership=partnership)
    CountryFactory(alpha2="UG", alpha3="UGA")
    amend(
        partnership,
        by,
        places={
            "countries": [
                {"country": "KE", "percentage": "70"},
                {"country": "UG", "percentage": "30"},
            ],
            "locations": [{"country": "UG", "name": "Gulu", "reach": "community"}],
        },
    )
    shares = partnership.places.values_list("country__alpha2", "percentage")
    assert sorted(shares) == [("KE", Decimal(70)), ("UG", Decimal(30))]
    assert list(partnership.locations.values_list("name", flat=True)) == ["Gulu"]
    assert not partnership.locations.filter(pk=old.pk).exists()


def test_what_stays_among_the_places_keeps_its_row(partnership, by):
    kept = LocationFactory(partnership=partnership, name="Lodwar")
    share = PartnershipCountryFactory(partnership=partnership, country=kept.country)
    rows = document_of(partnership)["places"]
    rows["locations"].append({"country": "KE", "name": "Moyale"})
    amend(partnership, by, places=rows)
    assert list(partnership.places.values_list("pk", flat=True)) == [share.pk]
    first, second = partnership.locations.order_by("pk")
    assert (first.pk, second.name) == (kept.pk, "Moyale")


def test_sectors_of_work_and_their_shares(partnership, by):
    DacSectorFactory(code="120", label="Health")
    PartnershipSectorFactory(partnership=partnership)
    sectors = [{"sector": "120", "percentage": "25.5"}, {"id": "140", "percentage": "74.5"}]
    amend(partnership, by, places={"sectors": sectors})
    shares = partnership.sectors.values_list("sector", "percentage")
    assert sorted(shares) == [("120", Decimal("25.5")), ("140", Decimal("74.5"))]
    (changes,) = partnership.amendments.get().difference().values()
    assert sorted((one.row, one.label, one.what, one.after) for one in changes) == [
        ("Health", "", "added", "Share in %: 25.5"),
        ("Water and sanitation", "Share in %", "changed", "74.5"),
    ]


@pytest.mark.parametrize(
    ("places", "path"),
    [
        ({"sectors": [{"sector": "999"}]}, "sectors.0"),
        ({"sectors": [{"sector": "140"}, {"sector": "140"}]}, "sectors"),
        ({"sectors": [{"sector": "140", "percentage": "99"}]}, "sectors"),
        ({"sectors": [{"sector": "140", "percentage": "many"}]}, "sectors.0.percentage"),
        ({"countries": [{"country": "KE", "percentage": "-1"}]}, "countries.0.percentage"),
        ({"locations": [{"country": "UG", "name": "Gulu"}]}, "locations.0.country"),
        ({"countries": [{"country": "UG"}]}, "countries"),
    ],
)
def test_places_hold_to_the_rules_of_places(partnership, by, places, path):
    CountryFactory(alpha2="UG", alpha3="UGA")
    DacSectorFactory(code="140")
    kept = LocationFactory(partnership=partnership)
    PartnershipCountryFactory(partnership=partnership, country=kept.country)
    assert slips(partnership, by, places=places) == [f"changes.places.{path}"]


def test_shares_of_countries_are_at_most_a_hundred_together(partnership, by):
    for alpha2 in ("KE", "UG"):
        CountryFactory(alpha2=alpha2, alpha3=f"{alpha2}X")
    countries = [{"country": "KE", "percentage": "70"}, {"country": "UG", "percentage": "31"}]
    found = slips(partnership, by, places={"countries": countries})
    assert found == ["changes.places.countries"]
