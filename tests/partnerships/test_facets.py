"""What each value of a facet would find: the search and the other facets hold, its own does not."""

from datetime import date

import pytest
from django.db import connection

from partnerships.models import Facets, Partnership, narrowing
from tests.factories import (
    CountryFactory,
    CountryGroupFactory,
    GoalFactory,
    GroupMembershipFactory,
    MarkerFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/partnerships/"


@pytest.fixture
def three():
    """A PPP for goal 6 in Kenya, an alliance for 6 (by a target) and 13 in Kenya and Peru, and a
    completed PPP for goal 4."""
    goals = {number: GoalFactory(number=number) for number in (4, 6, 13)}
    kenya, peru = CountryFactory(alpha2="KE"), CountryFactory(alpha2="PE")
    first = PartnershipFactory(
        active=True, title="Clean wells", kind="ppp", level="national", primary_goal=goals[6]
    )
    second = PartnershipFactory(
        active=True, title="Clean air", kind="alliance", level="global", primary_goal=goals[13]
    )
    second.targets.add(TargetFactory(code="6.1", goal=goals[6]))
    third = PartnershipFactory(
        completed=True,
        title="Schools",
        summary="",
        kind="ppp",
        level="national",
        primary_goal=goals[4],
    )
    PartnershipCountryFactory(partnership=first, country=kenya)
    for country in (kenya, peru):
        PartnershipCountryFactory(partnership=second, country=country)
    MarkerFactory(partnership=first, kind="gender", significance=2)
    MarkerFactory(partnership=second, kind="gender", significance=0)
    Facets.objects.filter(pk=first.pk).update(achievement="on_track", timeliness="late")
    return first, second, third


def counts(api, **query):
    answer = api.get(URL, {"facets": "true", **query})
    assert answer.status_code == 200, answer.content
    facets = answer.json()["facets"]["counts"]
    return {name: {row["value"]: row["count"] for row in rows} for name, rows in facets.items()}


def titles(api, **query):
    answer = api.get(URL, query)
    assert answer.status_code == 200, answer.content
    return sorted(row["title"] for row in answer.json()["results"])


def test_without_a_choice_everything_public_is_counted(api, three):
    PartnershipFactory(kind="ppp")  # a draft

    assert counts(api) == {
        "goal": {"4": 1, "6": 2, "13": 1},
        "country": {"KE": 2, "PE": 1},
        "kind": {"ppp": 2, "alliance": 1},
        "level": {"national": 2, "global": 1},
        "status": {"active": 2, "completed": 1},
        "track": {"full": 3},
        "marker": {"gender": 1},
        "achievement": {"on_track": 1},
        "timeliness": {"late": 1},
    }


def test_a_choice_narrows_the_other_facets_and_not_its_own(api, three):
    chosen = counts(api, kind="ppp")

    assert chosen["kind"] == {"ppp": 2, "alliance": 1}
    assert chosen["goal"] == {"4": 1, "6": 1}
    assert chosen["country"] == {"KE": 1}


def test_several_values_of_a_facet_are_alternatives(api, three):
    assert titles(api, goal=[4, 13]) == ["Clean air", "Schools"]
    assert titles(api, goal=[4, 13], status="active") == ["Clean air"]
    assert counts(api, goal=[4, 13])["status"] == {"active": 1, "completed": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"goal": 6}, ["Clean air", "Clean wells"]),
        ({"target": "6.1"}, ["Clean air"]),
        ({"country": "PE"}, ["Clean air"]),
        ({"group": "LDC"}, ["Clean air"]),
        ({"kind": "ppp"}, ["Clean wells", "Schools"]),
        ({"level": "global"}, ["Clean air"]),
        ({"status": "completed"}, ["Schools"]),
        ({"marker": "gender"}, ["Clean wells"]),
        ({"achievement": "on_track"}, ["Clean wells"]),
        ({"timeliness": "late"}, ["Clean wells"]),
        ({"timeliness": "due"}, []),
        ({"track": "light"}, []),
        ({"runs_on": "2026-12-31"}, ["Clean air", "Clean wells", "Schools"]),
        ({"runs_on": "2027-01-01"}, []),
        ({"starts_from": "2024-01-02"}, []),
        ({"ends_until": "2026-12-31"}, ["Clean air", "Clean wells", "Schools"]),
        ({"search": "clean", "country": "PE"}, ["Clean air"]),
    ],
)
def test_narrows_the_list_as_it_says(api, three, query, expected):
    group = CountryGroupFactory(code="LDC")
    GroupMembershipFactory(group=group, country=CountryFactory(alpha2="PE"))

    assert titles(api, **query) == expected


def test_a_search_narrows_all_counts(api, three):
    assert counts(api, search="clean")["kind"] == {"ppp": 1, "alliance": 1}
    assert counts(api, search="clean", kind="ppp")["goal"] == {"6": 1}
    assert counts(api, search="%%%")["kind"] == {}


def test_of_a_misspelt_search_what_the_page_shows_is_counted(api, three):
    assert titles(api, search="schols") == ["Schools"]
    assert counts(api, search="schols")["kind"] == {"ppp": 1}


def test_what_has_no_counts_narrows_the_counts_too(api, three):
    assert counts(api, starts_from="2024-01-02")["kind"] == {}
    assert counts(api, target="6.1")["kind"] == {"alliance": 1}


def test_ones_own_drafts_count(api, three):
    draft = PartnershipFactory(kind="community")
    api.force_authenticate(UserFactory(manages=draft.memberships.get().partner))

    assert counts(api)["kind"]["community"] == 1


def test_an_unknown_value_is_named(api):
    answer = api.get(URL, {"kind": "club", "facets": "true"})

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == ["kind"]


def test_beyond_the_cap_the_newest_are_counted_and_it_says_so(api, three, monkeypatch):
    monkeypatch.setattr(narrowing, "MOST", 2)

    facets = api.get(URL, {"facets": "true"}).json()["facets"]

    assert facets["capped"] is True


def test_the_cost_does_not_depend_on_what_is_chosen(api, three, django_assert_num_queries):
    # members of the page, the page itself, the facets
    with django_assert_num_queries(3):
        counts(api)
    with django_assert_num_queries(3):
        counts(api, kind="ppp", goal=[4, 6], country="KE", marker="gender")


def facets_of(partnership):
    return Facets.objects.values_list("goals", "countries", "markers").get(pk=partnership.pk)


def test_the_row_follows_whoever_writes(three):
    _, second, third = three
    assert facets_of(second) == (["13", "6"], ["KE", "PE"], [])

    second.goals.add(GoalFactory(number=17))
    second.targets.clear()
    second.places.filter(country__alpha2="KE").delete()
    second.markers.update(significance=1)
    assert facets_of(second) == (["13", "17"], ["PE"], ["gender"])

    with connection.cursor() as cursor:
        cursor.execute("UPDATE partnerships_partnership SET primary_goal_id = NULL, kind = 'ppp'")
        cursor.execute("UPDATE partnerships_partnershipcountry SET partnership_id = %s", [third.pk])
    assert facets_of(second) == (["17"], [], ["gender"])
    assert facets_of(third)[1] == ["KE", "PE"]
    assert set(Facets.objects.values_list("kind", flat=True)) == {"ppp"}

    third.delete()
    assert not Facets.objects.filter(pk=third.pk).exists()


def test_bulk_rows_have_their_facets():
    made = Partnership.objects.bulk_create(
        Partnership(title=f"Bulk {n}", kind="ppp", level="global", starts_on=date(2024, 1, 1))
        for n in range(2)
    )

    assert Facets.objects.filter(pk__in=[one.pk for one in made]).count() == 2
