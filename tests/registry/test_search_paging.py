"""Pages of a search: ranked, complete, of constant cost, and not upset by who comes in."""

import base64
import json
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.models import Partner
from tests.config.many import copies
from tests.factories import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = ["lake", "Lake", "lakeside", "blake", "lakke", "sea", "lake lake"]


def walk(api, text, limit, **query):
    page = api.get("/api/v1/partners/", {"search": text, "limit": limit, **query}).json()
    while True:
        yield page["results"]
        if page["next"] is None:
            return
        page = api.get(page["next"]).json()


def ids(pages):
    return [row["id"] for page in pages for row in page]


def many(count):
    rows = random.Random(7)
    return copies(
        PartnerFactory(name="lake"),
        count,
        lambda n: {"name": " ".join(rows.choices(WORDS, k=3)), "acronym": f"A{n}"},
    )


@pytest.mark.parametrize("text", ["lake", "LAKE sea", "lakke", "a1", "lakesied", "ake"])
@pytest.mark.parametrize("limit", [1, 7, 50])
def test_small_pages_are_one_big_page(api, text, limit):
    many(60)
    [whole] = walk(api, text, 500)
    assert ids(walk(api, text, limit)) == [row["id"] for row in whole]
    assert len({row["id"] for row in whole}) == len(whole) > 0


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), max_size=25),
    text=st.sampled_from(["lake", "sea lake", "lakke", "blak", "s"]),
    limit=st.integers(1, 6),
)
def test_any_names_in_any_pages_are_one_big_page(api, names, text, limit):
    Partner.objects.all().delete()
    for words in names:
        PartnerFactory(name=" ".join(words))
    [whole] = walk(api, text, 500)
    assert ids(walk(api, text, limit)) == [row["id"] for row in whole]
    found = Partner.objects.chosen(q=text).values_list("pk", flat=True)
    assert set(found) == {row["id"] for row in whole}


@pytest.mark.parametrize("text", ["lake", "lakesied"])
def test_loses_nothing_that_was_there_while_others_come_in(api, text):
    many(60)
    [before] = walk(api, text, 500)
    seen = []
    for page in walk(api, text, 7):
        seen += [row["id"] for row in page]
        PartnerFactory(name="lake")
        PartnerFactory(name="lakeside lake")
    assert seen == [row["id"] for row in before]


def test_ranks_the_newest_thousand_and_every_whole_name(api):
    oldest = PartnerFactory(name="Common")
    plain = PartnerFactory(name="A common one, too old")
    copies(PartnerFactory(name="Common ground"), 1100)

    first = api.get("/api/v1/partners/?search=common&limit=500&count=true").json()
    found = ids(walk(api, "common", 500))
    assert first["results"][0]["id"] == oldest.pk
    assert (first["count"], first["count_capped"]) == (1000, True)
    assert len(found) == len(set(found)) == 1001
    assert plain.pk not in found


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("lake", 1),  # keys and rows
        ("lakesied", 2),  # exact, which is too little, then with similar ones
        ("%", 0),
    ],
)
@pytest.mark.parametrize("caller", [None, {"admin": True}])
def test_costs_the_same_for_any_number_of_rows(api, text, queries, caller):
    if caller:
        api.force_authenticate(UserFactory(**caller))
    counts = []
    for count in (20, 400):
        many(count)
        with CaptureQueriesContext(connection) as captured:
            api.get("/api/v1/partners/", {"search": text, "limit": 100})
        counts.append(len(captured))
    assert counts == [queries, queries]


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1, 2, 3, 4],
        [1, 2, 3, 4, 5, 6],
        ["x", 2, 3, 4, True],
        [10**30, 2, 3, 4, True],
        [None, 2, 3, 4, True],
        [1, 2, 3, 4, "perhaps"],
        {"a": 1},
        7,
        ["2024-01-01T00:00:00Z", 5],
    ],
)
def test_refuses_a_cursor_of_somebodys_making(api, values):
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    answer = api.get("/api/v1/partners/", {"search": "lake", "cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalid_cursor"
