"""What stands behind a public figure by category is no more public than its parts are."""

import pytest

from tests.monitoring.measured import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def ask(api):
    def ask(path, **query):
        answer = api.get(f"/api/v1/{path}/", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def two_small_quarters(world, **fields):
    """Women: 5 and 6, together 11; men many. Only the sum may be seen."""
    sex, codes = world.dimension()
    indicator = world.indicator(sex, **fields)
    world.report(indicator, 0, 1, 105, F=5, M=100)
    world.report(indicator, 0, 2, 106, F=6, M=100)
    return indicator, codes["F"]


def test_the_parts_of_a_public_sum_are_not_public(ask, world):
    indicator, women = two_small_quarters(world, counts_people="contacts")
    found = ask(
        f"indicators/{indicator.pk}/explain",
        period=world.periods[1].pk,
        span="to_date",
        category=women.pk,
    )

    assert found["figure"]["value"] == "11"
    assert found["observations"] == []
    assert found["left_out"] == []
    assert found["arithmetic"] == ""


def test_nor_is_what_was_left_out_of_a_running_total(ask, world):
    """The second quarter's women are not broken down: the first quarter's are left out."""
    sex, codes = world.dimension()
    indicator = world.indicator(sex, counts_people="contacts", cumulative=True)
    world.report(indicator, 0, 1, 105, F=5, M=100)
    world.report(indicator, 0, 2, 200)
    found = ask(
        f"indicators/{indicator.pk}/explain", period=world.periods[1].pk, category=codes["F"].pk
    )

    assert "5" not in {row["value"] for row in found["left_out"]}


def test_the_low_end_of_a_range_is_one_quarters_number(ask, world):
    """Unique persons who may come again: from the largest quarter, 6, to the sum, 11 (RULES 3)."""
    indicator, women = two_small_quarters(world, people=True)

    found = ask(f"indicators/{indicator.pk}/explain", period=world.periods[1].pk, span="to_date")
    (row,) = [c for c in found["breakdowns"][0]["categories"] if c["id"] == women.pk]
    assert (row["figure"]["low"], row["figure"]["reason"]) == (None, "suppressed")
    years = ask("series", indicator=indicator.pk, by="year", across="category")["rows"]
    assert {r["figure"]["low"] for r in years if r["category"]["id"] == women.pk} == {None}


def test_a_range_is_public_where_each_of_its_quarters_is(ask, world):
    sex, codes = world.dimension()
    indicator = world.indicator(sex, people=True)
    world.report(indicator, 0, 1, 150, F=50, M=100)
    world.report(indicator, 0, 2, 160, F=60, M=100)

    found = ask(f"indicators/{indicator.pk}/explain", period=world.periods[1].pk, span="to_date")
    (row,) = [c for c in found["breakdowns"][0]["categories"] if c["id"] == codes["F"].pk]
    assert (row["figure"]["low"], row["figure"]["high"]) == ("60", "110")
