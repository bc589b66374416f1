"""Lists of the API: their cost, their pages, their filters."""

import base64
import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from config.urls import router
from tests import factories as f
from tests.config.many import MANY

pytestmark = pytest.mark.django_db
LISTS = [prefix for prefix, viewset, _ in router.registry if hasattr(viewset, "list")]
MOST = {"goals": 15, "publication-rules": 8}


@pytest.mark.parametrize("prefix", LISTS)
def test_costs_as_many_queries_for_1000_rows_as_for_10(api, prefix):
    admin = f.UserFactory(admin=True)
    api.force_authenticate(admin)
    first, first_length = cost(api, prefix, 10, admin)
    second, second_length = cost(api, prefix, MOST.get(prefix, 1000), admin)

    assert first_length >= min(MOST.get(prefix, 10), 10)
    assert second_length >= MOST.get(prefix, 500)
    # the page, and one query for each nested list
    assert len(first) == len(second) <= 6, second.captured_queries


def cost(api, prefix, count, admin):
    with transaction.atomic():
        made = MANY[prefix](count, admin)
        asked = made if isinstance(made, str) else ""  # some lists must be asked for more
        with CaptureQueriesContext(connection) as queries:
            page = api.get(f"/api/v1/{prefix}/?limit=500{asked}").json()
        transaction.set_rollback(True)
    return queries, len(page["results"])


def walk(api, url):
    while url:
        page = api.get(url).json()
        yield from page["results"]
        url = page["next"]


@pytest.mark.parametrize("prefix", ["partners", "results", "countries"])
def test_pages_hold_every_row_once(api, prefix):
    MANY[prefix](120, None)

    pages = list(walk(api, f"/api/v1/{prefix}/?limit=7"))
    whole = api.get(f"/api/v1/{prefix}/?limit=500").json()

    assert pages == whole["results"]
    assert whole["next"] is None


def test_rows_of_one_moment_are_paged_through_too(api):
    """Copies share `updated_at`: only the primary key tells them apart."""
    MANY["partners"](60, None)

    names = [row["id"] for row in walk(api, "/api/v1/partners/?limit=25")]
    assert len(set(names)) == len(names) == 61


def test_shows_50_rows_by_default_and_never_more_than_500(api):
    MANY["results"](600, None)
    api.force_authenticate(f.UserFactory(admin=True))

    assert len(api.get("/api/v1/results/").json()["results"]) == 50
    assert len(api.get("/api/v1/results/?limit=100000").json()["results"]) == 500


def test_counts_when_asked_and_stops_at_a_thousand(api):
    MANY["partners"](1100, None)

    few = api.get("/api/v1/goals/?count=true").json()
    many = api.get("/api/v1/partners/?count=true").json()
    assert (few["count"], few["count_capped"]) == (0, False)
    assert (many["count"], many["count_capped"]) == (1000, True)
    assert "count" not in api.get("/api/v1/partners/").json()


def test_a_deep_page_reads_from_its_key_on(api):
    """The plan of a page deep in the list begins at the key and skips no rows by counting."""
    MANY["partners"](2000, None)
    url = "/api/v1/partners/?limit=500"
    for _ in range(3):
        url = api.get(url).json()["next"]

    with CaptureQueriesContext(connection) as queries:
        api.get(url)
    page = next(q["sql"] for q in queries if "ORDER BY" in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {page}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "OFFSET" not in page
    assert "Index Scan using partner_newest" in plan
    assert "Index Cond: (ROW(updated_at, id) < ROW(" in plan


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("countries", ["a\0", 1]),
        ("countries", ["\ud800", 1]),
        ("countries", ["a"]),
        ("partners", ["2024-01-01T00:00:00Z", 10**30]),
        ("partners", {}),
        ("partners", [[[]], None]),
    ],
)
def test_refuses_a_cursor_of_somebodys_making(api, prefix, values):
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()

    answer = api.get(f"/api/v1/{prefix}/", {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalid_cursor"


def test_does_not_find_a_partnership_by_who_is_only_invited(api):
    invitation = f.MembershipFactory(partnership__active=True, invited=True)
    url = f"/api/v1/partnerships/?partner={invitation.partner_id}"

    assert api.get(url).json()["results"] == []
    api.force_authenticate(f.UserFactory(manages=invitation.partner))
    assert len(api.get(url).json()["results"]) == 1


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("cursor=nonsense", "cursor"),
        ("cursor=W10=", "cursor"),
        ("cursor=WyJ4IiwgMV0=", "cursor"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("country=%00", "country"),
        ("search=%00", "search"),
        ("status=unheard-of", "status"),
    ],
)
def test_refuses_parameters_that_mean_nothing(api, query, attr):
    response = api.get(f"/api/v1/partners/?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def test_finds_by_words_country_goal_partner_and_status(api):
    water = f.PartnershipFactory(active=True, title="Clean water for Turkana")
    f.PartnershipCountryFactory(partnership=water)
    water.goals.add(f.GoalFactory(number=6))
    light = f.PartnershipFactory(completed=True, title="Solar light", primary_goal=None)
    lead = water.memberships.get().partner_id

    for query, found in {
        "search=turkana": water,
        "country=KE": water,
        "goal=6": water,
        f"partner={lead}": water,
        "status=completed": light,
    }.items():
        results = api.get(f"/api/v1/partnerships/?{query}").json()["results"]
        assert [row["id"] for row in results] == [found.pk], query
