"""Pages of the SDG framework and of reporting standards: public, in few queries."""

import pytest

from tests.factories import (
    CrosswalkFactory,
    DisclosureFactory,
    GlobalIndicatorFactory,
    GoalFactory,
    StandardFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_lists_the_goals_in_their_order(client, django_assert_num_queries):
    for number in (17, 2, 9):
        GoalFactory(number=number)

    with django_assert_num_queries(2):  # the edition; goals with the count of their targets
        shown = page(client, "/sdgs/")
    assert shown.index("Goal 2") < shown.index("Goal 9") < shown.index("Goal 17")


@pytest.mark.parametrize("size", [1, 9])
def test_shows_a_goal_with_its_targets_and_indicators(client, django_assert_num_queries, size):
    for n in range(1, size + 1):
        GlobalIndicatorFactory(code=f"6.{n}.1")
    GoalFactory(number=7)

    with django_assert_num_queries(4):  # the goal; targets; indicators; the edition
        shown = page(client, "/sdgs/6/")
    assert all(f"Global indicator 6.{n}.1" in shown for n in range(1, size + 1))
    assert client.get("/sdgs/1/").status_code == 404


def test_finds_by_words_and_shows_the_text_of_the_language(client):
    GoalFactory(number=6, label="Water", texts={"ar": "المياه للجميع", "en": "Water for all"})
    TargetFactory(code="7.1", label="Energy")

    shown = page(client, "/sdgs/?q=المياه&language=ar")
    assert '<p class="sm" lang="ar" dir="rtl">المياه للجميع</p>' in shown
    assert "Energy" not in shown
    assert "Nothing fits “xyzzy”" in page(client, "/sdgs/?q=xyzzy")


@pytest.mark.parametrize("query", ["?q=%00", "?language=tlh", "?q=" + "x" * 300, "?q=%ED%A0%80"])
def test_a_search_that_is_none_shows_the_goals(client, query):
    GoalFactory(number=6)

    assert client.get(f"/sdgs/{query}").status_code == 200


def test_escapes_what_was_asked(client):
    assert "<script>" not in page(client, "/sdgs/?q=<script>")


@pytest.mark.parametrize("size", [1, 60])
def test_shows_a_standard_and_says_what_was_checked(client, django_assert_num_queries, size):
    standard = StandardFactory(note="Nothing was checked.")
    for n in range(size):
        disclosure = DisclosureFactory(standard=standard, sort=n + 1)
        CrosswalkFactory(disclosure=disclosure)
    DisclosureFactory(standard=standard, checked=True, source="Page 7", label="Last", sort=99)

    # the standard; disclosures; links; targets; two counts
    with django_assert_num_queries(6):
        shown = page(client, "/standards/ACME/2023/")
    assert f"{size + 1} disclosures, 1 checked against the publication" in shown
    assert "Nothing was checked." in shown
    assert shown.count("contributes, not checked") == size


def test_a_long_standard_comes_in_pages(client):
    standard = StandardFactory()
    for n in range(1, 103):
        DisclosureFactory(standard=standard, sort=n, label=f"Number {n}.")

    first, second = (page(client, f"/standards/ACME/2023/{q}") for q in ("", "?after=100"))
    assert "Number 100." in first
    assert "Number 101." not in first
    assert 'href="?after=100"' in first
    assert "Number 102." in second
    assert "Number 100." not in second
    assert client.get("/standards/ACME/2023/?after=x").status_code == 200


def test_lists_versions_and_which_one_is_superseded(client, django_assert_num_queries):
    later = StandardFactory(version="2025")
    StandardFactory(version="2023", superseded_by=later)

    with django_assert_num_queries(1):
        shown = page(client, "/standards/")
    assert shown.index("ACME 2023") < shown.index("Superseded") < shown.index("ACME 2025")
    assert client.get("/standards/ACME/1999/").status_code == 404
    assert 'href="/standards/ACME/2025/"' in page(client, "/standards/ACME/2023/")
