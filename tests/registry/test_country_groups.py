"""Countries belong to groups for a time, and a figure of a day uses the groups of that day."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from registry.models import Country, CountryGroup, Event, GroupMembership
from registry.services.country_groups import load_country_groups
from registry.tables import BadTable
from registry.vocabularies import SNAPSHOT, load_vocabularies
from tests.factories import (
    CountryFactory,
    CountryGroupFactory,
    GroupMembershipFactory,
    PartnerFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
)

pytestmark = pytest.mark.django_db

HEADER = "group,country,from,until,source"
WIDE = HEADER + ",group_name,known_from"


@pytest.fixture
def ldc():
    """Nepal belongs to it from before the data begins, Peru from 2024-06-01 until 2025."""
    group = CountryGroupFactory(code="LDC", known_from=date(2024, 1, 1))
    GroupMembershipFactory(group=group, country__alpha2="NP")
    GroupMembershipFactory(
        group=group,
        country__alpha2="PE",
        joined_on=date(2024, 6, 1),
        left_on=date(2025, 1, 1),
    )
    CountryFactory(alpha2="KE")
    return group


def load(path, **options):
    return call_command("load_country_groups", path, **options)


def spans(alpha2):
    rows = GroupMembership.objects.filter(country__alpha2=alpha2).order_by("joined_on")
    return list(rows.values_list("group__code", "joined_on", "left_on"))


@pytest.mark.parametrize(
    ("day", "members"),
    [
        (date(2024, 1, 1), {"NP"}),
        (date(2024, 5, 31), {"NP"}),
        (date(2024, 6, 1), {"NP", "PE"}),
        (date(2024, 12, 31), {"NP", "PE"}),
        (date(2025, 1, 1), {"NP"}),
    ],
)
def test_members_are_those_of_the_day(ldc, day, members):
    found = Country.objects.in_group("ldc", day)

    assert set(found.values_list("alpha2", flat=True)) == members


def test_a_day_before_the_data_begins_is_refused_not_answered_with_nobody(ldc, api):
    with pytest.raises(ValidationError, match="known from 2024-01-01"):
        ldc.members_on(date(2023, 12, 31))

    for url in ("country-groups/LDC/members/?on=2023-12-31", "countries/?group=LDC&on=2023-12-31"):
        answer = api.get(f"/api/v1/{url}")
        assert answer.status_code == 400
        error = answer.json()["errors"][0]
        assert (error["code"], error["attr"]) == ("day_not_covered", "on")


def test_the_api_says_who_belongs_on_a_day(ldc, api, django_assert_num_queries):
    with django_assert_num_queries(2):  # the group; its members with their countries
        answer = api.get("/api/v1/country-groups/LDC/members/?on=2024-12-31").json()

    assert (answer["group"], answer["on"], answer["known_from"]) == (
        "LDC",
        "2024-12-31",
        "2024-01-01",
    )
    shown = [(row["country"], row["joined_on"], row["left_on"]) for row in answer["members"]]
    assert shown == [("NP", None, None), ("PE", "2024-06-01", "2025-01-01")]
    for day in ("2025-02-30", "tomorrow", "\0", "0000-01-01"):
        bad = api.get("/api/v1/country-groups/LDC/members/", {"on": day})
        assert (bad.status_code, bad.json()["errors"][0]["attr"]) == (400, "on")
    assert api.get("/api/v1/country-groups/NOPE/members/").status_code == 404


def test_countries_partners_and_partnerships_are_found_by_group(ldc, api):
    def found(path, name):
        return [row[name] for row in api.get(f"/api/v1/{path}").json()["results"]]

    nepali = PartnerFactory(country__alpha2="NP")
    PartnerFactory(country__alpha2="PE")
    there = PartnershipFactory(active=True)
    PartnershipCountryFactory(partnership=there, country__alpha2="NP")
    PartnershipCountryFactory(partnership=there, country__alpha2="KE")
    elsewhere = PartnershipFactory(active=True)
    PartnershipCountryFactory(partnership=elsewhere, country__alpha2="KE")

    assert found("countries/?group=LDC&on=2024-12-31", "alpha2") == ["NP", "PE"]
    assert found("countries/?group=LDC", "alpha2") == ["NP"]
    assert found("countries/?group=NOPE", "alpha2") == []
    assert found("partners/?group=LDC", "id") == [nepali.pk]
    assert found("partnerships/?group=ldc", "id") == [there.pk]


def test_the_database_refuses_overlapping_memberships(ldc):
    country = Country.objects.get(alpha2="PE")
    GroupMembershipFactory(group=ldc, country=country, joined_on=date(2025, 1, 1))

    for joined, left in ((date(2024, 12, 31), None), (None, date(2024, 6, 2))):
        with pytest.raises(IntegrityError, match="group_memberships_apart"), transaction.atomic():
            GroupMembershipFactory(group=ldc, country=country, joined_on=joined, left_on=left)


def test_a_file_says_when_members_left_joined_and_had_joined(ldc, table):
    path = table(
        HEADER,
        "LDC,NP,,2026-11-24,Resolution A",
        "LDC,KE,2026-01-01,,Resolution B",
        "LDC,PER,2024-06-01,2025-02-01,Resolution C",
    )

    assert load(path) == "1 added, 2 amended"
    assert spans("NP") == [("LDC", None, date(2026, 11, 24))]
    assert spans("KE") == [("LDC", date(2026, 1, 1), None)]
    assert spans("PE") == [("LDC", date(2024, 6, 1), date(2025, 2, 1))]
    assert load(path) == "0 changes"
    assert Event.objects.filter(kind="countrygroup.loaded").count() == 1


def test_a_file_completes_the_past_and_says_from_when_it_is_known(ldc, table):
    path = table(WIDE, "LDC,NP,1971-11-18,,Resolution 2768,,1971-11-18")

    assert load(path) == "1 groups, 1 amended"
    ldc.refresh_from_db()
    assert ldc.known_from == date(1971, 11, 18)
    assert spans("NP") == [("LDC", date(1971, 11, 18), None)]
    assert set(Country.objects.in_group("LDC", date(1980, 1, 1))) == {
        Country.objects.get(alpha2="NP")
    }


def test_a_file_may_bring_a_group_of_its_own(ldc, table):
    assert load(table(WIDE, "OWN,KE,2020-01-01,,Us,Our own,2020-01-01")) == "1 groups, 1 added"

    group = CountryGroup.objects.get(code="OWN")
    assert (group.name, group.kind, group.known_from) == ("Our own", "other", date(2020, 1, 1))


def test_dry_run_saves_nothing(ldc, table):
    said = load(table(HEADER, "LDC,KE,2026-01-01,,B"), dry_run=True)

    assert said == "dry run, nothing saved: 1 added"
    assert spans("KE") == []


def test_names_every_fault_of_every_row(ldc, table):
    path = table(
        HEADER,
        "NOPE,KE,2026-01-01,,B",
        "LDC,XX,2026-13-01,20260101,",
        "LDC,KE,2026-01-02,2026-01-02,B",
        "LDC,PE,2024-12-01,,B",
        "LDC,NP,,1066-01-01,B",
    )

    with pytest.raises(BadTable) as refused:
        load_country_groups(path)

    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (2, "group"),
        (3, "country"),
        (3, "from"),
        (3, "until"),
        (3, "source"),
        (4, "until"),
        (5, "from"),
        (6, "until"),
    ]
    assert "the membership from 2024-06-01 to before 2025-01-01" in str(refused.value)
    assert spans("KE") == []


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((HEADER, "LDC,KE,2026-01-01,,B", "LDC,KE,2026-01-01,,B"), "what row 2 does not have"),
        ((HEADER, "LDC,KE,2026-01-01,,B", "LDC,KE,2026-05-01,,B"), "row 3, column from"),
        ((HEADER, "LDC,PE,2024-06-01,2024-05-01,B"), "a day after 2024-06-01"),
        ((HEADER, "LDC,KE,2026-01-01,,B", "LDC,KE,,2025-12-31,B"), "a day after 2026-01-01"),
        ((WIDE, "LDC,KE,2026-01-01,,B,,2020-01-01", "LDC,NP,,,B,,2021-01-01"), "as above"),
        ((WIDE, "own,KE,2026-01-01,,B,Our own,2020-01-01"), "column group: found 'own'"),
        ((HEADER.replace(",source", ""), "LDC,KE,2026-01-01,"), "column source"),
    ],
)
def test_refuses_what_contradicts_itself(ldc, table, lines, problem):
    with pytest.raises(CommandError) as refused:
        load(table(*lines))

    assert problem in str(refused.value)
    assert spans("KE") == []


def test_the_shipped_snapshot_leaves_alone_what_an_operator_has_loaded(table):
    load_vocabularies()
    load(table(WIDE, "LDC,NP,1971-11-18,2026-11-24,Resolutions,,2020-01-01"))

    assert load_vocabularies()["group memberships"] == 0

    group = CountryGroup.objects.get(code="LDC")
    assert group.known_from == date(2020, 1, 1)
    assert group.memberships.get(country__alpha2="NP").left_on == date(2026, 11, 24)


def test_ships_the_groups_of_the_snapshot(refdata):
    load_vocabularies()

    def count(code):
        return CountryGroup.objects.get(code=code).members_on(SNAPSHOT).count()

    assert [count(code) for code in ("LDC", "LLDC", "SIDS")] == [44, 32, 53]
    listed = (refdata / "geo" / "m49_countries_groups.csv").read_text().count(",Africa,")
    assert count("002") == listed
